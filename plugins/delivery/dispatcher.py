"""Sends what is due, a window at a time, and writes down what became of it.

A window is claimed, judged, marked ``sending`` in one commit before the first byte, written, and
its results are marked in one commit. Nothing is ever written twice by itself: what was under way
when we died is ``unknown``, and results that could not be saved are saved before anything else.
What need not be quick (evidence, health, recalls) is done beside it, see beats.py.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core import clock, logs
from core.config import settings
from core.messages import SendOutcome, SendResult
from plugins.delivery import bell, health, ledger, merging, quiet, recovery, settling, targets
from plugins.delivery.budgets import Purse
from plugins.delivery.far_end import FarEnd
from plugins.delivery.judging import Check, Judge, Judged, Verdict
from plugins.delivery.targets import Reach
from plugins.delivery.tried import Tried
from plugins.delivery.voices import Plan, Voices
from plugins.delivery.workers import Heart, Speakers
from plugins.gateway import outbound

log = logs.get("delivery")

# How long the loop rests when the bell is silent: pauses, quiet hours and jumps of the clock.
REST_S = 1.0
# Deliveries whose voice is chosen in one go.
_ROUTED = 512
# How often what waits for a voice that is not connected is looked at anew, in seconds.
_REROUTE_S = 60.0
# While nothing was put in, voices are chosen so often; each step would ask for nothing.
_ROUTED_ANEW = timedelta(seconds=0.2)
# How long accounts that are all well are believed to be.
_WELL_S = 0.5
# Half of what makes a process look dead to others (workers.py): later it writes nothing.
_STALLED_S = 30.0
# Fewer that go out at the same moment are not worth a crowd.
_CROWD = 4
# What was due so recently goes out with the crowd.
_AT_ONCE_S = 5.0
# Key of those that have nobody to go to; they need no turn, they are refused at once.
_NOBODY = ""


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
        self._voices = voices or Voices()
        self._judge = Judge(checks, self._voices)
        self._heart = Heart(self.owner)
        self._speakers = Speakers(self.owner, self._voices.seconds)
        self._unsaved: list[Tried] = []
        self._bell: asyncio.Event | None = None
        self._loop: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._reroute_at = 0.0
        self._routed: tuple[datetime, int, float] | None = None
        self._has_nobody = True
        self._may_wait = False
        self._well_until = 0.0

    async def start(self) -> None:
        """Settle what a dead process left, and begin to send."""
        await self._heart.start()
        due, unknown = await recovery.recover(
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
        await self._heart.stop()

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
        """Save what a failed step knows, and give back what it still holds."""
        try:
            await self._save(clock.now())
            await recovery.drop_own(now=clock.now(), owner=self.owner)
        except Exception as error:  # noqa: BLE001  # tried again after the next failure, or at start
            log.fault("pick_up.failed", error)
        return 0

    async def step(self) -> int:
        """Do one window; return how many deliveries it moved (0: nothing to do just now).

        Results are saved at once; only without any pauses those of a full window are saved in the
        commit that marks the next one, so that never more than one window is under way.
        """
        now = clock.now()
        if not self._may_wait:
            await self._save(now)
        limits, moved = settings().delivery, 0
        try:
            moved = await self._window(now)
        finally:
            self._may_wait = moved >= limits.window and limits.max_interval_s == 0
            if not self._may_wait:
                await self._save(clock.now())
        return moved

    async def _window(self, now: datetime) -> int:
        is_quiet = quiet.is_quiet(now)
        reach = await self._reach(now)
        if not reach:
            return 0
        await self._route(reach, now, is_quiet=is_quiet)
        most = settings().delivery.window
        plan = await self._voices.plan(reach, most=most, now=now)
        quotas = {_NOBODY: most} if self._has_nobody else {}
        for voice, count in plan.quotas().items():
            quotas[voice] = 1 if voice in health.on_trial() else count
        rows = await ledger.claim(
            owner=self.owner, quotas=quotas, now=now, most=most, is_quiet=is_quiet
        )
        self._has_nobody = any(row.self_id == _NOBODY for row in rows)
        if not rows:
            return 0
        rows = await merging.gather(rows, owner=self.owner, now=now, is_quiet=is_quiet)
        purse = Purse(now)
        judged = await self._judge.judge(rows, reach=reach, now=now, purse=purse)
        if any(item.verdict is Verdict.OTHER_VOICE for item in judged):
            self._routed = None
        tried = tuple(self._unsaved)
        going = await settling.turn(
            tried,
            merging.merge(judged, room=quotas, now=now),
            owner=self.owner,
            voices=self._voices,
            purse=purse,
            now=now,
        )
        if tried:
            self._forget(tried)
        await self._send(going, plan, now)
        return len(rows)

    async def _reach(self, now: datetime) -> Reach:
        """Return the accounts that are connected, well, and ours to speak for."""
        found: dict[str, tuple[str, ...]] = {}
        for platform, is_on in settings().platforms.items():
            connected = self._far_end.can_reach(platform) if is_on else ()
            held, fresh = await self._speakers.those_of(platform, connected, now=now)
            for self_id in fresh:
                self._voices.forget(f"{platform}:{self_id}")
            if held:
                found[platform] = held
        if not found or self._voices.seconds() < self._well_until:
            return found
        resting = await health.resting(found, now=now)
        if not resting:
            self._well_until = 0.0 if health.on_trial() else self._voices.seconds() + _WELL_S
            return found
        well = {p: tuple(s for s in ids if f"{p}:{s}" not in resting) for p, ids in found.items()}
        return {platform: self_ids for platform, self_ids in well.items() if self_ids}

    async def _route(self, reach: Reach, now: datetime, *, is_quiet: bool) -> None:
        """Choose the voice of due deliveries that have none yet, and now and then anew.

        A voice that is gone keeps nothing: who stands behind the target may have moved to another.
        """
        if self._voices.seconds() >= self._reroute_at:
            self._reroute_at = self._voices.seconds() + _REROUTE_S
            self._has_nobody = True
            await ledger.unroute([f"{p}:{s}" for p, self_ids in reach.items() for s in self_ids])
        elif self._routed is not None:
            routed_at, rings, seconds = self._routed
            # Who rings may not have committed yet, so real time counts as well as the clock.
            is_recent = self._voices.seconds() - seconds < _ROUTED_ANEW.total_seconds()
            if is_recent and rings == bell.rings() and abs(now - routed_at) < _ROUTED_ANEW:
                return
        rings = bell.rings()
        rows = await ledger.unrouted(now=now, most=_ROUTED, is_quiet=is_quiet)
        is_done = len(rows) < _ROUTED
        self._routed = (now, rings, self._voices.seconds()) if is_done else None
        if not rows:
            return
        chats = await targets.chats((target for _, target in rows), reach=reach)
        chosen: dict[str, list[int]] = {}
        for number, target in rows:
            chat = chats.get(target)
            chosen.setdefault(_NOBODY if chat is None else targets.voice(chat), []).append(number)
        self._has_nobody |= _NOBODY in chosen
        await ledger.route(chosen)

    async def _send(self, going: Sequence[Judged], plan: Plan, now: datetime) -> None:
        """Write the window, each delivery at its moment; results gather in ``_unsaved``."""
        used: dict[str, int] = {}
        at_once, tasks = list[Judged](), []
        for item in going:
            if item.chat is None:
                continue
            voice = targets.voice(item.chat)
            place = used[voice] = used.get(voice, 0) + 1
            at = plan.slots[voice].at[place - 1]
            self._voices.note_group(item.chat, at)
            if 0 <= self._voices.seconds() - at <= _AT_ONCE_S:
                at_once.append(item)
            else:
                tasks.append(self._send_one(item, at, now))
        self._voices.spend(plan, used)
        await asyncio.gather(self._send_crowd(at_once, now), *tasks)

    async def _send_crowd(self, items: Sequence[Judged], now: datetime) -> None:
        """Write what is to go out this moment, all of it before the first answer."""
        if len(items) < _CROWD or self._far_end is not outbound:
            at = self._voices.seconds()
            await asyncio.gather(*(self._send_one(item, at, now) for item in items))
            return
        # Cancelled from here on: whether it was written is not known.
        outcomes = [SendOutcome(SendResult.UNKNOWN, reason="interrupted")] * len(items)
        wanted = [(item.chat, item.parts) for item in items if item.chat is not None]
        try:
            outcomes = await outbound.send_many(wanted)
        except Exception as error:  # noqa: BLE001  # whether it was written is not known
            log.fault("send.failed", error, count=len(items))
            outcomes = [SendOutcome(SendResult.UNKNOWN, reason="defect")] * len(items)
        finally:
            for item, outcome in zip(items, outcomes, strict=True):
                self._note(item, outcome, now)

    def _note(self, item: Judged, outcome: SendOutcome, now: datetime) -> None:
        """Keep what became of ``item``, and of what it carried, until it is saved."""
        if item.chat is not None:
            asked_at = None if item.ask is None else now
            self._unsaved += [Tried(row, item.chat, asked_at, outcome) for row in item.rows]

    async def _send_one(self, item: Judged, at: float, now: datetime) -> None:
        chat = item.chat
        if chat is None:
            return
        outcome = SendOutcome(SendResult.NOT_SENT, reason="offline")
        try:
            if (pause := at - self._voices.seconds()) > 0:
                await asyncio.sleep(pause)
            # Asleep for so long (a suspended machine), others may have taken it over meanwhile.
            if self._voices.seconds() - at > _STALLED_S:
                return
            # Cancelled from here on: whether it was written is not known.
            outcome = SendOutcome(SendResult.UNKNOWN, reason="interrupted")
            outcome = await self._far_end.send(chat, item.parts)
        except Exception as error:  # noqa: BLE001  # whether it was written is not known
            log.fault("send.failed", error, id=item.row.id)
            outcome = SendOutcome(SendResult.UNKNOWN, reason="defect")
        finally:
            self._note(item, outcome, now)

    async def _save(self, now: datetime) -> None:
        if not self._unsaved:
            return
        tried = tuple(self._unsaved)
        await settling.record(tried, owner=self.owner, voices=self._voices, now=now)
        self._forget(tried)

    def _forget(self, saved: Sequence[Tried]) -> None:
        """Let go of results that are written down."""
        del self._unsaved[: len(saved)]
        results = Counter(item.outcome.result.value for item in saved)
        log.info("window", **results)
        for item in saved:
            if item.outcome.result is not SendResult.SENT:
                self._well_until = 0.0
                said = {"result": item.outcome.result.value, "reason": item.outcome.reason}
                log.info("tried", id=item.row.id, **said)
