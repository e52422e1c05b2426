"""Where worlds are planted one after the other, and walked in chat and on the pages."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot
from core import config
from core import database as db
from core.clock import FrozenClock
from core.conversation import Command
from core.database import run_tx
from core.messages import Chat, ChatKind
from core.scheduling import Tick
from models import BotAccount, Delivery
from plugins.identity import consent_texts
from plugins.identity.queries import who_is
from plugins.movement import cards
from plugins.reception import desk
from plugins.study import library
from tests.conftest import HOUSE, empty
from tests.flows.scope.page_examples import walk_pages
from tests.flows.scope.planting import NOW, PLATFORM, SELF, bind, plant
from tests.flows.scope.walking import Answer, Walker
from tests.flows.scope.worlds import ME, Case, Level
from tests.plugins.privacy.persons_rows import TABLES, pointers
from tests.plugins.study.reading import reviewed

COMMANDS: list[Command] = [
    command for door in HOUSE.doors.values() for command in getattr(door, "COMMANDS", ())
]
# Rooms whose clockwork owes people something; none of it reaches out of this process.
_CLOCKED = ("study", "thought_report", "mentoring", "assistance", "movement", "privacy")


@dataclass
class Ground:
    """An empty database, again and again."""

    url: str
    template: Path | str
    settings: config.Settings
    clock: FrozenClock
    port: int

    async def clear(self) -> None:
        """Take every row away."""
        if isinstance(self.template, str):
            await empty(self.url)
            return
        await db.close_database()
        folder = self.settings.data_dir
        for left in folder.glob("yanzhen.db*"):
            left.unlink()
        shutil.copy(self.template, folder / "yanzhen.db")
        await db.open_database(self.url, kind=db.PRODUCTION, data_dir=folder)


@dataclass
class Walked:
    """All answers of one walk, and the rows of those left out, before and after it."""

    answers: list[Answer]
    rows_before: list[dict[str, Any]]
    rows_after: list[dict[str, Any]]


async def walked(ground: Ground, case: Case, *, whole: bool) -> Walked:
    """Plant what is the asker's business, and with ``whole`` the rest; say and open everything."""
    consent_texts.use(consent_texts.load())
    cards.use(cards.load(cards.FOLDER))
    library.use(reviewed())
    ground.clock.advance_to(NOW)
    await ground.clear()
    units, outside = range(len(case.world.parents)), case.outside
    await run_tx(lambda: plant(case, people=case.near, units=case.units))
    if whole:
        left = set(units) - case.units
        await run_tx(lambda: plant(case, people=outside, units=left))
    await BotAccount.create(platform=PLATFORM, self_id=SELF, first_seen_at=NOW)
    await _clockwork()
    rows = await _rows_of(outside)
    try:
        answers = await _said_and_opened(ground, case)
    finally:
        bot.wire(HOUSE)
    return Walked(answers, rows, await _rows_of(outside))


async def _said_and_opened(ground: Ground, case: Case) -> list[Answer]:
    account = "nobody" if case.level is Level.STRANGER else f"a{ME}"
    walker = Walker(account, f"7{case.seat}", ground.clock, _comer(case), case.words)
    doors = HOUSE.doors.values()
    desk.open_desk(
        COMMANDS,
        [one for door in doors for one in getattr(door, "CONTINUATIONS", ())],
        [one for door in doors for one in getattr(door, "LINE_READERS", ())],
        {k: v for door in doors for k, v in getattr(door, "DRAFT_WORDS", {}).items()},
        send=walker.send,
    )
    await walker.take_ledger(0, target=f"person:{ME + 1}")
    chat = Chat(PLATFORM, SELF, ChatKind.PRIVATE, account)
    actor = (await who_is(chat, account, NOW)).actor
    walker.answers += await walk_pages(case, actor, ground.port)
    owed = await Delivery.all().count()
    await walker.walk(COMMANDS)
    await walker.take_ledger(owed)
    return walker.answers


async def _clockwork() -> None:
    """Let the clock of a Monday morning come by: the asker gets his list."""
    for name in _CLOCKED:
        for job in getattr(HOUSE.doors[name], "JOBS", ()):
            await job.run(Tick(now=NOW, fire_at=job.when.latest(NOW)))


def _comer(case: Case) -> Any:
    async def come_back() -> None:
        if case.level is not Level.STRANGER:
            await run_tx(lambda: bind(ME))

    return come_back


async def _rows_of(people: frozenset[int]) -> list[dict[str, Any]]:
    """Every row that holds the id of one of ``people``, as it stands."""
    ids = [number + 1 for number in people]
    return [
        {name: getattr(row, name) for name in sorted(model._meta.db_fields)}
        for model in TABLES
        for column in sorted(set(pointers(model)) - {"subject_id"})
        for row in await model.filter(**{f"{column}__in": ids}).order_by("id")
    ]
