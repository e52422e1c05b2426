"""The file behind the numbers (明细): proposed, confirmed by a word, and made row by row.

Whoever sees names gets a row for every person, everybody else one for every unit. Orders, sending
and removing are ``plugins.delivery.exports``.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from core import progress, spreadsheets
from core.actors import Actor, Who
from core.clock import local_day
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from core.spreadsheets import Book
from models import AuditLog, ReportExport, Unit
from models.enums import ExportKind
from plugins.delivery import exports
from plugins.delivery.exports import Made, Maker
from plugins.identity import looks
from plugins.identity.looks import Office
from plugins.identity.policy import visible_units
from plugins.stats import (
    deadlines,
    detail_labels,
    detail_rows,
    periods,
    queries,
    study_hours,
)
from plugins.stats.counts import Area, People
from plugins.stats.periods import Period

PURPOSE = "stats.exported"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a file would hold, before somebody confirms it; ``names`` that people have rows."""

    area: Area
    period: Period
    units: int
    people: int
    names: bool


async def propose(people: People, period: Period, today: date) -> Proposed:
    """Count what a file would hold; Refusal ``stats.details_nothing`` when nobody is counted."""
    units, counted = await detail_rows.count(people, period, today)
    if not units:
        raise Refusal("stats.details_nothing")
    return Proposed(people.area, period, units, counted, people.scope.names)


@transactional
async def confirm(*, actor: Actor, path: str, period: Period, key: str, now: datetime) -> str:
    """Owe the file to the account that confirmed it; return its uid, the same for the same ``key``.

    Commits the order, the audit row and a read row for everybody who is named in it. Raises Refusal
    ``identity.unit_unknown`` for what is out of scope.
    """
    if (known := await exports.known(key)) is not None:
        return known
    people = await _people(actor, path)
    unit = await Unit.get_or_none(path=path) if path else None
    order = await exports.owe(
        actor=actor,
        kind=ExportKind.FIGURES,
        key=key,
        now=now,
        unit_id=unit.id if unit else None,
        days=(period.first, period.last),
    )
    office = Office.SECRETARY if Who.SECRETARY in actor.roles else Office.LIAISON
    named = 0
    async for some in detail_rows.named_ids(people, period, local_day(now)):
        await looks.note_many(
            reader=actor, person_ids=some, office=office, what=looks.FIGURES, now=now
        )
        named += len(some)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="stats.export",
        subject_kind="report_export",
        subject_id=order.id,
        detail={"unit": order.unit_id, "period": period.to_text(), "people": named},
    )
    return order.uid


async def _people(actor: Actor, path: str) -> People:
    scope = visible_units(actor)
    area = await (queries.area_at(scope, path) if path else queries.area_of(scope, ""))
    return People(scope, area)


async def _files(actor: Actor, order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    """Make the file for the office its asker holds now; none when that sees nothing there."""
    unit = await Unit.get_or_none(id=order.unit_id) if order.unit_id else None
    try:
        people = await _people(actor, unit.path if unit else "")
    except Refusal:
        return
    if order.first_on is None or order.last_on is None or not people.scope.paths:
        return
    period = periods.of_days(order.first_on, order.last_on)
    mark = detail_labels.mark(actor.name, now)
    data = await build(people, period, mark, local_day(now), work=order.uid)
    yield Made(detail_labels.file_name(people.area, period), "xlsx", data)


async def build(people: People, period: Period, mark: str, today: date, *, work: str = "") -> bytes:
    """Return the file; rows are read, written and forgotten a thousand people at a time.

    ``work`` is the order of which it is noted how many people are done.
    """
    folder = settings().data_dir / "books"
    # Orders are made one after the other: what lies there is of a process that was killed.
    await asyncio.to_thread(spreadsheets.clear, folder)
    book = await asyncio.to_thread(Book, mark, folder=folder)
    try:
        await _fill(book, people, period, today, work)
        return await asyncio.to_thread(book.close)
    finally:
        await asyncio.to_thread(book.drop)


async def _fill(book: Book, people: People, period: Period, today: date, work: str) -> None:
    whole = await queries.overview(people.scope, people.area, period, today)
    hours = await study_hours.study(people, period)
    due = await deadlines.totals(people, today)
    head, lines = detail_labels.totals(people.area, period, whole.figures, hours, due)
    book.sheet(*head).add(lines)
    sheet = book.sheet(*detail_labels.unit_head())
    async for units in detail_rows.units(people, period, today):
        await asyncio.to_thread(sheet.add, detail_labels.units(units))
    if not people.scope.names:
        return
    sheet = book.sheet(*detail_labels.person_head())
    done, total = 0, sum(whole.figures.stages.values())
    async for batch in detail_rows.persons(people, period, today):
        progress.note(work, done, total)
        await asyncio.to_thread(sheet.add, detail_labels.persons(batch))
        done += len(batch)
    sheet = book.sheet(*detail_labels.dated_head())
    async for some in deadlines.all_named(people, today):
        await asyncio.to_thread(sheet.add, detail_labels.dated(some))


MAKER = Maker(
    kinds=frozenset({ExportKind.FIGURES}),
    purpose=PURPOSE,
    files=_files,
    not_made=detail_labels.not_made,
)
