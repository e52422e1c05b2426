"""Two people of one name: every command offers them by number, with what tells them apart."""

from datetime import date

import pytest_asyncio

from core.actors import Stage
from models import Contact, Inspection, Mentorship, ReadLog
from plugins.mentoring.namesakes import told_apart
from tests.plugins.mentoring.town import Town


@pytest_asyncio.fixture
async def two(town: Town) -> Town:
    """A second 王建国 of the same village, in 温州; the first is in 南港."""
    await town.person("王建国", key="另一位")
    for key, city in (("王建国", "南港"), ("另一位", "温州")):
        town.people[key].city = city
        await town.people[key].save()
    await town.mentor("周德厚", "另一位")
    return town


async def test_given_two_of_a_village_when_a_contact_is_told_then_the_city_tells_them_apart(
    two: Town,
) -> None:
    heard = await two.says("周德厚", "记联系 王建国 电话 挺好")

    assert heard == "有两位王建国：1 王家村，南港的  2 王家村，温州的"
    await two.says("周德厚", "2")
    assert (await Contact.get()).person_id == two.people["另一位"].id


async def test_given_two_of_a_name_when_the_log_is_asked_for_then_only_one_is_looked_at(
    two: Town,
) -> None:
    assert (await two.says("刘长河", "联系记录 王建国")).startswith("有两位王建国：")
    assert await ReadLog.all().count() == 0

    await two.says("刘长河", "1")

    assert [row.person_id for row in await ReadLog.all()] == [two.people["王建国"].id]


async def test_given_two_of_a_name_when_one_is_inspected_then_the_number_decides(
    two: Town,
) -> None:
    assert (await two.says("周德厚", "考察 王建国")).startswith("有两位王建国：")
    assert (await two.says("周德厚", "考察已写 王建国 11月20日")).startswith("有两位王建国：")

    await two.says("周德厚", "2")

    row = await Inspection.get()
    assert (row.person_id, row.inspected_on) == (two.people["另一位"].id, date(2026, 11, 20))


async def test_given_two_of_a_name_when_one_gets_a_mentor_then_the_number_decides(
    two: Town,
) -> None:
    await two.person("李秀兰", stage=Stage.FULL_MEMBER)

    heard = await two.says("刘长河", "指定联系人 王建国 李秀兰")
    assert heard == "有两位王建国：1 王家村，南港的  2 王家村，温州的"
    assert (await two.says("刘长河", "2")).startswith("定好了：李秀兰从今天起联系王建国。")

    pair = await Mentorship.get(mentor=two.people["李秀兰"])
    assert pair.person_id == two.people["另一位"].id


async def test_given_two_mentors_of_a_name_when_one_is_put_in_place_then_both_are_asked_about(
    two: Town,
) -> None:
    await two.person("李秀兰", stage=Stage.FULL_MEMBER)
    await two.unit("李家村", two.units["王家村"].kind, "王家村")
    await two.person("李秀兰", "李家村", stage=Stage.FULL_MEMBER, key="李家村的")

    assert (await two.says("刘长河", "换联系人 王建国 李秀兰")).startswith("有两位王建国：")
    assert await two.says("刘长河", "1") == "有两位李秀兰：1 王家村的  2 李家村的"
    await two.says("刘长河", "2")

    pair = await Mentorship.get(mentor=two.people["李家村的"])
    assert pair.person_id == two.people["王建国"].id
    assert await Mentorship.filter(mentor=two.people["李秀兰"]).count() == 0


async def test_given_two_of_a_name_when_a_rhythm_is_said_then_the_number_decides(
    two: Town,
) -> None:
    assert (await two.says("刘长河", "联系安排 王建国 每月")).startswith("有两位王建国：")

    await two.says("刘长河", "2")

    pair = await Mentorship.get(own_every__isnull=False)
    assert pair.person_id == two.people["另一位"].id


def test_given_people_alike_when_they_are_told_apart_then_no_label_stands_twice() -> None:
    assert told_apart([("王家村",), ("李家村",)]) == ("王家村", "李家村")
    assert told_apart([("王家村", ""), ("王家村", "")]) == ("王家村，1", "王家村，2")
