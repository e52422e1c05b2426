"""The reading order of dialogues.md 2.1, message by message."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from core.messages import Blob, ChatKind, Media, MediaKind, Other, SendOutcome, SendResult
from models import Dialogue, SeenEvent
from plugins.reception import desk, router, seen

PHOTO = Media(MediaKind.IMAGE, "1.jpg")
UNKNOWN_NUMBER = "这个数字对不上现在的事，什么都没动。回 0 看菜单。"
FAULT = "刚才这条没办成，是我这边的问题。前面的都在，过 10 分钟再发一次。"
NOT_ALLOWED = "这个我不能给您看。看自己的，回「我的数据」。"
STRANGER = "我是雁阵，帮支部跟在外的申请人联系。\n有邀请码就发来。公开的学习回「本周」就能看。"


# 3. Commands.


@pytest.mark.parametrize(
    "words",
    ["学习", " 学习 ", "/学习", "「学习」", "学习。", "「学习」。", "上课", "学系", "学习～"],
)
async def test_given_a_word_when_typed_loosely_then_its_command_runs(talk: Any, words: str) -> None:
    assert await talk.say("w", words) == "学习开始。"


async def test_given_a_word_when_more_follows_a_blank_then_it_is_the_arguments(talk: Any) -> None:
    assert await talk.say("w", "本周 看  第二条。") == "公开的：看  第二条。"
    assert await talk.say("w", "「本周」 看") == "公开的：看"


async def test_given_a_sentence_when_it_begins_with_a_word_then_it_is_no_command(talk: Any) -> None:
    assert await talk.say("w", "学习了党章以后我想") != "学习开始。"
    assert await talk.say("w", "学习 了党章以后我想了很多很多") != "学习开始。"


async def test_given_a_pattern_when_typed_full_width_then_it_matches(talk: Any) -> None:
    assert await talk.say("w", "删第２页。") == "第 删第2页 页拿掉了。"
    assert await talk.say("w", "删2") == "第 删2 页拿掉了。"


async def test_given_an_alias_of_others_when_a_worker_says_it_then_it_is_no_command(
    talk: Any,
) -> None:
    assert await talk.say("m", "行") == "学习开始。"
    assert "没看懂" in await talk.say("w", "行")
    assert await talk.say("w", "通过") == NOT_ALLOWED


async def test_given_a_question_when_an_option_that_is_an_alias_is_said_then_it_is_the_option(
    talk: Any,
) -> None:
    await talk.say("m", "代班")
    assert await talk.say("m", "行") == "选了 1。"


async def test_given_no_permission_when_a_name_exists_or_not_then_the_words_are_the_same(
    talk: Any,
) -> None:
    assert await talk.say("w", "查档 王建国") == NOT_ALLOWED
    assert await talk.say("w", "查档 没这个人") == NOT_ALLOWED


async def test_given_a_stranger_when_he_asks_for_more_than_public_then_he_hears_who_we_are(
    talk: Any,
) -> None:
    assert await talk.say("2001", "学习") == "学习开始。"
    for words in ("学时", "交汇报", "查档 王建国", "你是谁", "帮助", "菜单", "0"):
        assert await talk.say("2001", words) == STRANGER


async def test_given_a_refusal_when_a_handler_raises_it_then_its_text_is_the_answer(
    talk: Any,
) -> None:
    assert await talk.say("w", "拒绝") == "这次不行。"


async def test_given_a_defect_when_a_handler_breaks_then_no_word_of_it_is_logged(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[Any] = []
    monkeypatch.setattr("core.logs.RoomLog._write", lambda *given: lines.append(given))
    assert await talk.say("w", "坏了") == FAULT
    assert len(lines) == 1
    assert "坏了" not in repr(lines).replace("play.坏了", "")


async def test_given_a_picture_when_a_reply_shows_one_then_it_goes_before_the_words(
    talk: Any, wire: Any
) -> None:
    assert await talk.say("w", "看图") == "学习开始。"
    assert [type(parts[0]) for _, parts in wire.sent] == [Blob, type(wire.sent[1][1][0])]


# 4. Lone numbers.


@pytest.mark.parametrize(
    "words", ["1", "１", "一", "①", "选1", "第1个", "1。", "1、", "（1）", "王建国"]
)
async def test_given_a_question_when_a_number_is_said_then_it_is_that_option(
    talk: Any, words: str
) -> None:
    assert await talk.say("m", "记联系") == "联系的是谁？\n1 王建国  2 陈玉梅"
    assert await talk.say("m", words) == "选了 王。"


async def test_given_a_list_when_one_thing_was_done_then_its_other_numbers_still_work(
    talk: Any,
) -> None:
    assert await talk.say("m", "待办") == "这周 2 件事：\n1 联系王建国  2 看看学习"
    assert await talk.say("m", "1") == "选了 contact。"
    assert await talk.say("m", "2") == "学习开始。"


async def test_given_no_question_when_a_number_is_said_then_nothing_moves(talk: Any) -> None:
    assert await talk.say("w", "3") == UNKNOWN_NUMBER
    await talk.say("m", "待办")
    assert await talk.say("m", "9") == UNKNOWN_NUMBER


async def test_given_a_list_of_yesterday_when_a_number_is_said_then_the_list_comes_anew(
    talk: Any,
) -> None:
    await talk.say("m", "待办")
    talk.later(hours=24, minutes=1)
    assert await talk.say("m", "1") == (
        "那张单子隔天了，给您张新的。\n这周 2 件事：\n1 联系王建国  2 看看学习"
    )
    assert await talk.say("m", "1") == "选了 contact。"


async def test_given_an_old_list_without_a_source_when_a_number_is_said_then_it_is_shown_again(
    talk: Any,
) -> None:
    await talk.say("m", "记联系")
    talk.later(days=3)
    assert await talk.say("m", "2") == "那张单子隔天了，给您张新的。\n1 王建国  2 陈玉梅"
    assert await talk.say("m", "2") == "选了 陈。"


async def test_given_a_list_just_within_a_day_when_a_number_is_said_then_it_still_holds(
    talk: Any,
) -> None:
    await talk.say("m", "待办")
    talk.later(hours=24)
    assert await talk.say("m", "1") == "选了 contact。"


async def test_given_a_question_for_text_when_a_number_is_no_option_then_it_is_the_text(
    talk: Any,
) -> None:
    await talk.say("m", "记联系")
    assert await talk.say("m", "20") == "记下了 2 个字。"


# 5. Courtesy.


@pytest.mark.parametrize(
    "words", ["收到", "好的", "嗯", "谢谢", "谢谢。", "好的！", "OK", "👍", "🙏🙏"]
)
async def test_given_courtesy_when_it_is_all_then_there_is_silence(talk: Any, words: str) -> None:
    assert await talk.say("w", words) == ""
    assert await talk.say("2001", words) == ""


async def test_given_a_sticker_when_it_is_all_then_there_is_silence(talk: Any) -> None:
    assert await talk.say("w", "", Other("sticker")) == ""


# 6. Drafts and questions that take text.


async def test_given_a_draft_when_text_and_pictures_come_then_they_are_its_pages(talk: Any) -> None:
    assert await talk.say("w", "交汇报") == "开好了，四季度汇报。"
    assert await talk.say("w", "敬爱的党组织") == "收到 1 页，6 字。"
    assert await talk.say("w", "", PHOTO, PHOTO) == "收到 2 页，0 字。"
    assert await talk.say("w", "要上夜班了") == "收到 1 页，5 字。"
    assert await talk.say("w", "交汇报的事我想了很久") == "收到 1 页，10 字。"


async def test_given_a_draft_when_a_whole_word_is_said_then_it_is_a_command(talk: Any) -> None:
    await talk.say("w", "交汇报")
    assert await talk.say("w", "学习") == "学习开始。"
    assert await talk.say("w", "删第2页") == "第 删第2页 页拿掉了。"
    assert await talk.say("w", "夜班到 20号") == "公开的：20号"
    assert await talk.say("w", "本周 我学了很多") == "收到 1 页，8 字。"
    assert await talk.say("w", "完成") == "交上了。"
    assert await Dialogue.all().count() == 0


async def test_given_a_draft_when_its_own_words_are_said_then_they_reach_it(talk: Any) -> None:
    await talk.say("w", "交汇报")
    assert await talk.say("w", "好了") == "收到 1 页，2 字。"
    assert await talk.say("w", "行。") == "收到 1 页，2 字。"
    assert await talk.say("w", "看图") == "收到 1 页，2 字。"
    assert await talk.say("w", "好的") == ""


async def test_given_a_draft_when_a_newer_question_takes_text_then_the_question_gets_it(
    talk: Any,
) -> None:
    await talk.say("w", "交汇报")
    talk.later(minutes=1)
    await talk.say("w", "换地方")
    assert await talk.say("w", "去了南港那边") == "记下了 6 个字。"
    assert await talk.say("w", "", PHOTO) == "收到 1 页，0 字。"


async def test_given_a_question_for_text_when_a_draft_is_opened_later_then_the_draft_gets_it(
    talk: Any,
) -> None:
    await talk.say("w", "换地方")
    assert await talk.say("w", "去了南港那边") == "记下了 6 个字。"
    talk.later(minutes=1)
    await talk.say("w", "交汇报")
    assert await talk.say("w", "敬爱的党组织") == "收到 1 页，6 字。"


async def test_given_a_question_when_a_line_is_not_understood_then_the_question_stays(
    talk: Any,
) -> None:
    await talk.say("m", "待办")
    said = await talk.say("m", "今天天气真好啊")
    assert said == ("这句我没看懂。刚才问的还等您：1 联系王建国  2 看看学习。不办了回「取消」。")
    assert await talk.say("m", "1") == "选了 contact。"


# 7 and 8. Line readers, and what is left.


async def test_given_a_line_of_a_mentor_when_it_names_his_people_then_a_room_reads_it(
    talk: Any,
) -> None:
    assert await talk.say("m", "昨天跟建国打电话了 挺好") == "记下了：昨天跟建国打电话了 挺好"


async def test_given_a_typo_when_nothing_reads_it_then_the_nearest_words_are_offered(
    talk: Any,
) -> None:
    assert await talk.say("w", "交汇抱") == (
        "这句我没看懂。是想：1 交汇报  2 学习  3 求助？都不是回 0。"
    )
    assert await talk.say("w", "1") == "开好了，四季度汇报。"


async def test_given_a_typo_when_the_command_is_not_his_then_it_is_not_offered(talk: Any) -> None:
    assert "查档" not in await talk.say("w", "查当")


async def test_given_a_loose_picture_when_nothing_is_open_then_it_is_not_taken(talk: Any) -> None:
    assert await talk.say("w", "", PHOTO) == (
        "这个我先没收。交汇报的话，先回「交汇报」，再发一次。"
    )


# 取消.


async def test_given_a_question_when_cancelled_then_it_is_dropped(talk: Any) -> None:
    await talk.say("m", "记联系")
    assert await talk.say("m", "取消") == "刚问的不记了，前面记的都在。"
    assert await talk.say("m", "1") == UNKNOWN_NUMBER


async def test_given_a_draft_when_cancelled_then_its_room_decides(talk: Any) -> None:
    await talk.say("w", "交汇报")
    await talk.say("w", "帮助")
    assert await talk.say("w", "算了") == "不写了。"
    assert await talk.say("w", "取消") == "现在没有没办完的事。回 0 看菜单。"


async def test_given_two_unfinished_things_when_cancelled_then_it_asks_which(
    talk: Any, clock: Any
) -> None:
    await talk.say("w", "交汇报")
    await talk.say("w", "解绑")
    assert await talk.say("w", "取消") == "取消哪个？\n1 刚才问的  2 没写完的"
    assert await talk.say("w", "2") == "不写了。"


# Groups.


async def test_given_a_private_word_when_said_in_a_group_then_the_answer_is_private(
    talk: Any,
) -> None:
    assert await talk.in_group("w", "学时") == [
        ("private", "只给您看：王建国"),
        ("77", "这个我私下回您。"),
    ]


async def test_given_no_friend_when_a_private_word_is_said_in_a_group_then_he_is_told_how(
    talk: Any, wire: Any
) -> None:
    wire.outcomes[ChatKind.PRIVATE] = SendOutcome(SendResult.REJECTED, reason="not_friend")
    assert (await talk.in_group("w", "学时"))[-1] == ("77", "我私下找不到您，请加我好友再发一次。")


async def test_given_no_permission_when_asked_in_a_group_then_the_group_learns_nothing(
    talk: Any,
) -> None:
    assert await talk.in_group("w", "查档 王建国") == [
        ("private", NOT_ALLOWED),
        ("77", "这个我私下回您。"),
    ]


async def test_given_a_word_with_its_own_group_answer_when_said_there_then_it_does_not_run(
    talk: Any,
) -> None:
    said = await talk.in_group("w", "交汇报 敬爱的党组织，我在这里向您汇报")
    assert said == [("77", "汇报不在群里收，请先撤回那条。\n私聊我回「交汇报」就行。")]
    assert await Dialogue.all().count() == 0


async def test_given_a_public_word_when_said_in_a_group_then_it_is_answered_there(
    talk: Any,
) -> None:
    assert await talk.in_group("w", "/学习") == [("77", "学习开始。")]
    assert await talk.in_group("w", "帮助") == [
        ("77", "群里@我能说「学习」「本周」。别的事私聊我。")
    ]
    assert await talk.in_group("w", "") == [("77", "群里@我能说「学习」「本周」。别的事私聊我。")]


async def test_given_a_private_reply_when_asked_in_a_group_then_it_moves(talk: Any) -> None:
    assert await talk.in_group("s", "统计") == [
        ("private", "只给您看：刘长河"),
        ("77", "这个我私下回您。"),
    ]


async def test_given_a_list_in_private_when_a_number_is_said_in_a_group_then_it_is_not_the_same(
    talk: Any,
) -> None:
    await talk.in_group("m", "待办")
    assert await talk.in_group("m", "1") == [("77", UNKNOWN_NUMBER)]
    assert await talk.say("m", "1") == "选了 contact。"


async def test_given_an_unknown_line_when_said_in_a_group_then_it_is_not_quoted(talk: Any) -> None:
    assert await talk.in_group("m", "昨天跟建国打电话了") == [
        ("77", "这句我没看懂。@我说「帮助」看能做什么。")
    ]


# Delivered again, one after the other, and forgotten.


async def test_given_an_event_when_it_is_delivered_again_then_it_is_dropped(talk: Any) -> None:
    incoming = talk.incoming("w", "学习")
    assert await talk.hear(incoming) == [("private", "学习开始。")]
    assert await talk.hear(incoming) == []


async def test_given_an_event_when_it_comes_twice_at_once_then_it_is_answered_once(
    talk: Any, wire: Any
) -> None:
    incoming = talk.incoming("w", "学习")
    await asyncio.gather(*(router.take(incoming) for _ in range(5)))
    assert len(wire.sent) == 1


async def test_given_quick_messages_of_one_sender_when_taken_at_once_then_they_keep_their_order(
    talk: Any, wire: Any
) -> None:
    said = [talk.incoming("w", words) for words in ("交汇报", "第一段话说得长一些", "完成")]
    await asyncio.gather(*(router.take(incoming) for incoming in said))
    assert [parts[0].text for _, parts in wire.sent] == [
        "开好了，四季度汇报。",
        "收到 1 页，9 字。",
        "交上了。",
    ]


async def test_given_events_of_two_days_when_pruned_then_the_last_day_is_kept(talk: Any) -> None:
    await talk.say("w", "学习")
    talk.later(hours=20)
    await talk.say("w", "学习")
    talk.later(hours=5)
    assert await seen.prune(talk.clock.now()) == 1
    assert await SeenEvent.all().count() == 1


async def test_given_a_broken_database_when_a_message_comes_then_nothing_raises(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_given: object) -> bool:
        raise OSError("gone")

    monkeypatch.setattr(seen, "take", gone)
    assert await talk.say("w", "学习") == FAULT


async def test_given_the_same_menu_when_asked_again_then_its_row_is_not_written_again(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("w", "帮助")
    before = await Dialogue.get()
    talk.later(minutes=5)
    await talk.say("w", "帮助")
    assert (await Dialogue.get()).body_sealed == before.body_sealed
    talk.later(minutes=6)
    await talk.say("w", "帮助")
    assert (await Dialogue.get()).asked_at == before.asked_at + timedelta(minutes=11)


# Whatever anybody writes.


async def test_given_any_text_when_it_is_said_then_nothing_breaks_and_no_group_hears_it(
    talk: Any, wire: Any
) -> None:
    words = strategies.text(min_size=1, max_size=40) | strategies.sampled_from(
        [
            "王建国",
            "交汇报 我的事",
            "13800138000",
            "①",
            "「",
            "」」",
            "/ /",
            "取消 ",
            "\x00",
            "%s {x}",
        ]
    )
    found: list[str] = []

    @settings(
        max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(words)
    def collect(said: str) -> None:
        found.append(said)

    collect()
    for said in found:
        before = len(wire.sent)
        for incoming in (talk.incoming("m", said), talk.incoming("s", said, "77")):
            await router.take(incoming)
        for chat, parts in wire.sent[before:]:
            text = "".join(getattr(part, "text", "") for part in parts)
            assert text != FAULT, said
            quoted = len(said.strip()) > 3 and said.strip() in text
            assert chat.is_private or not quoted, said
    assert desk.current() is not None
