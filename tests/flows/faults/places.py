"""Where lives are lived: one planted ledger, copied for each seed, on SQLite or PostgreSQL."""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import tempfile
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg  # type: ignore[import-untyped]  # ships no types

from tests.flows.faults import accounts, storm
from tests.flows.faults.ends import BEGINNING
from tests.flows.faults.keeping import House, Zygote, kept_ports
from tests.flows.faults.life import Life, Place
from tests.flows.faults.verdicts import Verdict

ACCOUNTS = ("3889000001", "3889000002", "3889000003", "3889000004")
CHATS_EACH = 4
SEED_S = 90.0


def processes_of(seed: int) -> int:
    """Return how many processes a seed has: every fifth two, every twentieth four, else one."""
    if seed % 20 == 19:
        return 4
    return 2 if seed % 5 == 3 else 1


@dataclass
class Grounds:
    """The planted templates, and the zygote that lives are forked from."""

    folder: Path
    zygote: Zygote
    postgres: str | None
    chats_each: int = CHATS_EACH
    targets: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    _copying: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def _template(self) -> str:
        """A name of its own: several grounds may stand on one server."""
        return "storm_" + re.sub(r"\W", "_", self.folder.name)[-40:].lower()

    async def plant(self) -> None:
        """Make the template of each engine, with all migrations."""
        for engine in ("sqlite", "postgres") if self.postgres else ("sqlite",):
            folder = self.folder / engine
            folder.mkdir()
            url = "sqlite"
            if engine == "postgres":
                await self._ask(f"CREATE DATABASE {self._template}")
                url = self._url(self._template)
            order = {
                "do": "plant", "data_dir": str(folder), "url": url, "accounts": list(ACCOUNTS),
                "groups": self.chats_each, "delivery": {},
            }  # fmt: skip
            house = House(self.zygote, order)
            told = await house.start(now=BEGINNING.isoformat())
            await house.ended()
            await house.close()
            found = told["targets"].items()
            self.targets = {key: [tuple(row) for row in rows] for key, rows in found}

    def _url(self, name: str) -> str:
        assert self.postgres is not None
        parts = urlsplit(self.postgres)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def _ask(self, statement: str) -> None:
        connection = await asyncpg.connect(self.postgres)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @contextlib.asynccontextmanager
    async def place(self, seed: int, processes: int) -> AsyncIterator[Place]:
        """Copy the planted ledger for so many processes; gone afterwards."""
        engine = "postgres" if processes > 1 else "sqlite"
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.folder / engine, folder, dirs_exist_ok=True)
        url, name = "sqlite", f"storm_{seed}_{os.getpid()}"
        if engine == "postgres":
            async with self._copying:  # a template may not be in use
                await self._ask(f"CREATE DATABASE {name} TEMPLATE {self._template}")
            url = self._url(name)
        # Of its own, so that an end never speaks to another life's house and is heard.
        token = secrets.token_urlsafe(32)
        (folder / "secrets" / "onebot11_token").write_text(token)
        try:
            with kept_ports(processes) as ports:
                yield Place(folder, url, token, self.targets, ports)
        finally:
            if engine == "postgres":
                await self._ask(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)

    async def live(self, seed: int) -> Verdict:
        """Live one seed from its storm to its accounts."""
        async with self.place(seed, processes_of(seed)) as place:
            life = Life(seed, place, self.zygote)
            try:
                async with asyncio.timeout(SEED_S), life:
                    await storm.blow(life)
                    await life.calm()
            except TimeoutError as error:
                life.verdict.blame(f"took too long: {_where(error)}")
            accounts.draw_up(life, *await accounts.read(life))
        life.verdict.complaints = [f"seed {seed}: {what}" for what in life.verdict.complaints]
        return life.verdict


def _where(error: BaseException) -> str:
    """Return in which of our functions somebody waited when the time was over."""
    frames = traceback.extract_tb((error.__cause__ or error).__traceback__)
    return " < ".join(f"{f.name}:{f.lineno}" for f in reversed(frames) if "faults" in f.filename)


@contextlib.asynccontextmanager
async def open_grounds(
    postgres: str | None, *, chats_each: int = CHATS_EACH
) -> AsyncIterator[Grounds]:
    """Start a zygote and plant the templates; all gone at the exit."""
    folder = Path(tempfile.mkdtemp(prefix="yz-storm-"))
    try:
        async with Zygote(folder) as zygote:
            grounds = Grounds(folder, zygote, postgres, chats_each)
            await grounds.plant()
            yield grounds
    finally:
        shutil.rmtree(folder, ignore_errors=True)
