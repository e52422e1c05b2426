"""The rows behind the numbers (明细): by home unit, and by person where names are seen.

They are counted by the statements of the page itself (``tallies``), grouped otherwise, so that a
column adds up to what is said in words. What anybody asked help for, or learned in private, has no
row of a person: those numbers end with the unit.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.actors import Stage
from models import Unit
from plugins.identity import statements
from plugins.stats import counts, deadlines, owed, queries, tallies
from plugins.stats.counts import Figures, People, Run, Statement
from plugins.stats.deadlines import Due
from plugins.stats.periods import Period


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One home unit, its numbers, and what is due there by kind."""

    unit: str
    figures: Figures
    due: dict[deadlines.DeadlineKind, Due]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person and what of the numbers is his."""

    person_id: int
    unit: str
    name: str
    stage: Stage
    figures: Figures


async def units(people: People, period: Period, today: date) -> tuple[UnitRow, ...]:
    """Return the numbers by home unit, in the order of the tree; those without any are left out."""
    found = await queries.figures_by_home(people.scope, people.area, period, today)
    due = await deadlines.by_key(people, today)
    keys = sorted({*found, *due})
    rows: list[UnitRow] = []
    for unit in await _units(keys):
        figures = found.get(unit.id, Figures())
        if figures != Figures() or unit.id in due:
            rows.append(UnitRow(unit.name, figures, due.get(unit.id, {})))
    return tuple(rows)


async def _units(keys: list[int]) -> list[Unit]:
    found: list[Unit] = []
    for start in range(0, len(keys), counts.BATCH):
        found += await Unit.filter(id__in=keys[start : start + counts.BATCH]).only(
            "id", "name", "path"
        )
    return sorted(found, key=lambda unit: unit.path)


async def persons(people: People, period: Period, today: date) -> AsyncIterator[list[PersonRow]]:
    """Give everybody who is counted in batches, by the id; nobody when no names are shown."""
    if not people.scope.names:
        return
    cycles = await owed.cycles_of(people, period)
    after = 0
    while batch := await _batch(people, after):
        last = int(batch[-1]["id"])
        own = People(people.scope, people.area, Run(after, last))
        found = queries.added(await tallies.all_rows(own, cycles, period, today))
        yield [
            PersonRow(
                row["id"], row["unit"], row["name"], Stage(row["stage"]), _own(found[row["id"]])
            )
            for row in batch
            if row["id"] in found and _own(found[row["id"]]) != Figures()
        ]
        after = last


async def _batch(people: People, after: int) -> list[dict[str, Any]]:
    sql = Statement()
    inside = counts.people_in(sql, people)
    rows = await statements.rows(
        "SELECT p.id, p.name, p.stage, u.name AS unit FROM person p"  # noqa: S608
        f" JOIN unit u ON u.id = p.home_unit_id WHERE {inside} AND p.id > {sql.add(after)}"
        f" ORDER BY p.id LIMIT {sql.add(counts.BATCH)}",
        *sql.values,
    )
    return [dict(row) for row in rows]


def _own(figures: Figures) -> Figures:
    """Return what stands in the row of a person: everything but help."""
    return counts.without_help(figures)


async def named_ids(people: People, period: Period, today: date) -> list[int]:
    """Return who is named in a file: those with a row, and those with a deadline."""
    counted = [row.person_id async for batch in persons(people, period, today) for row in batch]
    dated = [one.person_id async for some in deadlines.all_named(people, today) for one in some]
    return sorted({*counted, *dated})
