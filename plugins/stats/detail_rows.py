"""The rows behind the numbers (明细): by home unit, and by person where names are seen.

They are counted by the statements of the page itself (``tallies``), grouped otherwise, so that a
column adds up to what is said in words. What anybody asked help for, or learned in private, has no
row of a person: those numbers end with the unit.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.actors import Stage
from plugins.identity import statements
from plugins.stats import counts, deadlines, owed, tallies
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


async def units(people: People, period: Period, today: date) -> AsyncIterator[list[UnitRow]]:
    """Give the numbers by home unit in batches, in the order of the tree; none without any."""
    async for homes in _homes(people):
        some = replace(people, homes=tuple(homes))
        found = await tallies.by_home(some, period, today)
        due = await deadlines.by_key(some, today)
        yield [
            UnitRow(name, found.get(unit_id, Figures()), due.get(unit_id, {}))
            for unit_id, name in homes.items()
            if found.get(unit_id, Figures()) != Figures() or unit_id in due
        ]


async def count(people: People, period: Period, today: date) -> tuple[int, int]:
    """Return how many home units have numbers, and how many people are counted in them."""
    some_units = counted = 0
    async for homes in _homes(people):
        some = replace(people, homes=tuple(homes))
        found = await tallies.by_home(some, period, today)
        some_units += len(found)
        counted += sum(sum(figures.stages.values()) for figures in found.values())
    return some_units, counted


async def _homes(people: People) -> AsyncIterator[dict[int, str]]:
    """Give the home units of those who count in batches: id and name, in the order of the tree."""
    after = ""
    while True:
        sql = Statement()
        inside = counts.people_in(sql, people)
        # By the letter: in the order of a language slashes do not count, and trees come apart.
        rows = await statements.rows(
            "SELECT u.id, u.name, u.path FROM unit u"  # noqa: S608  # placeholders only
            f' WHERE u.path COLLATE "C" > {sql.add(after)}'
            f" AND u.id IN (SELECT p.home_unit_id FROM person p WHERE {inside})"
            f' ORDER BY u.path COLLATE "C" LIMIT {sql.add(counts.UNITS)}',
            *sql.values,
        )
        if not rows:
            return
        yield {int(row["id"]): row["name"] for row in rows}
        after = rows[-1]["path"]


async def persons(people: People, period: Period, today: date) -> AsyncIterator[list[PersonRow]]:
    """Give everybody who is counted in batches, by the id; nobody when no names are shown."""
    if not people.scope.names:
        return
    cycles = await owed.cycles_of(people, period)
    async for batch, own in _runs(people):
        found = tallies.added(await tallies.all_rows(own, cycles, period, today))
        yield [
            PersonRow(
                row["id"], row["unit"], row["name"], Stage(row["stage"]), _own(found[row["id"]])
            )
            for row in batch
            if row["id"] in found and _own(found[row["id"]]) != Figures()
        ]


async def _runs(people: People) -> AsyncIterator[tuple[list[dict[str, Any]], People]]:
    """Give everybody in batches by the id, each with whom to count for it."""
    after = 0
    while batch := await _batch(people, after):
        last = int(batch[-1]["id"])
        yield batch, replace(people, run=Run(after, last))
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


async def named_ids(people: People, period: Period, today: date) -> AsyncIterator[list[int]]:
    """Give who is named in a file in batches: those with a row, and those with a deadline."""
    if not people.scope.names:
        return
    cycles = await owed.cycles_of(people, period)
    async for batch, own in _runs(people):
        found = tallies.added(await tallies.all_rows(own, cycles, period, today))
        counted = {key for key, figures in found.items() if _own(figures) != Figures()}
        dated = await deadlines.by_key(own, today)
        yield [row["id"] for row in batch if row["id"] in counted or row["id"] in dated]
