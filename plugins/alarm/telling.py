"""Tells the operator what is wrong, and that it is well again, over every channel there is.

An answer that was lost on the way counts as not taken: the same alarm may be told twice, which is
better than never. Nothing is told from a demo.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from core import clock, database, logs, texts
from models import InstanceMark
from plugins.alarm import channels, service, views
from plugins.alarm.channels import Channel, Taken
from plugins.alarm.service import Matter

log = logs.get("alarm")

REST_S = 15.0
# A channel without room has some again after this long.
_ROOM_AGAIN = timedelta(minutes=1)


async def work(ways: Sequence[Channel], *, now: datetime) -> int:
    """Tell what is to be told now; return how many matters a channel took. Commits."""
    matters = await service.take(now=now)
    told = 0
    for words, packed in views.packed(matters, now=now, most_bytes=channels.LARGEST_BYTES):
        taken = await _tell(ways, words, now)
        if taken is Taken.TOOK:
            await service.note_told(packed, now=now)
            told += len(packed)
        elif taken is Taken.NO_ROOM:
            await service.note_wait(packed, until=now + _ROOM_AGAIN)
        else:
            _log_given_up(packed)
    return told


async def _tell(ways: Sequence[Channel], words: str, now: datetime) -> Taken:
    subject = texts.render("alarm.subject")
    answers = {await way.tell(subject, words, now=now) for way in ways}
    if Taken.TOOK in answers:
        return Taken.TOOK
    return Taken.NO_ROOM if Taken.NO_ROOM in answers else Taken.NOT


def _log_given_up(matters: Sequence[Matter]) -> None:
    for matter in matters:
        if matter.tries + 1 >= service.MOST_TRIES:
            log.error("given_up", kind=matter.kind, id=matter.id)


class Teller:
    """The loop of a process that tells."""

    def __init__(self, ways: Sequence[Channel]) -> None:
        self._ways = ways
        self._is_over = asyncio.Event()
        self._loop = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            try:
                await work(self._ways, now=clock.now())
            except Exception as error:  # noqa: BLE001  # the loop outlives every defect
                log.fault("telling.failed", error)
            try:
                async with asyncio.timeout(REST_S):
                    await self._is_over.wait()
                    return
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """End after what is being told."""
        self._is_over.set()
        await self._loop


_teller: Teller | None = None


async def start() -> None:
    """Begin to tell, when there is a channel and this is no demo.

    Raises StartRefused, see ``channels.configured``.
    """
    global _teller
    ways = channels.configured()
    mark = await InstanceMark.first()
    if ways and mark is not None and mark.kind != database.DEMO:
        _teller = Teller(ways)


async def stop() -> None:
    """End after what is being told."""
    global _teller
    if _teller is not None:
        await _teller.stop()
        _teller = None
