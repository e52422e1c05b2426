"""A journey as rows: begun, gone, arrived, taken back, and the city of the person beside it.

Everything here joins the transaction of the use cases in ``service`` and ``asking``.
"""

from datetime import date, datetime
from uuid import uuid4

from core.actors import Actor
from core.clock import local_day
from core.config import settings
from core.database import require_tx
from core.errors import Refusal
from models import AuditLog, Movement, Person
from models.enums import MovementSource, MovementState
from models.movement import OPEN_MOVEMENTS
from plugins.movement import policy


async def person_of(actor: Actor) -> Person:
    """Return the row of whoever asks; Refusal ``movement.not_bound`` without one."""
    person = await Person.filter(id=actor.person_id or 0).prefetch_related("home_unit").first()
    if person is None:
        raise Refusal("movement.not_bound")
    return person


async def open_of(person: Person) -> Movement | None:
    """Return the journey of a person that is not over."""
    mine = Movement.filter(person_id=person.id, state__in=list(OPEN_MOVEMENTS))
    return await mine.order_by("-id").select_for_update().first()


async def begin(
    person: Person,
    *,
    to_city: str,
    leaves_on: date,
    source: MovementSource,
    key: str,
    now: datetime,
    return_on: date | None = None,
    cards_version: str = "",
) -> Movement:
    """Write a journey; one whose day has come moves the person at once."""
    today = local_day(now)
    is_plan = source is MovementSource.DEPARTURE
    asks_on = policy.asks_on(leaves_on, after=settings().movement.ask_after_days, today=today)
    row = await Movement.create(
        uid=uuid4().hex,
        person_id=person.id,
        from_city=person.city,
        to_city=to_city,
        leaves_on=leaves_on,
        return_on=return_on,
        left_before=person.left_on,
        asks_on=asks_on if is_plan else None,
        state=MovementState.PLANNED if is_plan else MovementState.ARRIVED,
        source=source,
        source_key=key,
        cards_version=cards_version,
        reported_at=now,
        arrived_at=None if is_plan else now,
        ended_at=None if is_plan else now,
    )
    if not is_plan:
        await _move(person, row)
    elif leaves_on <= today:
        await depart(row, person, now=now, actor_id=person.id)
    return row


async def depart(row: Movement, person: Person, *, now: datetime, actor_id: int | None) -> None:
    """Let the day of leaving have come: the person is on the way to where he said."""
    row.from_city, row.left_before = person.city, person.left_on
    row.state = MovementState.AWAY
    await row.save(update_fields=["from_city", "left_before", "state"])
    await _move(person, row)
    await audit("movement.departed", row, now, actor_id)


async def arrive(row: Movement, person: Person, *, city: str, now: datetime) -> None:
    """Let a journey end at ``city``, wherever it was meant to go."""
    if row.state is MovementState.PLANNED:
        row.from_city, row.left_before = person.city, person.left_on
    row.to_city, row.state = city, MovementState.ARRIVED
    row.leaves_on = min(row.leaves_on, local_day(now))
    row.arrived_at = row.ended_at = now
    fields = ["from_city", "left_before", "to_city", "state", "leaves_on"]
    await row.save(update_fields=[*fields, "arrived_at", "ended_at"])
    await _move(person, row)
    await audit("movement.arrived", row, now, person.id)


async def take_back(row: Movement, person: Person, *, why: str, now: datetime) -> None:
    """Let a journey not count; the person is again where his row said before. ``why`` is a code."""
    # Somebody may have said otherwise meanwhile (a roster that was read in): then that stands.
    if row.state is MovementState.AWAY and person.city == row.to_city:
        person.city, person.left_on = row.from_city, row.left_before
        await person.save(update_fields=["city", "left_on"])
    row.state, row.ended_at = MovementState.CANCELLED, now
    await row.save(update_fields=["state", "ended_at"])
    await audit("movement.cancelled", row, now, person.id, why=why)


async def _move(person: Person, row: Movement) -> None:
    """Let the person's row say where he is, and since when he is away from home."""
    person.city = row.to_city
    if row.source is MovementSource.DEPARTURE or person.left_on is None:
        person.left_on = row.leaves_on
    await person.save(update_fields=["city", "left_on"])


async def audit(
    action: str, row: Movement, now: datetime, actor_id: int | None, **detail: str
) -> None:
    """Note what became of a journey; ``detail`` holds codes only."""
    require_tx()
    await AuditLog.create(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=row.person_id,
        detail={"movement": row.id, **detail},
    )
