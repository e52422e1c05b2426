"""The talk before leaving (行前教育): a secretary ticks by hand that it was held, or takes it back.

Stores who ticked and when, nothing of what was said; which cards anybody opened is counted nowhere.
"""

from dataclasses import dataclass
from datetime import date, datetime

from core.actors import Actor, Who
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from models import Movement
from models.enums import MovementState
from plugins.identity.policy import named_units
from plugins.movement import journeys


@dataclass(frozen=True, slots=True)
class Talk:
    """Whether a talk stands as held. ``is_new`` says that this tick made it so."""

    movement_id: int
    name: str
    on: date
    is_new: bool = True


@transactional
async def tick(*, actor: Actor, movement_id: int, now: datetime) -> Talk:
    """Note that the talk with somebody of the actor's branch was held; ticked twice it stands.

    Raises Refusal ``movement.not_yours`` out of scope, ``movement.over`` for a journey taken back.
    """
    row = await _of_branch(actor, movement_id)
    if row.talk_at is not None:
        return Talk(row.id, row.person.name, local_day(row.talk_at), is_new=False)
    row.talk_at, row.talk_by_id = now, actor.person_id
    await row.save(update_fields=["talk_at", "talk_by_id"])
    await journeys.audit("movement.talk_held", row, now, actor.person_id)
    return Talk(row.id, row.person.name, local_day(now))


@transactional
async def untick(*, actor: Actor, movement_id: int, now: datetime) -> str:
    """Take a tick back; return the name. Raises Refusal as ``tick`` does."""
    row = await _of_branch(actor, movement_id)
    if row.talk_at is not None:
        row.talk_at, row.talk_by_id = None, None
        await row.save(update_fields=["talk_at", "talk_by_id"])
        await journeys.audit("movement.talk_withdrawn", row, now, actor.person_id)
    return row.person.name


async def _of_branch(actor: Actor, movement_id: int) -> Movement:
    row = await (
        Movement.filter(id=movement_id)
        .prefetch_related("person__home_unit", "person__inflow_unit")
        .first()
    )
    if row is None or Who.SECRETARY not in actor.roles or not _is_near(actor, row):
        raise Refusal("movement.not_yours")
    if row.state is MovementState.CANCELLED:
        raise Refusal("movement.over_there", name=row.person.name)
    return row


def _is_near(actor: Actor, row: Movement) -> bool:
    scope, inflow = named_units(actor), row.person.inflow_unit
    home = row.person.home_unit
    return scope.covers(home.path) or (inflow is not None and scope.covers(inflow.path))
