"""A bot in its own process with the invented county, and the people's end of the wire here."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.clock import at_local
from plugins.sandbox.entities import GroupSeed, MemberSeed, PersonSeed, WorldSeed
from plugins.sandbox.room import Sandbox
from tests.flows.bot_process import BotProcess

# Wednesday, the second day of the quarter's last month: reports are being collected.
BEGINNING = at_local(date(2026, 12, 2), 18, 30)
BOT_ACCOUNT = 10000


class Hand:
    """The clock of the people's end: the same moment as the bot's."""

    def __init__(self, bot: BotProcess) -> None:
        self._bot = bot

    def now(self) -> datetime:
        return self._bot.moment.astimezone(UTC)

    async def jump(self, to: datetime) -> None:
        await self._bot.advance(to)


@dataclass
class County:
    """The running bot, its people, and who they are by name."""

    bot: BotProcess
    world: Sandbox
    ids: dict[str, int]
    codes: dict[str, str]

    async def restart(self) -> None:
        """kill -9, start again, and wait until the end is connected again."""
        await self.bot.kill()
        await self.bot.start()
        await self.world.wait_connected(20)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with running_county(tmp_path) as running:
        yield running


# The empty database that the first bot of this process made; making it takes seconds each time.
_EMPTY = sqlite3.connect(":memory:")


async def _start_without_migrating(bot: BotProcess) -> None:
    """Start a bot on an empty folder, all but the first with the first one's empty database."""
    made = bot.data_dir / "yanzhen.db"
    known = bool(_EMPTY.execute("SELECT 1 FROM sqlite_master").fetchone())
    if known:
        bot.data_dir.mkdir(parents=True, exist_ok=True)
        _copy(_EMPTY, made)
    await bot.start()
    if not known:
        with contextlib.closing(sqlite3.connect(made)) as first:
            first.backup(_EMPTY)


def _copy(source: sqlite3.Connection, to: Path) -> None:
    with contextlib.closing(sqlite3.connect(to)) as target:
        source.backup(target)


@contextlib.asynccontextmanager
async def running_county(folder: Path, *, config: Path | None = None) -> AsyncIterator[County]:
    """Start a bot on ``folder``, plant the county, connect its people; all ended at the exit.

    ``config`` is another config.toml than the one beside bot.py.
    """
    bot = BotProcess(folder, BEGINNING, config=config)
    if config is None:
        await _start_without_migrating(bot)
    else:
        await bot.start()
    planted = (await bot.command("plant"))["county"]
    world = Sandbox(
        seed=WorldSeed(
            people=tuple(
                PersonSeed(person["user_id"], person["name"]) for person in planted["people"]
            ),
            groups=tuple(
                GroupSeed(
                    group["group_id"],
                    group["name"],
                    tuple(MemberSeed(member) for member in group["members"]),
                )
                for group in planted["groups"]
            ),
        ),
        bot_url=f"ws://127.0.0.1:{bot.port}/onebot/v11/ws",
        token=(folder / "secrets" / "onebot11_token").read_text("utf-8").strip(),
        self_id=BOT_ACCOUNT,
        clock=Hand(bot),
    )
    await world.start()
    await world.wait_connected(20)
    ids = {person["name"]: int(person["user_id"]) for person in planted["people"]}
    ids |= {group["name"]: int(group["group_id"]) for group in planted["groups"]}
    try:
        yield County(bot, world, ids, dict(planted["codes"]))
    finally:
        await world.stop()
        await bot.stop()
