"""Runs one raw statement on either database: for the path that every message takes.

Statements are written with ``$1``, ``$2`` … as PostgreSQL has them; SQLite gets ``?1``, ``?2``.
The order by the letter is ``COLLATE "C"`` in both.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from core.database import in_tx


@lru_cache(maxsize=64)
def _for_sqlite(statement: str) -> str:
    return statement.replace("$", "?").replace('COLLATE "C"', "COLLATE BINARY")


async def rows(statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
    """Run a statement and return its rows by column; add RETURNING to one that writes.

    Joins the caller's transaction when there is one; commits by itself otherwise.
    """
    client = get_connection("default")
    if client.capabilities.dialect == "sqlite":
        statement = _for_sqlite(statement)
    return await client.execute_query_dict(statement, list(values))


async def quick_rows(statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
    """Run a statement that writes, and commit without waiting for the disk.

    Only a power cut within the next moments can undo it, and only together with everything that was
    committed later (one log, in order): what followed from it can never outlive it. On SQLite this
    saves a flush, which costs more than all the rest of a command. Like ``rows`` in a transaction
    and on PostgreSQL. Raises Tortoise's OperationalError when nothing can be written.
    """
    client = get_connection("default")
    if in_tx() or client.capabilities.dialect != "sqlite":
        return await rows(statement, *values)
    statement = _for_sqlite(statement)
    async with client.acquire_connection() as connection:
        held = connection._conn  # noqa: SLF001  # one call in its thread, see _unflushed
        try:
            found = await connection._execute(_unflushed, held, statement, values)  # noqa: SLF001
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from None
    return [dict(row) for row in found]


def _unflushed(
    connection: sqlite3.Connection, statement: str, values: Sequence[Any]
) -> list[sqlite3.Row]:
    """Write with a lower level of flushing; nobody can be cancelled between the three steps."""
    before = int(connection.execute("PRAGMA synchronous").fetchone()[0])
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.execute(f"PRAGMA synchronous = {before}")
