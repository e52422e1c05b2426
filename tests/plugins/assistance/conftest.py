"""柳河乡 of the script book: a worker, his secretary, the clerk, an officer away."""

from datetime import date

import pytest_asyncio

from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from models import Person
from models.enums import UnitKind
from plugins import assistance, mentoring
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from tests.plugins.mentoring.town import Town, plant


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    await plant(made)
    await made.unit("驻南港", UnitKind.LIAISON_OFFICE, "柳河乡")
    await made.person("何志远", stage=Stage.FULL_MEMBER)
    await made.office("何志远", RoleKind.LIAISON_OFFICER, "驻南港")
    await made.mentor("周德厚", "何志远", until=date(2026, 1, 2))
    worker = made.people["王建国"]
    await Person.filter(id=worker.id).update(inflow_unit_id=made.units["驻南港"].id)
    mentoring.use_help(assistance.OPEN_HELP_FOR)
    mentoring.use_todo(assistance.TODO)
    desk.open_desk(
        (*COMMANDS, *mentoring.COMMANDS, *assistance.COMMANDS),
        (*CONTINUATIONS, *mentoring.CONTINUATIONS, *assistance.CONTINUATIONS),
        mentoring.LINE_READERS,
        {},
        send=made._send,
    )
    return made
