"""Pushes that somebody orders (推送): proposed, seen by a second person, confirmed, then owed.

An order is only ever about a piece of the library that may be shown. Who ordered it never reviews
it; nothing goes to a group before the one who ordered said the word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, Grant, RoleKind, Who
from core.clock import at_local, local_day
from core.config import settings
from core.conversation import Ask, Say
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Text
from core.texts import current
from models import AuditLog, Group, Person, PushOrder, Role, Unit
from models.enums import OrderState, Priority
from plugins.delivery import quiet
from plugins.delivery import service as delivery
from plugins.identity import policy
from plugins.study import library, order_views, pushed
from plugins.study.library import Material

PURPOSE = "study.push"
# An extra push is about something of these days.
LIFE = timedelta(days=3)
# A proposal that nobody looked at, or nobody confirmed, is no longer listed.
OPEN_LIFE = timedelta(days=7)
OFFICES = frozenset({Who.SECRETARY, Who.TOWNSHIP})
# Whose look is asked for first in one unit.
_REVIEWERS = (
    RoleKind.ORGANIZATION_COMMISSIONER,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.BRANCH_SECRETARY,
    RoleKind.TOWNSHIP_CLERK,
    RoleKind.COUNTY_CLERK,
)


@dataclass(frozen=True, slots=True)
class Order:
    """An order with what people need to see of it."""

    uid: str
    piece: Material
    asker: str
    asked_by: int
    groups: tuple[int, ...]
    send_at: datetime
    state: OrderState


def office(actor: Actor) -> Grant:
    """Return the actor's highest office over groups; Refusal ``study.push_no_unit`` without one."""
    mine = [grant for grant in actor.grants if ROLE_WHO[grant.role] in OFFICES]
    if not mine:
        raise Refusal("study.push_no_unit")
    return min(mine, key=lambda grant: len(grant.unit_path))


def out_of_the_night(moment: datetime) -> datetime:
    """Return ``moment``, or the end of the quiet hours of config.toml in which it lies."""
    if not quiet.is_quiet(moment):
        return moment
    end = settings().quiet_hours.end
    day = local_day(moment)
    morning = at_local(day, end.hour, end.minute)
    return morning if morning > moment else at_local(
        day + timedelta(days=1), end.hour, end.minute
    )  # fmt: skip


def usable(piece: Material | None, moment: datetime) -> Material:
    """Return ``piece`` if groups may see it then; Refusal ``study.push_unfit`` otherwise."""
    if piece is None or not piece.public or not piece.is_effective(local_day(moment)):
        raise Refusal("study.push_unfit")
    return piece


async def groups_of(actor: Actor) -> tuple[Group, ...]:
    """Return the groups in the actor's scope, by unit."""
    paths = policy.visible_units(actor).paths
    if not paths:
        return ()
    inside = Q(*(Q(unit__path__startswith=path) for path in paths), join_type=Q.OR)
    return tuple(await Group.filter(inside, is_active=True).order_by("unit__path", "id"))


@transactional
async def propose(
    *, actor: Actor, slug: str, groups: Sequence[int], send_at: datetime, now: datetime
) -> str:
    """Put an order on the list and ask a second person; return that person's name.

    Raises Refusal ``study.push_unfit``, ``study.push_no_groups``, ``study.push_nobody``. Commits
    the order, the question to the second person and an audit row.
    """
    piece = usable(library.current().find(slug), send_at)
    allowed = {group.id for group in await groups_of(actor)}
    wanted = [number for number in groups if number in allowed]
    if not wanted:
        raise Refusal("study.push_no_groups")
    unit = await Unit.get(id=office(actor).unit_id)
    second = await _second_person(actor, unit, now)
    row = await PushOrder.create(
        uid=uuid4().hex, unit=unit, material=slug, groups=wanted, send_at=send_at,
        state=OrderState.WAITING, asked_by_id=actor.person_id or 0, asked_at=now,
    )  # fmt: skip
    await _audit(actor, row, "study.push_proposed", now)
    await _tell(
        second.id, row, (Say("study.push_review", asker=actor.name, title=piece.title,
                             text=order_views.digest(piece), until=piece.effective_until),),
        now, order_views.review_ask(row.uid),
    )  # fmt: skip
    return second.name


async def _second_person(actor: Actor, unit: Unit, now: datetime) -> Person:
    """Return who is asked: the nearest office at or above ``unit`` with an account, not the asker.

    Refusal ``study.push_nobody`` when there is none.
    """
    today = local_day(now)
    above = [int(piece) for piece in unit.path.split("/") if piece]
    rows = await (
        Role.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            unit_id__in=above, kind__in=list(_REVIEWERS), from_on__lte=today,
            person__accounts__bound_at__isnull=False,
        )
        .exclude(person_id=actor.person_id or 0)
        .prefetch_related("unit", "person")
    )  # fmt: skip
    if not rows:
        raise Refusal("study.push_nobody")
    return min(
        rows, key=lambda row: (-len(row.unit.path), _REVIEWERS.index(row.kind), row.id)
    ).person


@transactional
async def approve(*, actor: Actor, uid: str, says: Sequence[Say], now: datetime) -> Order:
    """Take the second person's yes; the asker hears ``says`` and is asked to confirm.

    Raises Refusal ``study.push_gone``, ``study.push_own``, ``study.push_unfit``.
    """
    row = await _reviewable(actor, uid)
    order = await _shown(row)
    usable(order.piece, row.send_at)
    await _decide(actor, row, OrderState.APPROVED, now)
    heading = Say("study.push_approved", reviewer=actor.name)
    closing = Say("study.push_how_to_confirm", at=row.send_at)
    await _tell(row.asked_by_id, row, (heading, *says, closing), now, order_views.confirm_ask(uid))
    return order


@transactional
async def send_back(*, actor: Actor, uid: str, now: datetime) -> Order:
    """Take the second person's no; the asker hears it."""
    row = await _reviewable(actor, uid)
    order = await _shown(row)
    await _decide(actor, row, OrderState.RETURNED, now)
    says = (Say("study.push_returned", reviewer=actor.name, title=order.piece.title),)
    await _tell(row.asked_by_id, row, says, now, None)
    return order


@transactional
async def confirm(*, actor: Actor, uid: str, now: datetime) -> Order:
    """Owe an approved push to its groups; raises Refusal ``study.push_gone``, ``push_unfit``.

    A time that has passed meanwhile means now, after the quiet hours. Commits order, ledger rows,
    what the groups had, and an audit row.
    """
    row = await PushOrder.get_or_none(
        uid=uid, asked_by_id=actor.person_id or 0, state=OrderState.APPROVED
    )
    if row is None:
        raise Refusal("study.push_gone")
    row.send_at = max(row.send_at, out_of_the_night(now))
    order = await _shown(row)
    piece = usable(order.piece, row.send_at)
    allowed = {group.id for group in await groups_of(actor)}
    row.state, row.confirmed_at = OrderState.CONFIRMED, now
    await row.save(update_fields=["state", "confirmed_at", "send_at"])
    await _audit(actor, row, "study.push_confirmed", now)
    chosen = [number for number in row.groups if number in allowed]
    await pushed.note_ordered(chosen, material=piece.slug, at=row.send_at, now=now)
    await delivery.broadcast(
        purpose=PURPOSE,
        occasion=row.uid,
        targets=[f"group:{number}" for number in chosen],
        parts=(Text(order_views.digest(piece)),),
        now=now,
        priority=Priority.DIGEST,
        not_before=row.send_at,
        expires_at=row.send_at + LIFE,
        title=piece.title,
        asked_by=actor.person_id,
    )
    return order


async def of(actor: Actor, uid: str) -> Order:
    """Return an order the actor may see: his own, or one of a unit in his charge."""
    row = await PushOrder.get_or_none(uid=uid)
    if row is None or not (row.asked_by_id == actor.person_id or await _may_review(actor, row)):
        raise Refusal("study.push_gone")
    return await _shown(row)


async def open_for(actor: Actor, *, now: datetime) -> tuple[Order, ...]:
    """Return what waits for the actor's look, and what he has to confirm, oldest first."""
    rows = await PushOrder.filter(
        state__in=[OrderState.WAITING, OrderState.APPROVED], asked_at__gte=now - OPEN_LIFE
    ).order_by("asked_at", "id")
    mine = [
        row
        for row in rows
        if (row.state is OrderState.APPROVED and row.asked_by_id == actor.person_id)
        or (row.state is OrderState.WAITING and await _may_review(actor, row))
    ]
    return tuple([await _shown(row) for row in mine if library.current().find(row.material)])


async def _may_review(actor: Actor, row: PushOrder) -> bool:
    """Whether the actor holds an office at or above the unit of an order that is not his own."""
    if row.asked_by_id == actor.person_id:
        return False
    unit = await Unit.get(id=row.unit_id)
    offices = [grant for grant in actor.grants if ROLE_WHO[grant.role] in OFFICES]
    return any(unit.path.startswith(grant.unit_path) for grant in offices)


async def _reviewable(actor: Actor, uid: str) -> PushOrder:
    require_tx()
    row = await PushOrder.get_or_none(uid=uid, state=OrderState.WAITING)
    if row is not None and row.asked_by_id == actor.person_id:
        raise Refusal("study.push_own")
    if row is None or not await _may_review(actor, row):
        raise Refusal("study.push_gone")
    return row


async def _decide(actor: Actor, row: PushOrder, state: OrderState, now: datetime) -> None:
    changed = await PushOrder.filter(id=row.id, state=OrderState.WAITING).update(
        state=state, reviewed_by_id=actor.person_id, reviewed_at=now
    )
    if not changed:
        raise Refusal("study.push_gone")
    await _audit(actor, row, f"study.push_{state.value}", now)


async def _shown(row: PushOrder) -> Order:
    piece = library.current().find(row.material)
    if piece is None:
        raise Refusal("study.push_unfit")
    asker = await Person.get_or_none(id=row.asked_by_id)
    name = asker.name if asker else ""
    return Order(row.uid, piece, name, row.asked_by_id, tuple(row.groups), row.send_at, row.state)


async def _audit(actor: Actor, row: PushOrder, action: str, now: datetime) -> None:
    await AuditLog.create(
        at=now, actor_id=actor.person_id, action=action, subject_kind="push_order",
        subject_id=row.id, detail={"groups": len(row.groups)},
    )  # fmt: skip


async def _tell(
    person_id: int, row: PushOrder, says: Sequence[Say], now: datetime, ask: Ask | None
) -> None:
    await delivery.enqueue(
        purpose="study.push_order",
        occasion=f"{row.uid}:{row.state.value}:{'asked' if ask else 'told'}:{person_id}",
        target=f"person:{person_id}",
        parts=(Text("\n".join(current().render(say) for say in says)),),
        now=now,
        priority=Priority.NOTICE,
        ask=ask,
        expires_at=now + OPEN_LIFE,
    )
