"""The statements that count for 统计: set-based, one per kind of fact, by home unit or by person.

The rows of a file (明细) are the same statements grouped by person, so that they add up to what is
said in words. The condition of the scope stands in every one of them. Callers are the scoped reads.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from core.actors import Stage
from models.assistance import OPEN_HELP
from models.enums import EscalationLevel, HelpState, MovementSource, MovementState, ReportState
from models.report import OWING_STAGES
from plugins.identity import statements
from plugins.stats import counts, owed
from plugins.stats.counts import Figures, People, Statement, as_day, learning, people_in
from plugins.stats.owed import Cycles
from plugins.stats.periods import Period

_LONG = EscalationLevel.LONG.value
_READ = (ReportState.WAITING_SECRETARY.value, ReportState.DONE.value)
_GONE = (MovementState.AWAY.value, MovementState.ARRIVED.value)
_OPEN = tuple(sorted(state.value for state in OPEN_HELP))

# A home unit or a person, and what is counted there.
Counted = tuple[int, Figures]


async def all_rows(people: People, cycles: Cycles, period: Period, today: date) -> list[Counted]:
    """Return everything that is counted, a key possibly several times: seven statements."""
    return [
        *await stage_rows(people, cycles),
        *await report_rows(people, cycles),
        *await paper_rows(people, cycles),
        *await contact_rows(people, period, today),
        *await escalation_rows(people),
        *await movement_rows(people, period, today),
        *await help_rows(people, period),
    ]


async def by_home(people: People, period: Period, today: date) -> dict[int, Figures]:
    """Return the figures of every home unit with people who count: eight statements."""
    cycles = await owed.cycles_of(people, period)
    return added(await all_rows(people, cycles, period, today))


def added(rows: Iterable[Counted]) -> dict[int, Figures]:
    """Return what was counted, added up by its key."""
    found: dict[int, Figures] = {}
    for key, figures in rows:
        found[key] = found.get(key, Figures()) + figures
    return found


async def stage_rows(people: People, cycles: Cycles) -> list[Counted]:
    """Count people by stage, and the reports they owe."""
    sql = Statement()
    inside = people_in(sql, people)
    rows = await statements.rows(
        f"SELECT {people.key} AS whose, p.stage, COUNT(*) AS people,"  # noqa: S608
        f" {owed.sums(sql, cycles)} AS owed FROM person p"
        f" WHERE {inside} AND {learning(sql)} GROUP BY {people.key}, p.stage",
        *sql.values,
    )
    return [(row["whose"], _of_stage(row)) for row in rows]


def _of_stage(row: Mapping[str, Any]) -> Figures:
    stage = Stage(row["stage"])
    expected = int(row["owed"]) if stage in OWING_STAGES else 0
    return Figures(stages={stage: int(row["people"])}, expected=expected)


async def report_rows(people: People, cycles: Cycles) -> list[Counted]:
    """Count what was handed in of what was owed; the newest version tells."""
    sql = Statement()
    inside = people_in(sql, people)
    wanted = owed.counted(sql, cycles.all, cycles.opened)
    keys = sql.each([str(cycle) for cycle in cycles.all])
    rows = await statements.rows(
        f"SELECT {people.key} AS whose, COUNT(*) AS handed_in,"  # noqa: S608
        f" SUM(CASE WHEN {_was_late()} THEN 1 ELSE 0 END) AS late,"
        f" SUM(CASE WHEN r.state IN ({sql.each(_READ)}) THEN 1 ELSE 0 END) AS reviewed,"
        f" SUM(CASE WHEN r.state = {sql.add(ReportState.RETURNED.value)} THEN 1 ELSE 0 END)"
        # Crossed, so that SQLite begins with the people: a branch has few, a quarter many reports.
        " AS returned FROM person p CROSS JOIN thought_report r WHERE r.person_id = p.id"
        f" AND {inside} AND {owed.at_owing_stage(sql)} AND {wanted}"
        f" AND r.quarter IN ({keys}) AND NOT EXISTS (SELECT 1 FROM thought_report n"
        " WHERE n.person_id = r.person_id AND n.quarter = r.quarter AND n.version > r.version"
        # Said again of the newer ones alone: they are few, and need no index to be found.
        f" AND n.version > 1 AND n.quarter IN ({keys})) GROUP BY {people.key}",
        *sql.values,
    )
    names = ("handed_in", "late", "reviewed", "returned")
    return [(row["whose"], _of_counts(row, names)) for row in rows]


async def paper_rows(people: People, cycles: Cycles) -> list[Counted]:
    """Count what was owed and came in on paper alone; nobody read it here."""
    sql = Statement()
    inside = people_in(sql, people)
    wanted = owed.counted(sql, cycles.all, cycles.opened, of="o")
    rows = await statements.rows(
        f"SELECT {people.key} AS whose, COUNT(*) AS handed_in"  # noqa: S608
        " FROM report_original o JOIN person p ON p.id = o.person_id"
        f" WHERE {inside} AND {owed.at_owing_stage(sql)} AND {wanted}"
        " AND o.standing_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM thought_report r"
        f" WHERE r.person_id = o.person_id AND r.quarter = o.quarter) GROUP BY {people.key}",
        *sql.values,
    )
    return [(row["whose"], _of_counts(row, ("handed_in",))) for row in rows]


def _was_late() -> str:
    """Return the condition that the first version of report ``r`` was late; mostly it is ``r``."""
    first = (
        "(SELECT f.is_late FROM thought_report f WHERE f.person_id = r.person_id"
        " AND f.quarter = r.quarter AND f.version = 1)"
    )
    return f"CASE WHEN r.version = 1 THEN r.is_late ELSE {first} END"


def _of_counts(row: Mapping[str, Any], names: tuple[str, ...]) -> Figures:
    found: dict[str, Any] = {name: int(row[name]) for name in names}
    return Figures(**found)


async def contact_rows(people: People, period: Period, today: date) -> list[Counted]:
    """Count people with a mentor, with a line, talked to, and the longest silence."""
    until = min(period.last, today)
    sql = Statement()
    inside = f"{people_in(sql, people)} AND {learning(sql)}"
    pairs, heard = counts.with_mentor(sql, period.first, until), counts.heard_on(sql, until)
    # Joined line by line, never to a list made first: what the planner thinks of a county that was
    # imported a minute ago is wrong, and it would make that list anew for every person.
    rows = await statements.rows(
        "SELECT whose, COUNT(*) AS mentored, MIN(heard) AS heard,"  # noqa: S608
        " SUM(logged) AS logged, SUM(reached) AS reached"
        f" FROM (SELECT p.id, {people.key} AS whose, {heard} AS heard,"
        " MAX(CASE WHEN k.id IS NOT NULL THEN 1 ELSE 0 END) AS logged,"
        f" MAX(CASE WHEN k.outcome IN ({sql.each(counts.REACHED)}) THEN 1 ELSE 0 END) AS reached"
        " FROM person p JOIN mentorship m ON m.person_id = p.id"
        " LEFT JOIN contact k ON k.person_id = p.id AND k.withdrawn_at IS NULL"
        f" AND k.contacted_on >= {sql.add(period.first)} AND k.contacted_on <= {sql.add(until)}"
        f" WHERE {inside} AND {pairs} GROUP BY p.id, p.home_unit_id) each_person GROUP BY whose",
        *sql.values,
    )
    return [(row["whose"], _of_contacts(row, until)) for row in rows]


def _of_contacts(row: Mapping[str, Any], until: date) -> Figures:
    silent = until - as_day(row["heard"])
    return Figures(
        mentored=int(row["mentored"]),
        logged=int(row["logged"]),
        reached=int(row["reached"]),
        longest_days=max(silent, timedelta()).days,
    )


async def escalation_rows(people: People) -> list[Counted]:
    """Count people about whom an office was asked and who were not heard since."""
    sql = Statement()
    inside = people_in(sql, people)
    rows = await statements.rows(
        f"SELECT {people.key} AS whose, COUNT(DISTINCT p.id) AS escalated"  # noqa: S608
        " FROM escalation e JOIN person p ON p.id = e.person_id"
        f" WHERE {inside} AND e.ended_at IS NULL AND e.level <> {sql.add(_LONG)}"
        f" GROUP BY {people.key}",
        *sql.values,
    )
    return [(row["whose"], _of_counts(row, ("escalated",))) for row in rows]


async def movement_rows(people: People, period: Period, today: date) -> list[Counted]:
    """Count people who left home in the period, and people who arrived somewhere.

    A journey counts as left from its day on, unless it was taken back; changing the employer or
    the city away from home (换地方) is neither.
    """
    sql = Statement()
    inside = f"{people_in(sql, people)} AND {learning(sql)}"
    span = period.span
    left = (
        f"v.source = {sql.add(MovementSource.DEPARTURE.value)} AND v.state IN ({sql.each(_GONE)})"
        f" AND v.leaves_on >= {sql.add(span.first)}"
        f" AND v.leaves_on <= {sql.add(min(span.last, today))}"
    )
    whence = (MovementSource.DEPARTURE.value, MovementSource.ARRIVAL.value)
    arrived = (
        f"v.source IN ({sql.each(whence)}) AND v.state = {sql.add(MovementState.ARRIVED.value)}"
        f" AND v.arrived_at >= {sql.add(span.first_moment)}"
        f" AND v.arrived_at < {sql.add(span.end_moment)}"
    )
    rows = await statements.rows(
        f"SELECT {people.key} AS whose,"  # noqa: S608
        f" COUNT(DISTINCT CASE WHEN {left} THEN p.id END) AS left_home,"
        f" COUNT(DISTINCT CASE WHEN {arrived} THEN p.id END) AS arrived"
        f" FROM movement v JOIN person p ON p.id = v.person_id WHERE {inside}"
        f" AND (({left}) OR ({arrived})) GROUP BY {people.key}",
        *sql.values,
    )
    return [(row["whose"], _of_counts(row, ("left_home", "arrived"))) for row in rows]


async def help_rows(people: People, period: Period) -> list[Counted]:
    """Count help cases (求助) asked in the period, closed in it, and open now; never what about."""
    sql = Statement()
    inside = people_in(sql, people)
    first, end = sql.add(period.span.first_moment), sql.add(period.span.end_moment)
    asked = (
        f"h.state <> {sql.add(HelpState.CANCELLED.value)}"
        f" AND h.opened_at >= {first} AND h.opened_at < {end}"
    )
    closed = (
        f"h.state = {sql.add(HelpState.CLOSED.value)}"
        f" AND h.confirmed_at >= {first} AND h.confirmed_at < {end}"
    )
    is_open = f"h.state IN ({sql.each(_OPEN)})"
    rows = await statements.rows(
        f"SELECT {people.key} AS whose, SUM(CASE WHEN {asked} THEN 1 ELSE 0 END) AS help_asked,"  # noqa: S608
        f" SUM(CASE WHEN {closed} THEN 1 ELSE 0 END) AS help_closed,"
        f" SUM(CASE WHEN {is_open} THEN 1 ELSE 0 END) AS help_open"
        f" FROM assistance_case h JOIN person p ON p.id = h.person_id WHERE {inside}"
        f" GROUP BY {people.key}",
        *sql.values,
    )
    return [
        (row["whose"], _of_counts(row, ("help_asked", "help_closed", "help_open"))) for row in rows
    ]
