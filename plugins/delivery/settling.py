"""Writes what became of a window: before the first byte, and after the last answer.

One commit each; the claim before them is in ``ledger``. Whatever dies between the two leaves rows
that say ``sending``; they become ``unknown`` at the next start and are never sent by themselves.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.config import settings
from core.conversation import Slot
from core.database import transactional
from core.messages import Chat, SendResult
from models import Delivery
from models.enums import DeliveryState as S
from plugins.delivery import judging, ledger, pacing, targets
from plugins.delivery.judging import Judged, Verdict
from plugins.delivery.tried import Tried
from plugins.delivery.voices import Voices
from plugins.identity import dialogues
from plugins.identity import queries as identity

FREE: Mapping[str, Any] = {"lease_owner": None, "lease_until": None}

# Reasons of a certain "not sent" that say nothing about the delivery itself.
_NOT_ITS_FAULT = frozenset({"offline"})

# With these nobody can have read what was sent.
_UNSEEN = frozenset({SendResult.NOT_SENT, SendResult.REJECTED})

_ENDS: Mapping[Verdict, S] = {
    Verdict.EXPIRED: S.EXPIRED,
    Verdict.NOT_OWED: S.CANCELLED,
    Verdict.NO_ACCOUNT: S.REJECTED,
    Verdict.NO_GROUP: S.REJECTED,
    Verdict.BROKEN: S.REJECTED,
}
_RESTS: Mapping[Verdict, timedelta] = {
    Verdict.OTHER_VOICE: timedelta(),
    Verdict.TALKING: judging.TALKING,
    Verdict.UNCHECKED: judging.RECHECK,
}


@transactional
async def mark_sending(judged: Sequence[Judged], *, owner: str, now: datetime) -> list[Judged]:
    """Mark what goes as ``sending`` and settle what does not; return what goes.

    Questions are opened now, so that a quick answer finds its question. Rows taken back since they
    were claimed are left out.
    """
    by_verdict: dict[Verdict, list[Judged]] = {}
    for item in judged:
        by_verdict.setdefault(item.verdict, []).append(item)
    going = by_verdict.pop(Verdict.GO, [])
    for verdict, items in by_verdict.items():
        await _set_aside(verdict, items, owner=owner, now=now)
    ids = [item.row.id for item in going]
    if not ids:
        return []
    moved = await ledger.move(ids, old=S.LEASED, new=S.SENDING, owner=owner, now=now)
    if moved != len(ids):
        kept = await ledger.leased_now(ids, state=S.SENDING, owner=owner)
        going = [item for item in going if item.row.id in kept]
    for item in going:
        if item.chat is not None and item.ask is not None:
            await dialogues.open_question(item.chat, item.chat.chat_id, item.ask, now)
    return going


async def _set_aside(
    verdict: Verdict, items: Sequence[Judged], *, owner: str, now: datetime
) -> None:
    ids = [item.row.id for item in items]
    if verdict in _ENDS:
        end, reason = _ENDS[verdict], verdict.value
        await ledger.move(ids, old=S.LEASED, new=end, owner=owner, now=now, reason=reason, **FREE)
        return
    await ledger.move(
        ids,
        old=S.LEASED,
        new=S.DUE,
        owner=owner,
        now=now,
        not_before=now + _RESTS[verdict],
        **FREE,
        **({"self_id": None} if verdict is Verdict.OTHER_VOICE else {}),
    )


@transactional
async def record(tried: Sequence[Tried], *, owner: str, voices: Voices, now: datetime) -> None:
    """Mark the results of a window, close questions nobody saw, and keep the pauses."""
    by_result: dict[SendResult, list[Tried]] = {}
    for item in tried:
        by_result.setdefault(item.outcome.result, []).append(item)
    await _ended(by_result.get(SendResult.SENT, []), S.SENT, owner=owner, now=now)
    for item in by_result.get(SendResult.NOT_SENT, []):
        await _not_sent(item, owner=owner, now=now)
    await _ended(by_result.get(SendResult.REJECTED, []), S.REJECTED, owner=owner, now=now)
    await _ended(by_result.get(SendResult.UNKNOWN, []), S.UNKNOWN, owner=owner, now=now)
    await ledger.name_messages(
        {t.row.id: t.outcome.message_id for t in tried if t.outcome.message_id is not None}
    )
    for item in tried:
        if item.outcome.result in _UNSEEN and item.asked_at is not None:
            await _close_unseen(item.chat, item.asked_at)
    await voices.keep({targets.voice(item.chat) for item in tried}, now=now)


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
            **FREE,
        )
        return
    await ledger.move(
        [item.row.id],
        old=S.SENDING,
        new=S.DUE,
        owner=owner,
        now=now,
        attempts=attempts,
        reason=_reason(item),
        not_before=now + pacing.retry_after(attempts, between=random.uniform),
        **FREE,
    )


async def _ended(items: Sequence[Tried], new: S, *, owner: str, now: datetime) -> None:
    by_reason: dict[str | None, list[int]] = {}
    for item in items:
        by_reason.setdefault(_reason(item), []).append(item.row.id)
    for reason, ids in by_reason.items():
        await ledger.move(ids, old=S.SENDING, new=new, owner=owner, now=now, reason=reason, **FREE)


def _reason(item: Tried) -> str | None:
    """Return the short code of an outcome, no longer than its column: saving must never fail."""
    return item.outcome.reason[:48] if item.outcome.reason else None


@transactional
async def recover(*, now: datetime, owner: str, alone: bool) -> tuple[int, int]:
    """Give back what a dead process held; return how many are due again and how many unknown.

    ``alone`` says that no other process shares the database: then everything held is a dead one's.
    Otherwise only leases that ended count, and never our own.
    """
    held = Delivery.filter(state__in=[S.LEASED, S.SENDING])
    if not alone:
        held = held.filter(lease_until__lt=now)
    rows = await held.exclude(lease_owner=owner).values_list("id", "state")
    leased = [int(str(number)) for number, state in rows if state is S.LEASED]
    sending = [int(str(number)) for number, state in rows if state is S.SENDING]
    due = await ledger.move(leased, old=S.LEASED, new=S.DUE, now=now, **FREE) if leased else 0
    unknown = 0
    if sending:
        unknown = await ledger.move(
            sending, old=S.SENDING, new=S.UNKNOWN, now=now, reason="killed", **FREE
        )
    return due, unknown


@transactional
async def drop_own(*, now: datetime, owner: str) -> None:
    """After a defect of ours: give back what we leased, and call what we were sending unknown."""
    leased = await ledger.held(owner=owner, state=S.LEASED)
    sending = await ledger.held(owner=owner, state=S.SENDING)
    if leased:
        await ledger.move(leased, old=S.LEASED, new=S.DUE, owner=owner, now=now, **FREE)
    if sending:
        await ledger.move(
            sending, old=S.SENDING, new=S.UNKNOWN, owner=owner, now=now, reason="defect", **FREE
        )


@transactional
async def expire_overdue(*, now: datetime) -> int:
    """Let go of what nobody sent in time, also while quiet hours or a dead line hold it."""
    return await ledger.expire(now=now)
