"""The numbers of 统计 and the statements that count them: set-based, one per kind of fact.

The condition of the scope stands in every statement, or that of an area within it, so that nothing
outside is ever counted. Callers are the scoped reads in ``queries``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from core.actors import LEARNER_STAGES, Stage, UnitScope
from core.periods import Quarter
from models.archive import IN_ON_PAPER
from models.enums import AllowanceKind, EscalationLevel, ReportState
from models.mentoring import REACHED_OUTCOMES
from models.report import OWING_STAGES
from plugins.identity import statements
from plugins.stats.periods import Period

_LEARNERS = tuple(stage.value for stage in Stage if stage in LEARNER_STAGES)
_OWING = tuple(stage.value for stage in OWING_STAGES)
_REACHED = tuple(sorted(outcome.value for outcome in REACHED_OUTCOMES))
_LONG = EscalationLevel.LONG.value
_READ = (ReportState.WAITING_SECRETARY.value, ReportState.DONE.value)


@dataclass(frozen=True, slots=True)
class Area:
    """What is looked at inside a scope: one unit's subtree, or the whole scope (no ``path``).

    ``name`` is what the heading says; ``of_villages`` that the units right below are villages.
    """

    name: str
    path: str = ""
    of_villages: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one unit or of many, added up; ``longest_days`` is None without a mentor.

    ``mentored`` people have a mentor; ``logged`` of them have a line in the period, ``reached``
    were talked to. ``handed_in`` and what follows count people and quarters, not versions.
    ``escalated`` people are those about whom an office above the mentor was asked, still unheard.
    """

    stages: Mapping[Stage, int] = field(default_factory=dict)
    expected: int = 0
    handed_in: int = 0
    late: int = 0
    reviewed: int = 0
    returned: int = 0
    mentored: int = 0
    logged: int = 0
    reached: int = 0
    longest_days: int | None = None
    escalated: int = 0
    pushes: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        added: dict[str, Any] = {
            item.name: getattr(self, item.name) + getattr(other, item.name)
            for item in fields(self)
            if item.name not in {"stages", "longest_days"}
        }
        days = [days for days in (self.longest_days, other.longest_days) if days is not None]
        stages = dict(self.stages)
        for stage, count in other.stages.items():
            stages[stage] = stages.get(stage, 0) + count
        return Figures(stages=stages, longest_days=max(days, default=None), **added)


Counted = tuple[int, Figures]


class Statement:
    """The values of one statement, numbered as they are used."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: object) -> str:
        """Return the placeholder of one value."""
        self.values.append(value)
        return f"${len(self.values)}"

    def each(self, values: Sequence[object]) -> str:
        """Return the placeholders of a list."""
        return ", ".join(self.add(value) for value in values)


def people_in(sql: Statement, scope: UnitScope, area: Area) -> str:
    """Return the condition that person ``p`` counts: inside the scope, and inside the area.

    A person belongs to a unit as a home, or as the place that looks after him away from home.
    """
    if not area.path:
        return _lives_in(sql, scope.paths)
    inside = _lives_in(sql, (area.path,))
    # An area within the scope says all; a place away from home narrows the scope.
    return inside if scope.covers(area.path) else f"{_lives_in(sql, scope.paths)} AND {inside}"


def _lives_in(sql: Statement, paths: Sequence[str]) -> str:
    if not paths:
        return "1 = 0"
    likes = " OR ".join(f"path LIKE {sql.add(f'{path}%')}" for path in paths)
    units = f"(SELECT id FROM unit WHERE {likes})"  # noqa: S608  # placeholders only
    return f"(p.home_unit_id IN {units} OR p.inflow_unit_id IN {units})"


def owed_since(sql: Statement, quarter: Quarter) -> str:
    """Return the condition that ``p``, at an owing stage now, already owed ``quarter``.

    Whoever the branch let off (免交) does not owe it, nor does anybody of a branch that collected
    by other cycles in that time (汇报安排).
    """
    others = [str(cycle) for cycle in (*quarter.parts, *quarter.around) if cycle != quarter]
    return (
        f"((p.activist_on IS NULL OR p.activist_on <= {sql.add(quarter.last_day)})"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM report_allowance a WHERE a.person_id = p.id"
        f" AND a.quarter = {sql.add(str(quarter))}"
        f" AND a.kind = {sql.add(AllowanceKind.EXEMPTION.value)} AND a.withdrawn_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM report_cycle c WHERE c.unit_id = p.home_unit_id"
        f" AND c.quarter IN ({sql.each(others)})))"
    )


def owing(sql: Statement, quarter: Quarter) -> str:
    """Return the condition that ``p`` owes ``quarter`` and handed in neither here nor on paper."""
    stages, owed, key = sql.each(_OWING), owed_since(sql, quarter), sql.add(str(quarter))
    return (
        f"p.stage IN ({stages}) AND {owed} AND NOT EXISTS"  # noqa: S608
        f" (SELECT 1 FROM thought_report r WHERE r.person_id = p.id AND r.quarter = {key})"
        f" AND NOT {IN_ON_PAPER.format(quarter=key)}"
    )


def learning(sql: Statement) -> str:
    """Return the condition that ``p`` is on the way and not yet a full member."""
    return f"p.stage IN ({sql.each(_LEARNERS)})"


def with_mentor(sql: Statement, first: date, last: date) -> str:
    """Return the condition that pair ``m`` was in force at some time from ``first`` to ``last``."""
    until = f"(m.until_on IS NULL OR m.until_on >= {sql.add(first)})"
    return f"m.from_on <= {sql.add(last)} AND {until}"


def heard_on(sql: Statement, until: date) -> str:
    """Return the aggregate for the day ``p`` was last talked to; the mentor's first if never."""
    day, outcomes = sql.add(until), sql.each(_REACHED)
    return (
        f"MAX(CASE WHEN m.last_contact_on <= {day} THEN m.last_contact_on"  # noqa: S608
        " ELSE COALESCE((SELECT MAX(c.contacted_on) FROM contact c WHERE c.person_id = p.id"
        f" AND c.withdrawn_at IS NULL AND c.outcome IN ({outcomes})"
        f" AND c.contacted_on <= {day}), m.from_on) END)"
    )


async def stage_rows(scope: UnitScope, area: Area, period: Period) -> list[Counted]:
    """Count people by stage, and the reports they owe, by home unit."""
    sql = Statement()
    people = people_in(sql, scope, area)
    owed = " + ".join(
        f"SUM(CASE WHEN {owed_since(sql, quarter)} THEN 1 ELSE 0 END)"
        for quarter in period.quarters
    )
    rows = await statements.rows(
        f"SELECT p.home_unit_id AS unit_id, p.stage, COUNT(*) AS people, {owed} AS owed"  # noqa: S608
        f" FROM person p WHERE {people} AND {learning(sql)} GROUP BY p.home_unit_id, p.stage",
        *sql.values,
    )
    return [(row["unit_id"], _of_stage(row)) for row in rows]


def _of_stage(row: Mapping[str, Any]) -> Figures:
    stage = Stage(row["stage"])
    owed = int(row["owed"]) if stage in OWING_STAGES else 0
    return Figures(stages={stage: int(row["people"])}, expected=owed)


async def report_rows(scope: UnitScope, area: Area, period: Period) -> list[Counted]:
    """Count what was handed in of what was owed, by home unit; the newest version tells."""
    sql = Statement()
    people = people_in(sql, scope, area)
    owed = " OR ".join(
        f"(r.quarter = {sql.add(str(quarter))} AND {owed_since(sql, quarter)})"
        for quarter in period.quarters
    )
    rows = await statements.rows(
        "SELECT p.home_unit_id AS unit_id, COUNT(*) AS handed_in,"  # noqa: S608
        " SUM(CASE WHEN f.is_late THEN 1 ELSE 0 END) AS late,"
        f" SUM(CASE WHEN r.state IN ({sql.each(_READ)}) THEN 1 ELSE 0 END) AS reviewed,"
        f" SUM(CASE WHEN r.state = {sql.add(ReportState.RETURNED.value)} THEN 1 ELSE 0 END)"
        " AS returned FROM thought_report r JOIN person p ON p.id = r.person_id"
        " JOIN thought_report f ON f.person_id = r.person_id AND f.quarter = r.quarter"
        f" AND f.version = 1 WHERE {people} AND p.stage IN ({sql.each(_OWING)}) AND ({owed})"
        " AND NOT EXISTS (SELECT 1 FROM thought_report n WHERE n.person_id = r.person_id"
        " AND n.quarter = r.quarter AND n.version > r.version) GROUP BY p.home_unit_id",
        *sql.values,
    )
    return [(row["unit_id"], _of_reports(row)) for row in rows]


def _of_reports(row: Mapping[str, Any]) -> Figures:
    return Figures(
        handed_in=int(row["handed_in"]),
        late=int(row["late"]),
        reviewed=int(row["reviewed"]),
        returned=int(row["returned"]),
    )


async def paper_rows(scope: UnitScope, area: Area, period: Period) -> list[Counted]:
    """Count what was owed and came in on paper alone, by home unit; nobody read it here."""
    sql = Statement()
    people = people_in(sql, scope, area)
    owed = " OR ".join(
        f"(o.quarter = {sql.add(str(quarter))} AND {owed_since(sql, quarter)})"
        for quarter in period.quarters
    )
    rows = await statements.rows(
        "SELECT p.home_unit_id AS unit_id, COUNT(*) AS handed_in"  # noqa: S608
        " FROM report_original o JOIN person p ON p.id = o.person_id"
        f" WHERE {people} AND p.stage IN ({sql.each(_OWING)}) AND ({owed})"
        " AND o.standing_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM thought_report r"
        " WHERE r.person_id = o.person_id AND r.quarter = o.quarter) GROUP BY p.home_unit_id",
        *sql.values,
    )
    return [(row["unit_id"], Figures(handed_in=int(row["handed_in"]))) for row in rows]


async def contact_rows(scope: UnitScope, area: Area, period: Period, today: date) -> list[Counted]:
    """Count people with a mentor, with a line, talked to, and the longest silence, by home unit."""
    until = min(period.last, today)
    sql = Statement()
    people = f"{people_in(sql, scope, area)} AND {learning(sql)}"
    pairs, heard = with_mentor(sql, period.first, until), heard_on(sql, until)
    rows = await statements.rows(
        "SELECT unit_id, COUNT(*) AS mentored, MIN(heard) AS heard,"  # noqa: S608
        " SUM(CASE WHEN lines > 0 THEN 1 ELSE 0 END) AS logged,"
        " SUM(CASE WHEN talks > 0 THEN 1 ELSE 0 END) AS reached"
        f" FROM (SELECT p.id, p.home_unit_id AS unit_id, {heard} AS heard,"
        " MAX(COALESCE(k.lines, 0)) AS lines, MAX(COALESCE(k.talks, 0)) AS talks"
        " FROM person p JOIN mentorship m ON m.person_id = p.id LEFT JOIN"
        " (SELECT c.person_id, COUNT(*) AS lines,"
        f" SUM(CASE WHEN c.outcome IN ({sql.each(_REACHED)}) THEN 1 ELSE 0 END) AS talks"
        " FROM contact c WHERE c.withdrawn_at IS NULL"
        f" AND c.contacted_on >= {sql.add(period.first)} AND c.contacted_on <= {sql.add(until)}"
        " GROUP BY c.person_id) k ON k.person_id = p.id"
        f" WHERE {people} AND {pairs} GROUP BY p.id, p.home_unit_id) each_person GROUP BY unit_id",
        *sql.values,
    )
    return [(row["unit_id"], _of_contacts(row, until)) for row in rows]


def _of_contacts(row: Mapping[str, Any], until: date) -> Figures:
    silent = until - as_day(row["heard"])
    return Figures(
        mentored=int(row["mentored"]),
        logged=int(row["logged"]),
        reached=int(row["reached"]),
        longest_days=max(silent, timedelta()).days,
    )


async def escalation_rows(scope: UnitScope, area: Area) -> list[Counted]:
    """Count people about whom an office was asked and who were not heard since, by home unit."""
    sql = Statement()
    people = people_in(sql, scope, area)
    rows = await statements.rows(
        "SELECT p.home_unit_id AS unit_id, COUNT(DISTINCT p.id) AS escalated"  # noqa: S608
        " FROM escalation e JOIN person p ON p.id = e.person_id"
        f" WHERE {people} AND e.ended_at IS NULL AND e.level <> {sql.add(_LONG)}"
        " GROUP BY p.home_unit_id",
        *sql.values,
    )
    return [(row["unit_id"], Figures(escalated=int(row["escalated"]))) for row in rows]


def as_day(value: object) -> date:
    """Return a day from an expression's value, which SQLite gives as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
