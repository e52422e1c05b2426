"""联系安排: how often one pair talks, by a word; the next day follows, and it is on record."""

from datetime import date

import pytest

from core.actors import Stage
from models import AuditLog, Mentorship
from models.enums import Every
from plugins.mentoring import cadence, rhythm, silence
from plugins.mentoring.cadence import Own, Rhythm
from tests.plugins.mentoring.owed import words_to
from tests.plugins.mentoring.town import Town, at

UNIT = Rhythm(3, 1, 30)


async def test_given_a_secretary_when_he_says_how_often_then_the_next_day_follows(
    town: Town,
) -> None:
    await Mentorship.filter(person=town.people["王建国"]).update(
        last_contact_on=date(2026, 11, 20), next_contact_on=date(2027, 2, 20)
    )

    heard = await town.says("刘长河", "联系安排 王建国 每两周")

    assert heard == "定了：周德厚联系王建国，每两周一次，下次12月4日前。"
    pair = await town.pair("王建国")
    assert (pair.own_every, pair.next_contact_on) == (Every.TWO_WEEKS, date(2026, 12, 4))
    row = await AuditLog.get(action="mentoring.rhythm_set")
    assert (row.actor_id, row.detail["every"]) == (town.people["刘长河"].id, "w2")
    assert await words_to("周德厚") == ["刘长河把您联系王建国定成每两周一次，下次12月4日前。"]


async def test_given_an_own_rhythm_when_a_contact_is_logged_then_the_next_day_keeps_it(
    town: Town,
) -> None:
    await town.says("刘长河", "联系安排 王建国 每月")

    assert "下次12月23日前。" in await town.says("周德厚", "建国 电话 挺好")
    await rhythm.keep(now=town.clock.now())
    assert (await town.pair("王建国")).next_contact_on == date(2026, 12, 23)
    found = await silence.load(date(2026, 11, 24), [town.people["王建国"].id])
    assert found[0].owed_on == date(2026, 12, 23)


async def test_given_a_mentor_when_he_says_tighter_then_it_holds_and_looser_is_refused(
    town: Town,
) -> None:
    await town.says("周德厚", "建国 电话 挺好")

    assert "每月一次，下次12月23日前" in await town.says("周德厚", "联系安排 王建国 每月")
    assert (await town.says("周德厚", "联系安排 王建国 每半年")).startswith(
        "您自己只能定得更勤些。"
    )
    assert (await town.pair("王建国")).own_every is Every.MONTH
    assert "照支部的，3 个月一次" in await town.says("周德厚", "联系安排 王建国 恢复")
    assert (await town.pair("王建国")).own_every is None


async def test_given_the_secretarys_word_when_the_mentor_takes_it_back_then_it_is_refused(
    town: Town,
) -> None:
    await town.says("刘长河", "联系安排 王建国 每月")

    assert (await town.says("周德厚", "联系安排 王建国 恢复")).startswith("您自己只能定得更勤些。")
    assert (await town.pair("王建国")).own_every is Every.MONTH


async def test_given_an_own_rhythm_when_the_log_is_shown_then_it_is_said(town: Town) -> None:
    await town.says("刘长河", "联系安排 王建国 每月")
    await town.says("周德厚", "建国 电话 挺好")

    assert "联系安排：周德厚，每月一次，下次12月23日前。" in await town.says(
        "刘长河", "联系记录 王建国"
    )
    assert (await town.says("周德厚", "联系安排 王建国")).startswith(
        "周德厚联系王建国，每月一次，下次12月23日前。"
    )


async def test_given_the_same_word_twice_when_it_is_said_then_one_row_is_on_record(
    town: Town,
) -> None:
    await town.says("刘长河", "联系安排 王建国 每月")
    await town.says("刘长河", "联系安排 王建国 一个月")

    assert await AuditLog.filter(action="mentoring.rhythm_set").count() == 1
    assert len(await words_to("周德厚")) == 1


async def test_given_two_mentors_when_the_secretary_says_how_often_then_he_is_asked_whose(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    second = await town.mentor("李秀兰", "王建国", from_on=date(2026, 2, 1))

    heard = await town.says("刘长河", "联系安排 王建国 每月")

    assert heard == "有两位联系人，定哪位的？1 周德厚  2 李秀兰"
    assert "李秀兰联系王建国" in await town.says("刘长河", "2")
    assert (await Mentorship.get(id=second.id)).own_every is Every.MONTH
    assert await Mentorship.filter(own_every__isnull=False).count() == 1


async def test_given_somebody_elses_person_when_a_mentor_asks_then_the_name_says_nothing(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.person("马小军")
    await town.mentor("李秀兰", "马小军")

    same = await town.says("周德厚", "联系安排 马小军 每月")

    assert same == await town.says("周德厚", "联系安排 没有这人 每月")
    assert await Mentorship.filter(own_every__isnull=False).count() == 0


@pytest.mark.parametrize("said", ["联系安排", "联系安排 王建国 天天见"])
async def test_given_words_that_are_no_rhythm_when_they_are_said_then_it_is_explained(
    town: Town, said: str
) -> None:
    assert (await town.says("刘长河", said)).startswith("这样写：联系安排 王建国 每两周。")


async def test_given_a_departure_when_the_pair_keeps_a_looser_rhythm_then_it_is_closer_yet(
    town: Town,
) -> None:
    person = town.people["王建国"]
    await town.says("周德厚", "建国 电话 挺好")
    await town.says("刘长河", "联系安排 王建国 每半年")
    person.left_on = date(2026, 11, 23)
    await person.save()

    await rhythm.keep(now=at(11, 24))

    assert (await town.pair("王建国")).next_contact_on == date(2026, 12, 23)


@pytest.mark.parametrize(
    ("every", "until_now", "expected"),
    [
        (Every.MONTH, date(2027, 2, 1), date(2026, 12, 1)),
        (Every.WEEK, date(2027, 2, 1), date(2026, 11, 30)),
        (Every.WEEK, date(2026, 11, 25), date(2026, 11, 25)),
        (Every.HALF_YEAR, date(2027, 2, 1), date(2027, 5, 1)),
        (None, date(2026, 12, 1), date(2027, 2, 1)),
    ],
)
def test_given_a_rhythm_when_it_is_said_then_nothing_is_late_at_once_nor_put_off_by_it(
    every: Every | None, until_now: date, expected: date
) -> None:
    due = cadence.own_due(
        date(2026, 11, 1), until_now=until_now, own=Own(every, date(2026, 11, 23)), rhythm=UNIT
    )

    assert due == expected
