"""Which reports count in a period, and who owes them: by quarters, or as a branch collects them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from core.periods import LENGTHS, QUARTER, Cycle
from models.archive import IN_ON_PAPER
from models.enums import AllowanceKind
from models.report import OWING_STAGES
from plugins.identity import statements
from plugins.stats.counts import People, Statement, people_in
from plugins.stats.periods import Period

_OWING = tuple(stage.value for stage in OWING_STAGES)


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles whose reports count in a period.

    ``quarters`` are owed by every branch but those that collect otherwise; ``others`` are months
    and half-years that end in the period and that some branch has opened (汇报安排). ``opened`` are
    the keys of the months and half-years opened there that overlap one of the quarters.
    """

    quarters: tuple[Cycle, ...]
    others: tuple[Cycle, ...] = ()
    opened: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple[Cycle, ...]:
        """All of them."""
        return (*self.quarters, *self.others)


async def cycles_of(people: People, period: Period) -> Cycles:
    """Return the cycles that count for ``people`` in ``period``: one statement.

    A period in which no quarter ends counts the quarter in which it lies; a month or half-year
    counts only where it ends.
    """
    return await cycles_where(partial(people_in, people=people), period)


async def cycles_where(inside: Callable[[Statement], str], period: Period) -> Cycles:
    """Return the same for whoever ``inside`` (a condition on ``p``) takes in."""
    ending = _others_ending_in(period)
    overlapping = {str(one) for quarter in period.quarters for one in _others_of(quarter)}
    sql = Statement()
    keys = sorted({*(str(one) for one in ending), *overlapping})
    rows = await statements.rows(
        f"SELECT DISTINCT c.quarter FROM report_cycle c WHERE c.quarter IN ({sql.each(keys)})"  # noqa: S608
        f" AND c.unit_id IN (SELECT p.home_unit_id FROM person p WHERE {inside(sql)})",
        *sql.values,
    )
    opened = frozenset(str(row["quarter"]) for row in rows)
    others = tuple(one for one in ending if str(one) in opened)
    return Cycles(period.quarters, others, opened & overlapping)


def homes(sql: Statement, people: People) -> str:
    """Return the condition that cycle ``c`` is of the home unit of somebody who counts."""
    inside = people_in(sql, people)
    return f"c.unit_id IN (SELECT p.home_unit_id FROM person p WHERE {inside})"  # noqa: S608


def _others_of(quarter: Cycle) -> list[Cycle]:
    return [cycle for cycle in (*quarter.parts, *quarter.around) if cycle != quarter]


def _others_ending_in(period: Period) -> tuple[Cycle, ...]:
    found = []
    for months in LENGTHS:
        cycle = Cycle.of(period.first, months)
        while months != QUARTER and cycle.last_day <= period.last:
            found.append(cycle)
            cycle = cycle.next
    return tuple(sorted(found))


def owed_since(sql: Statement, cycle: Cycle, opened: frozenset[str]) -> str:
    """Return the condition that ``p``, at an owing stage now, already owed ``cycle``.

    Whoever the branch let off (免交) does not owe it, nor does anybody of a branch that collects by
    other cycles: a quarter is not owed where one of ``opened`` that overlaps it was opened, a month
    or half-year only where it was opened itself.
    """
    return (
        f"((p.activist_on IS NULL OR p.activist_on <= {sql.add(cycle.last_day)})"  # noqa: S608
        " AND p.id NOT IN (SELECT a.person_id FROM report_allowance a"
        f" WHERE a.quarter = {sql.add(str(cycle))}"
        f" AND a.kind = {sql.add(AllowanceKind.EXEMPTION.value)} AND a.withdrawn_at IS NULL)"
        f"{_collected(sql, cycle, opened)})"
    )


def _collected(sql: Statement, cycle: Cycle, opened: frozenset[str]) -> str:
    units = "p.home_unit_id {} (SELECT c.unit_id FROM report_cycle c WHERE c.quarter IN ({}))"
    if cycle.months != QUARTER:
        return f" AND {units.format('IN', sql.add(str(cycle)))}"
    others = sorted({str(one) for one in _others_of(cycle)} & opened)
    return f" AND {units.format('NOT IN', sql.each(others))}" if others else ""


def owing(sql: Statement, cycle: Cycle) -> str:
    """Return the condition that ``p`` owes ``cycle`` and handed in neither here nor on paper."""
    everything = frozenset(str(one) for one in _others_of(cycle))
    stages, owed = sql.each(_OWING), owed_since(sql, cycle, everything)
    key = sql.add(str(cycle))
    return (
        f"p.stage IN ({stages}) AND {owed} AND NOT EXISTS"  # noqa: S608
        f" (SELECT 1 FROM thought_report r WHERE r.person_id = p.id AND r.quarter = {key})"
        f" AND NOT {IN_ON_PAPER.format(quarter=key)}"
    )


def at_owing_stage(sql: Statement) -> str:
    """Return the condition that ``p`` is at a stage that owes reports."""
    return f"p.stage IN ({sql.each(_OWING)})"


def sums(sql: Statement, cycles: Cycles) -> str:
    """Return the aggregate that counts the reports of ``cycles`` that people owe."""
    return " + ".join(
        f"SUM(CASE WHEN {owed_since(sql, cycle, cycles.opened)} THEN 1 ELSE 0 END)"
        for cycle in cycles.all
    )


def counted(
    sql: Statement, cycles: Sequence[Cycle], opened: frozenset[str], *, of: str = "r"
) -> str:
    """Return the condition that report ``r``, or what else ``of`` is, is of a cycle ``p`` owed."""
    either = (
        f"({of}.quarter = {sql.add(str(cycle))} AND {owed_since(sql, cycle, opened)})"
        for cycle in cycles
    )
    return f"({' OR '.join(either)})"
