"""Dialogues 3.6: the Monday list, one-line logs, questions, undo; sentences are exact."""

from datetime import date

import pytest

from models import AuditLog, Contact, ReportDraft, ThoughtReport
from models.enums import Channel, DraftState, Outcome, ReportState
from tests.plugins.mentoring.town import Town, at


async def hands_in(town: Town, name: str, state: ReportState = ReportState.WAITING_MENTOR) -> None:
    now = town.clock.now()
    person = town.people[name]
    draft = await ReportDraft.create(
        uid=f"d{person.id}", person=person, quarter="2026Q4", state=DraftState.SUBMITTED,
        opened_at=now, updated_at=now,
    )  # fmt: skip
    await ThoughtReport.create(
        uid=f"r{person.id}", person=person, draft=draft, quarter="2026Q4", state=state,
        pages=1, submitted_at=now,
    )  # fmt: skip


async def test_given_three_things_when_todo_is_asked_then_they_are_listed(town: Town) -> None:
    await hands_in(town, "陈玉梅")

    answer = await town.says("周德厚", "待办")

    assert answer == (
        "这周 3 件事：\n"
        "1 联系王建国（上次8月20日）  2 联系陈玉梅（上次8月26日）  3 看陈玉梅的汇报\n"
        "回数字就办，办完不提醒。"
    )


async def test_given_a_phone_call_when_it_is_told_in_one_line_then_it_is_logged(town: Town) -> None:
    answer = await town.says("周德厚", "昨天跟建国打电话了 挺好")

    assert answer == (
        "记下了：王建国，11月22日（周日），电话，通了，「挺好」。下次2027年2月22日前。\n"
        "不对就回「改」或「撤销」。"
    )
    pair = await town.pair("王建国")
    assert (pair.last_contact_on, pair.next_contact_on) == (date(2026, 11, 22), date(2027, 2, 22))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (
            "记联系 陈玉梅 微信 上周五 换厂了 下月再打",
            (
                "记下了：陈玉梅，11月20日（周五），微信，通了，换厂。下次12月1日（周二）。\n"
                "要我问问陈玉梅在哪座城市吗？1 问  2 不用"
            ),
        ),
        (
            "玉梅今天视频 孩子上学想请人帮忙问问",
            (
                "记下了：陈玉梅，今天，视频，通了，要帮忙。下次2027年2月23日前。\n"
                "陈玉梅同意开一件求助吗？1 同意  2 还没问"
            ),
        ),
        (
            "11月18日给李强打电话没人接",
            "记下了：李强，11月18日（周三），电话，没人接。11月26日请您再试。",
        ),
        (
            "李强停机，问了他爱人，人在南港",
            "记下了：李强，今天，号码停机，家里人说在南港。11月26日请您再试，或问问家里人。",
        ),
    ],
)
async def test_given_a_line_of_the_script_when_it_is_said_then_the_answer_is_the_scripts(
    town: Town, said: str, answer: str
) -> None:
    await town.says("周德厚", "昨天跟建国打电话了 挺好")

    assert await town.says("周德厚", said) == answer


async def test_given_a_vague_line_when_it_is_said_then_it_is_asked_one_by_one(town: Town) -> None:
    assert await town.says("周德厚", "那个谁前两天联系了") == (
        "联系的是谁？1 王建国  2 陈玉梅  3 李强  4 别人"
    )
    assert await town.says("周德厚", "1") == (
        "哪天？1 周六（11月21日）  2 周日（11月22日）  3 别的日子"
    )
    assert await town.says("周德厚", "2") == (
        "怎么联系的？1 电话  2 微信  3 语音  4 视频  5 见面  6 上门"
    )
    assert await town.says("周德厚", "微信") == (
        "结果呢？1 通了  2 没人接  3 号码停机  4 换厂了  5 换地方了  6 要帮忙"
    )
    assert await town.says("周德厚", "1") == (
        "记下了：王建国，11月22日（周日），微信，通了。下次2027年2月22日前。\n"
        "不对就回「改」或「撤销」。"
    )


async def test_given_an_open_question_when_it_is_cancelled_then_what_was_logged_stays(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天跟建国打电话了 挺好")
    await town.says("周德厚", "那个谁前两天联系了")

    assert await town.says("周德厚", "取消") == "刚问的不记了，前面记的都在。"
    assert await Contact.all().count() == 1


async def test_given_a_logged_line_when_it_is_taken_back_twice_then_it_stands_again(
    town: Town,
) -> None:
    await town.says("周德厚", "李强停机，问了他爱人，人在南港")
    before = await town.pair("李强")

    assert await town.says("周德厚", "撤销") == (
        "拿掉了：李强，今天，号码停机。要放回去，再回「撤销」。"
    )
    assert (await town.pair("李强")).next_contact_on == date(2026, 12, 2)
    assert await town.says("周德厚", "撤销") == "放回去了：李强，今天，号码停机。"
    assert (await town.pair("李强")).next_contact_on == before.next_contact_on


async def test_given_a_new_number_when_it_is_told_then_only_the_fact_is_kept(town: Town) -> None:
    answer = await town.says("周德厚", "改号码 李强")

    assert answer == "记下了，李强换号了。新号存您手机里，别发给我，我不存号码。"
    row = await AuditLog.get(action="mentoring.number_changed")
    assert (row.subject_id, row.detail) == (town.people["李强"].id, {})


async def test_given_a_line_when_it_is_logged_then_codes_are_kept_and_words_are_sealed(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天跟建国打电话了 挺好")

    row = await Contact.get()
    assert (row.channel, row.outcome) == (Channel.PHONE, Outcome.REACHED)
    assert row.note_sealed is not None
    assert "挺好".encode() not in row.note_sealed
    assert "挺好" not in str([item.detail for item in await AuditLog.all()])


async def test_given_a_number_of_the_list_when_it_is_sent_then_the_questions_begin(
    town: Town,
) -> None:
    town.go(at(11, 23, 9))
    await town.says("周德厚", "待办")

    assert await town.says("周德厚", "2") == (
        "陈玉梅，哪天联系的？1 今天  2 昨天  3 前天  4 别的日子"
    )
    assert (await town.says("周德厚", "4")).startswith("哪天？回日子就行")
    assert (await town.says("周德厚", "11月19日")).startswith("怎么联系的？")
