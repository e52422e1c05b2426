"""统计 over many people with four years behind them, against hand-written SQL for the same numbers.

Usage: ``python -m bench.stats postgres|sqlite [people]``: 10,000, 100,000 or 1,000,000 people on
PostgreSQL, up to 100,000 on SQLite. Every person of a stage that owes has sixteen quarters of
reports and contacts. For a branch, a township and the whole it reads the page of numbers, then its
study hours and deadlines, runs SQL written by hand for the same numbers, checks that they are
equal, and prints both and their ratio. Then: what a picture costs beyond the query, and how much
memory the file (明细) takes for a township and for everybody (at most 100,000 people).
"""

# ruff: noqa: E402, ISC004, S608  # NoneBot must be there before a room; the SQL is ours

import asyncio
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import nonebot

nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from bench.servers import postgres
from core import config, crypto, database, logs, texts
from core.actors import Stage, UnitScope
from core.periods import Quarter
from core.pictures import blobs_of
from models.enums import Evidence
from models.mentoring import REACHED_OUTCOMES
from plugins.identity import statements
from plugins.stats import chart_views, deadlines, details, queries, study_hours
from plugins.stats.counts import Area, Figures, People
from plugins.stats.deadlines import AHEAD, DeadlineKind, last_basis
from plugins.stats.periods import quarter_period

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 23)
QUARTER = Quarter(2026, 3)
PERIOD = quarter_period(QUARTER)
QUARTERS = [Quarter(year, number) for year in range(2023, 2027) for number in range(1, 5)]
VILLAGE = 30
TOWNSHIP = 20
MOST_ROWS = 100_000
_NOW = "'2026-08-01 00:00:00+00:00'"
_OWING = "'activist', 'development_target', 'probationary_member'"

_PEOPLE = (
    "INSERT INTO unit (id, name, kind, path, created_at) VALUES (1, 'c', 'county', '/1/', {now})",
    "INSERT INTO unit (id, name, kind, parent_id, path, created_at) WITH RECURSIVE n(i) AS"
    " (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {townships}) SELECT 2 + i,"
    " 't' || CAST(i AS TEXT), 'township', 1, '/1/' || CAST(2 + i AS TEXT) || '/', {now} FROM n",
    "INSERT INTO unit (id, name, kind, parent_id, path, created_at) WITH RECURSIVE n(i) AS"
    " (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {villages}) SELECT {first} + i,"
    " 'v' || CAST(i AS TEXT), 'village_branch', 2 + i / {township}, '/1/' ||"
    " CAST(2 + i / {township} AS TEXT) || '/' || CAST({first} + i AS TEXT) || '/', {now} FROM n",
    "INSERT INTO person (uid, name, home_unit_id, stage, applied_on, activist_on, probation_on,"
    " created_at) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 <"
    " {people}) SELECT 'p' || CAST(i AS TEXT), 'n', {first} + i % {villages}, CASE WHEN i % 10 < 4"
    " THEN 'applicant' WHEN i % 10 < 8 THEN 'activist' WHEN i % 10 = 8 THEN 'development_target'"
    " ELSE 'probationary_member' END, {d}'2026-10-01', CASE WHEN i % 10 < 4 THEN NULL ELSE"
    " {d}'2025-12-01' END, CASE WHEN i % 10 = 9 THEN {d}'2026-01-10' END, {now} FROM n",
    "INSERT INTO mentorship (person_id, mentor_id, from_on, last_contact_on, next_contact_on)"
    " SELECT id, 1, '2023-01-01', CASE WHEN id % 3 = 0 THEN NULL ELSE {d}'2026-09-01' END,"
    " '2026-12-01' FROM person WHERE stage <> 'applicant'",
    "INSERT INTO consent (person_id, kind, version, decision, decided_at)"
    " SELECT id, 'basics', '1', 'given', {now} FROM person",
    "INSERT INTO movement (uid, person_id, to_city, leaves_on, state, source, source_key,"
    " cards_version, reported_at, arrived_at) SELECT 'v' || CAST(id AS TEXT), id, 'x',"
    " '2026-08-01', 'arrived', 'departure', 'v' || CAST(id AS TEXT), '', {now}, {now}"
    " FROM person WHERE id % 5 = 0",
    "INSERT INTO assistance_case (uid, person_id, kind, words_sealed, state, opened_by_id,"
    " opened_at, confirmed_at, source_key) SELECT 'h' || CAST(id AS TEXT), id, 'wages', {empty},"
    " 'closed', id, {now}, {now}, 'h' || CAST(id AS TEXT) FROM person WHERE id % 50 = 0",
    "INSERT INTO escalation (mentorship_id, person_id, unit_id, level, since, asked_at)"
    " SELECT m.id, p.id, p.home_unit_id, 'secretary', '2026-06-01', {now} FROM person p"
    " JOIN mentorship m ON m.person_id = p.id WHERE p.id % 200 = 0",
)
_A_QUARTER = (
    "INSERT INTO report_cycle (unit_id, quarter, opens_on, closes_on)"
    " SELECT id, '{q}', '{month}', '{last}' FROM unit WHERE kind = 'village_branch'",
    "INSERT INTO report_draft (uid, person_id, quarter, state, opened_at, updated_at)"
    " SELECT '{q}' || CAST(id AS TEXT), id, '{q}', 'submitted', {now}, {now} FROM person"
    " WHERE stage <> 'applicant' AND (id + {n}) % 7 <> 0",
    "INSERT INTO thought_report (uid, person_id, draft_id, quarter, version, state, is_late, pages,"
    " submitted_at) SELECT uid, person_id, id, quarter, 1, CASE WHEN id % 9 = 0 THEN 'returned'"
    " WHEN id % 9 = 1 THEN 'waiting_mentor' ELSE 'done' END, id % 11 = 0, 2, {now}"
    " FROM report_draft WHERE quarter = '{q}'",
    "INSERT INTO contact (uid, mentorship_id, person_id, entered_by_id, contacted_on, channel,"
    " direction, outcome, source_key, entered_at) SELECT 'c{q}' || CAST(id AS TEXT), id, person_id,"
    " 1, '{day}', 'phone', 'outgoing', CASE WHEN id % 6 = 0 THEN 'no_answer' ELSE 'reached' END,"
    " 'c{q}' || CAST(id AS TEXT), {now} FROM mentorship WHERE (id + {n}) % 8 <> 0",
    "INSERT INTO study_record (person_id, material, evidence, hours_tenths, earned_at)"
    " SELECT id, 'm{q}', CASE WHEN (id + {n}) % 3 = 0 THEN 'declared' ELSE 'quiz' END, 5,"
    " '{day} 04:00:00+00:00' FROM person WHERE id % 2 = 0",
)
_HALF_YEARLY = (
    "INSERT INTO inspection (person_id, inspected_on, entered_by_id, entered_at, source_key)"
    " SELECT id, '{day}', 1, {now}, 'i{q}' || CAST(id AS TEXT) FROM person WHERE stage IN"
    " ('activist', 'development_target') AND id % 4 <> 0"
)


async def run_sql(statement: str, *values: Any) -> Sequence[Any]:
    return await statements.rows(statement, *values)


async def fill(people: int, *, is_sqlite: bool) -> None:
    """Make a county of villages of thirty people, and four years of what they did."""
    villages = max(1, people // VILLAGE)
    townships = -(-villages // TOWNSHIP)
    numbers = {"people": people, "villages": villages, "townships": townships}
    numbers |= {"first": 2 + townships, "township": TOWNSHIP}
    empty = "x''" if is_sqlite else "''::bytea"
    for statement in _PEOPLE:
        await run_sql(
            statement.format(now=_NOW, empty=empty, d="" if is_sqlite else "DATE ", **numbers)
        )
    for number, quarter in enumerate(QUARTERS):
        days = {"q": quarter, "last": quarter.last_day, "month": quarter.last_month_first_day}
        days |= {"day": quarter.last_day - timedelta(days=number % 60), "n": number}
        steps = (*_A_QUARTER, _HALF_YEARLY) if number % 2 else _A_QUARTER
        for statement in steps:
            await run_sql(statement.format(now=_NOW, **days))
    await run_sql("ANALYZE")


class Hand:
    """The page of numbers as SQL for this one question: a branch, a township or the county.

    Knows what this county is like: nobody collects by months, and every paper has its own query.
    """

    def __init__(self, path: str) -> None:
        units = f"(SELECT id FROM unit WHERE path LIKE '{path}%')"
        self.inside = f"(p.home_unit_id IN {units} OR p.inflow_unit_id IN {units})"

    async def page(self) -> Figures:
        """Return the same numbers as the page."""
        return Figures(
            **await self._stages(), **await self._reports(), **await self._contacts(),
            **await self._others(),
        )  # fmt: skip

    async def _stages(self) -> dict[str, Any]:
        rows = await run_sql(
            "SELECT p.stage, COUNT(*) AS people,"
            f" SUM(CASE WHEN (p.activist_on IS NULL OR p.activist_on <= '{QUARTER.last_day}')"
            f" AND p.stage IN ({_OWING}) AND NOT EXISTS (SELECT 1 FROM report_allowance a"
            f" WHERE a.person_id = p.id AND a.quarter = '{QUARTER}' AND a.kind = 'exemption'"
            " AND a.withdrawn_at IS NULL) THEN 1 ELSE 0 END) AS owed FROM person p"
            f" WHERE {self.inside} AND p.stage IN ('applicant', {_OWING}) GROUP BY p.stage"
        )
        stages = {Stage(row["stage"]): int(row["people"]) for row in rows}
        return {"stages": stages, "expected": sum(int(row["owed"]) for row in rows)}

    async def _reports(self) -> dict[str, Any]:
        (row,) = await run_sql(
            "SELECT COUNT(*) AS handed_in, SUM(CASE WHEN f.is_late THEN 1 ELSE 0 END) AS late,"
            " SUM(CASE WHEN r.state IN ('waiting_secretary', 'done') THEN 1 ELSE 0 END) "
            " AS reviewed, SUM(CASE WHEN r.state = 'returned' THEN 1 ELSE 0 END) AS returned"
            " FROM person p JOIN thought_report r ON r.person_id = p.id"
            f" AND r.quarter = '{QUARTER}' AND r.state <> 'superseded'"
            " JOIN thought_report f ON f.person_id = p.id AND f.quarter = r.quarter"
            f" AND f.version = 1 WHERE {self.inside} AND p.stage IN ({_OWING})"
            f" AND (p.activist_on IS NULL OR p.activist_on <= '{QUARTER.last_day}')"
        )
        return {name: int(row[name] or 0) for name in row}

    async def _contacts(self) -> dict[str, Any]:
        first, last = PERIOD.first, PERIOD.last
        reached = ", ".join(f"'{one.value}'" for one in sorted(REACHED_OUTCOMES))
        (row,) = await run_sql(
            "WITH k AS (SELECT c.person_id, MAX(CASE WHEN c.outcome IN {r} THEN 1 ELSE 0 END)"
            " AS talked FROM contact c WHERE c.withdrawn_at IS NULL AND c.contacted_on BETWEEN"
            " '{a}' AND '{b}' AND c.person_id IN (SELECT p.id FROM person p WHERE {i})"
            " GROUP BY c.person_id), one AS (SELECT p.id, MAX(CASE WHEN"
            " m.last_contact_on <= '{b}' THEN m.last_contact_on ELSE COALESCE((SELECT"
            " MAX(c.contacted_on) FROM contact c WHERE c.person_id = p.id"
            " AND c.withdrawn_at IS NULL AND c.outcome IN {r} AND c.contacted_on <= '{b}'),"
            " m.from_on) END) AS heard"
            " FROM person p JOIN mentorship m ON m.person_id = p.id WHERE {i}"
            " AND p.stage IN ('applicant', {o}) AND m.from_on <= '{b}' AND (m.until_on IS NULL OR"
            " m.until_on >= '{a}') GROUP BY p.id) SELECT COUNT(*) AS mentored, MIN(one.heard) AS"
            " heard, COUNT(k.person_id) AS logged, SUM(COALESCE(k.talked, 0)) AS reached"
            " FROM one LEFT JOIN k ON k.person_id = one.id".format(
                r=f"({reached})", a=first, b=last, i=self.inside, o=_OWING
            )
        )
        heard = row["heard"]
        day = heard if isinstance(heard, date) else date.fromisoformat(str(heard))
        counted = {name: int(row[name] or 0) for name in ("mentored", "logged", "reached")}
        return {**counted, "longest_days": (last - day).days}

    async def _others(self) -> dict[str, Any]:
        begin, end = PERIOD.span.first_moment, PERIOD.span.end_moment
        (row,) = await run_sql(
            "SELECT (SELECT COUNT(DISTINCT e.person_id) FROM escalation e JOIN person p"
            f" ON p.id = e.person_id WHERE {self.inside} AND e.ended_at IS NULL"
            " AND e.level <> 'long') AS escalated, (SELECT COUNT(DISTINCT v.person_id)"
            f" FROM movement v JOIN person p ON p.id = v.person_id WHERE {self.inside}"
            f" AND p.stage IN ('applicant', {_OWING}) AND v.source = 'departure'"
            f" AND v.state IN ('away', 'arrived') AND v.leaves_on BETWEEN '{PERIOD.first}' AND"
            f" '{PERIOD.last}') AS left_home, (SELECT COUNT(DISTINCT v.person_id) FROM movement v"
            f" JOIN person p ON p.id = v.person_id WHERE {self.inside} AND v.state = 'arrived'"
            f" AND p.stage IN ('applicant', {_OWING}) AND v.source IN ('departure', 'arrival')"
            " AND v.arrived_at >= $1 AND v.arrived_at < $2) AS arrived,"
            " (SELECT COUNT(*) FROM assistance_case h JOIN person p ON p.id = h.person_id WHERE"
            f" {self.inside} AND h.state <> 'cancelled' AND h.opened_at >= $1 AND h.opened_at < $2)"
            " AS help_asked, (SELECT COUNT(*) FROM assistance_case h JOIN person p"
            f" ON p.id = h.person_id WHERE {self.inside} AND h.state = 'closed'"
            " AND h.confirmed_at >= $1 AND h.confirmed_at < $2) AS help_closed,"
            " (SELECT COUNT(*) FROM assistance_case h JOIN person p ON p.id = h.person_id WHERE"
            f" {self.inside} AND h.state IN ('open', 'taken', 'done')) AS help_open",
            begin,
            end,
        )
        return {name: int(row[name] or 0) for name in row}

    async def hours(self) -> dict[Evidence, tuple[int, int]]:
        """Return tenths of study hours and people by kind of evidence."""
        rows = await run_sql(
            "SELECT r.evidence, SUM(r.hours_tenths) AS tenths,"
            " COUNT(DISTINCT r.person_id) AS people FROM study_record r"
            f" JOIN person p ON p.id = r.person_id WHERE {self.inside}"
            f" AND ((r.happened_on BETWEEN '{PERIOD.first}' AND '{PERIOD.last}')"
            " OR (r.happened_on IS NULL AND r.earned_at >= $1 AND r.earned_at < $2))"
            " AND (SELECT c.decision FROM consent c WHERE c.person_id = p.id AND c.kind = 'basics'"
            " ORDER BY c.id DESC LIMIT 1) = 'given' GROUP BY r.evidence",
            PERIOD.span.first_moment,
            PERIOD.span.end_moment,
        )
        return {Evidence(row["evidence"]): (int(row["tenths"]), int(row["people"])) for row in rows}

    async def due(self) -> dict[DeadlineKind, tuple[int, int]]:
        """Return what is due soon and what was due, by kind."""
        columns = []
        bases = {
            DeadlineKind.TALK: ("applicant", "applied_on", 1, "AND talk_on IS NULL"),
            DeadlineKind.INSPECTION: ("activist', 'development_target", "inspected", 6, ""),
            DeadlineKind.YEAR: ("activist", "activist_on", 12, ""),
            DeadlineKind.PROBATION: ("probationary_member", "probation_on", 12, ""),
        }
        for kind, (stages, basis, months, more) in bases.items():
            past = last_basis(TODAY - timedelta(days=1), months)
            soon = last_basis(TODAY + AHEAD, months)
            at = f"stage IN ('{stages}') {more} AND {basis}"
            columns += [
                f"SUM(CASE WHEN {at} > '{past}' AND {basis} <= '{soon}' THEN 1 ELSE 0 END)"
                f" AS {kind}_soon",
                f"SUM(CASE WHEN {at} <= '{past}' THEN 1 ELSE 0 END) AS {kind}_past",
            ]
        (row,) = await run_sql(
            "WITH one AS MATERIALIZED (SELECT p.stage, p.applied_on, p.talk_on, p.activist_on,"
            " p.probation_on, CASE WHEN p.stage IN ('activist', 'development_target') AND"
            " p.activist_on IS NOT NULL THEN COALESCE((SELECT MAX(i.inspected_on) FROM inspection i"
            f" WHERE i.person_id = p.id), p.activist_on) END AS inspected FROM person p WHERE"
            f" {self.inside} AND p.stage IN ('applicant', {_OWING}))"
            f" SELECT {', '.join(columns)} FROM one"
        )
        due = {kind: (int(row[f"{kind}_soon"]), int(row[f"{kind}_past"])) for kind in bases}
        (row,) = await run_sql(
            f"SELECT SUM(CASE WHEN w.closes_on >= '{TODAY}' THEN 1 ELSE 0 END) AS soon,"
            f" SUM(CASE WHEN w.closes_on < '{TODAY}' THEN 1 ELSE 0 END) AS past FROM person p"
            " JOIN report_cycle w ON w.unit_id = p.home_unit_id"
            f" AND w.opens_on <= '{TODAY}' AND w.closes_on BETWEEN '{TODAY - AHEAD}'"
            f" AND '{TODAY + AHEAD}' WHERE {self.inside} AND p.stage IN ({_OWING})"
            " AND (p.activist_on IS NULL OR p.activist_on <= w.closes_on) AND NOT EXISTS (SELECT 1"
            " FROM thought_report r WHERE r.person_id = p.id AND r.quarter = w.quarter)"
            " AND NOT EXISTS (SELECT 1 FROM report_allowance a WHERE a.person_id = p.id"
            " AND a.quarter = w.quarter AND a.withdrawn_at IS NULL)"
        )
        due[DeadlineKind.REPORT] = (int(row["soon"] or 0), int(row["past"] or 0))
        return {kind: both for kind, both in due.items() if both != (0, 0)}


async def ratio(
    word: str, work: Callable[[], Awaitable[T]], by_hand: Callable[[], Awaitable[T]], times: int
) -> str:
    """Return what both take, in turns, in the median; stop when they do not give the same."""
    found, expected = await work(), await by_hand()
    assert found == expected, f"{word}: {found} {expected}"
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for one, seconds in zip((work, by_hand), taken, strict=True):
            begun = time.perf_counter()
            await one()
            seconds.append(time.perf_counter() - begun)
    ours, bare = map(statistics.median, taken)
    return f"{word} {ours * 1e3:.1f} ms, by hand {bare * 1e3:.1f} ms, {ours / bare:.2f}"


async def compare(name: str, path: str, people: int) -> None:
    scope, area = UnitScope(("/1/",), names=False), Area(name, path)
    times, hand = 11 if people <= MOST_ROWS else 3, Hand(path)

    async def page() -> Figures:
        return (await queries.page(scope, area, PERIOD, TODAY)).figures

    async def hours() -> dict[Evidence, tuple[int, int]]:
        found = await study_hours.study(People(UnitScope((path,)), Area(name, path)), PERIOD)
        return {kind: (one.tenths, one.people) for kind, one in found.kinds.items()}

    async def due() -> dict[DeadlineKind, tuple[int, int]]:
        found = await deadlines.totals(People(scope, area), TODAY)
        return {kind: (one.soon, one.past) for kind, one in found.items()}

    print(f"  {name}:")
    print("   ", await ratio("统计", page, hand.page, times))
    print("   ", await ratio("学时", hours, hand.hours, times))
    print("   ", await ratio("期限", due, hand.due, times))


async def picture(path: str) -> None:
    scope, area = UnitScope(("/1/",), names=False), Area("t", path, of_villages=True)
    parts = await queries.parts(scope, area, PERIOD, TODAY)
    chart = chart_views.of_parts(area, PERIOD, parts, TODAY)
    assert chart is not None
    begun = time.perf_counter()
    await blobs_of(chart, name="b")
    taken = time.perf_counter() - begun
    print(f"  picture of {len(chart.bars)} bars beyond the query: {taken * 1e3:.0f} ms")


async def exported(paths: dict[str, str]) -> None:
    """Print the peak of Python's own memory while the file is made, with names, for each area."""
    scope = UnitScope(("/1/",))
    for name, path in paths.items():
        tracemalloc.start()
        begun = time.perf_counter()
        data = await details.build(People(scope, Area(name, path)), PERIOD, "b", TODAY)
        taken = time.perf_counter() - begun
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(
            f"  file of {name}: {len(data) / 1e6:.2f} MB in {taken:.1f} s (traced),"
            f" memory at most {peak / 1e6:.1f} MB,"
            f" without the file itself {(peak - len(data)) / 1e6:.1f} MB"
        )


async def measured(name: str, url: str, people: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        config.use(config.Settings(data_dir=folder))
        crypto.open_keys(folder)
        await database.open_database(url, kind=database.PRODUCTION, data_dir=folder)
        try:
            begun = time.perf_counter()
            await fill(people, is_sqlite=url == "sqlite")
            print(f"{name}, {people} people, filled in {time.perf_counter() - begun:.0f} s")
            (first,) = await run_sql(
                "SELECT MIN(path) AS path FROM unit WHERE kind = 'village_branch'"
            )
            await compare("a branch", str(first["path"]), people)
            await compare("a township", "/1/2/", people)
            await compare("the whole", "/1/", people)
            await picture("/1/2/")
            if people <= MOST_ROWS:
                await exported({"a township": "/1/2/", f"all {people} people": "/1/"})
        finally:
            await database.close_database()


async def main(what: str, people: int) -> None:
    """Measure and print."""
    logs.setup(None, "ERROR", console=sys.stderr)
    texts.use(texts.Texts.load(ROOT / "content" / "texts"))
    if what == "sqlite":
        await measured("SQLite", "sqlite", people)
    else:
        with postgres() as url:
            await measured("PostgreSQL", url, people)


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "postgres"
    asyncio.run(main(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 10_000))  # noqa: PLR2004
