"""柳河乡 of the script book: a worker, his secretary, the clerk, an officer away, and a sender."""

from datetime import date, datetime

import pytest_asyncio

from core import config
from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from models import Person
from models.enums import UnitKind
from plugins import assistance, mentoring
from plugins.delivery.dispatcher import Dispatcher
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from tests.plugins.mentoring.town import Town, plant
from tests.plugins.movement.conftest import FarEnd


class HelpTown(Town):
    """The town with the room of help open, and a sender for what the ledger owes."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.end = FarEnd()
        self.sender = Dispatcher(assistance.CHECKS | mentoring.CHECKS, far_end=self.end)
        mentoring.use_help(assistance.OPEN_HELP_FOR)
        mentoring.use_todo(assistance.TODO)
        desk.open_desk(
            (*COMMANDS, *mentoring.COMMANDS, *assistance.COMMANDS),
            (*CONTINUATIONS, *mentoring.CONTINUATIONS, *assistance.CONTINUATIONS),
            mentoring.LINE_READERS,
            {},
            send=self._send,
        )

    async def until(self, moment: datetime) -> list[tuple[str, str]]:
        """Let the clock reach a moment and what is due go out; return it."""
        self.go(moment)
        start = len(self.end.sent)
        while await self.sender.step():
            pass
        return self.end.sent[start:]


@pytest_asyncio.fixture
async def town(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: config.Settings
) -> HelpTown:
    paces = config.Delivery(min_interval_s=0, max_interval_s=0, warm_up_s=0)
    config.use(settings.model_copy(update={"delivery": paces}))
    made = HelpTown(clock)
    await plant(made)
    await made.unit("驻南港", UnitKind.LIAISON_OFFICE, "柳河乡")
    await made.person("何志远", stage=Stage.FULL_MEMBER)
    await made.office("何志远", RoleKind.LIAISON_OFFICER, "驻南港")
    await made.mentor("周德厚", "何志远", until=date(2026, 1, 2))
    worker = made.people["王建国"]
    await Person.filter(id=worker.id).update(inflow_unit_id=made.units["驻南港"].id)
    return made
