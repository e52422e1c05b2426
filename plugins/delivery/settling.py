"""Writes what became of a window: before the first byte, and after the last answer.

One commit each; the claim before them is in ``ledger``. Whatever dies between the two leaves rows
that say ``sending``; they become ``unknown`` at the next start and are never sent by themselves.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.config import settings
from core.conversation import Slot
from core.database import transactional
from core.messages import Chat, ChatKind, SendOutcome, SendResult
from models.enums import DeliveryState as S
from plugins.delivery import (
    bell,
    budgets,
    fallback,
    health,
    judging,
    ledger,
    pacing,
    seats,
    targets,
)
from plugins.delivery.budgets import Purse
from plugins.delivery.judging import Judged, Verdict
from plugins.delivery.tried import Tried
from plugins.delivery.voices import Voices
from plugins.identity import dialogues
from plugins.identity import queries as identity

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
    Verdict.QUOTA: S.REJECTED,
}
_RESTS: Mapping[Verdict, timedelta] = {
    Verdict.TALKING: judging.TALKING,
    Verdict.UNCHECKED: judging.RECHECK,
}

# When evidence is first looked for: time enough for an own-message event and a slow history.
LOOK_UNKNOWN = timedelta(seconds=60)
LOOK_SENT = timedelta(seconds=90)


@transactional
async def mark_sending(
    judged: Sequence[Judged], *, owner: str, now: datetime, purse: Purse | None = None
) -> list[Judged]:
    """Mark what goes as ``sending`` and settle what does not; return what goes.

    Questions are opened now, so that a quick answer finds its question, and budgets are spent. Rows
    taken back since they were claimed are left out; so is what was to carry them along.
    """
    await _lay_aside(
        [item for item in judged if item.verdict is not Verdict.GO], owner=owner, now=now
    )
    going = await _marked(
        [item for item in judged if item.verdict is Verdict.GO], owner=owner, now=now
    )
    for item in going:
        if item.chat is not None and item.ask is not None:
            await dialogues.open_question(item.chat, item.chat.chat_id, item.ask, now)
    if purse is not None:
        await budgets.keep(purse.spent)
    return going


async def _lay_aside(judged: Sequence[Judged], *, owner: str, now: datetime) -> None:
    aside: dict[tuple[Verdict, datetime | None], list[int]] = {}
    for item in judged:
        aside.setdefault((item.verdict, item.rest_until), []).append(item.row.id)
    for (verdict, rest_until), ids in aside.items():
        await _set_aside(verdict, ids, rest_until, owner=owner, now=now)
    for item in judged:
        if item.verdict is Verdict.NO_ACCOUNT:
            await fallback.after_rejection(_nowhere(item), now=now)


def _nowhere(item: Judged) -> Tried:
    """Return as refused what has no account to go to."""
    outcome = SendOutcome(SendResult.REJECTED, reason=Verdict.NO_ACCOUNT.value)
    return Tried(item.row, Chat("", "", ChatKind.PRIVATE, ""), None, outcome)


async def _marked(going: list[Judged], *, owner: str, now: datetime) -> list[Judged]:
    ids = [row.id for item in going for row in item.rows]
    if not ids:
        return []
    kept = await ledger.start_sending(ids, owner=owner, now=now)
    if len(kept) == len(ids):
        return going
    whole = [item for item in going if kept.issuperset(row.id for row in item.rows)]
    # What would have carried a row that was taken back is due again, without that row.
    torn = kept - {row.id for item in whole for row in item.rows}
    if torn:
        await ledger.move(list(torn), old=S.SENDING, new=S.DUE, owner=owner, now=now, **ledger.FREE)
    return whole


async def _set_aside(
    verdict: Verdict,
    ids: Sequence[int],
    rest_until: datetime | None,
    *,
    owner: str,
    now: datetime,
) -> None:
    if verdict in _ENDS:
        end, reason = _ENDS[verdict], verdict.value
        await ledger.move(
            ids, old=S.LEASED, new=end, owner=owner, now=now, reason=reason, **ledger.FREE
        )
        return
    await ledger.move(
        ids,
        old=S.LEASED,
        new=S.DUE,
        owner=owner,
        now=now,
        not_before=rest_until or now + _RESTS.get(verdict, timedelta()),
        **ledger.FREE,
        **({"self_id": None} if verdict is Verdict.OTHER_VOICE else {}),
    )


@transactional
async def record(tried: Sequence[Tried], *, owner: str, voices: Voices, now: datetime) -> None:
    """Mark the results of a window, close questions nobody saw, and keep the pauses."""
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


@transactional
async def expire_overdue(*, now: datetime) -> int:
    """Let go of what nobody sent in time, also while quiet hours or a dead line hold it."""
    return await ledger.expire(now=now)
