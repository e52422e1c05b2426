"""How well our accounts are, by what became of sends and not by what a heartbeat says.

An account that does not get through is left alone by its circuit breaker and tried out now and
then: with one short message to the control group, or where there is none with one due delivery.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tortoise.expressions import F

from core.config import settings
from core.database import require_tx, run_tx
from models import BotAccount, Delivery
from models.enums import BreakerState, DeliveryState
from plugins.delivery import breakers, targets, watching
from plugins.delivery.breakers import Sign
from plugins.delivery.probes import CONTROLLED, FarEnd, Prober
from plugins.delivery.targets import Reach
from plugins.delivery.tried import Tried
from plugins.gateway import outbound

# Without a control group one window of an account that rests is let through this often.
LET_THROUGH = timedelta(seconds=60)
# So long evidence is waited for that what was let through stands in its chat.
EVIDENCE = timedelta(minutes=5)

# What was let through of an account whose messages vanish, until evidence has looked at it. Lost
# with the process: then the next one is let through.
_let_through: dict[str, int] = {}
# Voices that the last call of ``resting`` let through, for its window alone.
_on_trial: set[str] = set()


async def note(tried: Sequence[Tried], *, now: datetime) -> None:
    """Note what a window tells about the accounts that spoke; in the caller's transaction."""
    require_tx()
    by_voice: dict[str, list[Tried]] = {}
    # What was merged into one message is one send: its rows share the outcome.
    for item in {(item.chat, id(item.outcome)): item for item in tried}.values():
        if breakers.sign_of(item.outcome) is not Sign.NOTHING:
            by_voice.setdefault(targets.voice(item.chat), []).append(item)
    for voice in sorted(by_voice):
        await _note(voice, by_voice[voice], now)


async def _note(voice: str, items: Sequence[Tried], now: datetime) -> None:
    signs = [breakers.sign_of(item.outcome) for item in items]
    confirmed = len(signs) - signs[::-1].index(Sign.CONFIRMED) if Sign.CONFIRMED in signs else 0
    bad = items[confirmed:]
    if not bad and await _still_well(voice, now):
        return
    doubtful = signs[confirmed:].count(Sign.DOUBTFUL)
    account = await _counted(voice, doubtful, is_confirmed=confirmed > 0, now=now)
    if account.breaker is BreakerState.PROBING:
        await _end_trial(account, items, bad, now)
        return
    is_closed = account.breaker is BreakerState.CLOSED
    if is_closed and bad and await breakers.is_dead(account, bad, now=now):
        await breakers.open_(account, breakers.NO_WAY_THROUGH, now=now)


async def _still_well(voice: str, now: datetime) -> bool:
    """Note what was confirmed over an account that is well: the usual case, in one statement."""
    platform, _, self_id = voice.partition(":")
    rows = BotAccount.filter(platform=platform, self_id=self_id, breaker=BreakerState.CLOSED)
    return await rows.update(failures=0, last_confirmed_at=now) > 0


async def _counted(voice: str, doubtful: int, *, is_confirmed: bool, now: datetime) -> BotAccount:
    """Count doubtful sends in a row, from none again after a confirmed one; return the row."""
    platform, _, self_id = voice.partition(":")
    row = BotAccount.filter(platform=platform, self_id=self_id)
    change: dict[str, Any] = {"failures": F("failures") + doubtful}
    if is_confirmed:
        change = {"failures": doubtful, "last_confirmed_at": now}
    if not await row.update(**change):
        await breakers.ensure([voice], now=now)
        await row.update(**change)
    return await row.get()


async def _end_trial(
    account: BotAccount, items: Sequence[Tried], bad: Sequence[Tried], now: datetime
) -> None:
    if bad:
        reason = account.breaker_reason or breakers.NO_WAY_THROUGH
        await breakers.open_(account, reason, now=now)
    elif account.breaker_reason == breakers.SILENT and (account.has_history or account.reports_own):
        # "Sent" is what it said all along: evidence has to show it.
        _let_through[breakers.voice_of(account)] = items[-1].row.id
        await BotAccount.filter(id=account.id).update(breaker_until=now + EVIDENCE)
    else:
        await breakers.close(account, now=now)


async def vanished(voice: str, count: int, *, now: datetime) -> None:
    """Note that so many confirmed sends do not stand in their chats; in the caller's transaction.

    Two within ten minutes, or one of a trial, and the account is left alone.
    """
    require_tx()
    account = await breakers.account_of(voice)
    if account is None or count <= 0 or account.breaker is BreakerState.OPEN:
        return
    if await breakers.suspect(account, count, now=now):
        _let_through.pop(voice, None)


async def proven(voice: str, *, now: datetime) -> None:
    """Note that what nobody answered for stands in its chat; in the caller's transaction.

    Such an account is slow to answer and not dead: it need not rest.
    """
    require_tx()
    account = await breakers.account_of(voice)
    if account is None:
        return
    await BotAccount.filter(id=account.id).update(failures=0, last_confirmed_at=now)
    if account.breaker_reason == breakers.NO_WAY_THROUGH:
        await breakers.close(account, now=now)


async def resting(reach: Reach, *, now: datetime) -> frozenset[str]:
    """Return the connected voices that are to be left alone in this window.

    One whose rest is over is left in for a single window each minute, when no control group can try
    it out. Commits.
    """
    rows = await BotAccount.exclude(breaker=BreakerState.CLOSED)
    left: set[str] = set()
    _on_trial.clear()
    for account in rows:
        if account.self_id in reach.get(account.platform, ()):
            may_try = await _may_try(account, now)
            (_on_trial if may_try else left).add(breakers.voice_of(account))
    return frozenset(left)


def on_trial() -> frozenset[str]:
    """Return the voices that may say one thing in the window for which ``resting`` was asked."""
    return frozenset(_on_trial)


async def _may_try(account: BotAccount, now: datetime) -> bool:
    if account.platform == CONTROLLED and settings().onebot11.control_group:
        return False
    if account.breaker_until is not None and account.breaker_until > now:
        return False
    return await run_tx(partial(breakers.begin_trial, account, until=now + LET_THROUGH))


class Beat:
    """The slow beat of one process: looks after the accounts that are connected to it."""

    def __init__(self, far_end: FarEnd = outbound, prober: Prober | None = None) -> None:
        self._far_end = far_end
        self._prober = prober or Prober(far_end)
        self._watch = watching.Watch()
        self._trials: set[asyncio.Task[None]] = set()

    async def work(self, *, now: datetime) -> None:
        """Watch the accounts, end trials that evidence has settled, begin those that are due."""
        platforms = (name for name, is_on in settings().platforms.items() if is_on)
        reach = {name: self._far_end.can_reach(name) for name in platforms}
        await self._watch.look(reach, now=now)
        await _settle(now)
        for trial in await self._prober.due(reach, now=now):
            task = asyncio.create_task(trial)
            self._trials.add(task)
            task.add_done_callback(self._trials.discard)

    async def settled(self) -> None:
        """Wait until every trial that was begun has ended."""
        while self._trials:
            await asyncio.gather(*self._trials)

    async def stop(self) -> None:
        """Give up the trials that are under way: they are made again when their time is over."""
        for trial in self._trials:
            trial.cancel()
        await asyncio.gather(*self._trials, return_exceptions=True)


async def _settle(now: datetime) -> None:
    """Close the breakers of accounts whose trial stands in its chat, or nobody can tell."""
    for voice, number in tuple(_let_through.items()):
        row = await Delivery.get_or_none(id=number)
        is_sent = row is not None and row.state is DeliveryState.SENT
        if is_sent and row is not None and row.look_at is not None:
            continue
        del _let_through[voice]
        account = await breakers.account_of(voice)
        is_shown = row is not None and is_sent and row.shown is not False
        if account is not None and account.breaker is BreakerState.PROBING and is_shown:
            await run_tx(partial(breakers.close, account, now=now))


_beat: Beat | None = None


async def probe(*, now: datetime) -> None:
    """Do one slow beat: trials, who is off line, what waits for long, and the alarms. Commits.

    Trials run on in the background: an account that does not answer keeps nobody waiting.
    """
    global _beat
    _beat = _beat or Beat()
    await _beat.work(now=now)


async def stop() -> None:
    """Give up the trials that are under way, and forget what only this process knows."""
    global _beat
    if _beat is not None:
        await _beat.stop()
    _beat = None
    _let_through.clear()
    _on_trial.clear()
