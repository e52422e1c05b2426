"""Seals old rows and files anew after the key was changed, so that the old key can go.

Batches of 500, each row or file by itself whole: killed in between, everything opens with one of
the two keys, and the next run goes on. Knows no table; callers name the sealed columns.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tortoise.connection import get_connection

from core import crypto, files, logs, schema
from core.database import run_tx
from core.errors import Fault

log = logs.get("resealing")

BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of sealed values; ``place`` makes the place of a row from ``named_by``."""

    table: str
    column: str
    named_by: tuple[str, ...]
    place: Callable[[Sequence[Any]], str]


@dataclass(frozen=True, slots=True)
class Resealed:
    """What was sealed anew; ``broken`` opened with no key and were left as they are."""

    rows: int = 0
    files: int = 0
    broken: int = 0

    def __add__(self, other: "Resealed") -> "Resealed":
        return Resealed(
            self.rows + other.rows, self.files + other.files, self.broken + other.broken
        )


async def reseal(columns: Sequence[SealedColumn]) -> Resealed:
    """Seal with the current key whatever is not; commits batch by batch, safe to run twice."""
    done = Resealed()
    for column in columns:
        done += await _reseal_column(column)
    return done + await _reseal_files()


async def is_done(columns: Sequence[SealedColumn]) -> bool:
    """Whether every row and file is sealed with the current key. Reads only."""
    for column in columns:
        if await _batch(column, after=0, most=1):
            return False
    for blob_id in await files.all_ids():
        if not await files.is_current(blob_id):
            return False
    return True


async def drop_older_keys(data_dir: Path, columns: Sequence[SealedColumn]) -> int | None:
    """Take the older keys away for good; None, and nothing done, while anything needs one."""
    if not await is_done(columns):
        return None
    return crypto.drop_older_keys(data_dir)


async def _reseal_column(column: SealedColumn) -> Resealed:
    done, after = Resealed(), 0
    while True:
        last, batch = await run_tx(partial(_reseal_batch, column, after))
        done += batch
        if last is None:
            return done
        after = last


async def _reseal_batch(column: SealedColumn, after: int) -> tuple[int | None, Resealed]:
    client, ring = get_connection("default"), crypto.current()
    rows = await _batch(column, after=after, most=BATCH)
    changed = broken = 0
    one, two, three = ("?", "?", "?") if schema.is_sqlite(client) else ("$1", "$2", "$3")
    # Only the value that was read is replaced: what somebody writes meanwhile is newer than ours.
    update = (
        f'UPDATE "{column.table}" SET "{column.column}" = {one}'  # noqa: S608  # our own names
        f' WHERE id = {two} AND "{column.column}" = {three}'
    )
    for row in rows:
        old = bytes(row[column.column])
        place = column.place([row[name] for name in column.named_by])
        try:
            new = ring.seal(ring.unseal(old, place=place), place=place)
        except Fault:
            broken += 1
            continue
        count, _ = await client.execute_query(update, [new, row["id"], old])
        changed += count
    if broken:
        log.warning("rows.broken", table=column.table, column=column.column, count=broken)
    last = rows[-1]["id"] if len(rows) == BATCH else None
    return last, Resealed(rows=changed, broken=broken)


async def _batch(column: SealedColumn, *, after: int, most: int) -> list[dict[str, Any]]:
    """Return rows after an id whose value begins with another key's number."""
    client = get_connection("default")
    one, two = ("?", "?") if schema.is_sqlite(client) else ("$1", "$2")
    names = ", ".join(f'"{name}"' for name in dict.fromkeys(("id", *column.named_by)))
    query = (
        f'SELECT {names}, "{column.column}" FROM "{column.table}" WHERE id > {one}'  # noqa: S608  # our own names
        f' AND "{column.column}" IS NOT NULL AND substr("{column.column}", 1, 1) <> {two}'
        f" ORDER BY id LIMIT {most}"
    )
    number = bytes((crypto.current().current,))
    return await client.execute_query_dict(query, [after, number])


async def _reseal_files() -> Resealed:
    done = Resealed()
    ids = await files.all_ids()
    for start in range(0, len(ids), BATCH):
        for blob_id in ids[start : start + BATCH]:
            try:
                done += Resealed(files=int(await files.reseal(blob_id)))
            except Fault:
                log.warning("file.broken", file=blob_id)
                done += Resealed(broken=1)
        await asyncio.sleep(0)
    return done
