"""Transactions under cancellation, one process a file, and every way a start is refused."""

import asyncio
import errno
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
from tortoise.connection import get_connection

from core import clock as clocks
from core import config, database, disk, migrating
from core.errors import Fault, StartRefused
from models import SeenEvent

ROOT = Path(__file__).resolve().parents[2]
needs_database = pytest.mark.usefixtures("database", "clock")


async def keys_seen() -> list[str]:
    return [str(key) for key in await SeenEvent.all().order_by("id").values_list("key", flat=True)]


async def see(key: str) -> None:
    await SeenEvent.create(key=key, seen_at=clocks.now())


@database.transactional
async def see_both(key: str) -> str:
    assert database.in_tx()
    await see(f"{key}.1")
    await see(f"{key}.2")
    return key


@needs_database
async def test_given_a_transaction_when_it_returns_then_its_rows_stay() -> None:
    assert await see_both("a") == "a"
    assert await keys_seen() == ["a.1", "a.2"]
    assert not database.in_tx()


@needs_database
async def test_given_a_transaction_when_it_raises_then_nothing_stays() -> None:
    async def work() -> None:
        await see("a")
        raise Fault("later")

    with pytest.raises(Fault, match="later"):
        await database.run_tx(work)
    assert await keys_seen() == []


@needs_database
async def test_given_a_transaction_when_another_begins_inside_then_it_is_a_fault() -> None:
    async def work() -> None:
        await see_both("inner")

    with pytest.raises(Fault, match="nest"):
        await database.run_tx(work)
    assert await keys_seen() == []


@needs_database
async def test_given_no_transaction_when_one_is_required_then_it_is_a_fault() -> None:
    with pytest.raises(Fault):
        database.require_tx()

    async def work() -> None:
        database.require_tx()

    await database.run_tx(work)


@needs_database
async def test_given_a_caller_cancelled_inside_when_waiting_then_the_whole_is_committed() -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await see("a.1")
        entered.set()
        await go_on.wait()
        await see("a.2")

    caller = asyncio.create_task(database.run_tx(work))
    await entered.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    await asyncio.gather(*database._running)
    assert await keys_seen() == ["a.1", "a.2"]


@needs_database
async def test_given_a_task_born_inside_when_it_writes_after_the_end_then_it_fails() -> None:
    ended = asyncio.Event()
    born: list[asyncio.Task[None]] = []

    async def stray() -> None:
        await ended.wait()
        assert not database.in_tx()
        await see("stray")

    async def work() -> None:
        born.append(asyncio.create_task(stray()))
        await see("a")

    await database.run_tx(work)
    ended.set()
    with pytest.raises(Exception, match=r"attribute|closed|connection"):
        await born[0]
    assert await keys_seen() == ["a"]


async def _storm(number: int = 300) -> None:
    """Cancel ``number`` callers at random moments; then nothing is half done and all is alive."""
    chance = random.Random(20261123)  # noqa: S311  # not a secret

    async def cancelled(index: int) -> None:
        task = asyncio.create_task(see_both(str(index)))
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(cancelled(index) for index in range(number)))
    async with asyncio.timeout(20):
        await asyncio.gather(*database._running)
        await see_both("after")
        keys = set(await keys_seen())
    halves = {key.rpartition(".")[0] for key in keys}
    assert {f"{half}.{n}" for half in halves for n in (1, 2)} == keys
    assert "after" in halves


@needs_database
async def test_given_a_storm_of_cancellations_when_it_ends_then_nothing_is_half_done() -> None:
    await _storm()


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_database", "clock")
async def test_given_a_storm_on_postgres_when_it_ends_then_nothing_is_half_done() -> None:
    await _storm()


@pytest.mark.usefixtures("clock")
async def test_given_running_transactions_when_closing_then_they_end_first(
    settings: config.Settings, database: str, app: migrating.App
) -> None:
    from core import database as db  # noqa: PLC0415  # the fixture has the module's name

    tasks = [asyncio.create_task(see_both(str(n))) for n in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.sleep(0)
    await db.close_database()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not db._running
    await db.open_database(database, kind=db.PRODUCTION, data_dir=settings.data_dir, app=app)
    assert len(await keys_seen()) == 10


@needs_database
async def test_given_the_pragmas_when_asked_then_they_are_those_of_a_durable_file() -> None:
    client = get_connection("default")
    if client.capabilities.dialect != "sqlite":
        pytest.skip("SQLite only")
    found = {}
    for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout"):
        (row,) = await client.execute_query_dict(f"PRAGMA {name}")
        found[name] = next(iter(row.values()))
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2,
                     "busy_timeout": 5000}  # fmt: skip


Opener = Callable[..., "asyncio.Future[None]"]


async def _refusal(folder: Path, app: migrating.App, **changed: str) -> StartRefused:
    arguments = {"url": "sqlite", "kind": database.PRODUCTION, **changed}
    with pytest.raises(StartRefused) as refused:
        await database.open_database(
            arguments["url"], kind=arguments["kind"], data_dir=folder, app=app
        )
    assert database._lock is None
    return refused.value


@pytest.fixture
async def used(settings: config.Settings, database: str) -> Path:
    """A data folder with a closed SQLite production database."""
    from core import database as db  # noqa: PLC0415  # the fixture has the module's name

    if database != "sqlite":
        pytest.skip("SQLite only")
    await db.close_database()
    return settings.data_dir


async def test_given_a_production_database_when_opened_as_demo_then_it_is_refused(
    used: Path, app: migrating.App
) -> None:
    before = (used / "yanzhen.db").read_bytes()
    error = await _refusal(used, app, kind=database.DEMO)
    assert (error.key, error.fields) == (
        "start.wrong_kind", {"found": "production", "wanted": "demo"},
    )  # fmt: skip
    assert (used / "yanzhen.db").read_bytes() == before


_HOLDER = """
import sys
from pathlib import Path
from core import database
database._take_lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


async def test_given_another_process_when_opening_then_it_is_refused_until_that_ends(
    used: Path, app: migrating.App
) -> None:
    holder = subprocess.Popen(  # noqa: ASYNC220, S603  # our own interpreter; it answers at once
        [sys.executable, "-c", _HOLDER, str(used)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert (await _refusal(used, app)).key == "start.second_process"
        holder.kill()
    await database.open_database("sqlite", kind=database.PRODUCTION, data_dir=used, app=app)
    await database.close_database()


async def test_given_a_file_where_the_folder_belongs_when_opening_then_it_is_refused(
    tmp_path: Path, app: migrating.App
) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert (await _refusal(tmp_path / "data", app)).key == "start.data_readonly"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "start.disk_full"),
        (errno.EROFS, "start.data_readonly"),
        (errno.EACCES, "start.data_readonly"),
    ],
)
async def test_given_a_disk_that_refuses_when_opening_then_it_is_said(
    used: Path, app: migrating.App, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    def refuse(_file: int) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(disk.os, "fsync", refuse)
    assert (await _refusal(used, app)).key == key
    assert not [name for name in os.listdir(used) if name.endswith(".part")]  # noqa: PTH208


async def test_given_a_file_held_by_another_program_when_opening_then_it_is_refused(
    used: Path, app: migrating.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 10)
    other = sqlite3.connect(used / "yanzhen.db", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert (await _refusal(used, app)).key == "start.database_locked"
    finally:
        other.close()


async def test_given_a_file_that_is_no_database_when_opening_then_it_is_refused(
    tmp_path: Path, app: migrating.App
) -> None:
    (tmp_path / "yanzhen.db").write_bytes(b"no database" * 1000)
    assert (await _refusal(tmp_path, app)).key == "start.database_broken"


async def test_given_no_server_when_opening_postgres_then_it_is_refused(
    tmp_path: Path, app: migrating.App
) -> None:
    url = f"postgres://bot@/yanzhen?host={tmp_path}"
    assert (await _refusal(tmp_path, app, url=url)).key == "start.database_unreachable"


@pytest.mark.postgres
async def test_given_a_password_when_opening_postgres_then_it_comes_from_the_secrets(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YANZHEN_DATABASE_PASSWORD", "from outside")
    made = database._connection("postgres://bot@db.local:5433/yanzhen", settings.data_dir)
    given = made["credentials"]
    assert (given["password"], given["host"], given["port"], given["maxsize"]) == (
        "from outside", "db.local", 5433, settings.database.pool_max,
    )  # fmt: skip


@needs_database
async def test_given_a_new_database_when_open_then_it_is_marked_once() -> None:
    rows = await get_connection("default").execute_query_dict("SELECT * FROM instance_mark")
    assert [row["kind"] for row in rows] == ["production"]
    assert clocks.now().tzinfo is UTC
