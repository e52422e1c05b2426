"""What goes wrong while a contact is told: section 4, consent, pauses, corrections, strangers."""

from datetime import date

import pytest

from core.actors import Actor, ConsentKind, RoleKind, Stage
from core.texts import render
from models import AuditLog, Contact, Dialogue, Mentorship, Person
from models.enums import Channel, Outcome
from plugins.mentoring import service
from plugins.mentoring.policy import Entry
from tests.plugins.mentoring.town import Town, at

FIRST = "不对就回「改」或「撤销」。"


async def test_given_a_name_that_is_none_of_his_when_it_is_logged_then_he_is_asked_who(
    town: Town,
) -> None:
    assert await town.says("周德厚", "记联系 张三 微信 昨天 通了") == (
        "您带的人里没有这个名字，还没记。是哪位？1 王建国  2 陈玉梅  3 李强"
    )
    assert (await town.says("周德厚", "2")).startswith(
        "记下了：陈玉梅，11月22日（周日），微信，通了。"
    )


async def test_given_two_people_of_one_name_when_one_is_named_then_the_village_is_asked(
    town: Town,
) -> None:
    await town.unit("李家村", town.units["王家村"].kind, "柳河乡")
    await town.person("王建国", "李家村", key="另一位")
    await town.mentor("周德厚", "另一位")

    assert await town.says("周德厚", "记联系 王建国 电话 挺好") == (
        "有两位王建国：1 王家村的  2 李家村的"
    )
    await town.says("周德厚", "2")
    assert (await Contact.get()).person_id == town.people["另一位"].id


async def test_given_two_names_in_one_line_when_it_is_read_then_one_at_a_time_is_logged(
    town: Town,
) -> None:
    assert await town.says("周德厚", "玉梅和建国都打了电话 挺好") == (
        "一次记一个人。先记谁？1 王建国  2 陈玉梅"
    )


async def test_given_a_day_to_come_when_it_is_logged_then_it_is_asked_about(town: Town) -> None:
    assert await town.says("周德厚", "记联系 建国 电话 通了 12月30日") == (
        "12月30日还没到。是：1 去年12月30日  2 今天"
    )
    assert (await town.says("周德厚", "2")).startswith("记下了：王建国，今天，电话，通了。")


async def test_given_two_days_in_one_line_when_it_is_read_then_the_day_is_asked(
    town: Town,
) -> None:
    assert await town.says("周德厚", "建国周五打了电话，今天也打通了") == (
        "哪天？1 周五（11月20日）  2 周一（11月23日）  3 别的日子"
    )


@pytest.mark.parametrize("said", ["建国今天电话挺好", "建国电话挺好"])
async def test_given_the_small_hours_when_a_line_means_today_then_it_is_asked_which_day(
    town: Town, said: str
) -> None:
    town.go(at(11, 24, 1, 30))

    assert await town.says("周德厚", said) == (
        "过了半夜了，您说的是哪天？1 周一（11月23日）  2 周二（11月24日）"
    )
    assert (await town.says("周德厚", "1")).startswith("记下了：王建国，11月23日（周一），")


async def test_given_four_in_the_morning_when_a_line_means_today_then_it_is_today(
    town: Town,
) -> None:
    town.go(at(11, 24, 4))

    assert (await town.says("周德厚", "建国今天电话挺好")).startswith("记下了：王建国，今天，")


async def test_given_bare_log_when_everything_is_asked_then_it_is_asked_in_order(
    town: Town,
) -> None:
    assert (await town.says("周德厚", "记联系")).startswith("联系的是谁？")
    assert (await town.says("周德厚", "4")).startswith("是谁？回名字就行。")
    assert (await town.says("周德厚", "张三")).startswith("您带的人里没有这个名字，还没记。")
    assert (await town.says("周德厚", "李强")) == (
        "李强，哪天联系的？1 今天  2 昨天  3 前天  4 别的日子"
    )
    assert (await town.says("周德厚", "4")).startswith("哪天？回日子就行")
    assert (await town.says("周德厚", "说不清")).startswith("这个我没看懂，什么都没动。哪天？")
    assert (await town.says("周德厚", "前天")).startswith("怎么联系的？")
    assert (await town.says("周德厚", "3")).startswith("结果呢？")
    assert (await town.says("周德厚", "没人接")) == (
        "记下了：李强，11月21日（周六），语音，没人接。11月29日请您再试。\n" + FIRST
    )


async def test_given_an_open_question_when_a_line_about_another_comes_then_that_is_logged(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天给李强打电话")

    answer = await town.says("周德厚", "建国今天微信 挺好")

    assert answer.startswith("记下了：王建国，今天，微信，通了，「挺好」。")


@pytest.mark.parametrize(
    "said",
    ["建国", "建国的汇报写得真好", "今天打电话了", "李强电话多少？", "建国今天联系了吗"],
)
async def test_given_a_line_that_is_no_contact_when_it_is_said_then_nothing_is_logged(
    town: Town, said: str
) -> None:
    await town.says("周德厚", said)

    assert await Dialogue.filter(kind__startswith="mentoring.").count() == 0
    assert await Contact.all().count() == 0


async def test_given_somebody_elses_mentee_when_a_line_names_him_then_it_is_not_taken(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.person("马小军")
    await town.mentor("李秀兰", "马小军")

    await town.says("李秀兰", "建国昨天电话挺好")

    assert await Contact.all().count() == 0


async def test_given_no_second_consent_when_a_note_is_told_then_only_the_fact_is_kept(
    town: Town,
) -> None:
    await town.person("马小军", consents=(ConsentKind.BASICS,))
    await town.mentor("周德厚", "马小军")

    answer = await town.says("周德厚", "昨天跟小军打电话了 孩子病了 挺好")

    assert answer == (
        "记下了：马小军，11月22日（周日），电话，通了。下次2027年2月22日前。\n"
        "本人没让存谈话，这次只记日子、方式和结果。\n" + FIRST
    )
    assert (await Contact.get()).note_sealed is None


async def test_given_a_long_note_when_it_is_logged_then_two_hundred_characters_are_kept(
    town: Town,
) -> None:
    answer = await town.says("周德厚", "记联系 建国 电话 通了 " + "家里都好" * 60)

    assert "话有点长，记了前 200 字。" in answer
    assert f"「{'家里都好' * 50}」" in answer


async def test_given_the_same_message_twice_when_it_is_taken_again_then_one_line_is_kept(
    town: Town,
) -> None:
    pair = await town.pair("王建国")
    entry = Entry(pair.id, date(2026, 11, 22), Channel.PHONE, Outcome.REACHED, note="挺好")
    actor = Actor(account_id=1, person_id=town.people["周德厚"].id, is_mentor=True)
    now = town.clock.now()

    first = await service.log_contact(actor=actor, entry=entry, key="k", now=now)
    second = await service.log_contact(actor=actor, entry=entry, key="k", now=now)
    taken, _ = await service.take_back(actor=actor, key="u", now=now)
    again, _ = await service.take_back(actor=actor, key="u", now=now)

    assert first == second
    assert await Contact.all().count() == 1
    assert taken is again is service.Undone.WITHDRAWN
    assert await AuditLog.filter(subject_kind="contact").count() == 2


async def test_given_a_line_of_yesterday_when_it_is_taken_back_then_it_is_too_late(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天跟建国打电话了 挺好")
    town.later(hours=24, minutes=1)

    assert await town.says("周德厚", "撤销") == (
        "隔了一天，撤不了。回「改」，添一条更正，原来的留着。"
    )


async def test_given_nothing_written_when_it_is_taken_back_or_changed_then_that_is_said(
    town: Town,
) -> None:
    nothing = "您还没记过联系。要记，回「记联系」。"

    assert await town.says("周德厚", "撤销") == nothing
    assert await town.says("周德厚", "改") == nothing


async def test_given_a_wrong_line_when_it_is_changed_by_number_then_the_row_is_changed(
    town: Town,
) -> None:
    await town.says("周德厚", "11月18日给李强打电话没人接")

    assert await town.says("周德厚", "改") == (
        "李强，11月18日（周三），电话，没人接。改哪样？1 日子  2 怎么联系的  3 结果  4 记的话"
    )
    assert (await town.says("周德厚", "3")).startswith("结果呢？")
    assert await town.says("周德厚", "1") == (
        "改好了：李强，11月18日（周三），电话，通了。下次2027年2月18日前。"
    )
    pair = await town.pair("李强")
    assert (pair.last_contact_on, pair.next_contact_on) == (date(2026, 11, 18), date(2027, 2, 18))
    assert await Contact.all().count() == 1


@pytest.mark.parametrize(
    ("part", "answer", "line"),
    [
        ("1", "昨天", "李强，11月22日（周日），电话，没人接。11月30日请您再试。"),
        ("2", "微信", "李强，11月18日（周三），微信，没人接。11月26日请您再试。"),
        ("4", "他换班了", "李强，11月18日（周三），电话，没人接，「他换班了」。11月26日请您再试。"),
    ],
)
async def test_given_a_wrong_line_when_a_part_is_typed_then_that_part_is_changed(
    town: Town, part: str, answer: str, line: str
) -> None:
    await town.says("周德厚", "11月18日给李强打电话没人接")
    await town.says("周德厚", "改")
    await town.says("周德厚", part)

    assert await town.says("周德厚", answer) == f"改好了：{line}"


async def test_given_words_behind_change_when_they_name_a_part_then_it_is_changed_at_once(
    town: Town,
) -> None:
    await town.says("周德厚", "陈玉梅 微信 上周五 换厂了 下月再打")

    assert await town.says("周德厚", "改 昨天") == (
        "改好了：陈玉梅，11月22日（周日），微信，通了，换厂。下次12月1日（周二）。"
    )


async def test_given_an_old_line_when_it_is_changed_then_a_correction_stands_beside_it(
    town: Town,
) -> None:
    await town.says("周德厚", "11月18日给李强打电话没人接")
    town.later(days=2)

    assert await town.says("周德厚", "改 打通了") == (
        "添了一条更正：李强，11月18日（周三），电话，通了。下次2027年2月18日前。原来的留着。"
    )
    old, new = await Contact.all().order_by("id")
    assert (old.outcome, new.outcome) == (Outcome.NO_ANSWER, Outcome.REACHED)
    assert old.withdrawn_at is not None
    assert (await town.pair("李强")).next_contact_on == date(2027, 2, 18)

    await town.says("周德厚", "撤销")
    old, new = await Contact.all().order_by("id")
    assert (old.withdrawn_at is None, new.withdrawn_at is None) == (True, False)
    assert (await town.pair("李强")).next_contact_on == date(2026, 11, 26)

    await town.says("周德厚", "撤销")
    assert (await town.pair("李强")).next_contact_on == date(2027, 2, 18)


async def test_given_a_line_about_an_older_day_when_it_is_logged_then_the_next_day_stays(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天跟建国打电话了 挺好")

    answer = await town.says("周德厚", "11月10日给建国打电话没人接")

    assert answer == "记下了：王建国，11月10日（周二），电话，没人接。下次2027年2月22日前。"
    pair = await town.pair("王建国")
    assert (pair.last_contact_on, pair.next_contact_on) == (date(2026, 11, 22), date(2027, 2, 22))


async def test_given_a_vain_try_when_it_is_logged_then_the_last_talk_stays(town: Town) -> None:
    await town.says("周德厚", "今天给建国打电话没人接")

    assert (await town.pair("王建国")).last_contact_on == date(2026, 8, 20)


async def test_given_a_paused_person_when_the_list_is_asked_then_he_waits_for_the_end(
    town: Town,
) -> None:
    await Person.filter(name="王建国").update(paused_until=date(2026, 12, 20))

    assert (await town.says("周德厚", "待办")).startswith("这周 1 件事：\n1 联系陈玉梅")
    town.go(at(12, 21))
    assert "联系王建国" in await town.says("周德厚", "待办")


async def test_given_nothing_due_when_the_list_is_asked_then_he_may_rest(town: Town) -> None:
    await Mentorship.all().update(next_contact_on=date(2027, 3, 1))

    assert await town.says("周德厚", "今日联系") == "眼下没有要办的，您歇着。有事下周一告诉您。"


async def test_given_his_people_when_they_are_asked_for_then_their_days_are_listed(
    town: Town,
) -> None:
    await Person.filter(name="李强").update(paused_until=date(2026, 12, 20))
    await town.person("马小军")
    await town.mentor("周德厚", "马小军", due=date(2027, 1, 15))

    assert await town.says("周德厚", "名单") == (
        "您带 4 人：\n王建国，上次8月20日，下次11月20日前\n陈玉梅，上次8月26日，下次11月26日前\n"
        "李强，上次9月2日，到12月20日先不打扰\n马小军，还没联系过，2027年1月15日前联系一次\n"
        "联系上了回「记联系」加名字。"
    )


async def test_given_a_secretary_when_he_logs_then_his_branch_is_his_to_log(town: Town) -> None:
    answer = await town.says("刘长河", "记联系 李强 今天 电话 打通了")

    assert answer.startswith("记下了：李强，今天，电话，通了。")
    assert (await Contact.get()).entered_by_id == town.people["刘长河"].id


async def test_given_a_secretary_when_he_only_talks_of_somebody_then_it_is_no_contact_line(
    town: Town,
) -> None:
    await town.says("刘长河", "李强昨天电话挺好")

    assert await Contact.all().count() == 0


async def test_given_a_secretary_without_mentees_when_he_has_nobody_then_that_is_said(
    town: Town,
) -> None:
    await town.unit("李家村", town.units["王家村"].kind, "柳河乡")
    await town.person("吴芳", "李家村", Stage.FULL_MEMBER)
    await town.office("吴芳", RoleKind.BRANCH_SECRETARY, "李家村")

    assert await town.says("吴芳", "记联系") == "您名下还没有带的人，找支书定下来就能记。"


async def test_given_a_pair_that_ended_when_its_question_is_answered_then_nothing_is_logged(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天给李强打电话")
    await Mentorship.filter(person=town.people["李强"]).update(until_on=date(2026, 11, 1))

    assert await town.says("周德厚", "1") == "这位现在不归您带，没记。看名单回「我带的人」。"
    assert await Contact.all().count() == 0


async def test_given_a_worker_when_he_types_mentors_words_then_he_may_not(town: Town) -> None:
    assert await town.says("王建国", "待办") == render("reception.not_allowed")
    await town.says("王建国", "玉梅昨天电话挺好")
    assert await Contact.all().count() == 0


async def test_given_more_than_six_things_when_they_are_listed_then_six_stand_there(
    town: Town,
) -> None:
    for number in range(5):
        await town.person(f"周{number}民")
        await town.mentor("周德厚", f"周{number}民", due=date(2026, 11, 1))

    answer = await town.says("周德厚", "待办")

    assert answer.startswith("这周 7 件事：\n1 联系周0民（还没联系过）")
    assert "\n另有 1 件，前面的办了回「待办」。" in answer
    assert "6 联系王建国" in answer
    assert "7 联系" not in answer
