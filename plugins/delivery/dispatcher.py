"""Sends what is due, a window at a time, and writes down what became of it.

A window is claimed, judged, marked ``sending`` in one commit before the first byte, written, and
its results are marked in one commit. Nothing is ever written twice by itself: what was under way
when we died is ``unknown``, and results that could not be saved are saved before anything else.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core import clock, logs
from core.config import settings
from core.messages import Chat, OutPart, SendOutcome, SendResult
from plugins.delivery import bell, ledger, pacing, settling, targets
from plugins.delivery.judging import Check, Judge, Judged
from plugins.delivery.targets import Reach
from plugins.delivery.tried import Tried
from plugins.delivery.voices import Plan, Voices
from plugins.gateway import outbound

log = logs.get("delivery")

# How long the loop rests when the bell is silent: pauses, quiet hours and jumps of the clock.
REST_S = 1.0
# Deliveries whose voice is chosen in one go.
_ROUTED = 512
# How often what waits for a voice that is not connected is looked at anew, in seconds.
_REROUTE_S = 60.0
# Key of those that have nobody to go to; they need no turn, they are refused at once.
_NOBODY = ""


class FarEnd(Protocol):
    """Where messages go: the gateway's ``outbound``."""

    def can_reach(self, platform: str, /) -> tuple[str, ...]:
        """Return our accounts on ``platform`` that are connected now."""
        ...

    async def send(self, chat: Chat, parts: Sequence[OutPart], /) -> SendOutcome:
        """Say ``parts`` in ``chat`` and return what is known afterwards."""
        ...


class Dispatcher:
    """One sender of a process. ``step`` does one window; ``start`` keeps doing so."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        voices: Voices | None = None,
        far_end: FarEnd = outbound,
    ) -> None:
        self.owner = secrets.token_hex(8)
        self._far_end = far_end
        self._judge = Judge(checks)
        self._voices = voices or Voices()
        self._unsaved: list[Tried] = []
        self._bell: asyncio.Event | None = None
        self._loop: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._reroute_at = 0.0

    async def start(self) -> None:
        """Settle what a dead process left, and begin to send."""
        due, unknown = await settling.recover(
            now=clock.now(), owner=self.owner, alone=not ledger.is_shared()
        )
        if due or unknown:
            log.warning("recovered", due=due, unknown=unknown)
        self._is_stopping = False
        self._bell = bell.listen()
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End after the window that is under way."""
        self._is_stopping = True
        bell.ring()
        if self._loop is not None:
            await self._loop
            self._loop = None

    async def _run(self) -> None:
        while not self._is_stopping:
            try:
                handled = await self.step()
            except Exception as error:  # noqa: BLE001  # the loop outlives every defect
                log.fault("step.failed", error)
                handled = await self._pick_up()
            if not handled:
                await self._rest()

    async def _rest(self) -> None:
        if self._bell is None:
            return
        try:
            async with asyncio.timeout(REST_S):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()

    async def _pick_up(self) -> int:
        """Give back what a failed step still holds, unless its results are still to be saved."""
        if self._unsaved:
            return 0
        try:
            await settling.drop_own(now=clock.now(), owner=self.owner)
        except Exception as error:  # noqa: BLE001  # tried again after the next failure, or at start
            log.fault("pick_up.failed", error)
        return 0

    async def step(self) -> int:
        """Do one window; return how many deliveries it moved (0: nothing to do just now)."""
        now = clock.now()
        if self._unsaved:
            await self._save(now)
        quiet = _is_quiet(now)
        reach = self._reach()
        if not reach:
            return 0
        await self._route(reach, now, is_quiet=quiet)
        most = settings().delivery.window
        plan = await self._voices.plan(reach, most=most, now=now)
        quotas = {_NOBODY: most, **plan.quotas()}
        rows = await ledger.claim(
            owner=self.owner, quotas=quotas, now=now, most=most, is_quiet=quiet
        )
        if not rows:
            return 0
        judged = await self._judge.judge(rows, reach=reach, now=now)
        going = await settling.mark_sending(judged, owner=self.owner, now=now)
        try:
            await self._send(going, plan, now)
        finally:
            await self._save(clock.now())
        return len(rows)

    def _reach(self) -> Reach:
        platforms = (name for name, is_on in settings().platforms.items() if is_on)
        found = {name: self._far_end.can_reach(name) for name in platforms}
        return {name: self_ids for name, self_ids in found.items() if self_ids}

    async def _route(self, reach: Reach, now: datetime, *, is_quiet: bool) -> None:
        """Choose the voice of due deliveries that have none yet, and now and then anew.

        A voice that is gone keeps nothing: who stands behind the target may have moved to another.
        """
        if self._voices.seconds() >= self._reroute_at:
            self._reroute_at = self._voices.seconds() + _REROUTE_S
            await ledger.unroute([f"{p}:{s}" for p, self_ids in reach.items() for s in self_ids])
        rows = await ledger.unrouted(now=now, most=_ROUTED, is_quiet=is_quiet)
        if not rows:
            return
        chats = await targets.chats((row.target for row in rows), reach=reach)
        chosen: dict[str, list[int]] = {}
        for row in rows:
            chat = chats.get(row.target)
            chosen.setdefault(_NOBODY if chat is None else targets.voice(chat), []).append(row.id)
        await ledger.route(chosen)

    async def _send(self, going: Sequence[Judged], plan: Plan, now: datetime) -> None:
        """Write the window, each delivery at its moment; results gather in ``_unsaved``."""
        used: dict[str, int] = {}
        tasks = []
        for item in going:
            if item.chat is None or item.body is None:
                continue
            voice = targets.voice(item.chat)
            place = used[voice] = used.get(voice, 0) + 1
            asked_at = None if item.ask is None else now
            tasks.append(self._send_one(item, plan.slots[voice].at[place - 1], asked_at))
        self._voices.spend(plan, used)
        await asyncio.gather(*tasks)

    async def _send_one(self, item: Judged, at: float, asked_at: datetime | None) -> None:
        chat, body = item.chat, item.body
        if chat is None or body is None:
            return
        outcome = SendOutcome(SendResult.NOT_SENT, reason="offline")
        try:
            if (pause := at - self._voices.seconds()) > 0:
                await asyncio.sleep(pause)
            # Cancelled from here on: whether it was written is not known.
            outcome = SendOutcome(SendResult.UNKNOWN, reason="interrupted")
            outcome = await self._far_end.send(chat, body.parts)
        except Exception as error:  # noqa: BLE001  # whether it was written is not known
            log.fault("send.failed", error, id=item.row.id)
            outcome = SendOutcome(SendResult.UNKNOWN, reason="defect")
        finally:
            self._unsaved.append(Tried(item.row, chat, asked_at, outcome))

    async def _save(self, now: datetime) -> None:
        if not self._unsaved:
            return
        await settling.record(self._unsaved, owner=self.owner, voices=self._voices, now=now)
        saved, self._unsaved = self._unsaved, []
        for item in saved:
            result = item.outcome.result.value
            log.info("tried", id=item.row.id, result=result, reason=item.outcome.reason)


def _is_quiet(now: datetime) -> bool:
    hours = settings().quiet_hours
    at = clock.local(now).time().replace(tzinfo=None)
    return pacing.is_quiet(at, start=hours.start, end=hours.end)


_checks: dict[str, Check] = {}
_running: Dispatcher | None = None


def use_checks(checks: Mapping[str, Check]) -> None:
    """Take the still-owed checks that the rooms export, by name."""
    _checks.clear()
    _checks.update(checks)


async def start() -> None:
    """Begin to send what is due."""
    global _running
    _running = Dispatcher(_checks)
    await _running.start()


async def stop() -> None:
    """End after the window that is under way."""
    global _running
    if _running is not None:
        await _running.stop()
        _running = None


async def sweep(*, now: datetime) -> None:
    """Let go of what came too late, and take over what a dead process held."""
    await settling.expire_overdue(now=now)
    owner = "" if _running is None else _running.owner
    due, unknown = await settling.recover(now=now, owner=owner, alone=False)
    if due or unknown:
        log.warning("recovered", due=due, unknown=unknown)
