"""How often a unit collects: its own word, that of the units above, and what follows for people."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actors import RoleKind, Stage
from core.periods import LENGTHS, Cycle
from models import (
    AuditLog,
    Delivery,
    Person,
    ReportCycle,
    ReportDraft,
    ReportSchedule,
    ThoughtReport,
    Unit,
)
from models.enums import DeliveryState, UnitKind
from plugins.thought_report import cycle, schedules, words
from plugins.thought_report.policy import Schedule, changes_on
from tests.plugins.thought_report.conftest import Village
from tests.plugins.thought_report.script import LONG
from tests.plugins.thought_report.talk import owed


@given(day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), months=st.sampled_from(LENGTHS))
def test_given_any_day_when_its_cycle_is_asked_for_then_cycles_follow_without_gap(
    day: date, months: int
) -> None:
    found = Cycle.of(day, months)
    assert found.first_day <= day <= found.last_day
    assert found.next.first_day == found.last_day + timedelta(days=1)
    assert found.next.previous == found.previous.next == found
    assert Cycle.parse(str(found)) == found
    assert len(str(found)) == 6
    assert found.previous < found < found.next
    assert all(one.first_day <= found.first_day <= one.last_day for one in found.around)


@given(
    day=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    old=st.sampled_from(LENGTHS),
    new=st.sampled_from(LENGTHS),
)
def test_given_a_change_when_it_begins_then_both_old_and_new_cycles_begin_that_day(
    day: date, old: int, new: int
) -> None:
    begins = changes_on(day, Schedule(old), Schedule(new))
    assert day < begins <= day + timedelta(days=184)
    assert Cycle.of(begins, old).first_day == begins == Cycle.of(begins, new).first_day


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("每月", words.ScheduleWords(1)),
        ("柳河乡 每季", words.ScheduleWords(3, "柳河乡")),
        ("每半年一份 王家村", words.ScheduleWords(6, "王家村")),
        ("每季度 提前20天 宽限10天", words.ScheduleWords(3, before=20, after=10)),
        ("照上级", words.ScheduleWords(3, as_above=True)),
        ("王家村 照上级的", words.ScheduleWords(3, "王家村", as_above=True)),
        ("", None), ("柳河乡", None),
    ],
)  # fmt: skip
def test_given_words_when_they_say_how_often_then_they_are_read(
    said: str, wish: words.ScheduleWords | None
) -> None:
    assert words.schedule_words(said) == wish


@pytest.mark.parametrize(
    ("said", "key"),
    [("11月", "202611"), ("十二月", "202512"), ("上月", "202610"), ("本月", "202611"),
     ("上半年", "2026H1"), ("去年下半年", "2025H2"), ("2026年9月", "202609"), ("13月", None)],
)  # fmt: skip
def test_given_words_when_they_name_a_month_or_half_then_it_is_found(
    said: str, key: str | None
) -> None:
    found = words.quarter_word(said, date(2026, 11, 23))
    assert (None if found is None else str(found)) == key


@pytest.fixture
async def county(village: Village) -> Village:
    """柳河乡 above 王家村 and 李家村; 孙敏 is its clerk."""
    now = village.clock.now()
    town = await Unit.create(name="柳河乡", kind=UnitKind.TOWNSHIP, path="/2/", created_at=now)
    await Unit.filter(id=village.unit.id).update(path="/2/1/", parent_id=town.id)
    await Unit.create(
        name="李家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/3/", parent=town, created_at=now
    )
    await village.unit.refresh_from_db()
    await village.person("孙敏", Stage.FULL_MEMBER, unit=town)
    home, village.unit = village.unit, town
    await village.office("孙敏", RoleKind.TOWNSHIP_CLERK)
    village.unit = home
    return village


async def test_given_a_township_that_collects_monthly_when_it_begins_then_its_villages_follow(
    county: Village,
) -> None:
    assert await county.talks["孙敏"].says("汇报安排 每月") == (
        "记下了：柳河乡2027年1月1日起每月一份。正在收的四季度照旧。"
    )
    assert (await AuditLog.get(action="thought_report.arrange")).detail["months"] == 1
    county.go(date(2026, 12, 1), 0, 5)
    await cycle.open_cycles(now=county.clock.now())
    assert {row.quarter for row in await ReportCycle.all()} == {"2026Q4"}
    county.go(date(2027, 1, 20), 0, 5)
    assert await cycle.open_cycles(now=county.clock.now()) == 0
    county.go(date(2027, 1, 21), 0, 5)
    assert await cycle.open_cycles(now=county.clock.now()) == 2
    assert await cycle.open_cycles(now=county.clock.now()) == 0
    january = await ReportCycle.filter(quarter="202701").first()
    assert january is not None
    assert (january.opens_on, january.closes_on) == (date(2027, 1, 21), date(2027, 1, 31))


async def test_given_a_village_of_its_own_mind_when_it_says_so_then_the_township_does_not_count(
    county: Village,
) -> None:
    await county.talks["孙敏"].says("汇报安排 每月")
    liu = county.talks["刘长河"]
    assert await liu.says("汇报安排") == (
        "王家村：每季一份，四季度的12月1日到12月31日收。\n"
        "2027年1月1日起改成每月一份。\n"
        "要改就回「汇报安排 每月」，还能加「提前20天」「宽限10天」。\n"
        "1 每月一份  2 每季一份  3 每半年一份  4 照上级的"
    )
    assert await liu.says("3") == "记下了：王家村2027年1月1日起每半年一份。正在收的四季度照旧。"
    january = date(2027, 1, 1)
    assert (await schedules.schedule_of(county.unit.id, january)).months == 6
    assert await liu.says("汇报安排 照上级") == (
        "记下了：王家村2027年1月1日起每季一份。正在收的四季度照旧。"
    )
    assert (await schedules.schedule_of(county.unit.id, january)).months == 1


async def test_given_days_of_its_own_when_a_cycle_comes_then_the_window_has_them(
    county: Village,
) -> None:
    await county.talks["刘长河"].says("汇报安排 每季 提前20天 宽限10天")
    county.go(date(2027, 3, 11), 0, 5)
    await cycle.open_cycles(now=county.clock.now())
    window = await schedules.window_for(county.unit.id, Cycle(2027, 1))
    assert (window.opens_on, window.closes_on) == (date(2027, 3, 11), date(2027, 4, 10))
    county.go(date(2027, 4, 8), 20)
    wang = county.talks["王建国"]
    await wang.says("交汇报 一季度")
    await wang.says(LONG)
    assert "补交" not in await wang.says("完成")


async def test_given_a_window_beyond_its_cycle_when_the_bot_was_down_then_it_opens_late(
    county: Village,
) -> None:
    await county.talks["刘长河"].says("汇报安排 每季 宽限10天")
    county.go(date(2027, 4, 5), 0, 5)
    await cycle.open_cycles(now=county.clock.now())
    assert [row.quarter for row in await ReportCycle.all()] == ["2027Q1"]
    assert await cycle.plan_reminders(now=county.clock.now()) == 1
    county.go(date(2027, 4, 11), 0, 5)
    assert await cycle.plan_reminders(now=county.clock.now()) == 0


@pytest.mark.parametrize("said", ["每月 提前40天", "每月 宽限40天", "每季 宽限61天"])
async def test_given_too_many_days_when_they_are_said_then_nothing_changes(
    county: Village, said: str
) -> None:
    assert "宽限最多" in await county.talks["刘长河"].says(f"汇报安排 {said}")
    assert await ReportSchedule.all().count() == 0


async def test_given_a_unit_of_others_when_it_is_named_then_it_is_not_there(
    county: Village,
) -> None:
    answer = await county.talks["刘长河"].says("汇报安排 李家村 每月")
    assert await ReportSchedule.all().count() == 0
    assert answer != ""


@pytest.fixture
async def monthly(county: Village) -> Village:
    """王家村 collects every month since January, and it is the end of that."""
    await county.talks["刘长河"].says("汇报安排 每月")
    county.go(date(2027, 1, 21), 0, 5)
    await cycle.open_cycles(now=county.clock.now())
    return county


async def test_given_a_monthly_branch_when_the_days_pass_then_two_reminders_and_no_more(
    monthly: Village,
) -> None:
    planned = {}
    for day in range(21, 32):
        monthly.go(date(2027, 1, day), 0, 10)
        planned[day] = await cycle.plan_reminders(now=monthly.clock.now())
        await Delivery.filter(state=DeliveryState.DUE).update(state=DeliveryState.SENT)
    assert {day: count for day, count in planned.items() if count} == {21: 1, 28: 1}
    said = await owed(cycle.REMINDER, state=DeliveryState.SENT)
    assert said[0].startswith("1月汇报交到1月31日")


async def test_given_a_monthly_branch_when_a_report_is_written_then_it_is_for_the_month(
    monthly: Village,
) -> None:
    wang = monthly.talks["王建国"]
    monthly.go(date(2027, 1, 25), 20)
    assert (await wang.says("交汇报 一季度")) == (
        "您支部是每月一份，现在写的是1月的。回「交汇报」就行。"
    )
    assert (await wang.says("交汇报")).startswith("开好了，1月汇报。")
    await wang.says(LONG)
    await wang.says("完成")
    assert (await ThoughtReport.get()).quarter == "202701"
    assert "1月：" in await wang.says("我的汇报")
    monthly.go(date(2027, 1, 28), 0, 10)
    assert await cycle.plan_reminders(now=monthly.clock.now()) == 0


async def test_given_the_month_after_the_change_when_a_quarter_is_missing_then_it_is_asked(
    monthly: Village,
) -> None:
    await monthly.collects("2026Q4", date(2026, 12, 1), date(2026, 12, 31))
    assert (await monthly.talks["王建国"].says("交汇报")).startswith("开好了，1月汇报。")


async def test_given_a_person_who_moves_when_a_longer_cycle_is_in_then_the_month_is_not_owed(
    monthly: Village,
) -> None:
    person = monthly.people["王建国"]
    assert await cycle.still_owes({"person": person.id, "quarter": "202701"})
    await ThoughtReport.create(
        uid="r", person=person, draft_id=(await _draft(person)).id, quarter="2027Q1",
        state="done", pages=1, submitted_at=monthly.clock.now(),
    )  # fmt: skip
    assert not await cycle.still_owes({"person": person.id, "quarter": "202701"})
    assert await cycle.plan_reminders(now=monthly.clock.now()) == 0


async def _draft(person: Person) -> ReportDraft:
    now = person.created_at
    return await ReportDraft.create(
        uid="d", person=person, quarter="2027Q1", state="submitted", opened_at=now, updated_at=now
    )


async def test_given_somebody_who_became_an_activist_later_when_it_is_planned_then_none_is_owed(
    monthly: Village,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2027, 2, 1))
    assert await cycle.plan_reminders(now=monthly.clock.now()) == 0
    person = await Person.get(name="王建国")
    assert not await cycle.still_owes({"person": person.id, "quarter": "202701"})


async def test_given_somebody_who_moved_when_it_is_planned_then_the_new_branch_counts(
    monthly: Village,
) -> None:
    other = await Unit.get(name="李家村")
    await Person.filter(name="王建国").update(home_unit_id=other.id)
    assert await cycle.plan_reminders(now=monthly.clock.now()) == 0
    monthly.go(date(2027, 3, 1), 0, 5)
    await cycle.open_cycles(now=monthly.clock.now())
    monthly.go(date(2027, 3, 17), 0, 10)
    assert await cycle.plan_reminders(now=monthly.clock.now()) == 1
    assert (await owed(cycle.REMINDER))[0].startswith("一季度汇报交到3月31日")
