"""Removes sealed files that no row names: what a process that was killed left behind.

A file is written before the row that names it, so a young one is left alone. What names a file is
looked for in the columns that callers give, plain and sealed; a body that does not open may name
anything, and then nothing is removed. Knows no table. Not inside a transaction.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.connection import get_connection

from core import crypto, files, schema
from core.resealing import SealedColumn

BATCH = 500


@dataclass(frozen=True, slots=True)
class NamingColumn:
    """A column whose values name files: an id, a JSON list of them, or words that hold some."""

    table: str
    column: str
    sealed: SealedColumn | None = None


async def sweep(columns: Sequence[NamingColumn], *, before: datetime, kept: Collection[str]) -> int:
    """Remove files last written before ``before`` that nothing names; return how many.

    ``kept`` are ids that stand somewhere else than in rows. Running it twice is harmless. Raises
    Fault, with nothing removed, when a sealed value does not open.
    """
    strays = set(await files.kept_before(before)) - set(kept)
    # The cheap columns first: mostly nothing is left for the sealed ones.
    for column in sorted(columns, key=lambda one: one.sealed is not None):
        if not strays:
            return 0
        await _keep_named(column, strays)
    gone = 0
    for blob_id in sorted(strays):
        gone += await files.delete_older(blob_id, before)
    return gone


async def _keep_named(column: NamingColumn, strays: set[str]) -> None:
    """Take out of ``strays`` what a column names, batch by batch."""
    after = 0
    while rows := await _batch(column, after):
        strays -= await asyncio.to_thread(_named, column, rows)
        after = int(rows[-1]["id"])


def _named(column: NamingColumn, rows: Sequence[dict[str, Any]]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        value = row[column.column]
        if column.sealed is None:
            found |= files.ids_in(str(value))
        else:
            place = column.sealed.place([row[name] for name in column.sealed.named_by])
            opened = crypto.current().unseal(bytes(value), place=place)
            found |= files.ids_in(opened.decode("utf-8", "replace"))
    return found


async def _batch(column: NamingColumn, after: int) -> list[dict[str, Any]]:
    client = get_connection("default")
    one = "?" if schema.is_sqlite(client) else "$1"
    own = column.sealed.named_by if column.sealed else ()
    names = ", ".join(f'"{name}"' for name in dict.fromkeys(("id", *own, column.column)))
    return await client.execute_query_dict(
        f'SELECT {names} FROM "{column.table}" WHERE id > {one}'  # noqa: S608  # our own names
        f' AND "{column.column}" IS NOT NULL ORDER BY id LIMIT {BATCH}',
        [after],
    )
