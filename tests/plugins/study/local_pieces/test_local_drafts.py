"""加材料: put together over days, file by file, and what is not taken in."""

from datetime import date, timedelta

import pytest

from core.config import Settings
from core.messages import Media, MediaKind
from models import (
    LocalMaterial,
)
from models.enums import MaterialState
from plugins.study import jobs, local_materials
from tests.plugins.study.county import County
from tests.plugins.study.local_pieces.bringing_in import (
    PDF,
    SCRIPTED,
    WORDS,
    Sent,
)


async def test_given_a_piece_of_words_when_brought_in_then_each_step_says_what_is_next(
    county: County,
) -> None:
    link = "https://www.example.gov.cn/a/1.html"
    much = f"{len(WORDS)} 字、0 个文件"
    talk = {
        "加材料": "加一件材料：文字、链接、图片、文件、语音，一条条发来。断了也不丢。|"
        "「看看」查看，「完成」往下走，「取消」不要了。",
        WORDS: f"收到，现在有{much}。接着发，好了回「完成」。",
        link: f"收到，现在有{much}、1 个链接。接着发，好了回「完成」。",
        "看看": f"{WORDS}|原文：{link}|"
        f"一共{much}、1 个链接。接着发，好了回「完成」，不要了回「取消」。",
        "完成": "给它起个题目，24 字以内。",
        "讨薪窗口开了": "从哪来的？写文件名字或网站名，比如：县人社局的通知。|1 我们自己写的",
        "县人社局的通知": "那份东西是哪天的？比如 11月20日。|1 今天  2 没有日子",
        "11月20日": "用到哪天？过了那天我就不再给人看。别的日子直接说。|"
        "1 一个月，到12月23日  2 三个月，到2027年2月22日  3 半年，到2027年5月24日",
        "12月31日": f"「讨薪窗口开了」，{much}、1 个链接。|"
        "出处：县人社局的通知。用到12月31日。请第二个人看一眼，看过才能用。|"
        "1 请人看  2 再加点  3 先放着",
        "1": "请吴芳看了。看完我告诉您。看到哪一步，回「我的材料」。",
    }
    for said, answer in talk.items():
        assert await county.tells("刘长河", said) == answer.replace("|", "\n")
    row = await LocalMaterial.get()
    assert (row.state, row.title, row.source) == (
        MaterialState.WAITING, "讨薪窗口开了", "县人社局的通知",
    )  # fmt: skip
    assert (row.source_on, row.effective_until) == (date(2026, 11, 20), date(2026, 12, 31))
    assert (row.link, row.unit_id) == (
        "https://www.example.gov.cn/a/1.html", county.units["王家村"].id,
    )  # fmt: skip
    assert "讨薪" not in repr(row.body_sealed)
    assert await county.told("吴芳") == (
        "刘长河加了一件材料「讨薪窗口开了」，等您看一眼，看过才能用。\n1 现在看"
    )


async def test_given_a_restart_between_any_two_messages_when_going_on_then_nothing_is_lost(
    county: County, sent: Sent
) -> None:
    said: list[str | Media] = [
        "加材料", WORDS, sent.media("通知.pdf", PDF), "完成", "讨薪窗口开了", "县人社局的通知",
        "2", "1", "1",
    ]  # fmt: skip
    for one in said:
        await county.tells("刘长河", one)
        await county.restart()
    row = await LocalMaterial.get()
    assert (row.state, row.source_on) == (MaterialState.WAITING, None)
    await county.told("吴芳")
    for one in ("1", "2 少了个日期"):
        await county.tells("吴芳", one)
        await county.restart()
    assert (await LocalMaterial.get()).state is MaterialState.RETURNED
    assert "「少了个日期」" in await county.told("刘长河")


async def test_given_nonsense_when_asked_then_the_question_stays(county: County) -> None:
    await county.tells("刘长河", "加材料")
    assert "还没收到内容" in await county.tells("刘长河", "完成")
    await county.tells("刘长河", WORDS)
    await county.tells("刘长河", "完成")
    assert "24 字以内" in await county.tells("刘长河", "很长的题目" * 6)
    await county.tells("刘长河", "讨薪窗口")
    await county.tells("刘长河", "县里")
    assert "没看懂" in await county.tells("刘长河", "天晓得")
    assert "没看懂" in await county.tells("刘长河", "12月30日")  # has not come yet
    assert "用到哪天" in await county.tells("刘长河", "没有日子")
    assert "没看懂" in await county.tells("刘长河", "去年五月")
    assert "没看懂" in await county.tells("刘长河", "2099年1月1日")
    assert "用到12月31日" in await county.tells("刘长河", "12月31日")
    assert "请吴芳看了" in await county.tells("刘长河", "1")
    await county.tells("吴芳", "审材料")
    assert "可以发回 1" in await county.tells("吴芳", "看不懂你说啥")


async def test_given_a_draft_when_cancelled_then_row_and_files_are_gone(
    county: County, sent: Sent, settings: Settings
) -> None:
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", sent.media("通知.pdf", PDF))
    assert len(list((settings.data_dir / "files").glob("??/*"))) == 1
    assert "不要了" in await county.tells("刘长河", "取消")
    assert not await LocalMaterial.all().exists()
    assert list((settings.data_dir / "files").glob("??/*")) == []
    assert "没有加过材料" in await county.tells("刘长河", "我的材料")


async def test_given_a_draft_left_when_opened_again_then_it_goes_on(county: County) -> None:
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", WORDS)
    await county.tells("刘长河", "完成")
    for words in ("讨薪窗口", "1", "1"):
        await county.tells("刘长河", words)
    assert "存好了" in await county.tells("刘长河", "3")
    county.later(days=3)
    assert f"{len(WORDS)} 字" in await county.tells("刘长河", "加材料")
    assert await LocalMaterial.all().count() == 1


@pytest.mark.parametrize(
    "case",
    [
        ("a.exe", b"MZ" + b"\0" * 99, MediaKind.FILE, "这种文件我不收"),
        ("a.mp4", b"x", MediaKind.VIDEO, "这种文件我不收"),
        ("a.pdf", SCRIPTED, MediaKind.FILE, "不收"),
        ("a.pdf", b"%PDF-" + b"0" * (11 * 1024 * 1024), MediaKind.FILE, "太大"),
    ],
)
async def test_given_a_bad_file_when_sent_then_it_is_refused_and_the_rest_stays(
    county: County, sent: Sent, settings: Settings, case: tuple[str, bytes, MediaKind, str]
) -> None:
    name, data, kind, answer = case
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", WORDS)
    heard = await county.tells("刘长河", sent.media(name, data, kind))
    assert answer in heard
    assert f"现在有{len(WORDS)} 字、0 个文件" in heard
    assert list((settings.data_dir / "files").glob("??/*")) == []


async def test_given_numbers_or_secrets_when_sent_then_they_never_reach_the_piece(
    county: County, sent: Sent
) -> None:
    await county.tells("刘长河", "加材料")
    for said in ("联系 13812345678", "身份证 11010519491231002X", "内部资料，请勿外传"):
        heard = await county.tells("刘长河", said)
        assert "我没存" in heard, heard
    await county.tells("刘长河", sent.media("机密 通知.pdf", PDF))
    assert f"现在有{len(WORDS)} 字、0 个文件" in await county.tells("刘长河", WORDS)


async def test_given_too_much_when_sent_then_the_rest_stays(
    county: County, sent: Sent, settings: Settings
) -> None:
    await county.tells("刘长河", "加材料")
    assert "超过 2000 字" in await county.tells("刘长河", "长" * 2001)
    many = [sent.media(f"{n}.pdf", PDF) for n in range(10)]
    assert "最多 9 个" in await county.tells("刘长河", *many)
    assert list((settings.data_dir / "files").glob("??/*")) == []
    assert "9 个文件" in await county.tells("刘长河", *many[:9])


async def test_given_a_draft_of_a_month_ago_when_the_clock_comes_by_then_it_is_thrown_away(
    county: County, sent: Sent, settings: Settings
) -> None:
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", sent.media("通知.pdf", PDF))
    for days, left in ((29, 1), (31, 0)):
        blobs = await local_materials.prune(now=county.clock.now() + timedelta(days=days))
        assert len(blobs) == 1 - left
        assert await LocalMaterial.all().count() == left
    assert {job.name for job in jobs.JOBS} >= {"study.local_drafts", "study.feeds"}


async def test_given_a_worker_when_he_brings_something_in_then_he_may_not(county: County) -> None:
    assert "不能给您看" in await county.tells("王建国", "加材料")
