"""What a person decides about deliveries: send again (补发), or take as sent (当作已发)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actors import Actor
from core.database import require_tx, transactional
from core.errors import Refusal
from models import AuditLog, Delivery
from models.enums import DeliveryState as S
from plugins.delivery import bell, ledger, queries
from plugins.delivery.ledger import FREE
from plugins.delivery.queries import Open

# Sent again on a person's word, it may arrive within a day even when its time had passed.
SECOND_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided just now, and the next one that is unsure."""

    resent: tuple[Open, ...]
    taken: tuple[Open, ...]
    next: Open | None


@transactional
async def resend(*, actor: Actor, name: str, now: datetime) -> Settled:
    """Send again: the group of that ``name``; without one, every group that certainly got nothing.

    What is unsure is sent again without a name only when it is the only open one: repeating is a
    person's decision, made one by one. Raises Refusal ``delivery.nothing_open``.
    """
    items = _named(await queries.open_items(actor, now=now), name)
    chosen = items if name or len(items) == 1 else tuple(i for i in items if not i.is_unsure)
    return await _settled(actor, items, resent=chosen, taken=(), now=now)


@transactional
async def take_as_sent(*, actor: Actor, name: str, now: datetime) -> Settled:
    """Take as sent: the unsure one of that ``name``, or the only one there is.

    Raises Refusal ``delivery.nothing_open``.
    """
    items = _named(await queries.open_items(actor, now=now), name)
    unsure = tuple(item for item in items if item.is_unsure)
    if not unsure:
        raise Refusal("delivery.nothing_open")
    chosen = unsure if name or len(unsure) == 1 else ()
    return await _settled(actor, unsure, resent=(), taken=chosen, now=now)


@transactional
async def decide(*, actor: Actor, delivery_id: int, again: bool, now: datetime) -> Settled:
    """Settle one unsure delivery as its numbered question was answered.

    Raises Refusal ``delivery.settled_already`` when somebody else was quicker.
    """
    items = await queries.open_items(actor, now=now)
    chosen = tuple(i for i in items if i.delivery_id == delivery_id and i.is_unsure)
    if not chosen:
        raise Refusal("delivery.settled_already")
    if again:
        return await _settled(actor, items, resent=chosen, taken=(), now=now)
    return await _settled(actor, items, resent=(), taken=chosen, now=now)


@transactional
async def resend_refused(*, actor: Actor, delivery_id: int, now: datetime) -> Settled:
    """Send one delivery again that was certainly refused, once its cause is out of the way.

    Raises Refusal ``delivery.settled_already`` when it is not refused any more.
    """
    items = await queries.open_items(actor, now=now)
    chosen = tuple(i for i in items if i.delivery_id == delivery_id and not i.is_unsure)
    if not chosen:
        raise Refusal("delivery.settled_already")
    return await _settled(actor, items, resent=chosen, taken=(), now=now)


def _named(items: Sequence[Open], name: str) -> tuple[Open, ...]:
    wanted = name.strip()
    found = tuple(item for item in items if not wanted or item.name == wanted)
    if not found:
        raise Refusal("delivery.nothing_open")
    return found


async def _settled(
    actor: Actor,
    items: Sequence[Open],
    *,
    resent: tuple[Open, ...],
    taken: tuple[Open, ...],
    now: datetime,
) -> Settled:
    for item in resent:
        await _resend(item, actor, now)
    for item in taken:
        await ledger.move(
            [item.delivery_id],
            old=S.UNKNOWN,
            new=S.SENT,
            now=now,
            reason="by_person",
            look_at=None,
            shown=True,
        )
        await _audit("delivery.taken_as_sent", item, actor, now)
    if resent:
        bell.ring()
    done = {item.delivery_id for item in (*resent, *taken)}
    left = [item for item in items if item.is_unsure and item.delivery_id not in done]
    same = {item.message_id for item in (*resent, *taken)}
    left.sort(key=lambda item: item.message_id not in same)
    return Settled(resent, taken, next(iter(left), None))


async def _resend(item: Open, actor: Actor, now: datetime) -> None:
    old = S.UNKNOWN if item.is_unsure else S.REJECTED
    await ledger.move(
        [item.delivery_id],
        old=old,
        new=S.DUE,
        now=now,
        reason=None,
        attempts=0,
        not_before=now,
        order_at=now,
        is_held=False,
        self_id=None,
        platform_message_id=None,
        look_at=None,
        looks=0,
        shown=None,
        **FREE,
    )
    late = Delivery.filter(id=item.delivery_id, expires_at__lt=now + SECOND_LIFE)
    await late.update(expires_at=now + SECOND_LIFE)
    await _audit("delivery.resent", item, actor, now)


async def _audit(action: str, item: Open, actor: Actor, now: datetime) -> None:
    require_tx()
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="delivery",
        subject_id=item.delivery_id,
        detail={"was": "unknown" if item.is_unsure else "rejected"},
    )
