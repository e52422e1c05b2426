"""A table on its way in (导入名单): kept sealed, its columns settled, tried out as often as wanted.

Nothing is written into the roster here; that is ``import_work``. A table that nobody confirms is
forgotten within a day.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from core import files
from core.actors import Actor, Stage
from core.clock import local_day
from core.database import require_tx, transactional
from core.errors import Refusal
from models import RosterImport
from plugins.identity import policy
from plugins.roster import carrying, importing, queries, tables, words
from plugins.roster.headings import REQUIRED
from plugins.roster.importing import Fixed, RosterRow
from plugins.roster.plans import Doubt, Plan, Reach
from plugins.roster.tables import Brought


@dataclass(frozen=True, slots=True)
class Settled:
    """What the columns of a table were taken for, and what holds for all of its rows."""

    columns: Mapping[int, str]
    fixed: Fixed = field(default_factory=Fixed)
    doubt: Doubt | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        """What every roster needs and this one says nowhere."""
        given = set(self.columns.values())
        given |= {words.UNIT} if self.fixed.unit else set()
        given |= {words.STAGE} if self.fixed.stage else set()
        return tuple(name for name in REQUIRED if name not in given)

    def place_of(self, meaning: str) -> int | None:
        """Return the place of the column that has a meaning."""
        return next((place for place, has in self.columns.items() if has == meaning), None)

    def with_column(self, meaning: str, place: int | None) -> "Settled":
        """Return the same with another column for one meaning; None for no column at all."""
        rest = {p: m for p, m in self.columns.items() if m != meaning and p != place}
        columns = rest if place is None else rest | {place: meaning}
        return Settled(dict(sorted(columns.items())), self.fixed, self.doubt)


@dataclass(frozen=True, slots=True)
class Pending:
    """A table that was brought in and not written yet."""

    uid: str
    table: Brought
    settled: Settled


@dataclass(frozen=True, slots=True)
class Checked:
    """What a table would do, or why it cannot.

    ``problems`` are in the order of the lines; ``months`` counts rows with a day known by its month
    alone; ``units`` are the names of those to be made.
    """

    rows: int
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    units: tuple[str, ...] = ()
    problems: tuple[Refusal, ...] = ()
    doubtful: tuple[int, ...] = ()
    months: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether it can be written as it is."""
        return not self.problems and not self.doubtful


def require_officer(actor: Actor) -> None:
    """Refusal ``reception.not_allowed`` for somebody whom no roster is the business of."""
    if not is_officer(actor):
        raise Refusal("reception.not_allowed")


def is_officer(actor: Actor) -> bool:
    """Whether rosters are somebody's business."""
    return actor.person_id is not None and policy.may(actor, words.IMPORTERS)


async def receive(*, actor: Actor, data: bytes, key: str, now: datetime, sends: bool) -> Pending:
    """Take a table in and keep it sealed; an older one that was not written goes.

    ``sends`` says whether codes are to be sent to the chat afterwards. The same ``key`` is taken in
    once. Commits the row. Raises Refusal ``reception.not_allowed`` and those of
    ``tables.open_table``.
    """
    require_officer(actor)
    table = await tables.open_table(data)
    settled = Settled(table.meanings, Fixed(unit=await _usual_unit(actor, table)))
    stored = await files.put(tables.to_bytes(table), suffix="json")
    row, strays = await _keep(actor, stored.blob_id, _packed(settled, sends=sends), key, now)
    await forget([*strays, *([stored.blob_id] if row.table_blob != stored.blob_id else [])])
    return await pending(actor, row.uid)


async def _usual_unit(actor: Actor, table: Brought) -> tuple[str, ...]:
    """Return the importer's own branch for a table that has no column of units."""
    if words.UNIT in table.meanings.values():
        return ()
    return await queries.own_branch(actor)


@transactional
async def _keep(
    actor: Actor, blob_id: str, columns: dict[str, Any], key: str, now: datetime
) -> tuple[RosterImport, list[str]]:
    known = await RosterImport.filter(source_key=key).first()
    if known is not None:
        return known, []
    strays = await _drop_open(actor, now)
    row = await RosterImport.create(
        uid=uuid4().hex,
        asked_by_id=actor.person_id,
        account_id=actor.account_id,
        source_key=key,
        received_at=now,
        table_blob=blob_id,
        columns=columns,
    )
    return row, strays


async def _drop_open(actor: Actor, now: datetime) -> list[str]:
    """Close what somebody brought in and did not confirm; return its files."""
    strays: list[str] = []
    for row in await RosterImport.filter(
        asked_by_id=actor.person_id, confirmed_at__isnull=True, dropped_at__isnull=True
    ):
        strays += await close(row, now)
    return strays


async def close(row: RosterImport, now: datetime) -> list[str]:
    """Close a table that is not written, in the caller's transaction; return its files."""
    require_tx()
    gone = files_of(row)
    row.table_blob, row.codes, row.dropped_at = None, [], now
    await row.save(update_fields=["table_blob", "codes", "dropped_at"])
    return gone


def files_of(row: RosterImport) -> list[str]:
    """Return the files that a row refers to."""
    return [*([row.table_blob] if row.table_blob else []), *row.codes]


async def forget(blob_ids: Sequence[str]) -> None:
    """Remove files that no row refers to any more. Never inside a transaction."""
    for blob_id in blob_ids:
        await files.delete(blob_id)


def _packed(settled: Settled, *, sends: bool) -> dict[str, Any]:
    return {
        "columns": [[place, meaning] for place, meaning in settled.columns.items()],
        "unit": list(settled.fixed.unit),
        "stage": settled.fixed.stage.value if settled.fixed.stage else None,
        "doubt": settled.doubt.value if settled.doubt else None,
        "sends": sends,
    }


def settled_in(row: RosterImport) -> Settled:
    """Return what was settled about the columns of a table."""
    held = row.columns
    stage = Stage(held["stage"]) if held["stage"] else None
    doubt = Doubt(held["doubt"]) if held["doubt"] else None
    columns = {int(place): str(meaning) for place, meaning in held["columns"]}
    return Settled(columns, Fixed(tuple(held["unit"]), stage), doubt)


async def open_row(actor: Actor, uid: str) -> RosterImport:
    """Return somebody's own table that is still open.

    Raises Refusal ``reception.not_allowed``, ``roster.import_gone``.
    """
    require_officer(actor)
    row = await queries.own_import(actor, uid)
    if row is None or row.table_blob is None or row.confirmed_at is not None:
        raise Refusal("roster.import_gone")
    return row


async def pending(actor: Actor, uid: str) -> Pending:
    """Return somebody's own table with its columns. Raises as ``open_row``."""
    row = await open_row(actor, uid)
    table = tables.from_bytes(await files.read(row.table_blob or ""))
    return Pending(uid, table, settled_in(row))


async def settle(*, actor: Actor, uid: str, settled: Settled) -> None:
    """Write down what the columns are taken for. Commits. Raises as ``open_row``."""
    row = await open_row(actor, uid)
    await _settle(row.id, _packed(settled, sends=bool(row.columns["sends"])))


@transactional
async def _settle(row_id: int, packed: dict[str, Any]) -> None:
    await RosterImport.filter(id=row_id, confirmed_at__isnull=True).update(columns=packed)


async def keep_file(*, actor: Actor, uid: str, blob_id: str) -> None:
    """Keep a file about an open table until the table goes; an older one goes. Commits."""
    row = await open_row(actor, uid)
    old = list(row.codes)
    await _keep_file(row.id, blob_id)
    await forget(old)


@transactional
async def _keep_file(row_id: int, blob_id: str) -> None:
    await RosterImport.filter(id=row_id).update(codes=[blob_id])


async def drop(*, actor: Actor, now: datetime) -> bool:
    """Forget what somebody brought in and did not confirm; return whether there was anything."""
    strays = await _dropped(actor, now)
    await forget(strays)
    return bool(strays)


@transactional
async def _dropped(actor: Actor, now: datetime) -> list[str]:
    return await _drop_open(actor, now)


async def check(*, actor: Actor, uid: str, now: datetime) -> Checked:
    """Try a table out: what it would do, or every row that does not fit. Nothing is written.

    Raises as ``open_row``, and Refusal ``roster.no_headers``, ``roster.empty``.
    """
    found = await pending(actor, uid)
    return await checked(
        found.table, found.settled, reach=queries.importing_reach(actor), today=local_day(now)
    )


async def checked(table: Brought, settled: Settled, *, reach: Reach, today: date) -> Checked:
    """Try out a table with its columns as they were settled."""
    read = await asyncio.to_thread(
        importing.people, table, settled.columns, today=today, fixed=settled.fixed
    )
    plan = await carrying.dry_run(read.rows, reach=reach, doubt=settled.doubt)
    return _told(read.rows, plan, read.problems)


def _told(rows: Sequence[RosterRow], plan: Plan, problems: Sequence[Refusal]) -> Checked:
    found = [*problems, *plan.problems]
    found.sort(key=lambda problem: int(str(problem.fields["line"])))
    return Checked(
        rows=len(rows) + len(problems),
        added=len(plan.added),
        updated=plan.updated,
        unchanged=plan.unchanged,
        units=tuple(node.name for node in plan.tree.made),
        problems=tuple(found),
        doubtful=tuple(plan.doubtful),
        months=sum(row.months for row in rows),
    )
