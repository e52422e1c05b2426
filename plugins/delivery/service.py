"""Puts what is owed into the ledger, and takes it back: rows only, inside the caller's transaction.

Sending is the dispatcher's business. Whatever is here is repeatable: the unique key (purpose,
occasion, target) makes the second planning of the same thing add nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from core.config import settings
from core.conversation import Ask
from core.database import require_tx
from core.errors import Fault
from core.messages import OutPart
from models import Delivery, Message
from models.enums import DeliveryState
from plugins.delivery import bell, bodies, ledger, states
from plugins.delivery.targets import parse

# Rows asked for or inserted by one statement; SQLite takes 32,766 parameters, Tortoise 29 a row.
_BATCH = 500


async def enqueue(
    *,
    purpose: str,
    occasion: str,
    target: str,
    parts: Sequence[OutPart],
    now: datetime,
    priority: int,
    ask: Ask | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    check: str | None = None,
    reference: dict[str, Any] | None = None,
    in_quiet_hours: bool = False,
    title: str = "",
    asked_by: int | None = None,
) -> bool:
    """Owe one body to one target; return False when it is owed already, or was.

    ``check`` names the still-owed check, asked with ``reference`` at the moment of sending.
    ``in_quiet_hours`` is for what answers somebody who is writing right now. ``title`` is what a
    push is called, ``asked_by`` the person who ordered it.
    """
    added = await broadcast(
        purpose=purpose,
        occasion=occasion,
        targets=(target,),
        parts=parts,
        now=now,
        priority=priority,
        ask=ask,
        not_before=not_before,
        expires_at=expires_at,
        check=check,
        reference=reference,
        in_quiet_hours=in_quiet_hours,
        title=title,
        asked_by=asked_by,
    )
    return added == 1


async def broadcast(
    *,
    purpose: str,
    occasion: str,
    targets: Sequence[str],
    parts: Sequence[OutPart],
    now: datetime,
    priority: int,
    ask: Ask | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    check: str | None = None,
    reference: dict[str, Any] | None = None,
    in_quiet_hours: bool = False,
    title: str = "",
    asked_by: int | None = None,
) -> int:
    """Owe one body to many targets; return to how many it was not owed before.

    Each has its place in the line as far behind the first as the push takes to get there: what
    another unit owes meanwhile goes in between, and nobody waits for the end of a county's push.
    """
    require_tx()
    _require_sound(priority, targets)
    fresh = await _not_owed_yet(purpose, occasion, targets)
    if not fresh:
        return 0
    uid = uuid4().hex
    message = await Message.create(
        uid=uid,
        purpose=purpose,
        title=title[:64],
        asked_by_id=asked_by,
        body_sealed=bodies.seal(parts, ask, uid=uid),
        created_at=now,
    )
    begin, step = not_before or now, _step()
    rows = [
        Delivery(
            message_id=message.id,
            purpose=purpose,
            occasion=occasion,
            target=target,
            priority=priority,
            state=DeliveryState.DUE,
            check=check,
            reference=reference,
            in_quiet_hours=in_quiet_hours,
            not_before=begin,
            order_at=begin + min(place * step, ledger.HORIZON),
            expires_at=expires_at,
            created_at=now,
            updated_at=now,
        )
        for place, target in enumerate(fresh)
    ]
    await Delivery.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return await _kept(message)


def _require_sound(priority: int, targets: Sequence[str]) -> None:
    if priority not in ledger.PRIORITIES:
        raise Fault("not a priority")
    for target in targets:
        parse(target)


def _step() -> timedelta:
    """Return the usual pause between two sends of one account."""
    limits = settings().delivery
    return timedelta(seconds=(limits.min_interval_s + limits.max_interval_s) / 2)


async def _not_owed_yet(purpose: str, occasion: str, targets: Sequence[str]) -> list[str]:
    unique = list(dict.fromkeys(targets))
    owed: set[str] = set()
    for start in range(0, len(unique), _BATCH):
        known = Delivery.filter(
            purpose=purpose, occasion=occasion, target__in=unique[start : start + _BATCH]
        )
        owed.update(str(target) for target in await known.values_list("target", flat=True))
    return [target for target in unique if target not in owed]


async def _kept(message: Message) -> int:
    """Return how many deliveries of ``message`` another process did not plan before us."""
    kept = await Delivery.filter(message_id=message.id).count()
    if kept == 0:
        await message.delete()
    else:
        bell.ring()
    return kept


async def cancel(
    *,
    purpose: str,
    occasion: str | None = None,
    target: str | None = None,
    targets: Sequence[str] | None = None,
    now: datetime,
    reason: str,
) -> int:
    """Take back what was not written yet; return how many. ``reason`` is a short code.

    ``targets`` are as many as one statement takes: a few thousand.
    """
    require_tx()
    owed = Delivery.filter(purpose=purpose, state__in=list(states.sources(DeliveryState.CANCELLED)))
    if occasion is not None:
        owed = owed.filter(occasion=occasion)
    if target is not None:
        owed = owed.filter(target=target)
    if targets is not None:
        owed = owed.filter(target__in=list(targets))
    return await owed.update(
        state=DeliveryState.CANCELLED, reason=reason, lease_owner=None, updated_at=now
    )
