"""Hours of a plan: holidays, the week's one place, and plans inherited column by column."""

from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # ships no types
import pytest

from core.clock import FrozenClock, at_local
from core.config import Settings
from core.database import run_tx
from core.periods import Span
from models import Delivery, Group, PlanPause, Push, StudyPlan, Unit
from models.enums import DeliveryState, PauseKind, UnitKind
from plugins.study import library, planning, plans, rescheduling, slots
from plugins.study.slots import Plan
from tests.plugins.study.reading import reviewed

MONDAY = Plan(weekday=0, hour=20, minute=0)
DAY = date(2026, 11, 23)


@pytest.mark.parametrize("year", range(2020, 2027))
def test_given_a_known_year_when_asked_then_holidays_are_those_of_the_notice(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if is_off and name:
            assert slots.is_holiday(day), day
        elif not is_off and day != date(2024, 2, 9):  # the eve, a working day by that notice
            assert not slots.is_holiday(day), day
        day += timedelta(days=1)


def test_given_a_plain_weekend_when_asked_then_it_is_no_holiday() -> None:
    assert not slots.is_holiday(date(2026, 11, 21))
    assert not slots.is_holiday(date(2026, 11, 22))


def test_given_an_unknown_year_when_asked_then_only_the_lunar_new_year_is_known() -> None:
    found = [
        day for n in range(365) if slots.is_holiday(day := date(2031, 1, 1) + timedelta(days=n))
    ]
    assert found == [date(2031, 1, 22) + timedelta(days=n) for n in range(4)]


def test_given_a_holiday_when_the_hour_falls_on_it_then_it_comes_the_next_working_day() -> None:
    week = date(2026, 2, 16)
    assert slots.slot_of_week(MONDAY, week) is None
    assert slots.slot_of_week(MONDAY, week + timedelta(days=7)) == at_local(date(2026, 2, 24), 20)


def test_given_a_slot_moved_into_a_week_when_it_has_its_own_then_the_week_has_one() -> None:
    sunday = Plan(weekday=6, hour=20, minute=0)
    week = date(2026, 10, 5)
    assert slots.slot_of_week(sunday, week) == at_local(date(2026, 10, 8), 20)


def test_given_a_pause_when_it_has_the_hour_then_the_next_week_is_next() -> None:
    plan = Plan(weekday=0, hour=20, minute=0, pauses=(Span(DAY, DAY + timedelta(days=6)),))
    assert slots.next_after(plan, last=None, now=at_local(DAY, 9)) == at_local(
        DAY + timedelta(days=7), 20
    )


@pytest.fixture
async def village(
    database: str, keys: object, texts: object, settings: Settings, clock: FrozenClock
) -> Unit:
    library.use(reviewed())
    town = await Unit.create(name="乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=clock.now())
    return await Unit.create(
        name="村", kind=UnitKind.VILLAGE_BRANCH, path="/1/2/", parent=town, created_at=clock.now()
    )


async def group_of(village: Unit, clock: FrozenClock) -> Group:
    return await Group.create(
        platform="onebot11", chat_id="700", self_id="1", unit=village, bound_at=clock.now()
    )


async def test_given_plans_on_three_levels_when_resolved_then_each_column_is_the_nearest(
    village: Unit, clock: FrozenClock
) -> None:
    group = await group_of(village, clock)
    await StudyPlan.create(unit_id=1, weekday=3, hour=19, series=["出门在外"],
                           changed_at=clock.now())  # fmt: skip
    await StudyPlan.create(unit=village, hour=12, pieces=2, changed_at=clock.now())
    await StudyPlan.create(unit=village, group=group, hour=18, minute=30, changed_at=clock.now())
    (found,) = await plans.of_groups([group], today=DAY)
    assert found.plan == Plan(
        weekday=3, hour=18, minute=30, pieces=2, series=("出门在外",), skips_holidays=True
    )
    above = await plans.of_unit(village, today=DAY)
    assert (above.weekday, above.hour, above.minute) == (3, 12, 0)


async def test_given_a_stop_above_when_resolved_then_it_holds_below(
    village: Unit, clock: FrozenClock
) -> None:
    group = await group_of(village, clock)
    await StudyPlan.create(unit_id=1, is_stopped=True, changed_at=clock.now())
    await StudyPlan.create(unit=village, weekday=0, changed_at=clock.now())
    clock.advance_to(at_local(DAY, 20))
    assert await planning.plan_digests(now=clock.now()) == 0
    (found,) = await plans.of_groups([group], today=DAY)
    assert found.plan.is_stopped


async def test_given_two_pieces_when_planned_then_one_message_holds_both_and_none_comes_again(
    village: Unit, clock: FrozenClock
) -> None:
    await group_of(village, clock)
    await StudyPlan.create(unit=village, pieces=2, changed_at=clock.now())
    for week in range(2):
        clock.advance_to(at_local(DAY + timedelta(weeks=week), 20))
        assert await planning.plan_digests(now=clock.now()) == 1
    assert len(set(await Push.all().values_list("material", flat=True))) == 4
    assert await Delivery.all().count() == 2


async def test_given_a_digest_not_sent_yet_when_a_pause_begins_then_it_is_taken_back(
    village: Unit, clock: FrozenClock
) -> None:
    group = await group_of(village, clock)
    clock.advance_to(at_local(DAY, 20))
    assert await planning.plan_digests(now=clock.now()) == 1
    await PlanPause.create(
        unit_id=1, from_on=DAY, until_on=DAY + timedelta(days=10), kind=PauseKind.HARVEST,
        created_at=clock.now(),
    )  # fmt: skip
    await run_tx(lambda: rescheduling.reschedule([group], now=clock.now()))
    assert (await Delivery.get()).state is DeliveryState.CANCELLED
    assert (await Group.get(id=group.id)).next_digest_at == at_local(date(2026, 12, 7), 20)


async def test_given_a_pause_ahead_when_planned_then_the_digest_ends_before_it(
    village: Unit, clock: FrozenClock
) -> None:
    await group_of(village, clock)
    begin = DAY + timedelta(days=1)
    await PlanPause.create(
        unit=village, from_on=begin, until_on=begin, kind=PauseKind.FEAST, created_at=clock.now()
    )
    clock.advance_to(at_local(DAY, 20))
    await planning.plan_digests(now=clock.now())
    assert (await Delivery.get()).expires_at == at_local(begin, 0)
