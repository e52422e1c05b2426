"""Dialogue 3.8: wages are owed; who asks, who takes, who says that it is done."""

import pytest

from core.actors import Actor
from core.errors import Refusal
from core.scheduling import Tick
from models import AssistanceCase, Delivery, Message, ReadLog
from models.enums import HelpKind, HelpState
from plugins.assistance import notices, queries, service
from plugins.delivery import bodies
from plugins.mentoring import jobs
from tests.plugins.assistance.conftest import HelpTown
from tests.plugins.mentoring.town import Town, at

SAID = "欠两个月，十来个人，老板老说月底"


async def asks(town: Town) -> AssistanceCase:
    await town.says("王建国", "求助")
    await town.says("王建国", "1")
    await town.says("王建国", SAID)
    return await AssistanceCase.get(person=town.people["王建国"])


async def owed(town: Town, name: str, purpose: str) -> list[Delivery]:
    target = f"person:{town.people[name].id}"
    return await Delivery.filter(target=target, purpose=purpose).order_by("id")


async def test_given_a_worker_when_wages_are_owed_then_it_is_taken_down_in_the_scripts_words(
    town: Town,
) -> None:
    assert await town.says("王建国", "求助") == (
        "哪方面的事？1 工钱  2 工伤  3 孩子上学  4 家里老人  5 地里的事  6 别的\n"
        "这和申请分开，只有办事的人看得到。有危险先打 110、120。"
    )
    assert await town.says("王建国", "1") == "说几句就行：欠了多久、找过谁。不用发证件号、卡号。"
    assert await town.says("王建国", SAID) == (
        "记下了。明天晚上6点前有人接，我告诉您是谁。\n"
        "工资条、考勤先拍照存好；想先问，打 12333。\n"
        "不用办了，回「取消求助」。"
    )
    row = await AssistanceCase.get(person=town.people["王建国"])
    assert (row.kind, row.state, queries.open_words(row)) == (HelpKind.WAGES, HelpState.OPEN, SAID)
    assert SAID.encode() not in row.words_sealed
    assert len(await owed(town, "刘长河", notices.NEW)) == 1
    assert len(await owed(town, "何志远", notices.NEW)) == 1
    assert await owed(town, "周德厚", notices.NEW) == []


async def test_given_a_new_case_when_news_is_owed_then_no_word_of_it_is_in_it(town: Town) -> None:
    await asks(town)

    for message in await Message.all():
        assert SAID not in str(bodies.unseal(message.body_sealed, uid=message.uid))


async def test_given_a_case_when_an_officer_takes_it_then_he_reads_the_words_and_it_is_noted(
    town: Town,
) -> None:
    row = await asks(town)

    assert await town.says("何志远", "受理") == "1 件求助等人接：1 王建国，工钱"
    answer = await town.says("何志远", "1")

    assert answer.startswith(f"您接了。本人说：「{SAID}」")
    await row.refresh_from_db()
    assert (row.state, row.taken_by_id) == (HelpState.TAKEN, town.people["何志远"].id)
    assert len(await owed(town, "王建国", notices.NEWS)) == 1
    question = (await owed(town, "王建国", notices.QUESTION))[0]
    assert question.not_before == at(11, 30, 19)
    assert await ReadLog.filter(reader_id=town.people["何志远"].id, what="assistance").count() == 1
    assert await town.says("刘长河", "受理") == "眼下没有等人接的求助。"


async def test_given_two_helpers_when_both_choose_it_then_the_second_hears_it_is_gone(
    town: Town,
) -> None:
    await asks(town)
    await town.says("何志远", "受理")
    await town.says("刘长河", "受理")
    await town.says("何志远", "1")

    answer = await town.says("刘长河", "1")

    assert answer.startswith("这件已经有人接了")


async def test_given_a_mentor_or_a_stranger_to_it_when_they_look_then_there_is_nothing(
    town: Town,
) -> None:
    await asks(town)

    assert "求助等人接" not in await town.says("周德厚", "受理")
    assert await town.says("孙敏", "受理") == "眼下没有等人接的求助。"


async def test_given_nobody_took_it_when_a_day_is_over_then_the_township_may(town: Town) -> None:
    row = await asks(town)
    late = (await owed(town, "孙敏", notices.LEFT))[0]
    assert late.not_before == at(11, 24, 18)
    assert await notices.CHECKS[notices.IS_OPEN]({"case": row.id})

    town.go(at(11, 24, 18, 5))

    assert (await town.says("孙敏", "受理")).startswith("1 件求助等人接")


async def test_given_a_case_done_when_the_person_says_yes_then_only_that_closes_it(
    town: Town,
) -> None:
    row = await asks(town)
    await town.says("何志远", "受理")
    await town.says("何志远", "1")

    assert await town.says("何志远", "办结 1") == "我去问本人，他说好了才算结。"
    await row.refresh_from_db()
    assert row.state is HelpState.DONE
    assert await notices.CHECKS[notices.IS_DONE]({"case": row.id})
    assert not await notices.CHECKS[notices.IS_TAKEN]({"case": row.id})


async def test_given_an_open_case_when_it_is_taken_back_then_nothing_is_owed_any_more(
    town: Town,
) -> None:
    row = await asks(town)

    assert await town.says("王建国", "取消求助") == "好，工钱的事不办了。再要帮忙，回「求助」。"
    assert await town.says("王建国", "取消求助") == "眼下没有在办的求助。要帮忙，回「求助」。"
    assert not await notices.CHECKS[notices.IS_OPEN]({"case": row.id})


async def test_given_a_line_that_needs_help_when_the_person_agreed_then_a_case_is_opened(
    town: Town,
) -> None:
    answer = await town.says("周德厚", "玉梅今天视频 孩子上学想请人帮忙问问")
    assert answer.endswith("陈玉梅同意开一件求助吗？1 同意  2 还没问")
    assert await AssistanceCase.all().count() == 0

    assert await town.says("周德厚", "1") == "替他开好了，有人接了我告诉他。"

    row = await AssistanceCase.get(person=town.people["陈玉梅"])
    assert (row.kind, row.opened_by_id) == (HelpKind.SCHOOL, town.people["周德厚"].id)
    assert queries.open_words(row) == "孩子上学想请人帮忙问问"
    assert len(await owed(town, "陈玉梅", notices.NEWS)) == 1


async def test_given_a_line_that_needs_help_when_nobody_was_asked_then_no_case_is_opened(
    town: Town,
) -> None:
    await town.says("周德厚", "玉梅今天视频 孩子上学想请人帮忙问问")

    await town.says("周德厚", "2")

    assert await AssistanceCase.all().count() == 0


async def test_given_danger_when_it_is_said_then_the_numbers_come_before_the_question(
    town: Town,
) -> None:
    answer = await town.says("王建国", "救命")

    assert answer.startswith("现在有危险，先打 110、120 或 119。")
    assert "哪方面的事？" in answer


async def test_given_a_case_when_the_helper_asks_what_waits_then_its_number_leads_to_it(
    town: Town,
) -> None:
    await asks(town)

    assert (await town.says("何志远", "待办")).startswith("这周 1 件事：\n1 接 1 件求助\n")
    assert await town.says("何志远", "1") == "1 件求助等人接：1 王建国，工钱"
    assert await town.says("孙敏", "待办") == "眼下没有要办的，您歇着。有事下周一告诉您。"


async def test_given_a_case_when_monday_comes_then_the_helper_has_one_list_and_others_none(
    town: Town,
) -> None:
    await asks(town)

    await jobs.owe_weekly_lists(Tick(now=at(11, 30), fire_at=at(11, 30)))
    await jobs.owe_weekly_lists(Tick(now=at(11, 30), fire_at=at(11, 30)))

    assert len(await owed(town, "何志远", "mentoring.weekly")) == 1
    assert len(await owed(town, "孙敏", "mentoring.weekly")) == 1
    helper = {"mentor": town.people["何志远"].id}
    town.go(at(11, 30))
    assert await jobs.still_due(helper)
    await town.says("王建国", "取消求助")
    assert not await jobs.still_due(helper)


async def takes(town: Town) -> None:
    await town.says("何志远", "受理")
    await town.says("何志远", "1")


async def test_given_a_case_when_it_goes_its_way_then_everybody_hears_once_and_the_asker_closes_it(
    town: HelpTown,
) -> None:
    row = await asks(town)
    assert sorted(name for name, _ in await town.until(at(11, 23, 10))) == ["何志远", "刘长河"]
    await takes(town)
    assert await town.until(at(11, 23, 11)) == [("王建国", "何志远接了您的事，会跟您联系。")]
    assert await town.until(at(11, 25, 12)) == []

    week = await town.until(at(11, 30, 19, 1))
    assert week == [("王建国", "工钱的事一周了，怎么样？1 解决了  2 有动静  3 没动静")]
    assert (await town.says("王建国", "3")).startswith("好，我催办事的人")
    ((who, said),) = await town.until(at(12, 1, 8, 30))
    assert (who, said[:8]) == ("何志远", "王建国说工钱的事")

    await town.says("何志远", "办结 1")
    asked = await town.until(at(12, 1, 9))
    assert asked == [("王建国", "何志远说工钱的事办好了，您看是吗？1 是  2 还没有")]
    await row.refresh_from_db()
    assert row.state is HelpState.DONE
    assert await town.says("王建国", "1") == "那就好，这件结了。"
    await row.refresh_from_db()
    assert (row.state, row.confirmed_at) == (HelpState.CLOSED, town.clock.now())


async def test_given_a_case_said_to_be_done_when_it_is_not_then_it_is_in_hand_again(
    town: HelpTown,
) -> None:
    row = await asks(town)
    await takes(town)
    await town.says("何志远", "办结 1")
    await town.until(at(11, 23, 10))

    await town.says("王建国", "2")

    await row.refresh_from_db()
    assert (row.state, row.done_at) == (HelpState.TAKEN, None)


async def test_given_nobody_took_a_case_when_the_time_is_over_then_asker_and_clerk_hear_it(
    town: HelpTown,
) -> None:
    await asks(town)
    await town.until(at(11, 23, 10))

    late = dict(await town.until(at(11, 24, 18, 1)))

    assert late == {
        "王建国": "工钱的事还没人接，我已经请乡里看了。急的话先给支书打个电话。",
        "孙敏": "王家村有一件求助（工钱）一天没人接了。您来接，回「受理」。",
    }


async def test_given_somebody_moved_when_the_mentor_says_yes_then_he_is_asked_for_the_city(
    town: HelpTown,
) -> None:
    answer = await town.says("周德厚", "建国昨天电话 换地方了")
    assert answer.endswith("要我问问王建国在哪座城市吗？1 问  2 不用")
    assert await town.until(at(11, 23, 10)) == []

    await town.says("周德厚", "1")

    ((who, said),) = await town.until(at(11, 23, 11))
    assert (who, said[:10]) == ("王建国", "周德厚说您可能换了地")


async def test_given_a_case_when_anybody_else_would_close_it_then_it_stays_open(
    town: HelpTown,
) -> None:
    row = await asks(town)
    await takes(town)
    helper = Actor(person_id=town.people["何志远"].id, name="何志远")

    for act in (service.close, service.still_waits):
        with pytest.raises(Refusal):
            await act(actor=helper, case_id=row.id, now=town.clock.now())

    await row.refresh_from_db()
    assert row.state is HelpState.TAKEN
