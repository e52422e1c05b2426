"""What else a line tells: who began, what it was about, and that no street is kept."""

import pytest

from models import Contact
from models.enums import Direction, Topic
from plugins.mentoring import queries, topic_words
from tests.plugins.mentoring.town import Town


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("厂里订单多天天加班，汇报这个月写", (Topic.STUDY, Topic.WORK)),
        ("孩子感冒", (Topic.LIFE,)),
        ("问土地流转政策", (Topic.POLICY,)),
        ("没什么困难", ()),
        ("工资三个月没发", (Topic.DIFFICULTY,)),
        ("挺好", ()),
    ],
)
def test_given_a_note_when_it_is_sorted_then_only_what_it_is_about_is_found(
    note: str, expected: tuple[Topic, ...]
) -> None:
    assert topic_words.topics_of(note) == expected


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("宿舍四个人，在松山湖路88号，挺好", "宿舍四个人，挺好"),
        ("搬到3号楼2单元401室", "搬到"),
        ("人在南港", "人在南港"),
        ("一路平安", "一路平安"),
    ],
)
def test_given_a_note_with_a_door_when_it_is_kept_then_only_the_city_is(
    note: str, kept: str
) -> None:
    assert topic_words.without_address(note) == kept


async def test_given_a_call_that_came_in_when_it_is_told_then_who_began_is_kept(
    town: Town,
) -> None:
    answer = await town.says("周德厚", "玉梅昨天打来电话 挺好 汇报月底交")

    assert answer.startswith("记下了：陈玉梅，11月22日（周日），电话，本人先找的，通了，")
    row = await Contact.get(person=town.people["陈玉梅"])
    assert (row.direction, row.topics) == (Direction.INCOMING, "study")


async def test_given_a_street_in_a_line_when_it_is_logged_then_it_is_left_out_and_said(
    town: Town,
) -> None:
    answer = await town.says("周德厚", "建国昨天视频 挺好 住在松山湖路88号")

    assert "街道门牌我不存，只记到城市。" in answer
    row = await Contact.get(person=town.people["王建国"])
    assert queries.open_note(row) == "挺好"


async def test_given_no_second_consent_when_a_line_is_logged_then_no_topic_is_kept(
    town: Town,
) -> None:
    await town.person("马小军", consents=())
    await town.mentor("周德厚", "马小军")

    await town.says("周德厚", "小军昨天电话 通了 汇报月底交")

    row = await Contact.get(person=town.people["马小军"])
    assert (row.topics, row.note_sealed) == ("", None)


async def test_given_a_line_without_a_name_of_his_when_it_tells_of_a_call_then_who_is_asked(
    town: Town,
) -> None:
    assert (await town.says("周德厚", "昨天给剑国打电话了 挺好")).startswith("联系的是谁？")

    answer = await town.says("周德厚", "1")

    assert answer.startswith("记下了：王建国，11月22日（周日），电话，通了，")


async def test_given_two_people_with_two_outcomes_when_one_is_chosen_then_the_outcome_is_asked(
    town: Town,
) -> None:
    assert (await town.says("周德厚", "建国电话通了 玉梅没人接")).startswith("一次记一个人。")

    assert (await town.says("周德厚", "2")).startswith("结果呢？")
