"""未交 where branches collect by months, quarters and half-years: the same cycles as 统计."""

import random
from datetime import date

import pytest
import pytest_asyncio

from core.actors import UnitScope
from core.clock import FrozenClock
from core.periods import Cycle
from models import ReportCycle
from models.enums import ReportState, UnitKind
from plugins.stats import lists, owed, queries
from plugins.stats.counts import Area, People
from plugins.stats.periods import Period, cycle_period, find_period, of_days
from tests.plugins.mentoring.town import Town, at
from tests.plugins.stats.conftest import report

MONTHS = (Cycle(2026, 10, 1), Cycle(2026, 11, 1))


async def collects(town: Town, unit: str, *cycles: Cycle) -> None:
    for cycle in cycles:
        await ReportCycle.create(
            unit=town.units[unit], quarter=str(cycle), opens_on=cycle.first_day,
            closes_on=cycle.last_day,
        )  # fmt: skip


@pytest_asyncio.fixture
async def monthly(town: Town) -> Town:
    """王家村 by months: 王建国 handed both in, 陈玉梅 October alone, 李强 none."""
    await collects(town, "王家村", *MONTHS)
    for name, cycles in (("王建国", MONTHS), ("陈玉梅", MONTHS[:1])):
        for cycle in cycles:
            await report(town.people[name], ReportState.DONE, quarter=str(cycle))
    town.go(at(12, 18))
    return town


async def test_given_a_branch_by_months_when_it_asks_for_a_quarter_then_each_month_is_named(
    monthly: Town,
) -> None:
    assert (await monthly.says("刘长河", "未交")).startswith(
        "王家村 四季度还没交的 2 人：\n1 陈玉梅（11月），没提醒  2 李强（10月、11月），没提醒\n"
    )
    assert (await monthly.says("周德厚", "谁没交 四季度")).startswith(
        "您带的人 四季度还没交的 2 人：\n1 陈玉梅（11月），没提醒"
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("未交 11月", "王家村 11月还没交的 2 人：\n1 陈玉梅，没提醒  2 李强，没提醒\n"),
        ("未交 10月", "王家村 10月还没交的 1 人：\n1 李强，没提醒\n"),
        ("未交 三季度", "王家村 三季度还没交的 3 人：\n1 王建国，没提醒"),
    ],
)
async def test_given_a_branch_by_months_when_a_period_is_named_then_it_is_the_one_that_counts(
    monthly: Town, said: str, answer: str
) -> None:
    assert (await monthly.says("刘长河", said)).startswith(answer)


async def test_given_branches_by_all_cycles_when_the_township_asks_then_people_count_once(
    monthly: Town,
) -> None:
    await monthly.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await monthly.unit("赵家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await collects(monthly, "赵家村", Cycle(2026, 2, 6))
    for name, unit in (("李甲", "李家村"), ("赵甲", "赵家村"), ("赵乙", "赵家村")):
        await monthly.person(name, unit)
    await report(monthly.people["赵甲"], ReportState.DONE, quarter="2026H2")
    assert await monthly.says("孙敏", "未交") == (
        "柳河乡 四季度还没交的 4 人：\n王家村 2 人，李家村 1 人，赵家村 1 人\n姓名在支部那里。"
    )
    assert await monthly.says("孙敏", "未交 赵家村") == (
        "赵家村 四季度还没交的 1 人：\n赵家村 1 人\n姓名在支部那里。"
    )


async def test_given_a_long_list_when_the_page_is_turned_then_the_period_stays(
    monthly: Town,
) -> None:
    for number in range(8):
        await monthly.person(f"周{number}民")
    assert "6 下一页" in await monthly.says("刘长河", "未交 11月")
    assert (await monthly.says("刘长河", "6")).startswith("王家村 11月还没交的 10 人：\n1 周3民")


SPANS = ("四季度", "三季度", "下半年", "2026年", "11月", "8月到11月", "近40天", "上半年")


@pytest.mark.parametrize("seed", range(2))
async def test_given_any_mix_of_cycles_when_counted_then_what_is_owed_is_expected_less_handed_in(
    town: Town, clock: FrozenClock, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # no secret
    lengths = {1: "一村", 3: "二村", 6: "三村"}
    for months, unit in lengths.items():
        await town.unit(unit, UnitKind.VILLAGE_BRANCH, "柳河乡")
        cycles = [Cycle.of(date(2026, 1, 1), months)]
        while cycles[-1].last_day < date(2026, 12, 1):
            cycles.append(cycles[-1].next)
        if months != 3:
            await collects(town, unit, *cycles)
        for number in range(3):
            person = await town.person(f"{unit}{number}", unit)
            for cycle in dice.sample(cycles, dice.randrange(len(cycles) + 1)):
                await report(person, ReportState.DONE, quarter=str(cycle))
    town.go(at(12, 18))
    today, scope = town.clock.now().date(), UnitScope((town.units["柳河乡"].path,))
    for said in SPANS:
        period, _ = find_period(said, today)
        assert isinstance(period, Period)
        area = Area("")
        cycles_now = await owed.cycles_of(People(scope, area), period)
        page = await queries.overview(scope, area, period, today)
        named = await lists.owing(scope, area, *cycles_now.all)
        left = page.figures.expected - page.figures.handed_in
        assert sum(len(one.cycles) for one in named) == left, said
        tally = await lists.owing_tally(scope, area, *cycles_now.all)
        assert sum(unit.people for unit in tally) == len(named), said


def test_given_any_cycle_when_it_is_made_a_period_then_it_has_the_same_days() -> None:
    for cycle in (Cycle(2026, 2, 1), Cycle(2026, 3, 3), Cycle(2026, 1, 6)):
        period = cycle_period(cycle)
        assert (period.first, period.last) == (cycle.first_day, cycle.last_day)
        assert period == of_days(cycle.first_day, cycle.last_day)
