"""Writes down what became of a window: results, retries, what takes another way, who was reached.

Everything here joins the transaction of settling.py.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.config import settings
from core.conversation import Slot
from core.database import require_tx
from core.messages import Chat, SendOutcome, SendResult
from models.enums import DeliveryState as S
from plugins.delivery import bell, budgets, fallback, health, ledger, pacing, seats, targets
from plugins.delivery.tried import Tried
from plugins.delivery.voices import Voices
from plugins.identity import dialogues
from plugins.identity import queries as identity

# Reasons of a certain "not sent" that say nothing about the delivery itself.
_NOT_ITS_FAULT = frozenset({"offline"})

# With these nobody can have read what was sent.
_UNSEEN = frozenset({SendResult.NOT_SENT, SendResult.REJECTED})

# When evidence is first looked for: time enough for an own-message event and a slow history.
LOOK_UNKNOWN = timedelta(seconds=60)
LOOK_SENT = timedelta(seconds=90)


async def write_down(tried: Sequence[Tried], *, owner: str, voices: Voices, now: datetime) -> None:
    """Mark the results of a window, close questions nobody saw, and keep the pauses."""
    require_tx()
    by_result: dict[SendResult, list[Tried]] = {}
    for item in tried:
        by_result.setdefault(item.outcome.result, []).append(item)
    sent = by_result.get(SendResult.SENT, [])
    names = {item.row.id: ",".join(item.platform_ids) for item in tried if item.platform_ids}
    await ledger.confirm(
        {item.row.id: names.pop(item.row.id, "") for item in sent},
        owner=owner,
        look_at=now + LOOK_SENT,
        now=now,
    )
    for item in by_result.get(SendResult.NOT_SENT, []):
        await _not_sent(item, owner=owner, now=now)
    await _rejected(by_result.get(SendResult.REJECTED, []), owner=owner, now=now)
    await _ended(
        by_result.get(SendResult.UNKNOWN, []),
        S.UNKNOWN,
        owner=owner,
        now=now,
        look_at=now + LOOK_UNKNOWN,
    )
    await ledger.name_messages(names)
    for item in tried:
        if item.outcome.result in _UNSEEN and item.asked_at is not None:
            await _close_unseen(item.chat, item.asked_at)
    await health.note(tried, now=now)
    await fallback.after_arrival([item for item in sent if item.chat.is_private], now=now)
    await voices.keep({targets.voice(item.chat) for item in tried}, now=now)


async def _rejected(items: Sequence[Tried], *, owner: str, now: datetime) -> None:
    """Call what was refused rejected, unless it may still be said in another way."""
    final: list[Tried] = []
    again: list[Tried] = []
    for item in items:
        is_again = await _may_be_said_otherwise(item, now)
        (again if is_again else final).append(item)
    for attempts in {_attempts_after(item) for item in again}:
        await ledger.move(
            [item.row.id for item in again if _attempts_after(item) == attempts],
            old=S.SENDING,
            new=S.DUE,
            owner=owner,
            now=now,
            not_before=now,
            attempts=attempts,
            self_id=None,
            **ledger.FREE,
        )
    if again:
        bell.ring()
    await _ended(final, S.REJECTED, owner=owner, now=now)
    for item in final:
        await fallback.after_rejection(item, now=now)


async def _may_be_said_otherwise(item: Tried, now: datetime) -> bool:
    """Whether a refused one may go without @all, or over another of our accounts."""
    if _calls_too_often(item):
        await budgets.exhaust_at_all(item.chat, now=now)
        # The second time it goes without; refused once more, something else is wrong.
        return item.row.attempts == 0
    # A refused account is silent from then on, so this comes to an end.
    return await seats.refused(item, now=now)


def _calls_too_often(item: Tried) -> bool:
    return item.outcome.reason == "at_all_used_up"


def _attempts_after(item: Tried) -> int:
    return item.row.attempts + _calls_too_often(item)


async def _close_unseen(chat: Chat, asked_at: datetime) -> None:
    """Close the question that was never read, unless another one was opened since."""
    known = await identity.who_is(chat, chat.chat_id, asked_at)
    if known.question is not None and known.question.asked_at == asked_at:
        await dialogues.close(chat, chat.chat_id, {Slot.QUESTION})


async def _not_sent(item: Tried, *, owner: str, now: datetime) -> None:
    counts = item.outcome.reason not in _NOT_ITS_FAULT
    attempts = item.row.attempts + counts
    if attempts >= settings().delivery.max_attempts:
        await ledger.move(
            [item.row.id],
            old=S.SENDING,
            new=S.REJECTED,
            owner=owner,
            now=now,
            attempts=attempts,
            reason="tries_used",
            **ledger.FREE,
        )
        given_up = replace(item, outcome=SendOutcome(SendResult.REJECTED, reason="tries_used"))
        await fallback.after_rejection(given_up, now=now)
        return
    await ledger.move(
        [item.row.id],
        old=S.SENDING,
        new=S.DUE,
        owner=owner,
        now=now,
        attempts=attempts,
        reason=_reason(item),
        self_id=None,
        not_before=now + pacing.retry_after(attempts, between=random.uniform),
        **ledger.FREE,
    )


async def _ended(
    items: Sequence[Tried],
    new: S,
    *,
    owner: str,
    now: datetime,
    look_at: datetime | None = None,
) -> None:
    by_reason: dict[str | None, list[int]] = {}
    for item in items:
        by_reason.setdefault(_reason(item), []).append(item.row.id)
    for reason, ids in by_reason.items():
        await ledger.move(
            ids,
            old=S.SENDING,
            new=new,
            owner=owner,
            now=now,
            reason=reason,
            look_at=look_at,
            looks=0,
            shown=None,
            **ledger.FREE,
        )


def _reason(item: Tried) -> str | None:
    """Return the short code of an outcome, no longer than its column: saving must never fail."""
    return item.outcome.reason[:48] if item.outcome.reason else None
