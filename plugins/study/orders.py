"""Pushes that somebody orders (推送): proposed, seen by a second person, confirmed, then owed.

An order is only ever about a piece that may be shown, of the library or a local one. Who ordered it
never reviews it; nothing goes to a group before the one who ordered said the word.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from tortoise.expressions import Q

from core.actors import Actor
from core.clock import at_local, local_day
from core.config import settings
from core.conversation import Ask, Say
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Text
from core.texts import current
from models import AuditLog, Group, Person, PushOrder, Unit
from models.enums import OrderState, Priority
from plugins.delivery import quiet
from plugins.delivery import service as delivery
from plugins.identity import policy
from plugins.study import library, local_pieces, officers, order_views, pushed, shelves
from plugins.study.library import Material

PURPOSE = "study.push"
# An extra push is about something of these days.
LIFE = timedelta(days=3)
# A proposal that nobody looked at, or nobody confirmed, is no longer listed.
OPEN_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Order:
    """An order with what people need to see of it. ``path`` is that of the unit it is made for."""

    uid: str
    piece: Material
    asker: str
    asked_by: int
    groups: tuple[int, ...]
    send_at: datetime
    state: OrderState
    path: str


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


async def usable(piece: Material | None, moment: datetime, path: str) -> Material:
    """Return ``piece`` if the groups of a unit may see it then: public, in force, reviewed there.

    Refusal ``study.push_unfit`` otherwise.
    """
    day = local_day(moment)
    if piece is None or not piece.public or not piece.is_effective(day):
        raise Refusal("study.push_unfit")
    if (await shelves.of_unit(path, day)).find(piece.slug) is None:
        raise Refusal("study.push_unfit")
    return piece


async def reached(
    actor: Actor, piece: Material, numbers: Collection[int], today: date
) -> list[int]:
    """Return which of the groups ``numbers`` are in scope and may get ``piece``.

    A unit below that holds a piece of the library back gets none of it.
    """
    wanted = [group for group in await groups_of(actor) if group.id in numbers]
    if piece.is_local:
        return [group.id for group in wanted]
    known = await shelves.of_all_units(today)
    return [group.id for group in wanted if known.of(group.unit.path).find(piece.slug)]


async def find(slug: str) -> Material | None:
    """Return a piece of the library or a local one, whether it may be shown or not."""
    row = await local_pieces.find(slug)
    return local_pieces.as_piece(row) if row is not None else library.current().find(slug)


async def groups_of(actor: Actor) -> tuple[Group, ...]:
    """Return the groups in the actor's scope, by unit."""
    paths = policy.visible_units(actor).paths
    if not paths:
        return ()
    inside = Q(*(Q(unit__path__startswith=path) for path in paths), join_type=Q.OR)
    found = Group.filter(inside, is_active=True).order_by("unit__path", "id")
    return tuple(await found.prefetch_related("unit"))


@transactional
async def propose(
    *, actor: Actor, slug: str, groups: Sequence[int], send_at: datetime, now: datetime
) -> str:
    """Put an order on the list and ask a second person; return that person's name.

    Raises Refusal ``study.push_unfit``, ``study.push_no_groups``, ``study.push_nobody``. Commits
    the order, the question to the second person and an audit row.
    """
    unit = await Unit.get(id=officers.office(actor).unit_id)
    piece = await usable(await find(slug), send_at, unit.path)
    wanted = await reached(actor, piece, groups, local_day(now))
    if not wanted:
        raise Refusal("study.push_no_groups")
    second = await officers.second_person(actor, unit.path, today=local_day(now))
    if second is None:
        raise Refusal("study.push_nobody")
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


@transactional
async def approve(*, actor: Actor, uid: str, says: Sequence[Say], now: datetime) -> Order:
    """Take the second person's yes; the asker hears ``says`` and is asked to confirm.

    Raises Refusal ``study.push_gone``, ``study.push_own``, ``study.push_unfit``.
    """
    row = await _reviewable(actor, uid)
    order = await _shown(row)
    await usable(order.piece, row.send_at, (await Unit.get(id=row.unit_id)).path)
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
    piece = await usable(order.piece, row.send_at, (await Unit.get(id=row.unit_id)).path)
    allowed = await reached(actor, piece, row.groups, local_day(now))
    row.state, row.confirmed_at = OrderState.CONFIRMED, now
    await row.save(update_fields=["state", "confirmed_at", "send_at"])
    await _audit(actor, row, "study.push_confirmed", now)
    chosen = [number for number in row.groups if number in allowed]
    await pushed.note_ordered(chosen, material=piece.slug, at=row.send_at, now=now)
    await delivery.broadcast(
        purpose=PURPOSE,
        occasion=row.uid,
        targets=[f"group:{number}" for number in chosen],
        parts=(Text(order_views.digest(piece)), *piece.attachments),
        now=now,
        priority=Priority.DIGEST,
        not_before=row.send_at,
        expires_at=min(row.send_at + LIFE, piece.ends_at),
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
    return tuple([await _shown(row) for row in mine if await find(row.material)])


async def _may_review(actor: Actor, row: PushOrder) -> bool:
    """Whether the actor holds an office at or above the unit of an order that is not his own."""
    if row.asked_by_id == actor.person_id:
        return False
    return officers.looks_after(actor, (await Unit.get(id=row.unit_id)).path)


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
    piece = await find(row.material)
    if piece is None:
        raise Refusal("study.push_unfit")
    asker = await Person.get_or_none(id=row.asked_by_id)
    name = asker.name if asker else ""
    path = (await Unit.get(id=row.unit_id)).path
    groups = tuple(row.groups)
    return Order(row.uid, piece, name, row.asked_by_id, groups, row.send_at, row.state, path)


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
