"""What is due soon or was due (期限): counted with the calendar, never decided.

The rules are those of the development rules in force since 2026-05 (发展党员工作细则, 2026.05) as
domain notes 1.4 give them, and name what the house counts, not what it judges.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from core.actors import Stage
from core.periods import Cycle, add_months
from models.enums import AllowanceKind
from plugins.identity import statements
from plugins.stats import counts, owed
from plugins.stats.counts import People, Statement, as_day, learning, people_in

AHEAD = timedelta(days=60)
# A list of names in a chat; whoever wants all of them takes the file.
MOST_NAMES = 500


class DeadlineKind(StrEnum):
    """What is due.

    TALK: the first talk within a month of receiving the application (2026.05 art. 7, TALK_1M).
    INSPECTION: the branch inspects every half-year, counted from the last one or from the day
    somebody became an activist (2026.05 art. 11, INSPECT_6M).
    YEAR: an activist of a year or more may be considered as a target, and nobody has decided
    (2014.06 and 2026.05, at least a year of education; TARGET_12M). Nothing is owed on that day.
    PROBATION: the probation of a year from the assembly ends (2026.05 art. 31, PROBATION_12M).
    REPORT: a report whose window has opened is not in when it closes, or when the time that was
    given (延期) is over; what closed more than 60 days ago is counted no longer.
    """

    TALK = "talk"
    INSPECTION = "inspection"
    YEAR = "year"
    PROBATION = "probation"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A deadline ``months`` after a day that stands in the rows of a person ``p``."""

    stages: tuple[Stage, ...]
    basis: str
    months: int
    still: str = "1 = 1"


_RULES: Mapping[DeadlineKind, _Rule] = {
    DeadlineKind.TALK: _Rule((Stage.APPLICANT,), "p.applied_on", 1, "p.talk_on IS NULL"),
    DeadlineKind.INSPECTION: _Rule(
        (Stage.ACTIVIST, Stage.DEVELOPMENT_TARGET),
        "CASE WHEN p.activist_on IS NULL THEN NULL ELSE COALESCE((SELECT MAX(i.inspected_on)"
        " FROM inspection i WHERE i.person_id = p.id), p.activist_on) END",
        6,
    ),
    DeadlineKind.YEAR: _Rule((Stage.ACTIVIST,), "p.activist_on", 12),
    DeadlineKind.PROBATION: _Rule((Stage.PROBATIONARY_MEMBER,), "p.probation_on", 12),
}


@dataclass(frozen=True, slots=True)
class Due:
    """How many are due within the next days, and how many were due before today."""

    soon: int = 0
    past: int = 0


@dataclass(frozen=True, slots=True)
class Dated:
    """One person and the day on which something of his is due, counted from ``basis_on``."""

    person_id: int
    name: str
    unit: str
    kind: DeadlineKind
    due_on: date
    basis_on: date


Deadlines = Mapping[DeadlineKind, Due]


def last_basis(day: date, months: int) -> date:
    """Return the last day from which ``months`` calendar months end by ``day``."""
    basis = add_months(day, -months)
    while add_months(basis + timedelta(days=1), months) <= day:
        basis += timedelta(days=1)
    return basis


async def totals(people: People, today: date) -> Deadlines:
    """Return what is due in the next 60 days and what was due, by kind; nothing without people."""
    found = await by_key(replace(people, together=True), today)
    return {kind: due for kinds in found.values() for kind, due in kinds.items()}


async def has_any(people: People, today: date) -> bool:
    """Whether anything is due in the next 60 days, or was due: at most three statements."""
    sql = Statement()
    inside = people_in(sql, people)
    either = " OR ".join(
        f"({_at(sql, rule)} AND ({rule.basis}) <="
        f" {sql.add(last_basis(today + AHEAD, rule.months))})"
        for rule in _RULES.values()
    )
    rows = await statements.rows(
        f"SELECT 1 AS one FROM person p WHERE {inside} AND ({either}) LIMIT 1",  # noqa: S608
        *sql.values,
    )
    if rows:
        return True
    cycles = await _open_cycles(people, today)
    return bool(cycles) and bool(await _reports(people, today, cycles))


async def by_key(people: People, today: date) -> dict[int, dict[DeadlineKind, Due]]:
    """Return what is due by home unit, or by person for a run of people: three statements."""
    found: dict[int, dict[DeadlineKind, Due]] = {}
    cycles = await _open_cycles(people, today)
    for row in (*await _dated(people, today), *await _reports(people, today, cycles)):
        kinds = found.setdefault(int(row["whose"]), {})
        for kind in DeadlineKind:
            due = Due(int(row.get(f"{kind}_soon") or 0), int(row.get(f"{kind}_past") or 0))
            if due != Due():
                kinds[kind] = due
    return {key: kinds for key, kinds in found.items() if kinds}


async def _dated(people: People, today: date) -> Sequence[Mapping[str, Any]]:
    sql = Statement()
    inside = people_in(sql, people)
    columns, sums = [], []
    for kind, rule in _RULES.items():
        columns.append(f"CASE WHEN {_at(sql, rule)} THEN {rule.basis} END AS {kind}")
        past = sql.add(last_basis(today - timedelta(days=1), rule.months))
        soon = sql.add(last_basis(today + AHEAD, rule.months))
        sums += [
            f"SUM(CASE WHEN {kind} > {past} AND {kind} <= {soon} THEN 1 ELSE 0 END) AS {kind}_soon",
            f"SUM(CASE WHEN {kind} <= {past} THEN 1 ELSE 0 END) AS {kind}_past",
        ]
    # Materialized: the last inspection of a person is looked up once, not for every comparison.
    return await statements.rows(
        f"WITH each_person AS MATERIALIZED (SELECT {people.key} AS whose, {', '.join(columns)}"  # noqa: S608
        f" FROM person p WHERE {inside} AND {learning(sql)})"
        f" SELECT whose, {', '.join(sums)} FROM each_person GROUP BY whose",
        *sql.values,
    )


def _at(sql: Statement, rule: _Rule) -> str:
    stages = sql.each([stage.value for stage in rule.stages])
    return f"p.stage IN ({stages}) AND {rule.still}"


async def _reports(
    people: People, today: date, cycles: Sequence[Cycle]
) -> Sequence[Mapping[str, Any]]:
    if not cycles:
        return ()
    sql = Statement()
    inner = _owed_reports(sql, people, cycles, today)
    day = sql.add(today)
    return await statements.rows(
        f"SELECT whose, SUM(CASE WHEN due_on >= {day} THEN 1 ELSE 0 END) AS report_soon,"  # noqa: S608
        f" SUM(CASE WHEN due_on < {day} THEN 1 ELSE 0 END) AS report_past"
        f" FROM ({inner}) each_report WHERE due_on >= {sql.add(today - AHEAD)}"
        f" AND due_on <= {sql.add(today + AHEAD)} GROUP BY whose",
        *sql.values,
    )


async def _open_cycles(people: People, today: date) -> list[Cycle]:
    """Return the cycles that some branch has opened and that close, or closed, near today.

    Those for which somebody was given more time (延期) may have closed longer ago.
    """
    sql = Statement()
    rows = await statements.rows(
        f"SELECT DISTINCT c.quarter FROM report_cycle c WHERE {owed.homes(sql, people)}"  # noqa: S608
        f" AND c.opens_on <= {sql.add(today)} AND c.closes_on >= {sql.add(today - 2 * AHEAD)}"
        f" AND c.closes_on <= {sql.add(today + AHEAD)}",
        *sql.values,
    )
    return sorted(Cycle.parse(str(row["quarter"])) for row in rows)


def _owed_reports(sql: Statement, people: People, cycles: Sequence[Cycle], today: date) -> str:
    wanted = " OR ".join(
        f"(w.quarter = {sql.add(str(cycle))} AND {owed.owed_since(sql, cycle, frozenset())})"
        for cycle in cycles
    )
    extended = (
        "COALESCE((SELECT x.until_on FROM report_allowance x WHERE x.person_id = p.id"  # noqa: S608
        f" AND x.quarter = w.quarter AND x.kind = {sql.add(AllowanceKind.EXTENSION.value)}"
        " AND x.withdrawn_at IS NULL AND x.until_on > w.closes_on"
        " ORDER BY x.id DESC LIMIT 1), w.closes_on)"
    )
    return (
        f"SELECT {people.key} AS whose, p.id AS person_id, p.name AS name,"  # noqa: S608
        f" p.home_unit_id AS unit_id, {extended} AS due_on FROM person p"
        " JOIN report_cycle w ON w.unit_id = p.home_unit_id"
        f" AND w.opens_on <= {sql.add(today)} AND w.closes_on >= {sql.add(today - 2 * AHEAD)}"
        f" AND w.closes_on <= {sql.add(today + AHEAD)}"
        f" WHERE {people_in(sql, people)} AND {owed.at_owing_stage(sql)} AND ({wanted})"
        " AND NOT EXISTS (SELECT 1 FROM thought_report r WHERE r.person_id = p.id"
        " AND r.quarter = w.quarter)"
    )


async def named(
    people: People,
    kind: DeadlineKind,
    today: date,
    *,
    most: int = MOST_NAMES,
    after: Dated | None = None,
) -> tuple[Dated, ...]:
    """Return who is meant by one kind, the earliest day first; nobody when no names are shown.

    With ``after`` those who come after him; ``most`` of them.
    """
    if not people.scope.names:
        return ()
    rule = _RULES.get(kind)
    if rule is None:
        return await _named_reports(people, today, most, after)
    sql = Statement()
    inside, at_stage = people_in(sql, people), _at(sql, rule)
    later = _later(sql, f"({rule.basis})", "p.id", after)
    rows = await statements.rows(
        f"SELECT p.id AS person_id, p.name, u.name AS unit, ({rule.basis}) AS basis"  # noqa: S608
        f" FROM person p JOIN unit u ON u.id = p.home_unit_id WHERE {inside} AND {at_stage}"
        f" AND ({rule.basis}) <= {sql.add(last_basis(today + AHEAD, rule.months))}{later}"
        f" ORDER BY basis, p.id LIMIT {sql.add(most)}",
        *sql.values,
    )
    return tuple(
        Dated(
            int(row["person_id"]),
            row["name"],
            row["unit"],
            kind,
            add_months(as_day(row["basis"]), rule.months),
            as_day(row["basis"]),
        )
        for row in rows
    )


def _later(sql: Statement, day: str, person: str, after: Dated | None) -> str:
    """Return what narrows a list in the order of ``day`` and ``person`` to those after one."""
    if after is None:
        return ""
    return f" AND ({day}, {person}) > ({sql.add(after.basis_on)}, {sql.add(after.person_id)})"


async def _named_reports(
    people: People, today: date, most: int, after: Dated | None
) -> tuple[Dated, ...]:
    cycles = await _open_cycles(people, today)
    if not cycles:
        return ()
    sql = Statement()
    inner = _owed_reports(sql, people, cycles, today)
    later = _later(sql, "due_on", "person_id", after)
    rows = await statements.rows(
        f"SELECT person_id, o.name AS name, u.name AS unit, due_on FROM ({inner}) o"  # noqa: S608
        f" JOIN unit u ON u.id = o.unit_id WHERE due_on >= {sql.add(today - AHEAD)}"
        f" AND due_on <= {sql.add(today + AHEAD)}{later}"
        f" ORDER BY due_on, person_id LIMIT {sql.add(most)}",
        *sql.values,
    )
    return tuple(
        Dated(
            int(row["person_id"]),
            row["name"],
            row["unit"],
            DeadlineKind.REPORT,
            as_day(row["due_on"]),
            as_day(row["due_on"]),
        )
        for row in rows
    )


async def all_named(people: People, today: date) -> AsyncIterator[tuple[Dated, ...]]:
    """Give who is meant by every kind of deadline, kind by kind, a batch at a time."""
    for kind in DeadlineKind:
        after = None
        while batch := await named(people, kind, today, most=counts.BATCH, after=after):
            yield batch
            after = batch[-1]
