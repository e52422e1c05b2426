"""Runs one raw statement on either database: for the path that every message takes.

Statements are written with ``$1``, ``$2`` … as PostgreSQL has them; SQLite gets ``?1``, ``?2``.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tortoise.connection import get_connection


@lru_cache(maxsize=64)
def _for_sqlite(statement: str) -> str:
    return statement.replace("$", "?")


async def rows(statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
    """Run a statement and return its rows by column; add RETURNING to one that writes.

    Joins the caller's transaction when there is one; commits by itself otherwise.
    """
    client = get_connection("default")
    if client.capabilities.dialect == "sqlite":
        statement = _for_sqlite(statement)
    return await client.execute_query_dict(statement, list(values))
