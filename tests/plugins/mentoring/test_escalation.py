"""Silence that goes up the tree: who is asked when, what stops it, and that it never loops."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest

from core.actors import RoleKind, Stage
from core.scheduling import Tick
from models import Delivery, Escalation, Mentorship, Person, Unreached
from models.enums import EscalationEnd, EscalationLevel, UnitKind
from plugins.mentoring import clusters, escalation, keeping_jobs
from tests.plugins.mentoring.owed import opens, words_to
from tests.plugins.mentoring.town import Town, at


async def nine(town: Town, month: int, day: int, year: int = 2026) -> None:
    """The clock strikes nine on a day."""
    moment = at(month, day, 9, year=year)
    town.go(moment)
    await keeping_jobs.climb(Tick(now=moment, fire_at=moment))


async def only_li_qiang(town: Town) -> None:
    """王建国 and 陈玉梅 were heard lately; 李强 was heard on 2 September and not since."""
    for name in ("王建国", "陈玉梅"):
        await Mentorship.filter(person=town.people[name]).update(
            last_contact_on=date(2026, 11, 20), next_contact_on=date(2027, 2, 20)
        )


async def test_given_96_days_of_silence_when_it_strikes_nine_then_the_secretary_is_asked(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await nine(town, 12, 4)
    assert await Delivery.all().count() == 0

    await nine(town, 12, 7)

    assert await words_to("刘长河") == [
        (
            "李强 96 天没联系上了。周德厚那边还没有记录。\n"
            "1 知道了，我来办\n"
            "没有回音，7 个工作日后转柳河乡。"
        )
    ]
    row = await Escalation.get()
    assert (row.level, row.since) == (EscalationLevel.SECRETARY, date(2026, 9, 2))


async def test_given_vain_tries_when_the_secretary_is_asked_then_they_are_counted(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await town.says("周德厚", "李强 今天 电话 没人接")
    await town.says("周德厚", "李强 今天 微信 没回")

    await nine(town, 12, 7)

    assert (await words_to("刘长河"))[0].startswith(
        "李强 96 天没联系上了。周德厚试了 2 次，2 种办法；还没问过家里人或老乡。"
    )


async def test_given_the_question_when_the_secretary_knows_then_it_stops_for_good(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await nine(town, 12, 7)

    heard = await town.says("刘长河", "知道了")

    assert heard == "好，停在您这里，不再往上转。联系上了记一笔就行。"
    for day in range(8, 31):
        await nine(town, 12, day)
    assert [row.level for row in await Escalation.all()] == [EscalationLevel.SECRETARY]
    assert await town.says("刘长河", "知道了") == ""


async def test_given_no_answer_when_days_pass_then_township_and_county_are_asked_once_each(
    town: Town,
) -> None:
    county = await town.unit("清河县", UnitKind.COUNTY)
    for name in ("柳河乡", "王家村"):
        unit = town.units[name]
        unit.path = f"{county.path}{unit.path.removeprefix('/')}"
        await unit.save(update_fields=["path"])
    await town.person("何平", unit="清河县", stage=Stage.FULL_MEMBER)
    await town.office("何平", RoleKind.COUNTY_CLERK, "清河县")
    await only_li_qiang(town)

    day = date(2026, 12, 5)
    while day < date(2027, 2, 10):
        await nine(town, day.month, day.day, day.year)
        await nine(town, day.month, day.day, day.year)
        day += timedelta(days=1)

    rows = await Escalation.filter(level__not=EscalationLevel.LONG).order_by("id")
    assert [(row.level, row.asked_at) for row in rows] == [
        (EscalationLevel.SECRETARY, at(12, 7)),
        (EscalationLevel.TOWNSHIP, at(12, 16)),
        (EscalationLevel.COUNTY, at(12, 30)),
    ]
    above = (await words_to("孙敏"))[0]
    assert above == (
        "王家村有 1 人没联系上，最久 105 天，下面还没有回音。姓名在支部那里。\n"
        "1 知道了，我来办\n"
        "没有回音，10 个工作日后转清河县。"
    )
    assert "李强" not in (await words_to("何平"))[0]
    assert (await words_to("何平"))[0].endswith("到您这里为止，不再往上转。")


async def test_given_a_contact_when_the_clock_strikes_then_it_is_over_and_nobody_else_is_asked(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await nine(town, 12, 7)
    reference = {"ids": [(await Escalation.get()).id]}
    assert await escalation.waits(reference)

    await town.says("周德厚", "李强 今天 电话 挺好")

    assert not await escalation.waits(reference)
    await nine(town, 12, 31)
    assert [row.end_reason for row in await Escalation.all()] == [EscalationEnd.CONTACT]


async def test_given_a_contact_taken_back_when_days_pass_then_the_secretary_is_not_asked_again(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await nine(town, 12, 7)
    await town.says("周德厚", "李强 今天 电话 挺好")
    await nine(town, 12, 8)
    await town.says("周德厚", "撤销")

    await nine(town, 12, 9)
    await nine(town, 12, 16)

    rows = await Escalation.all().order_by("id")
    assert [row.level for row in rows] == [EscalationLevel.SECRETARY, EscalationLevel.TOWNSHIP]
    assert all(row.ended_at is None for row in rows)


async def test_given_a_pause_when_the_day_passes_then_nobody_is_asked_until_it_is_over(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await Person.filter(name="李强").update(paused_until=date(2026, 12, 20))

    await nine(town, 12, 7)
    await nine(town, 12, 18)
    assert await Escalation.all().count() == 0

    await nine(town, 12, 23)
    assert await Escalation.all().count() == 1


async def test_given_a_bot_that_was_down_when_it_is_back_then_one_office_is_asked_at_a_time(
    town: Town,
) -> None:
    await only_li_qiang(town)

    await nine(town, 1, 24, year=2027)  # a Sunday
    assert await Escalation.all().count() == 0
    await nine(town, 1, 25, year=2027)

    assert [row.level for row in await Escalation.all()] == [EscalationLevel.SECRETARY]


async def test_given_the_secretary_is_the_mentor_when_nobody_is_heard_then_the_township_is_asked(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await Mentorship.filter(person=town.people["李强"]).update(mentor=town.people["刘长河"])

    await nine(town, 12, 11)

    assert [row.level for row in await Escalation.all()] == [EscalationLevel.TOWNSHIP]


async def test_given_several_silent_when_the_day_comes_then_one_message_names_them(
    town: Town,
) -> None:
    await Mentorship.all().update(last_contact_on=date(2026, 9, 2))

    await nine(town, 12, 7)

    words = await words_to("刘长河", "mentoring.escalation")
    assert len(words) == 1
    assert "3 人没联系上：王建国 96 天、陈玉梅 96 天、李强 96 天。" in words[0]
    await town.says("刘长河", "知道了")
    assert await Escalation.filter(acknowledged_at__isnull=True).count() == 0


async def test_given_three_in_one_city_when_they_fall_silent_then_one_notice_tells_it(
    town: Town,
) -> None:
    await Mentorship.all().update(last_contact_on=date(2026, 9, 2))
    await Person.filter(name__in=["王建国", "陈玉梅", "李强"]).update(city="东莞")

    await nine(town, 12, 3)
    await nine(town, 12, 4)

    words = await words_to("刘长河", "mentoring.cluster")
    assert words == [
        (
            "王家村在东莞的有 3 人一起没联系上：王建国 92 天、陈玉梅 92 天、李强 92 天。"
            "可能是同一件事，先问到一个，别的就清楚了。"
        )
    ]


async def test_given_half_a_year_when_it_strikes_nine_then_the_branch_is_told_apart_once(
    town: Town,
) -> None:
    await town.unit("驻南港", UnitKind.LIAISON_OFFICE)
    await town.person("何平", stage=Stage.FULL_MEMBER)
    await town.office("何平", RoleKind.LIAISON_OFFICER, "驻南港")
    await Person.filter(name="李强").update(inflow_unit_id=town.units["驻南港"].id)
    await only_li_qiang(town)
    await nine(town, 12, 7)
    await town.says("刘长河", "知道了")

    await nine(town, 3, 8, year=2027)
    await nine(town, 3, 9, year=2027)

    words = await words_to("刘长河", "mentoring.long_silence")
    assert words == [
        "超过半年没联系上的 1 人：李强 187 天。下一步您定：\n1 请驻南港找  2 上门问家里  3 先放着"
    ]
    await opens(town, "刘长河", "mentoring.long_silence")
    heard = await town.says("刘长河", "1")
    assert heard == "已经请驻南港找了，有消息他们会告诉您。这件停在您这里。"
    assert await words_to("何平") == [
        "王家村的李强 188 天没联系上了，人可能在您那边。请您问问，问到了告诉刘长河一声。"
    ]


async def test_given_the_notice_when_somebody_else_knows_then_nothing_stops(town: Town) -> None:
    await only_li_qiang(town)
    await nine(town, 12, 7)

    assert await town.says("孙敏", "知道了") == ""
    assert await town.says("周德厚", "知道了") == ""
    assert await Escalation.filter(acknowledged_at__isnull=True).count() == 1


async def test_given_a_departure_when_the_night_passes_then_contact_is_closer_for_thirty_days(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await Person.filter(name="王建国").update(left_on=date(2026, 11, 25))

    await keeping_jobs.keep_rhythms(Tick(now=at(11, 26, 1), fire_at=at(11, 26, 1)))
    pair = await town.pair("王建国")
    assert (pair.cadence_months, pair.next_contact_on) == (1, date(2026, 12, 20))

    await keeping_jobs.keep_rhythms(Tick(now=at(12, 25, 1), fire_at=at(12, 25, 1)))
    assert (await town.pair("王建国")).cadence_months == 3


async def test_given_somebody_asked_about_when_numbers_are_asked_then_he_is_counted_until_heard(
    town: Town,
) -> None:
    await only_li_qiang(town)
    assert "往上转" not in await town.says("刘长河", "统计")
    await nine(town, 12, 7)

    assert "没联系上、往上转了的：1 人" in await town.says("刘长河", "统计")
    assert "没联系上、往上转了的：1 人" in await town.says("孙敏", "统计")

    await town.says("周德厚", "李强 今天 电话 挺好")
    await nine(town, 12, 8)
    assert "往上转" not in await town.says("刘长河", "统计")


async def test_given_three_of_one_employer_when_they_fall_silent_then_one_notice_names_no_employer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [town.people[name].id for name in ("王建国", "陈玉梅", "李强")]

    async def named(person_ids: Collection[int]) -> dict[int, str]:
        return dict.fromkeys(person_ids, "永兴鞋厂")

    monkeypatch.setattr(clusters, "_employers", named)
    await Mentorship.all().update(last_contact_on=date(2026, 9, 2))
    await Person.filter(id__in=people).update(city="东莞")

    await nine(town, 12, 3)
    await nine(town, 12, 4)

    words = await words_to("刘长河", "mentoring.cluster")
    assert len(words) == 1
    assert words[0].startswith("王家村在同一家单位的有 3 人一起没联系上：")
    assert "永兴" not in words[0]


async def test_given_messages_that_did_not_arrive_when_the_secretary_is_asked_then_they_count(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await Unreached.create(
        person=town.people["李强"], since=town.clock.now(), count=3, reason="offline"
    )

    await nine(town, 12, 7)

    assert "周德厚那边还没有记录。我发的 3 条也没送到。" in (await words_to("刘长河"))[0]


async def test_given_half_a_year_on_the_first_morning_when_it_is_told_then_it_stands_in_one_list(
    town: Town,
) -> None:
    await only_li_qiang(town)
    await Mentorship.filter(person=town.people["李强"]).update(last_contact_on=date(2026, 5, 1))
    await Mentorship.filter(person=town.people["陈玉梅"]).update(
        last_contact_on=date(2026, 8, 20), next_contact_on=date(2026, 11, 20)
    )

    await nine(town, 12, 7)

    first, second = await words_to("刘长河")
    assert first.startswith("陈玉梅 109 天没联系上了。")
    assert second.startswith("超过半年没联系上的 1 人：李强 220 天。")
    await town.says("刘长河", "知道了")
    for day in range(8, 31):
        await nine(town, 12, day)
    assert {(row.level, row.person_id) for row in await Escalation.all()} == {
        (EscalationLevel.SECRETARY, town.people["李强"].id),
        (EscalationLevel.LONG, town.people["李强"].id),
        (EscalationLevel.SECRETARY, town.people["陈玉梅"].id),
        (EscalationLevel.TOWNSHIP, town.people["陈玉梅"].id),
    }
