"""Declares what the clock starts, and starts it: complete after downtime, never twice on purpose.

APScheduler gives the beat and nothing else; which moment of a job's schedule has fired is a row
(the ``FireBook``). A moment counts as fired after its job ran, so a crash in between runs it again:
jobs only plan, and planning again adds nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.asyncio import (  # type: ignore[import-untyped]  # ships no types
    AsyncIOScheduler,
)

from core import clock, logs

log = logs.get("scheduling")

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tick:
    """One firing: the present moment, and the moment of the schedule it stands for (both UTC)."""

    now: datetime
    fire_at: datetime


class When(Protocol):
    """A schedule."""

    def latest(self, now: datetime) -> datetime:
        """Return the last moment of the schedule that is not after ``now``, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Every ``seconds``, on a grid that is the same in every process."""

    seconds: int

    def latest(self, now: datetime) -> datetime:
        """Return the last moment of the grid that is not after ``now``."""
        step = timedelta(seconds=self.seconds)
        return _EPOCH + (now - _EPOCH) // step * step


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at ``hour:minute`` of legal time."""

    hour: int
    minute: int = 0

    def latest(self, now: datetime) -> datetime:
        """Return today's moment, or yesterday's when today's is still to come."""
        day = clock.local_day(now)
        today = clock.at_local(day, self.hour, self.minute)
        if today <= now:
            return today
        return clock.at_local(day - timedelta(days=1), self.hour, self.minute)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on ``weekday`` (0 is Monday) at ``hour:minute`` of legal time."""

    weekday: int
    hour: int
    minute: int = 0

    def latest(self, now: datetime) -> datetime:
        """Return this week's moment, or last week's when this week's is still to come."""
        day = clock.local_day(now)
        day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        moment = clock.at_local(day, self.hour, self.minute)
        if moment <= now:
            return moment
        return clock.at_local(day - timedelta(days=7), self.hour, self.minute)


@dataclass(frozen=True, slots=True)
class Job:
    """Something the clock starts. ``name`` is ``room.what`` and never changes: rows carry it.

    ``run`` may be called twice for the same moment.
    """

    name: str
    when: When
    run: Callable[[Tick], Awaitable[None]]


class FireBook(Protocol):
    """Remembers what has fired, by rows."""

    async def last_fired(self, job: str) -> datetime | None:
        """Return the latest moment recorded for ``job``, None when it was never seen."""
        ...

    async def record(self, job: str, fire_at: datetime) -> None:
        """Note that ``job`` fired for ``fire_at``; noting it again changes nothing."""
        ...


class Scheduler:
    """Fires ``jobs`` in their order, one after the other, as their moments pass."""

    def __init__(
        self,
        jobs: Sequence[Job],
        book: FireBook,
        *,
        now: Callable[[], datetime] = clock.now,
        tick_s: float = 5.0,
    ) -> None:
        names = [job.name for job in jobs]
        if len(set(names)) != len(names):
            raise ValueError("two jobs of one name")
        self._jobs = tuple(jobs)
        self._book = book
        self._now = now
        self._tick_s = tick_s
        self._turn = asyncio.Lock()
        self._beat: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Begin to tick in the running loop."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._beat = AsyncIOScheduler(timezone=UTC)
        self._beat.add_job(
            self.tick_now,
            "interval",
            seconds=self._tick_s,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._beat.start()

    async def stop(self) -> None:
        """Stop ticking; a tick under way ends first, it is not cancelled."""
        if self._beat is None:
            return
        self._beat.pause()
        async with self._turn:
            self._beat.shutdown(wait=False)
            self._beat = None

    async def tick_now(self) -> None:
        """Fire what is due at the present moment (also for a clock that has just jumped)."""
        await self.tick(self._now())

    async def tick(self, now: datetime) -> None:
        """Fire every job whose latest moment up to ``now`` is not recorded. Never raises.

        Moments missed before the latest one are not made up. A job that fails is logged, does not
        keep the others back, and is due again at the next tick. A job seen for the first time only
        gets its base: its first firing is the next moment of its schedule.
        """
        async with self._turn:
            for job in self._jobs:
                try:
                    await self._fire(job, now)
                except Exception as error:  # noqa: BLE001  # one job must not stop the others
                    log.fault("job.failed", error, job=job.name)

    async def _fire(self, job: Job, now: datetime) -> None:
        last = await self._book.last_fired(job.name)
        if last is None:
            await self._book.record(job.name, now)
            return
        fire_at = job.when.latest(now)
        if fire_at <= last:
            return
        await job.run(Tick(now=now, fire_at=fire_at))
        await self._book.record(job.name, fire_at)
