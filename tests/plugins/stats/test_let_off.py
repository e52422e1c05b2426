"""Whoever owes no report of a quarter: let off (免交), or of a branch with other cycles."""

from datetime import date

from core.actors import UnitScope
from core.clock import FrozenClock
from core.periods import Quarter
from models import Person, ReportAllowance, ReportCycle, ReportOriginal
from models.enums import AllowanceKind, ReportState
from plugins.stats import lists, owed, queries, tallies
from plugins.stats.counts import Area, People
from plugins.stats.periods import find_period, quarter_period
from tests.plugins.mentoring.town import Town
from tests.plugins.stats.conftest import report

QUARTER = Quarter(2026, 3)
TODAY = date(2026, 11, 23)


async def test_given_a_branch_that_collects_monthly_when_it_is_counted_then_it_owes_its_months(
    township: Town,
) -> None:
    scope = UnitScope((township.units["县"].path,))
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert {"王家村7", "赵家村9"} <= names
    for quarter, closes in (("202608", date(2026, 8, 31)), ("2026H1", date(2026, 6, 30))):
        await ReportCycle.create(
            unit=township.units["赵家村"], quarter=quarter, opens_on=date(2026, 6, 1),
            closes_on=closes,
        )  # fmt: skip
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert ("王家村7" in names, "赵家村9" in names) == (True, False)
    # Ten people owe August alone so far; the half-year ended before the quarter began.
    assert await _expected(scope) == 20 + 10
    await report(township.people["赵家村9"], ReportState.DONE, quarter="202608")
    await report(township.people["赵家村8"], ReportState.RETURNED, quarter="202608")
    # Handed in by quarters, before the branch collected by months: nobody asks for those now.
    area = await queries.area_of(scope, "赵家村")
    figures = (await queries.overview(scope, area, quarter_period(QUARTER), TODAY)).figures
    assert (figures.expected, figures.handed_in, figures.reviewed, figures.returned) == (
        10, 2, 1, 1,
    )  # fmt: skip


async def test_given_cycles_of_a_branch_when_a_period_is_counted_then_those_that_end_in_it_count(
    township: Town,
) -> None:
    scope = UnitScope((township.units["县"].path,))
    for cycle in [f"2026{month:02}" for month in range(1, 7)]:
        await _opened(township, "王家村", cycle)
    await _opened(township, "赵家村", "2026H1")
    assert await _expected_in(scope, "王家村", "上半年") == 6 * 8
    assert await _expected_in(scope, "王家村", "3月到5月") == 3 * 8
    assert await _expected_in(scope, "王家村", "5月") == 8
    assert await _expected_in(scope, "赵家村", "上半年") == 10
    assert await _expected_in(scope, "赵家村", "一季度") == 0
    assert await _expected_in(scope, "赵家村", "二季度") == 10
    assert await _expected_in(scope, "李家村", "上半年") == 2 * 12
    assert await _expected_in(scope, "", "上半年") == 6 * 8 + 10 + 2 * 12


async def _opened(town: Town, unit: str, cycle: str) -> None:
    last = Quarter.parse(cycle).last_day
    await ReportCycle.create(
        unit=town.units[unit], quarter=cycle, opens_on=last.replace(day=1), closes_on=last
    )


async def _expected_in(scope: UnitScope, unit: str, words: str) -> int:
    period, _ = find_period(words, TODAY)
    assert period is not None
    area = await queries.area_of(scope, unit)
    return (await queries.overview(scope, area, period, TODAY)).figures.expected


async def _expected(scope: UnitScope) -> int:
    people = People(scope, Area(""))
    cycles = await owed.cycles_of(people, quarter_period(QUARTER))
    rows = await tallies.stage_rows(people, cycles)
    return sum(figures.expected for _, figures in rows)


async def test_given_somebody_let_off_when_it_is_counted_then_he_owes_nothing_until_taken_back(
    township: Town, clock: FrozenClock
) -> None:
    scope = UnitScope((township.units["县"].path,))
    assert await _expected(scope) == 30
    lazy = await Person.get(name="王家村7")
    row = await ReportAllowance.create(
        uid="a", person=lazy, quarter="2026Q3", kind=AllowanceKind.EXEMPTION,
        reason_sealed=b"", granted_by=lazy, granted_at=clock.now(),
    )  # fmt: skip
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert (await _expected(scope), "王家村7" in names, len(names)) == (29, False, 3)
    row.withdrawn_at = clock.now()
    await row.save()
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert (await _expected(scope), "王家村7" in names, len(names)) == (30, True, 4)
    row.withdrawn_at, row.kind = None, AllowanceKind.EXTENSION
    await row.save()
    assert await _expected(scope) == 30


async def test_given_a_report_on_paper_alone_when_it_is_counted_then_it_is_handed_in(
    township: Town, clock: FrozenClock
) -> None:
    scope, period = UnitScope((township.units["县"].path,)), quarter_period(QUARTER)
    lazy, keen = await Person.get(name="王家村7"), await Person.get(name="王家村0")
    before = (await queries.overview(scope, Area(""), period, township.clock.now().date())).figures

    for person in (lazy, keen):
        await ReportOriginal.create(
            uid=f"o{person.id}", person=person, quarter="2026Q3", received_on=date(2026, 9, 28),
            received_by=keen, standing_key=f"{person.id}:2026Q3", source_key=f"o{person.id}",
            entered_at=clock.now(),
        )  # fmt: skip

    after = (await queries.overview(scope, Area(""), period, township.clock.now().date())).figures
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert (after.expected, after.handed_in, after.reviewed, after.late) == (
        before.expected, before.handed_in + 1, before.reviewed, before.late,
    )  # fmt: skip
    assert "王家村7" not in names
    assert len(names) == after.expected - after.handed_in
    await ReportOriginal.filter(person=lazy).update(standing_key=None)
    assert "王家村7" in {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
