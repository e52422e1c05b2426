"""A hundred thousand people are counted by as many statements as ten."""

# ruff: noqa: S608, ISC004  # fixed statements of this test

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from tortoise.connection import get_connection

from core.actors import RoleKind, Stage, UnitScope
from core.clock import FrozenClock
from core.database import run_tx
from models.enums import UnitKind
from plugins.stats import lists, queries
from plugins.stats.periods import current_quarter
from tests.conftest import POSTGRES, empty
from tests.plugins.mentoring.town import Town

TODAY = date(2026, 11, 23)
PERIOD = current_quarter(TODAY)
COUNTY = UnitScope(("/1/",), names=False)
_NOW = "'2026-11-01 00:00:00+00:00'"
# Every owing person has a mentor, every second one a line, every third handed a report in.
_FILL = (
    "INSERT INTO person (uid, name, home_unit_id, stage, created_at)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})"
    " SELECT 'n' || CAST(i AS TEXT), 'n', 3 + i % {villages}, 'activist', " + _NOW + " FROM n",
    "INSERT INTO mentorship (person_id, mentor_id, from_on, next_contact_on)"
    " SELECT id, 1, '2026-01-01', '2026-12-01' FROM person WHERE name = 'n'",
    "INSERT INTO contact (uid, mentorship_id, person_id, entered_by_id, contacted_on, channel,"
    " direction, outcome, source_key, entered_at)"
    " SELECT 'c' || CAST(m.id AS TEXT), m.id, m.person_id, 1, '2026-11-01', 'phone', 'outgoing',"
    " 'reached', 'c' || CAST(m.id AS TEXT), " + _NOW + " FROM mentorship m WHERE m.id % 2 = 0",
    "INSERT INTO report_draft (uid, person_id, quarter, state, opened_at, updated_at)"
    " SELECT 'd' || CAST(p.id AS TEXT), p.id, '2026Q4', 'submitted', " + _NOW + ", " + _NOW
    + " FROM person p WHERE p.name = 'n' AND p.id % 3 = 0",
    "INSERT INTO thought_report (uid, person_id, draft_id, quarter, version, state, is_late,"
    " pages, submitted_at) SELECT 'r' || CAST(d.id AS TEXT), d.person_id, d.id, '2026Q4', 1,"
    " 'done', FALSE, 1, " + _NOW + " FROM report_draft d",
)  # fmt: skip


async def fill(town: Town, people: int, villages: int) -> None:
    await town.unit("县", UnitKind.COUNTY)
    await town.unit("柳河乡", UnitKind.TOWNSHIP, "县")
    for number in range(villages):
        await town.unit(f"{number}村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.person("周德厚", "0村", Stage.FULL_MEMBER)
    await town.office("周德厚", RoleKind.COUNTY_CLERK, "县")
    for statement in _FILL:
        await get_connection("default").execute_query(
            statement.format(people=people, villages=villages)
        )


async def grow_old(database: str) -> None:
    """Let PostgreSQL believe that nobody learns and nobody is looked after, as before an import."""
    client = get_connection("default")
    await client.execute_query("UPDATE person SET stage = 'full_member'")
    await client.execute_query("UPDATE mentorship SET until_on = '2020-01-01'")
    await client.execute_query("UPDATE contact SET withdrawn_at = entered_at")
    await client.execute_query("ANALYZE")
    await empty(database)


async def statements_of(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[], Awaitable[Any]]
) -> tuple[int, Any]:
    """Return how many statements ``work`` runs, and what it returns."""
    client = get_connection("default")
    seen = 0

    def counted(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counting(*args: Any, **kwargs: Any) -> Any:
            nonlocal seen
            seen += 1
            return await run(*args, **kwargs)

        return counting

    with monkeypatch.context() as patch:
        for name in ("execute_query", "execute_query_dict"):
            patch.setattr(client, name, counted(getattr(client, name)))
        return_value = await work()
    return seen, return_value


@pytest.mark.usefixtures("keys", "texts")
@pytest.mark.parametrize(("people", "villages"), [(60, 3), (100_000, 200)])
async def test_given_many_people_when_they_are_counted_then_the_statements_stay_few(
    clock: FrozenClock,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    people: int,
    villages: int,
) -> None:
    if POSTGRES:
        # Statements that are only quick while the planner knows the county never ended here.
        await run_tx(lambda: fill(Town(clock), 60, 3))
        await grow_old(database)
    town = Town(clock)
    await run_tx(lambda: fill(town, people, villages))
    area = await queries.area_of(COUNTY, "")

    count, overview = await statements_of(
        monkeypatch, lambda: queries.overview(COUNTY, area, PERIOD, TODAY)
    )
    listed, parts = await statements_of(
        monkeypatch, lambda: queries.parts(COUNTY, area, PERIOD, TODAY)
    )
    owing, tally = await statements_of(
        monkeypatch, lambda: lists.owing_tally(COUNTY, area, PERIOD.quarters[0])
    )

    figures = overview.figures
    assert (count, listed, owing) == (9, 9, 2)
    assert (figures.expected, figures.mentored) == (people, people)
    assert (figures.logged, figures.reached) == (people // 2, people // 2)
    assert [part.name for part in parts] == ["柳河乡"]
    assert sum(unit.people for unit in tally) == people - figures.handed_in
