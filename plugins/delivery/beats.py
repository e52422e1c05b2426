"""What is done beside sending, about every five seconds: slow looks that must not hold up a send.

Each does its own transactions, can be repeated at any time, and does not keep the others back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from core import clock, logs
from plugins.delivery import evidence, health, notices, recalls, seats

log = logs.get("delivery")

REST_S = 5.0


class Beat(Protocol):
    """One slow thing to do."""

    def __call__(self, *, now: datetime) -> Awaitable[object]:
        """Do it as of ``now``."""
        ...


BEATS: tuple[tuple[str, Beat], ...] = (
    ("evidence", evidence.look),
    ("seats", seats.refresh),
    ("health", health.probe),
    ("recalls", recalls.work),
    ("notices", notices.owe),
)


# For a process that takes messages and sends none: who of ours sits where decides who answers.
LISTENING: tuple[tuple[str, Beat], ...] = (("seats", seats.refresh),)


async def beat(*, now: datetime, beats: Sequence[tuple[str, Beat]] = BEATS) -> None:
    """Do every slow thing once."""
    for name, run in beats:
        try:
            await run(now=now)
        except Exception as error:  # noqa: BLE001  # one must not keep the others back
            log.fault("beat.failed", error, beat=name)


class Beats:
    """Does the slow things again and again until stopped."""

    def __init__(
        self,
        beats: Sequence[tuple[str, Beat]] = BEATS,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._beats = tuple(beats)
        self._now = now
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await beat(now=self._now(), beats=self._beats)
            try:
                async with asyncio.timeout(REST_S):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """End after what is under way."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None
