"""Who hears of a journey while a mentor is away and somebody stands in for him (代班)."""

from datetime import date

import pytest
import pytest_asyncio

from core.actors import Stage
from models import Account, Movement, StandIn
from models.enums import StandInState
from plugins.mentoring import standing_in, standing_in_lists
from tests.plugins.mentoring.owed import words_to
from tests.plugins.movement.conftest import Away, at

FIRST, LAST = date(2026, 11, 20), date(2026, 12, 5)


@pytest_asyncio.fixture
async def two(away: Away) -> Away:
    """李秀兰 does 周德厚's work from 20 November to 5 December."""
    await away.person("李秀兰", stage=Stage.FULL_MEMBER)
    await StandIn.create(
        uid="s", mentor=away.people["周德厚"], deputy=away.people["李秀兰"], from_on=FIRST,
        until_on=LAST, state=StandInState.AGREED, source_key="s", asked_at=away.clock.now(),
    )  # fmt: skip
    return away


async def test_given_a_mentor_away_when_somebody_leaves_then_his_deputy_hears_and_he_does_not(
    two: Away,
) -> None:
    said = await two.says("王建国", "出发 南港 11月25日")

    assert said.startswith("记下了，11月25日（周三）去南港，李秀兰（代周德厚）会知道。")
    sent = await two.until(at(11, 23, 9, 30))
    assert [whom for whom, _ in sent] == ["李秀兰"]
    assert sent[0][1].startswith("王建国说11月25日（周三）去南港。")
    await two.until(at(11, 25, 0, 30))
    await two.says("王建国", "到了")
    assert [whom for whom, _ in await two.until(at(11, 25, 9))] == ["李秀兰"]


@pytest.mark.parametrize("state", [StandInState.ASKED, StandInState.DECLINED, StandInState.ENDED])
async def test_given_no_deputy_who_agreed_when_somebody_leaves_then_the_mentor_hears(
    two: Away, state: StandInState
) -> None:
    await StandIn.all().update(state=state)
    await two.says("王建国", "出发 南港 11月25日")

    assert [whom for whom, _ in await two.until(at(11, 23, 9, 30))] == ["周德厚"]


async def test_given_a_deputy_without_account_when_somebody_leaves_then_the_mentor_hears(
    two: Away,
) -> None:
    await Account.filter(person=two.people["李秀兰"]).delete()
    await two.says("王建国", "出发 南港 11月25日")

    assert [whom for whom, _ in await two.until(at(11, 23, 9, 30))] == ["周德厚"]


async def test_given_two_mentors_when_one_is_away_then_the_other_and_the_deputy_hear_once(
    two: Away,
) -> None:
    await two.person("赵永福", stage=Stage.FULL_MEMBER)
    await two.mentor("赵永福", "王建国")
    await two.says("王建国", "出发 南港 11月25日")

    sent = await two.until(at(11, 23, 9, 30))
    assert sorted(whom for whom, _ in sent) == ["李秀兰", "赵永福"]


async def test_given_the_second_mentor_as_deputy_when_somebody_leaves_then_he_hears_once(
    two: Away,
) -> None:
    await two.mentor("李秀兰", "王建国")

    assert "去南港，李秀兰会知道。" in await two.says("王建国", "出发 南港 11月25日")
    assert [whom for whom, _ in await two.until(at(11, 23, 9, 30))] == ["李秀兰"]


async def test_given_the_mentor_back_when_his_list_comes_then_it_says_who_went_where(
    two: Away,
) -> None:
    await two.says("王建国", "出发 南港 11月25日")
    await two.says("陈玉梅", "出发 南港 11月26日")
    await two.says("陈玉梅", "不走了")
    two.go(at(12, 6, 0, 30))
    await standing_in_lists.owe_lists(now=two.clock.now())

    assert await words_to("周德厚", standing_in.LISTED) == [
        "李秀兰代您到12月5日：没记联系；没有汇报要看；1 人说了去处（王建国到南港）。"
    ]
    assert await Movement.all().count() == 2
