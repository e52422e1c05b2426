"""The checker says everything at once, and how many pieces name nobody who read them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.clock import FrozenClock
from core.conversation import Command, Reply
from core.errors import StartRefused
from core.texts import current
from plugins.study import checking, library
from plugins.study.library import Library
from tests.plugins.study.test_study_library import GOOD, piece

DAY = date(2026, 11, 23)
pytestmark = pytest.mark.usefixtures("texts")


async def _nothing(_call: object) -> Reply:
    return Reply(silent=True)


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    checking.use_commands([Command("x.help", ("求助",), _nothing, "x", aliases=("帮帮我",))])
    yield
    checking.use_commands(())


def said(text: str, **more: str) -> list[str]:
    files = {"good.md": text.encode()} | {f"{k}.md": v.encode() for k, v in more.items()}
    return [
        f"{remark.file} {remark.line} {current().render(remark.what)}"
        for remark in checking.remarks_on(files, DAY)
    ]


def faults(text: str) -> list[str]:
    return [
        f"{remark.file} {remark.line} {current().render(remark.what)}"
        for remark in checking.remarks_on({"good.md": text.encode()}, DAY)
        if remark.is_fault
    ]


REVIEWED = (
    GOOD.replace(
        "checked_on: 2026-11-23\n",
        "checked_on: 2026-11-23\nreviewed_by: 内容组\nreviewed_on: 2026-11-23\n",
    )
    .replace("source: 某条例", "source: 《某条例》")
    .replace("explain: 能。", "explain: 法律写明能。")
    .replace("explain: 不能。", "explain: 法律写明不能。")
)


def test_given_a_good_piece_when_checked_then_nothing_is_said() -> None:
    assert said(REVIEWED) == []


def test_given_several_faults_when_checked_then_all_are_said_at_once() -> None:
    broken = GOOD.replace("order: 1", "order: 0").replace("public: true", "public: maybe")
    broken = broken.replace("answer: 2", "answer: x").replace("title: 工钱被拖\n", "")
    assert said(broken) == [
        "good.md 1 少了 title 这一项。",
        "good.md 3 order 要写从 1 数起的整数。",
        "good.md 5 public 要写 true 或 false。",
        "good.md 15 quiz.2.answer 要写从 1 数起的整数。",
    ]


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("第一段。", "快来！", "有「！」，换个说法。"),
        (
            "第一段。",
            "好" * 23 + "。",
            "「好好好好好好…」中间 23 字没有停顿，最多 22 字，".rstrip("，"),
        ),
        ("第一段。", "翀骉。", "有不常用的字：翀骉。换成常用的。"),
        ("2027-12-31", "2026-12-31", "12月31日过日子，快到了。"),
        ("2027-12-31", "2026-11-01", "11月1日就过了日子，现在不发。"),
        ("[能, 不能], answer: 2", "[1 年, 不能], answer: 2", "有个选项用数字开头"),
        ("《某条例》", "网上看的", "出处没写文件名字"),
        ("checked_on: 2026-11-23", "checked_on: 2026-11-24", "看过以后又改过"),
        ("title: 工钱被拖", "title: " + "工" * 17, "17 字，最多 16 字才好念。"),
        ("先留考勤。", "留。\n  好。\n  走。\n  看。\n  说。", "5 行，最多 4 行。"),
        ("先留考勤。", "先留考勤。" * 30, "150 字，最多 120 字才好念。"),
        ("第一段。", ("好" * 20 + "，") * 3 + "。", "这一句 63 字，最多 45 字，分成两句。"),
        ("第一段。", ("好" * 15 + "，" + "好" * 15 + "。") * 8, "平均一句 26 字，最多 24 字"),
        ("第一段。", "好，" * 20 + "好。", "有 1 句超过 40 字，拆开几句。"),
        ("第一段。", "你先看。", "有「你」，跟人说话用「您」。"),
        ("第一段。", "用 App 办。", "有「App」，换成中国话。"),
        ("answer: 2", "answer: 1", "对的选项都在同一个位置，换一换。"),
        ("explain: 法律写明不能。", "explain: 不能。", "答案没说为什么，写一句道理。"),
        (
            "checked_on: 2026-11-23",
            "checked_on: 2025-11-01",
            "2025年11月1日以后没人对照过出处",
        ),
    ],
)
def test_given_something_doubtful_when_checked_then_it_is_a_hint(
    old: str, new: str, hint: str
) -> None:
    broken = REVIEWED.replace(old, new)
    assert broken != REVIEWED
    assert any(hint in line for line in said(broken))
    assert faults(broken) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("第一段。", "找我回「救救我」。", "good.md 21 叫人回「救救我」，可我不认这个词。"),
        ("第一段。", "找我回「求助」或「喊人」。", "good.md 21 叫人回「喊人」，可我不认这个词。"),
        ("先留考勤。", "不懂回复「喊人」。", "good.md 14 叫人回「喊人」，可我不认这个词。"),
        ("不能。", "不能，回「喊人」。", "good.md 18 叫人回「喊人」，可我不认这个词。"),
        (
            "第一段。",
            "接着看「没有的课」那一课。",
            "good.md 21 说到「没有的课」那一课，可没有这一课。",
        ),
        (", explain: 法律写明不能。", "", "good.md 18 少了 quiz.2.explain 这一项。"),
        ("source: 《某条例》\n", "", "good.md 1 少了 source 这一项。"),
    ],
)
def test_given_a_dead_link_or_a_gap_when_checked_then_it_is_a_fault(
    old: str, new: str, fault: str
) -> None:
    broken = REVIEWED.replace(old, new)
    assert broken != REVIEWED
    assert faults(broken) == [fault]


async def test_given_a_dead_link_when_the_errand_runs_then_it_is_refused(
    tmp_path: Path, clock: FrozenClock
) -> None:
    (tmp_path / "one.md").write_text(REVIEWED.replace("第一段。", "找我回「救救我」。"), "utf-8")
    with pytest.raises(StartRefused):
        await checking.ERRANDS["check"]([str(tmp_path)], clock.now())


def test_given_a_sentence_of_another_piece_when_checked_then_the_later_file_is_told_once() -> None:
    shared = "工钱要给您本人，别交给班长转一道手，转来转去就说不清。"
    other = REVIEWED.replace("order: 1", "order: 2").replace("工钱被拖", "工钱发了")
    lines = said(
        REVIEWED.replace("第一段。", shared), other=other.replace("第一段。", "好。" + shared)
    )
    assert lines == [
        "other.md 21 「工钱要给您本…」这一句 good.md 里也有，换个说法，或叫人去看那一课。"
    ]


def test_given_short_phrases_in_common_when_checked_then_nothing_is_said() -> None:
    other = REVIEWED.replace("order: 1", "order: 2").replace("工钱被拖", "工钱发了")
    said_both = "不懂的，打 12333 问。"
    lines = said(
        REVIEWED.replace("第一段。", said_both), other=other.replace("第一段。", said_both)
    )
    assert lines == []


def test_given_a_long_quotation_when_checked_then_its_words_are_not_measured() -> None:
    quotation = "「" + "我志愿加入，遵守章程，" * 8 + "」"
    assert said(REVIEWED.replace("第一段。", f"誓词是：{quotation}。")) == []


def test_given_words_the_bot_knows_when_checked_then_they_are_not_dead() -> None:
    assert said(REVIEWED.replace("第一段。", "要帮忙回「求助」或「帮帮我」。")) == []


def test_given_one_place_twice_when_checked_then_the_other_file_is_named() -> None:
    assert said(REVIEWED, other=REVIEWED) == [
        "other.md 4 series 和 order 跟 good.md 一样，一个位置只放一课。"
    ]


async def test_given_a_fault_when_the_errand_runs_then_it_is_refused_with_all_lines(
    tmp_path: Path, clock: FrozenClock
) -> None:
    (tmp_path / "one.md").write_bytes("标题".encode("gbk"))
    (tmp_path / "two.md").write_text(REVIEWED, "utf-8")
    with pytest.raises(StartRefused) as refused:
        await checking.ERRANDS["check"]([str(tmp_path)], clock.now())
    lines = current().render(checking.Say(refused.value.key, **refused.value.fields)).splitlines()
    assert lines[0].startswith("要改  content/materials/one.md 第 1 行：要存成 UTF-8")
    assert lines[1].startswith("看了 2 个文件，要改 1 处，提醒 0 处。")


async def test_given_an_unread_piece_when_the_errand_runs_then_it_says_how_many(
    tmp_path: Path, clock: FrozenClock
) -> None:
    (tmp_path / "one.md").write_text(REVIEWED, "utf-8")
    lines = await checking.ERRANDS["check"]([str(tmp_path)], clock.now())
    assert lines == ("看了 1 个文件，要改 0 处，提醒 0 处。",)
    (tmp_path / "two.md").write_text(GOOD.replace("order: 1", "order: 2"), "utf-8")
    lines = await checking.ERRANDS["check"]([str(tmp_path)], clock.now())
    assert lines[-2].startswith("有 1 篇开头没写谁看过")
    assert "私聊我回「审材料」" in lines[-2]


def test_given_half_a_review_when_read_then_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(REVIEWED.replace("reviewed_on: 2026-11-23\n", ""), "utf-8")
    with pytest.raises(StartRefused) as refused:
        Library.load(tmp_path)
    assert refused.value.fields["setting"] == "reviewed_by"


def test_given_cities_when_chosen_for_a_person_then_only_those_there_get_it() -> None:
    shelf = Library([piece("a", 1), piece("b", 2)])
    here = library.Material(**{
        name: getattr(piece("c", 3), name) for name in library.Material.__slots__
    } | {"cities": frozenset({"南港"})})  # fmt: skip
    shelf = Library([*shelf.all, here])
    assert [one.slug for one in shelf.public(DAY)] == ["a", "b"]
    assert [one.slug for one in shelf.public(DAY, "南港市")] == ["a", "b", "c"]
    assert shelf.names_cities
