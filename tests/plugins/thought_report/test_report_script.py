"""A report over two days, and what goes wrong: the sentences of the script book, 3.3, 3.4 and 4."""

from datetime import date

import pytest

from core import database as db
from core import migrating
from core.actors import ConsentKind, Stage
from core.config import Settings
from core.texts import render
from models import (
    AuditLog,
    Consent,
    Delivery,
    ReportDraft,
    ReportPart,
    ThoughtReport,
)
from models.enums import ConsentDecision, DeliveryState, DraftState, ReportState
from plugins.thought_report import commands, cycle
from tests.plugins.thought_report.conftest import Village, Wire, picture
from tests.plugins.thought_report.script import EVENING, HOW, LONG, MORNING, SHORT_REPORT
from tests.plugins.thought_report.talk import Talk, owed


async def test_given_the_script_when_a_report_is_written_over_two_days_then_every_word_is_there(
    village: Village, wire: Wire
) -> None:
    village.go(EVENING, 6)
    await cycle.open_cycles(now=village.clock.now())
    await cycle.plan_reminders(now=village.clock.now())
    (reminded,) = await owed(cycle.REMINDER)
    assert reminded == (
        "四季度汇报交到12月31日，手写拍照、打字都行。\n"
        "现在写，回「交汇报」；顾不上，回「夜班到20号」。\n"
        "12月28日再说一次，交了就不说。"
    )
    wang = village.talks["王建国"]
    village.go(EVENING, 22, 40)
    opened = await wang.says("交汇报")
    assert opened == f"开好了，四季度汇报。文字、照片随便发，断了也不丢。\n{HOW}"
    village.go(EVENING, 22, 43)
    assert await wang.says(LONG) == ""
    village.go(EVENING, 22, 44)
    photos = [wire.photo(f"{n}.jpg", picture(colour)) for n, colour in ((3, "red"), (1, "blue"))]
    assert await wang.says("", *photos) == ""
    village.wait(2)
    assert await wang.says("", wire.photo("2.jpg")) == ""
    assert await owed("thought_report.receipt") == [
        "收到 1 段文字、3 张照片，共 4 页。\n顺序不对就说，比如「第2页放最后」。"
    ]
    assert await wang.says("第2页放最后") == "排好了，原来的第 2 页现在是第 4 页。"
    village.go(EVENING, 22, 46)
    assert await wang.says("要上夜班了明天弄") == (
        "这句写进汇报吗？1 写进去  2 不用\n前面 4 页存好了，哪天接着发都行。"
    )
    assert await wang.says("2") == "没写进去。您先忙。"
    village.go(MORNING, 9, 20)
    assert await wang.says("看看") == (
        f"第 1 页：{LONG[:20]}……\n"
        "四季度汇报，还没交：第 1 页文字，第 2 到 4 页照片。\n"
        "不要哪页，回「删第3页」。好了回「完成」。"
    )
    assert [blob.name for blob in wang.blobs] == ["汇报缩略图.jpg"]
    assert await wang.says("删第3页") == "第 3 页拿掉了，剩 3 页。拿错了回「撤销」。"
    village.go(MORNING, 9, 24)
    assert await wang.says("完成") == (
        "交上了，3 页，今天 9:24。\n"
        "周德厚先看，一般两周内，看完我告诉您。\n"
        "手写原件留好，回乡交支部。"
    )
    report = await ThoughtReport.get()
    assert (report.state, report.version, report.is_late) == (ReportState.WAITING_MENTOR, 1, False)
    assert await owed(cycle.REMINDER) == []
    assert await owed("thought_report.receipt") == []
    assert await AuditLog.filter(action="thought_report.submit", subject_id=report.id).count() == 1
    assert await Delivery.filter(state=DeliveryState.DUE).count() == 0


async def test_given_the_script_when_a_killed_bot_comes_back_between_messages_then_nothing_is_lost(
    village: Village, settings: Settings, app: migrating.App, database: str
) -> None:
    async def restart() -> None:
        await db.close_database()
        await db.open_database(database, kind=db.PRODUCTION, data_dir=settings.data_dir, app=app)

    village.go(EVENING, 22)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await restart()
    await wang.says(LONG)
    await restart()
    assert await wang.says("先写到这") == (
        "这句写进汇报吗？1 写进去  2 不用\n前面 1 页存好了，哪天接着发都行。"
    )
    await restart()
    assert await wang.says("1") == "写进去了，是第 2 页。"
    await restart()
    assert await wang.says("删第2页") == "第 2 页拿掉了，剩 1 页。拿错了回「撤销」。"
    await restart()
    assert await wang.says("撤销") == "放回来了，是第 2 页，共 2 页。"
    await restart()
    assert (await wang.says("完成")).startswith("交上了，2 页，今天 22:00。")
    await restart()
    assert (await wang.says("完成")).startswith("交上了，2 页，今天 22:00。")
    assert await ThoughtReport.all().count() == 1


async def test_given_a_report_word_in_a_group_when_it_is_typed_then_the_group_hears_a_hint(
    village: Village, texts: object
) -> None:
    keys = {command.in_group for command in commands.COMMANDS if command.words[0] == "交汇报"}
    assert keys == {"thought_report.not_in_group"}
    assert render("thought_report.not_in_group") == (
        "汇报不在群里收，请先撤回那条。\n私聊我回「交汇报」就行。"
    )


async def test_given_an_empty_draft_when_it_is_handed_in_then_it_waits(village: Village) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    assert await wang.says("完成") == (
        "还没收到内容，先不交。文字、照片发来就行；不写了回「取消」。"
    )


async def test_given_a_short_text_when_it_is_handed_in_then_a_hint_comes_first(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    assert await wang.says(SHORT_REPORT) == ""
    hint = (
        "收到 19 字，可以交。\n联系人可能还想知道：学了什么、有什么难处。\n1 就这样交  2 再写几句"
    )
    assert await wang.says("完成") == hint
    assert await wang.says("2") == "好，接着发就行。好了回「完成」。"
    assert await wang.says("完成") == hint
    assert await wang.says("1") == (
        "交上了，1 页，今天 20:00。\n周德厚先看，一般两周内，看完我告诉您。"
    )


async def test_given_january_when_the_last_quarter_is_missing_then_it_is_asked_and_taken_late(
    village: Village,
) -> None:
    await village.collects("2026Q4", date(2026, 12, 1), date(2026, 12, 31))
    village.go(date(2027, 1, 3), 10)
    wang = village.talks["王建国"]
    assert await wang.says("交汇报") == "想交哪个季度的？\n1 四季度（补交，照收）  2 今年一季度"
    assert await wang.says("1") == (
        f"开好了，四季度汇报，补交照收。文字、照片随便发，断了也不丢。\n{HOW}"
    )
    await wang.says(LONG)
    assert (await wang.says("完成")).startswith("交上了，1 页，今天 10:00，注明补交。\n")
    assert (await ThoughtReport.get()).is_late


async def test_given_january_when_nothing_is_missing_then_the_new_quarter_is_opened(
    village: Village,
) -> None:
    village.go(date(2027, 1, 3), 10)
    opened = await village.talks["王建国"].says("交汇报")
    assert opened == (
        "开好了，一季度汇报。文字、照片随便发，断了也不丢。\n"
        "一季度的3月1日开始收。先写着，存好不丢，到时回「完成」。"
    )


async def test_given_words_before_the_question_when_a_quarter_is_chosen_then_they_are_kept(
    village: Village,
) -> None:
    await village.collects("2026Q4", date(2026, 12, 1), date(2026, 12, 31))
    village.go(date(2027, 1, 3), 10)
    wang = village.talks["王建国"]
    await wang.says(f"交汇报 {LONG}")
    await wang.says("1")
    assert await wang.says("看看") == (
        f"第 1 页：{LONG[:20]}……\n四季度汇报，还没交：第 1 页文字。\n"
        "不要哪页，回「删第1页」。好了回「完成」。"
    )


async def test_given_words_behind_the_command_when_it_is_typed_then_they_are_the_first_page(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    assert (await wang.says(f"交汇报 {LONG}")).startswith("开好了，四季度汇报。")
    assert await owed("thought_report.receipt") == ["收到 1 段文字，共 1 页。"]


async def test_given_a_window_not_open_when_it_is_handed_in_then_the_day_is_named(
    village: Village,
) -> None:
    wang = village.talks["王建国"]
    assert await wang.says("交汇报") == (
        "开好了，四季度汇报。文字、照片随便发，断了也不丢。\n"
        "四季度的12月1日开始收。先写着，存好不丢，到时回「完成」。"
    )
    await wang.says(LONG)
    assert await wang.says("完成") == ("四季度的12月1日开始收。先写着，存好不丢，到时回「完成」。")
    village.go(date(2026, 12, 1), 8)
    assert (await wang.says("完成")).startswith("交上了，1 页，今天 8:00。")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("完成", "现在没有在写的汇报。要写，回「交汇报」。"),
        ("看看", "现在没有在写的汇报。要写，回「交汇报」。"),
        ("删第2页", "现在没有在写的汇报。要写，回「交汇报」。"),
        ("补汇报", "还没有交过的汇报。要写，回「交汇报」。"),
        ("我的汇报", "还没交过汇报。要写，回「交汇报」。"),
    ],
)
async def test_given_no_draft_when_a_word_needs_one_then_it_says_how_to_begin(
    village: Village, words: str, answer: str
) -> None:
    assert await village.talks["王建国"].says(words) == answer


async def test_given_an_open_draft_when_another_is_begun_then_the_first_goes_on(
    village: Village, wire: Wire
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    assert await wang.says("交汇报") == ("您的四季度汇报开着，还是空的，文字、照片发来就行。")
    await wang.says(LONG, wire.photo(), wire.photo())
    assert await wang.says("写汇报") == "您有一份没写完的，3 页都在，接着发就行。"
    assert await wang.says("交汇报 三季度") == (
        "您的四季度汇报还没写完，3 页都在，接着发就行。\n先回「完成」或「取消」，再写别的季度。"
    )
    assert await ReportDraft.filter(state=DraftState.OPEN).count() == 1


async def test_given_an_empty_draft_left_behind_when_the_quarter_is_another_then_it_serves_that_one(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    village.go(date(2027, 3, 2), 10)
    assert await wang.says("交汇报") == (
        f"开好了，一季度汇报。文字、照片随便发，断了也不丢。\n{HOW}"
    )
    await wang.says(LONG)
    await wang.says("完成")
    assert (await ThoughtReport.get()).quarter == "2027Q1"
    assert await ReportDraft.all().count() == 1


async def test_given_a_report_handed_in_when_another_is_begun_then_the_day_is_named(
    village: Village,
) -> None:
    village.go(MORNING, 9)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await wang.says("完成")
    village.wait(7200)
    assert await wang.says("交汇报") == "四季度的12月18日交过了。要加要换，回「补汇报」。"
    assert await wang.says("完成") == "现在没有在写的汇报。要写，回「交汇报」。"


async def test_given_no_second_consent_when_a_report_is_begun_then_paper_is_as_good(
    village: Village,
) -> None:
    await village.person("马小军", Stage.APPLICANT, consents=(ConsentKind.BASICS,))
    paper = "您没让我存汇报，请写纸上交支部，一样算。想改回「同意书」。"
    assert await village.talks["马小军"].says("交汇报") == paper


async def test_given_a_consent_withdrawn_meanwhile_when_a_report_is_handed_in_then_it_is_not_taken(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await Consent.create(
        person=village.people["王建国"], kind=ConsentKind.REPORTS, version="1",
        decision=ConsentDecision.WITHDRAWN, decided_at=village.clock.now(),
    )  # fmt: skip
    paper = "您没让我存汇报，请写纸上交支部，一样算。想改回「同意书」。"
    assert await wang.says(LONG) == paper
    assert await wang.says("完成") == paper
    assert await ThoughtReport.all().count() == 0
    assert await ReportPart.all().count() == 1


async def test_given_a_stranger_when_a_report_is_begun_then_binding_comes_first(
    village: Village,
) -> None:
    stranger = Talk("999", village.clock)
    assert await stranger.says("交汇报") == (
        "先绑定才能交。把支部给您的 8 位邀请码发来，没有就找支书要。"
    )


async def test_given_a_full_member_when_a_report_is_begun_then_none_is_owed(
    village: Village,
) -> None:
    assert await village.talks["周德厚"].says("交汇报") == (
        "您不用交汇报。要看别人交的，回「阅汇报」。"
    )
