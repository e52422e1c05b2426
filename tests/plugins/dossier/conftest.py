"""The town of the script book with every room that a dossier leads to."""

import pytest_asyncio

from core.clock import FrozenClock
from plugins import dossier, mentoring, thought_report
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from plugins.thought_report import quotable
from tests.plugins.mentoring.town import Town, plant


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    rooms = (mentoring, thought_report, dossier)
    desk.open_desk(
        (*COMMANDS, *(command for room in rooms for command in room.COMMANDS)),
        (*CONTINUATIONS, *(item for room in rooms for item in room.CONTINUATIONS)),
        mentoring.LINE_READERS,
        thought_report.DRAFT_WORDS,
        send=made._send,
    )
    mentoring.use_undos(thought_report.UNDOS)
    thought_report.use_library(tuple)
    quotable.load()
    await plant(made)
    return made
