"""Tries an account out: one short message to a group of ours alone, and whether it stands there.

An account that rests is tried when its rest is over; one that has confirmed nothing for six waking
hours is tried too, so that a dead one is known before the next large push.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from tortoise.expressions import F

from core import clock, logs, texts
from core.config import settings
from core.database import run_tx, transactional
from core.messages import Chat, ChatKind, OutPart, SendOutcome, SendResult, Text
from models import BotAccount
from models.enums import BreakerState
from plugins.delivery import breakers, quiet
from plugins.delivery.breakers import Sign
from plugins.delivery.targets import Reach
from plugins.gateway import histories, signals
from plugins.gateway.histories import History
from plugins.gateway.signals import OwnMessage

log = logs.get("delivery")

# The platform whose accounts have a control group (config.toml, [onebot11]).
CONTROLLED = "onebot11"
# Nothing confirmed for so long in waking hours, and an account is tried out.
SILENCE = timedelta(hours=6)
# A trial takes less, whatever happens: the send's own time-out, and waiting for the event.
LONGEST_TRIAL = timedelta(minutes=2)
# How long our own message is waited for after its send was answered, in real seconds.
PATIENCE_S = 10.0
# So many of the newest messages of the control group are looked through.
_LOOKED_AT = 20
_STEP = timedelta(minutes=15)


class FarEnd(Protocol):
    """Where messages go: the gateway's ``outbound``."""

    def can_reach(self, platform: str, /) -> tuple[str, ...]:
        """Return our accounts on ``platform`` that are connected now."""
        ...

    async def send(self, chat: Chat, parts: Sequence[OutPart], /) -> SendOutcome:
        """Say ``parts`` in ``chat`` and return what is known afterwards."""
        ...


class Looker(Protocol):
    """Asks the end what stands in a chat."""

    async def __call__(self, chat: Chat, words: str, /) -> bool | None:
        """Return whether we said ``words`` in ``chat``; None when the end cannot tell."""
        ...


class Verdict(StrEnum):
    """What a trial shows."""

    WELL = "well"
    SILENT = "silent"
    """It said sent, and the message does not stand there."""
    SICK = "sick"
    UNTRIED = "untried"


async def in_history(chat: Chat, words: str, /) -> bool | None:
    """Look into the history that the end offers, if it does."""
    found = await histories.recent(chat, count=_LOOKED_AT)
    if not isinstance(found, History):
        return None
    if any(_said(own) == words for own in found.own):
        return True
    return False if found.is_sound else None


def _said(own: OwnMessage) -> str:
    return "".join(part.text for part in own.parts if isinstance(part, Text)).strip()


class Prober:
    """Makes the trials of one process."""

    def __init__(
        self, far_end: FarEnd, look: Looker = in_history, patience_s: float = PATIENCE_S
    ) -> None:
        self._far_end = far_end
        self._look = look
        self._patience_s = patience_s

    async def due(self, reach: Reach, *, now: datetime) -> list[Coroutine[Any, Any, None]]:
        """Take the trials that are due; the caller runs them. Commits."""
        group = settings().onebot11.control_group
        here = reach.get(CONTROLLED, ())
        if not group or not here:
            return []
        trials = []
        for account in await BotAccount.filter(platform=CONTROLLED, self_id__in=list(here)):
            if is_due(account, now=now):
                take = partial(breakers.begin_trial, account, until=now + LONGEST_TRIAL)
                if await run_tx(take):
                    chat = Chat(CONTROLLED, account.self_id, ChatKind.GROUP, group)
                    trials.append(self._run(account.id, chat))
        return trials

    async def _run(self, number: int, chat: Chat) -> None:
        try:
            verdict = await self._try(number, chat)
            await settle(number, verdict, now=clock.now())
            log.info("probe", account=number, verdict=verdict.value)
        except Exception as error:  # noqa: BLE001  # tried again when its time is over
            log.fault("probe.failed", error, account=number)

    async def _try(self, number: int, chat: Chat) -> Verdict:
        words = texts.render("alarm.probe", at=clock.now())
        async with _hearing(chat, words) as heard:
            outcome = await self._far_end.send(chat, (Text(words),))
            account = await BotAccount.get(id=number)
            if outcome.result is SendResult.SENT:
                return await self._stands(account, chat, words, heard)
            if outcome.result is SendResult.NOT_SENT:
                return Verdict.UNTRIED
            if breakers.sign_of(outcome) is Sign.NOTHING:
                # The platform refuses this group, in so many words: the account itself is alive.
                log.warning("probe.control_group", reason=outcome.reason)
                return Verdict.WELL if outcome.result is SendResult.REJECTED else Verdict.UNTRIED
            # Late is not dead.
            is_late = account.reports_own and await self._heard(heard)
            return Verdict.WELL if is_late else Verdict.SICK

    async def _stands(
        self, account: BotAccount, chat: Chat, words: str, heard: asyncio.Event
    ) -> Verdict:
        """Whether what was confirmed stands there; the history knows better than the event."""
        if account.has_history is not False:
            found = await self._look(chat, words)
            if found is False:
                await self._heard(heard)
                found = await self._look(chat, words)
            if found is not None:
                return Verdict.WELL if found else Verdict.SILENT
        if account.reports_own and not await self._heard(heard):
            return Verdict.SILENT
        return Verdict.WELL

    async def _heard(self, heard: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(self._patience_s):
                return await heard.wait()
        except TimeoutError:
            return False


@contextlib.asynccontextmanager
async def _hearing(chat: Chat, words: str) -> AsyncIterator[asyncio.Event]:
    """Give an event that is set once ``words`` of our own are reported in ``chat``."""
    heard = asyncio.Event()

    async def listen(own: OwnMessage) -> None:
        if own.chat == chat and _said(own) == words:
            heard.set()

    signals.own_messages.add(listen)
    try:
        yield heard
    finally:
        signals.own_messages.remove(listen)


def is_due(account: BotAccount, *, now: datetime) -> bool:
    """Whether an account is to be tried out now."""
    if account.breaker_until is not None and account.breaker_until > now:
        return False
    if account.breaker is not BreakerState.CLOSED:
        return True
    since = account.last_confirmed_at or account.first_seen_at
    return not quiet.is_quiet(now) and _waking(since, now) >= SILENCE


def _waking(since: datetime, now: datetime) -> timedelta:
    """Return how much of the time from ``since`` lay outside quiet hours, to a quarter of an hour.

    Counted back from ``now``, and no further than is asked for.
    """
    awake, at = timedelta(), now
    while at - _STEP >= since and awake < SILENCE:
        awake += timedelta() if quiet.is_quiet(at) else _STEP
        at -= _STEP
        if now - at > timedelta(days=2):
            break
    return awake


@transactional
async def settle(number: int, verdict: Verdict, *, now: datetime) -> None:
    """Write down what a trial of the account ``number`` has shown. Commits."""
    account = await BotAccount.get_or_none(id=number)
    if account is None or verdict is Verdict.UNTRIED:
        return
    row = BotAccount.filter(id=number)
    if verdict is Verdict.WELL:
        await row.update(last_confirmed_at=now, failures=0)
        await breakers.close(account, now=now)
    elif verdict is Verdict.SILENT:
        await breakers.open_(account, breakers.SILENT, now=now)
    else:
        await row.update(failures=F("failures") + 1)
        is_trial = account.breaker is BreakerState.PROBING
        if is_trial or account.failures + 1 >= breakers.FAILURES:
            reason = account.breaker_reason if is_trial else None
            await breakers.open_(account, reason or breakers.NO_WAY_THROUGH, now=now)
