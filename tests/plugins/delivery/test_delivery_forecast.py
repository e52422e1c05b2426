"""What a push will take, told before anybody confirms it."""

from datetime import timedelta

import pytest

from core.clock import FrozenClock
from core.config import Delivery as Limits
from core.config import Settings, use
from core.database import run_tx
from models import Group
from plugins.delivery import budgets
from plugins.delivery.forecast import Forecast, forecast
from plugins.delivery.targets import Reach
from tests.plugins.delivery.conftest import SELF, group, unit

REACH: Reach = {"onebot11": (SELF, "3889000002")}


@pytest.fixture
async def targets(database: str, settings: Settings, keys: object, clock: FrozenClock) -> list[str]:
    """46 groups of one account."""
    county = await unit(clock, "柳河县")
    rows = [await group(county, clock, str(700 + n)) for n in range(46)]
    return [f"group:{row.id}" for row in rows]


async def use_up(name: str, count: int, clock: FrozenClock) -> None:
    day = "2026-11-23"
    purse = budgets.Purse(clock.now())
    purse.spent[name, day] = count
    await run_tx(lambda: budgets.keep(purse.spent))


async def test_given_46_groups_when_asked_then_it_takes_about_as_long_as_it_will(
    targets: list[str], clock: FrozenClock, settings: Settings
) -> None:
    limits = Limits(min_interval_s=16.0, max_interval_s=20.0, at_all_account_day=100)
    use(settings.model_copy(update={"delivery": limits}))
    for number in range(3):
        await use_up(f"at_all:group:onebot11:{700 + number}", 20, clock)
    found = await forecast(targets, reach=REACH, calls_all=True, now=clock.now())
    assert found == Forecast(groups=46, minutes=14, without_at_all=3, without_quota=0)
    plain = await forecast(targets, reach=REACH, calls_all=False, now=clock.now())
    assert plain.without_at_all == 0


async def test_given_an_account_with_few_calls_left_when_asked_then_the_rest_goes_without(
    targets: list[str], clock: FrozenClock
) -> None:
    await use_up(f"at_all:account:onebot11:{SELF}", 7, clock)
    found = await forecast(targets, reach=REACH, calls_all=True, now=clock.now())
    assert found.without_at_all == 43
    tomorrow = clock.now() + timedelta(days=1)
    later = await forecast(targets, reach=REACH, calls_all=True, now=tomorrow)
    assert later.without_at_all == 36


async def test_given_two_accounts_when_asked_then_they_speak_side_by_side(
    targets: list[str], clock: FrozenClock, settings: Settings
) -> None:
    limits = Limits(min_interval_s=60, max_interval_s=60, large_push=30, large_push_factor=2.0)
    use(settings.model_copy(update={"delivery": limits}))
    alone = await forecast(targets, reach=REACH, calls_all=False, now=clock.now())
    assert alone.minutes == 92
    half = [int(target.split(":")[1]) for target in targets[:23]]
    await Group.filter(id__in=half).update(self_id="3889000002")
    both = await forecast(targets, reach=REACH, calls_all=False, now=clock.now())
    assert both.minutes == 23


async def test_given_a_used_up_month_when_asked_then_those_groups_are_told(
    targets: list[str], clock: FrozenClock, settings: Settings
) -> None:
    limits = Limits(per_month={"onebot11": 4})
    use(settings.model_copy(update={"delivery": limits}))
    purse = budgets.Purse(clock.now())
    purse.spent["month:onebot11:group:700", "2026-11"] = 4
    await run_tx(lambda: budgets.keep(purse.spent))
    found = await forecast(targets, reach=REACH, calls_all=False, now=clock.now())
    assert (found.groups, found.without_quota) == (46, 1)
