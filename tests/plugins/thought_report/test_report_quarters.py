"""Which quarter a report is for, and what happens to drafts over time."""

import io
from datetime import date

import pytest
from PIL import Image

from core import files
from core.config import Settings
from core.conversation import Ask, Option
from core.errors import Refusal
from core.messages import MediaKind
from models import (
    Delivery,
    ReportCycle,
    ReportDraft,
    ReportPart,
    ThoughtReport,
)
from models.enums import DraftState
from plugins.identity import dialogues
from plugins.identity.queries import who_is
from plugins.thought_report import cycle
from tests.plugins.thought_report.conftest import Village, Wire, kept_files
from tests.plugins.thought_report.script import EVENING, LONG
from tests.plugins.thought_report.talk import owed, words_of


@pytest.mark.parametrize("quarter", ["2025年一季度", "今年四季度"])
async def test_given_a_quarter_out_of_reach_when_it_is_begun_then_the_year_is_the_limit(
    village: Village, quarter: str
) -> None:
    village.go(date(2027, 2, 3), 10)
    assert await village.talks["王建国"].says(f"交汇报 {quarter}") == (
        "只收最近一年的，还没到的季度先不收。比如回「交汇报 三季度」。"
    )


async def test_given_a_near_word_when_it_is_typed_then_it_is_asked_back_once(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    for word in ("好了", "行", "写完了"):
        assert await wang.says(word) == "现在交上去吗？\n1 交  2 还没"
    assert await wang.says("2") == "好，先不交，1 页都在。好了回「完成」。"
    await wang.says("好了")
    assert (await wang.says("1")).startswith("交上了，1 页，今天 20:00。")


async def test_given_pages_when_a_draft_is_cancelled_then_it_is_asked_before_they_are_lost(
    village: Village, wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG, wire.photo())
    assert await wang.says("取消") == "汇报有 2 页，取消就没了。\n1 留着以后写  2 不要了"
    assert await wang.says("1") == "好，2 页都留着。哪天接着写，回「交汇报」。"
    assert await wang.says("今天天气不错，随便说说，不是汇报。") == ""
    assert await wang.says("交汇报") == "您有一份没写完的，2 页都在，接着发就行。"
    await wang.says("取消")
    assert await wang.says("2") == "好，这份不要了。以后写，回「交汇报」。"
    assert await ReportPart.all().count() == 0
    assert kept_files(settings) == []
    assert (await ReportDraft.get()).state is DraftState.DROPPED


async def test_given_an_empty_draft_when_it_is_cancelled_then_it_is_gone_at_once(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    assert await wang.says("取消") == "好，这份不要了。以后写，回「交汇报」。"


async def test_given_several_short_lines_when_they_are_asked_about_then_none_is_lost(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    assert await wang.says("我叫王建国") == "这句写进汇报吗？1 写进去  2 不用"
    assert await wang.says("在南港上班") == "这几句写进汇报吗？1 写进去  2 不用"
    assert await wang.says("1") == "写进去了，是第 1 页。"
    assert (await wang.says("看看")).startswith("第 1 页：我叫王建国 在南港上班\n")


async def test_given_words_held_when_it_is_handed_in_then_they_are_settled_first(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await wang.says("请组织多帮助我")
    assert await wang.says("完成") == "有话还没定，先说这个：写进汇报吗？1 写进去  2 不用"
    assert (await wang.says("1")).startswith("交上了，2 页，今天 20:00。")


async def test_given_words_held_when_it_is_handed_in_twice_then_the_word_is_taken(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await wang.says("要上班了")
    await wang.says("完成")
    assert (await wang.says("完成")).startswith("交上了，1 页，今天 20:00。")


async def test_given_a_bad_file_among_good_ones_when_they_come_then_the_others_are_safe(
    village: Village, strict_wire: Wire
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    program = strict_wire.media("汇报.exe", b"MZ" + bytes(200), MediaKind.FILE)
    lost = strict_wire.photo("b.jpg", Refusal("file.not_arrived"))
    answer = await wang.says(
        "", strict_wire.photo(), program, lost, strict_wire.photo("c.jpg", b"\x89PNG\r\n")
    )
    lines = answer.split("\n")
    assert "这种文件我不收，也没打开。请发照片、文字、Word 或 PDF。" in lines
    assert "这个文件打不开，没存，别的页都在。请拍照发。" in lines
    assert len(lines) == 3
    assert await owed("thought_report.receipt") == ["收到 1 张照片，共 1 页。"]


async def test_given_a_photo_too_big_when_it_comes_then_it_is_not_kept(
    village: Village, strict_wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says("", strict_wire.photo())
    answer = await wang.says("", strict_wire.photo("big.jpg", bytes(11 * 1024 * 1024)))
    assert answer.startswith("这张太大，没存，前面")
    assert await ReportPart.all().count() == 1


async def test_given_a_photo_with_a_place_when_it_comes_then_the_place_is_gone(
    village: Village, strict_wire: Wire
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    raw = io.BytesIO()
    Image.new("RGB", (30, 30)).save(raw, "JPEG", exif=exif)
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says("", strict_wire.photo("a.jpg", raw.getvalue()))
    part = await ReportPart.get()
    kept = await files.read(str(part.blob_id))
    assert b"secret place" not in kept
    assert kept.startswith(b"\xff\xd8")


async def test_given_a_report_written_when_the_database_is_read_then_its_words_are_not_in_it(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    part = await ReportPart.get()
    assert part.text_sealed is not None
    assert LONG[:6].encode() not in bytes(part.text_sealed)
    receipt = await Delivery.get(purpose="thought_report.receipt")
    assert receipt.reference == {"draft": (await ReportDraft.get()).uid, "revision": 1}
    assert await words_of(receipt) == "收到 1 段文字，共 1 页。"


async def test_given_the_window_of_a_branch_when_the_day_comes_twice_then_it_opens_once(
    village: Village,
) -> None:
    assert await cycle.open_cycles(now=village.clock.now()) == 0
    village.go(date(2026, 12, 1), 0, 5)
    assert await cycle.open_cycles(now=village.clock.now()) == 1
    assert await cycle.open_cycles(now=village.clock.now()) == 0
    row = await ReportCycle.get()
    assert (row.opens_on, row.closes_on) == (date(2026, 12, 1), date(2026, 12, 31))


async def test_given_a_question_of_another_room_when_a_report_is_handed_in_then_it_stays_open(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await dialogues.open_question(
        wang.chat, wang.account_id, Ask("study.quiz", (Option("能", value=1),)), village.clock.now()
    )
    assert (await wang.says("完成")).startswith("交上了，1 页")
    known = await who_is(wang.chat, wang.account_id, village.clock.now())
    assert known.draft is None
    assert known.question is not None


async def test_given_a_receipt_not_said_yet_when_the_report_is_handed_in_then_one_answer_is_enough(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    village.wait(3)
    await wang.says("完成")
    assert await owed("thought_report.receipt") == []


async def test_given_a_report_in_time_when_its_second_version_is_late_then_it_counts_as_in_time(
    village: Village,
) -> None:
    village.go(date(2026, 12, 31), 23)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await wang.says("完成")
    village.go(date(2027, 1, 2), 9)
    await wang.says("补汇报")
    await wang.says(LONG)
    assert (await wang.says("完成")).startswith("交上了，第 2 版，2 页。")
    assert await ThoughtReport.filter(is_late=True).count() == 0
