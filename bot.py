"""Composition root and command line: settings, rooms, start and stop in order.

Nothing of the trade lives here. ``python bot.py`` runs for real, ``python bot.py demo`` opens the
sandbox in the browser, ``python bot.py help`` lists the few other words.
"""

import asyncio
import contextlib
import importlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nonebot
import uvicorn
from nonebot.drivers.fastapi import Driver

from core import clock, config, crypto, database, disk, logs, ports, texts
from core.config import Settings
from core.config_values import Part
from core.conversation import Command
from core.errors import Fault, StartRefused
from core.scheduling import Job, Scheduler

ROOT = Path(__file__).resolve().parent

# Bottom up: a room may use those before it. A folder in plugins/ that is not named here, or a name
# that does not load, stops the start (a room imported before it is loaded is silently not loaded).
ROOMS = (
    "gateway", "alarm", "identity", "delivery", "reception", "roster", "study", "thought_report",
    "mentoring", "assistance", "movement", "stats", "dossier", "ledgers", "privacy",
    "console", "sandbox",
)  # fmt: skip

log = logs.get("bot")


@dataclass
class House:
    """The loaded program: what the doors of the rooms export, ready to be started."""

    settings: Settings
    kind: str
    data_dir: Path
    driver: Driver
    doors: dict[str, Any]
    jobs: tuple[Job, ...] = ()
    scheduler: Scheduler | None = None
    _server: uvicorn.Server | None = None
    _serving: asyncio.Task[None] | None = None
    _started: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port that is listened on, once serving."""
        if self._server is None:
            raise Fault("not serving")
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    async def open(self) -> None:
        """Open the database and start the rooms bottom up, then the clock.

        Raises StartRefused; whatever was already open is closed again.
        """
        try:
            await database.open_database(
                self.settings.database.url, kind=self.kind, data_dir=self.data_dir
            )
            crypto.open_keys(self.data_dir)
            for name, door in self.doors.items():
                if start := getattr(door, "start", None):
                    await start()
                self._started.append(name)
            if Part.SCHEDULE in self.settings.process.parts:
                self.scheduler = Scheduler(self.jobs, book=self.doors["delivery"].FIRE_BOOK)
                await self.scheduler.tick_now()
                self.scheduler.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop the clock, the rooms top down, and the database."""
        if self.scheduler is not None:
            await self.scheduler.stop()
            self.scheduler = None
        while self._started:
            if stop := getattr(self.doors[self._started.pop()], "stop", None):
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop(), timeout=10)
        await database.close_database()

    async def listen(self, *, host: str, port: int) -> None:
        """Begin to serve the protocol ends; returns once the port is open."""
        server = uvicorn.Server(
            uvicorn.Config(
                self.driver.server_app,
                log_config=None,
                access_log=False,
                lifespan="on",
                timeout_graceful_shutdown=5,
                ws_max_size=64 * 1024 * 1024,
                ws_per_message_deflate=False,
            )
        )
        door = ports.bind(host, port)
        self._server = server
        self._serving = asyncio.create_task(server.serve(sockets=[door]))
        while not server.started:
            if self._serving.done():
                await self._serving
                raise Fault("the server ended while starting")
            await asyncio.sleep(0.01)

    async def wait(self) -> None:
        """Wait until somebody asks the server to end (Ctrl+C, SIGTERM)."""
        if self._serving is not None:
            await self._serving

    async def hang_up(self) -> None:
        """Stop serving; open streams are given five seconds."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        self._server = self._serving = None

    @contextlib.asynccontextmanager
    async def running(self, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator["House"]:
        """Open, serve, and close again: what a run is, as a context."""
        await self.open()
        try:
            await self.listen(host=host, port=port)
            yield self
        finally:
            await self.hang_up()
            await self.close()


def build(settings: Settings, data_dir: Path, *, kind: str = "production") -> House:
    """Load everything once in this process; nothing is opened yet.

    Raises StartRefused for broken content, or parts left out on SQLite, and Fault when a room is
    missing or does not load.
    """
    config.use(settings)
    # One SQLite file has one process: what this one leaves undone nobody would do.
    if settings.database.url == "sqlite" and settings.process.parts != frozenset(Part):
        raise StartRefused("start.parts_need_postgres")
    texts.use(texts.Texts.load(ROOT / "content" / "texts", required=("start", "file", *ROOMS[:-1])))
    on = [name for name, is_on in settings.platforms.items() if is_on]
    disk.prove_writable(data_dir)
    # A visitor of the demo reads our sentences, not the log; it is in the data folder all the same.
    logs.setup(data_dir / "logs", console_level="WARNING" if kind == database.DEMO else None)
    nonebot.init(
        _env_file=(os.devnull,),
        # Most other platforms are dialled, not listened to: they need a client beside the server.
        driver="~fastapi" if set(on) <= {"onebot11"} else "~fastapi+~aiohttp",
        log_level="WARNING",
        host=settings.web.host,
        port=settings.web.port,
        command_start={"/"},
    )
    driver = nonebot.get_driver()
    if not isinstance(driver, Driver):
        raise Fault("an unexpected driver")
    doors = load_rooms(ROOMS, ROOT / "plugins")
    house = House(settings=settings, kind=kind, data_dir=data_dir, driver=driver, doors=doors)
    wire(house)
    return house


def load_rooms(rooms: Sequence[str], folder: Path) -> dict[str, Any]:
    """Load the rooms one by one in order and return their doors.

    Raises Fault at the first that does not load, or when the folder holds a room that is not named.
    """
    present = {path.parent.name for path in folder.glob("*/__init__.py")}
    if stray := present ^ set(rooms):
        raise Fault(f"rooms and folders differ: {sorted(stray)}")
    doors = {}
    for room in rooms:
        if nonebot.load_plugin(f"plugins.{room}") is None:
            raise Fault(f"room {room} did not load")
        doors[room] = importlib.import_module(f"plugins.{room}")
    return doors


def wire(house: House) -> None:
    """Hand the values that the doors export to those who use them."""
    doors = house.doors
    commands: list[Command] = _gathered(house, "COMMANDS")
    checks: dict[str, Any] = {}
    draft_words: dict[str, tuple[str, ...]] = {}
    for door in doors.values():
        checks |= getattr(door, "CHECKS", {})
        draft_words |= getattr(door, "DRAFT_WORDS", {})
    doors["reception"].open_desk(
        commands, _gathered(house, "CONTINUATIONS"), _gathered(house, "LINE_READERS"), draft_words
    )
    doors["delivery"].use_checks(checks)
    doors["study"].use_commands(commands)
    doors["thought_report"].use_library(doors["study"].pieces)
    doors["mentoring"].use_undos(_gathered(house, "UNDOS"))
    doors["mentoring"].use_todo(_gathered(house, "TODO"))
    doors["mentoring"].use_help(doors["assistance"].OPEN_HELP_FOR)
    doors["mentoring"].use_employers(doors["movement"].employers)
    doors["privacy"].use_rooms({n: d.PERSONAL for n, d in doors.items() if hasattr(d, "PERSONAL")})
    doors["identity"].use_handed(doors["privacy"].HANDED)
    house.jobs = tuple(_gathered(house, "JOBS"))


def _gathered(house: House, name: str) -> list[Any]:
    return [value for door in house.doors.values() for value in getattr(door, name, ())]


async def run() -> None:
    """Run for real until told to stop."""
    settings = config.load_own()
    house = build(settings, settings.data_dir)
    async with house.running(host=settings.web.host, port=settings.web.port):
        web, data = settings.web, house.data_dir.as_posix()
        say("start.running", host=web.host, port=web.port, data=data)
        await house.wait()


async def demo() -> None:
    """Open the sandbox: the same program with a county of its own and a page to talk to it."""
    settings = config.for_demo(config.load_own())
    house = build(settings, settings.data_dir, kind="demo")
    # Not through the door: the sandbox itself knows nothing of the rooms, its demo does.
    sandbox = importlib.import_module("plugins.sandbox.demo")
    demo_clock = sandbox.DemoClock(house.data_dir)
    clock.use(demo_clock)
    async with house.running(host="127.0.0.1", port=settings.web.port):
        if house.scheduler is None:
            raise Fault("no clock")
        page = await sandbox.open_demo(
            demo_clock,
            tick=house.scheduler.tick_now,
            bot_port=house.port,
            page_port=settings.sandbox.port,
            data_dir=house.data_dir,
        )
        try:
            say("start.demo", url=page.address)
            await house.wait()
        finally:
            await page.stop()


def say(key: str, **fields: object) -> None:
    """Print one sentence to the person at the console."""
    print(texts.render(key, **fields), flush=True)


async def office(word: str, arguments: Sequence[str]) -> None:
    """Do one errand on the database of the real run, which must not be running meanwhile."""
    settings = config.load_own()
    house = build(settings, settings.data_dir)
    await database.open_database(settings.database.url, kind=house.kind, data_dir=house.data_dir)
    try:
        crypto.open_keys(house.data_dir)
        for line in await house.doors[ERRANDS[word]].ERRANDS[word](arguments, clock.now()):
            print(line)
    finally:
        await database.close_database()


async def check() -> None:
    """Look through the study pieces, the cards and the forms; needs no database."""
    doors = build(config.load_own(), config.data_folder()).doors
    for room in ("study", "movement", "ledgers"):
        print("\n".join(await doors[room].ERRANDS["check"]((), clock.now())))


ACTIONS: dict[str, Callable[[], Any]] = {"run": run, "demo": demo, "check": check}
ERRANDS = {"admin": "roster", "roster": "roster", "invite": "roster", "rotate": "identity"}


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit code."""
    texts.use(texts.Texts.load(ROOT / "content" / "texts"))
    word = arguments[0] if arguments else "run"
    try:
        if word in ACTIONS and len(arguments) <= 1:
            asyncio.run(ACTIONS[word]())
        elif word in ERRANDS:
            asyncio.run(office(word, arguments[1:]))
        else:
            say("start.help")
            return 0 if word in {"help", "--help", "-h"} else 2
    except StartRefused as refusal:
        print(texts.render(refusal.key, **refusal.fields), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
