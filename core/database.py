"""Opens and closes the database, and runs transactions that survive cancelled callers.

One process owns a SQLite file, by a lock in the data folder. A transaction runs in a task of its
own that nobody can cancel: a task cancelled inside Tortoise's own context manager leaves the
database stuck for good (measured on Tortoise 1.1.9). Nothing else opens a transaction.
"""

import asyncio
import functools
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import asyncpg  # type: ignore[import-untyped]  # ships no types
from filelock import FileLock, Timeout
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from core import clock, config, disk, logs, migrating, schema, secrets
from core.errors import Fault, StartRefused

_P = ParamSpec("_P")
_T = TypeVar("_T")

log = logs.get("database")

# From so many rows on, what came at once makes a difference to plans.
MANY_ROWS = 500

PRODUCTION = "production"
DEMO = "demo"

# The first pragma holds for those after it. FULL: a message marked as sent outlives a power cut.
BUSY_TIMEOUT_MS = 5000
# What is deleted is overwritten, not only unlinked: somebody may have had it erased.
_PRAGMAS = {
    "journal_mode": "WAL",
    "foreign_keys": "ON",
    "synchronous": "FULL",
    "secure_delete": "ON",
}


@dataclass(slots=True)
class _Transaction:
    """What the code inside a transaction carries along, and loses when it ends."""

    is_open: bool = True


_transaction: ContextVar[_Transaction | None] = ContextVar("transaction", default=None)
_running: set[asyncio.Task[Any]] = set()
_lock: FileLock | None = None


def in_tx() -> bool:
    """Whether the caller is inside a transaction; whoever does I/O refuses then."""
    mark = _transaction.get()
    return mark is not None and mark.is_open


def require_tx() -> None:
    """Fault outside a transaction: for functions that add to their caller's."""
    if not in_tx():
        raise Fault("needs a transaction")


async def run_tx(work: Callable[[], Awaitable[_T]]) -> _T:
    """Run ``work`` in one transaction: commit what it did, or nothing when it raises.

    Cancelling the caller cancels the waiting, never the transaction. Fault when already inside one.
    """
    if in_tx():
        raise Fault("transactions do not nest")
    task = asyncio.create_task(_run(work))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return await asyncio.shield(task)


async def _run(work: Callable[[], Awaitable[_T]]) -> _T:
    mark = _Transaction()
    _transaction.set(mark)
    client = None
    try:
        async with in_transaction("default") as client:
            return await work()
    finally:
        mark.is_open = False
        if client is not None:
            # A task born inside that outlives it would write into a stranger's transaction.
            client._connection = None  # noqa: SLF001  # see above


def transactional(
    function: Callable[_P, Awaitable[_T]],
) -> Callable[_P, Coroutine[Any, Any, _T]]:
    """Make every call of ``function`` one transaction, see ``run_tx``."""

    @functools.wraps(function)
    async def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await run_tx(functools.partial(function, *args, **kwargs))

    return wrapped


async def open_database(
    url: str, *, kind: str, data_dir: Path, app: migrating.App = migrating.OURS
) -> None:
    """Open the database of this process, migrated and marked as ``kind``.

    ``url`` is ``sqlite`` (data_dir/yanzhen.db) or ``postgres://…``. Raises StartRefused, all closed
    again: ``start.second_process``, ``start.data_readonly``, ``start.disk_full``,
    ``start.database_locked``, ``start.database_broken``, ``start.database_unreachable``,
    ``start.database_newer``, ``start.wrong_kind``.
    """
    disk.prove_writable(data_dir)
    if url == "sqlite":
        _take_lock(data_dir)
    try:
        await _connect(_connection(url, data_dir), app)
        client = get_connection("default")
        await _prove_alive(client)
        await _require_kind(client, kind)
        await migrating.migrate(client, app=app, backup_dir=data_dir / "backup")
        await _mark(client, kind)
    except BaseException:
        await close_database()
        raise
    log.info("opened", engine=client.capabilities.dialect, kind=kind)


async def forget_deleted() -> None:
    """Leave nothing of what was deleted in the log of a SQLite file; not inside a transaction.

    While another connection reads, the log stays until the next time. On PostgreSQL the server's
    own vacuum does it.
    """
    client = get_connection("default")
    if schema.is_sqlite(client):
        await client.execute_query("PRAGMA wal_checkpoint(TRUNCATE)")


async def count_anew(*tables: str) -> None:
    """Let PostgreSQL count the rows of ``tables`` anew, after many came; not in a transaction.

    Its own vacuum comes a minute later or more, and until then plans are made for what was there
    before. SQLite plans without counts.
    """
    client = get_connection("default")
    if not schema.is_sqlite(client):
        names = ", ".join(f'"{table}"' for table in tables)
        await client.execute_query(f"ANALYZE {names}")


async def close_database() -> None:
    """Let running transactions end, close every connection, give the lock back."""
    global _lock
    while _running:
        await asyncio.gather(*_running, return_exceptions=True)
    if Tortoise._inited:  # noqa: SLF001  # there is no public question
        await Tortoise.close_connections()
    if _lock is not None:
        _lock.release()
        _lock = None


def _take_lock(data_dir: Path) -> None:
    global _lock
    lock = FileLock(data_dir / "yanzhen.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StartRefused("start.second_process") from None
    except OSError as error:
        raise disk.start_refusal(error) from None
    _lock = lock


def _connection(url: str, data_dir: Path) -> dict[str, Any]:
    if url == "sqlite":
        path = data_dir / "yanzhen.db"
        pragmas: dict[str, Any] = {"busy_timeout": BUSY_TIMEOUT_MS, **_PRAGMAS}
        return {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": str(path), **pragmas},
        }
    connection = expand_db_url(url)
    password = secrets.given("database_password")
    if password is not None:
        connection["credentials"]["password"] = password
    connection["credentials"] |= {
        "minsize": 1,
        "maxsize": config.settings().database.pool_max,
        "application_name": "yanzhen",
        # A plan made for a fresh, empty ledger and kept for good reads all of a full one (measured:
        # 44 ms a claim instead of 3).
        "server_settings": {"plan_cache_mode": "force_custom_plan"},
        # Nothing of ours changes a session, so nothing has to be put back: a round trip less for
        # every statement.
        "reset": _leave_as_it_is,
    }
    return connection


async def _leave_as_it_is(connection: Any) -> None:
    """Give a connection back to the pool; one that is still in a transaction is not."""
    if connection.is_in_transaction():
        raise Fault("a transaction was left open")


async def _connect(connection: dict[str, Any], app: migrating.App) -> None:
    await Tortoise.init(
        config={"connections": {"default": connection}, "apps": app.config()},
        use_tz=True,
        timezone="UTC",
        _enable_global_fallback=True,
    )


async def _prove_alive(client: BaseDBAsyncClient) -> None:
    """Connect and read; say what is wrong in the operator's words."""
    try:
        await client.execute_query("SELECT 1")
        if client.capabilities.dialect == "sqlite":
            await client.execute_query("SELECT count(*) FROM sqlite_master")
    except (sqlite3.Error, BaseORMException, OSError, asyncpg.PostgresError) as error:
        raise StartRefused(_refusal_key(client, error)) from None


def _refusal_key(client: BaseDBAsyncClient, error: Exception) -> str:
    if client.capabilities.dialect != "sqlite":
        return "start.database_unreachable"
    text = str(error)
    if "locked" in text or "busy" in text:
        return "start.database_locked"
    return "start.data_readonly" if "unable to open" in text else "start.database_broken"


async def _require_kind(client: BaseDBAsyncClient, kind: str) -> None:
    """Refuse a database that was made for something else, before anything in it is touched."""
    if "instance_mark" not in await schema.tables(client):
        return
    rows = await client.execute_query_dict("SELECT kind FROM instance_mark")
    found = {str(row["kind"]) for row in rows} - {kind}
    if found:
        raise StartRefused("start.wrong_kind", found=found.pop(), wanted=kind)


async def _mark(client: BaseDBAsyncClient, kind: str) -> None:
    if "instance_mark" not in await schema.tables(client):
        raise Fault("no table instance_mark")
    if await client.execute_query_dict("SELECT 1 AS one FROM instance_mark"):
        return
    now: Any = clock.now().astimezone(UTC)
    if schema.is_sqlite(client):
        query = "INSERT INTO instance_mark (id, kind, created_at) VALUES (1, ?, ?)"
        now = now.isoformat(" ")
    else:
        query = "INSERT INTO instance_mark (id, kind, created_at) VALUES (1, $1, $2)"
    await client.execute_query(query, [kind, now])
