"""Writes what became of a window: before the first byte, and after the last answer.

One commit each; the claim before them is in ``ledger``. Whatever dies between the two leaves rows
that say ``sending``; they become ``unknown`` at the next start and are never sent by themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core.database import transactional
from core.messages import Chat, ChatKind, SendOutcome, SendResult
from models.enums import DeliveryState as S
from plugins.delivery import budgets, fallback, judging, ledger, results
from plugins.delivery.budgets import Purse
from plugins.delivery.judging import Judged, Verdict
from plugins.delivery.tried import Tried
from plugins.delivery.voices import Voices
from plugins.identity import dialogues

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


@transactional
async def turn(
    tried: Sequence[Tried],
    judged: Sequence[Judged],
    *,
    owner: str,
    voices: Voices,
    purse: Purse,
    now: datetime,
) -> list[Judged]:
    """Mark the results of the last window, if any, and the next one as ``sending``: one commit."""
    if tried:
        await results.write_down(tried, owner=owner, voices=voices, now=now)
    return await _mark(judged, owner=owner, now=now, purse=purse)


async def _mark(
    judged: Sequence[Judged], *, owner: str, now: datetime, purse: Purse
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
    await results.write_down(tried, owner=owner, voices=voices, now=now)


@transactional
async def expire_overdue(*, now: datetime) -> int:
    """Let go of what nobody sent in time, also while quiet hours or a dead line hold it."""
    return await ledger.expire(now=now)
