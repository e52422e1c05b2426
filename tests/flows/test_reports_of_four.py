"""Reports of four people over the real wire: 12 photos of pages, and what goes wrong with photos.

Wrong order, one photo twice, a screenshot, a PDF, a return and a second version, paper, dossier and
export; the end is the same after kill -9 between every two messages, on SQLite and PostgreSQL.

The handwriting is drawn by a script (tests/flows/handwriting.py): shapes like handwriting, made of
a font. No person's writing is in this repository.
"""

import io
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from docx import Document

from core import crypto
from core.clock import UTC, at_local
from core.config import ROOT
from plugins.sandbox.entities import private
from plugins.sandbox.segments import Attachment
from tests.flows import handwriting
from tests.flows.conftest import County, running_county
from tests.flows.test_main_job import CHANCE, PASSING, ask, hears, transcript

Step = Callable[[County], Awaitable[None]]

AUTHORS = ("王建国", "陈玉梅", "王志强", "李海涛")
READERS = ("周德厚", "李秀兰", "李文斌", "刘长河", "李国民")
HEADS = {
    "王建国": "敬爱的党组织：到南港的装配厂快一年了，白天站流水线，晚上去夜校学电工。",
    "陈玉梅": "敬爱的党组织：厂里换了新线，我从头学起，常到夜里，带会了两个新来的姐妹。",
    "王志强": "敬爱的党组织：参加了三天培训，最受触动的是入党誓词那一课，回来讲给徒弟听。",
    "李海涛": "敬爱的党组织：学了消防和用电，回宿舍挨个看了插排，换下两个坏的。",
}


@cache
def photo(name: str, number: int) -> bytes:
    """The photo of a page: 4 + 3 + 2 + 3 = 12 of them, each another one."""
    text = f"{HEADS[name]}\n第{number}页\n" + "这个季度我一边上班一边学习，想得多，做得还不够。" * 2
    return handwriting.page(text, 10 * AUTHORS.index(name) + number)


@cache
def scan() -> bytes:
    return handwriting.pdf(HEADS["王志强"])


async def sends(county: County, name: str, *photos: bytes) -> None:
    """Send photos in one message, and wait until they are put away."""
    await county.world.send_image(county.ids[name], *photos)
    await county.world.flushed()


async def sees(county: County, name: str, pages: str) -> None:
    await ask(county, name, "看看", pages)


async def wang_opens(county: County) -> None:
    await ask(county, "王建国", "交汇报", "开好了，四季度汇报。")


async def wang_sends_wrong_order(county: County) -> None:
    pages = (photo("王建国", 3), photo("王建国", 1), photo("王建国", 2))
    await sends(county, "王建国", *pages)
    await sees(county, "王建国", "第 1 到 3 页照片")


async def wang_puts_in_order(county: County) -> None:
    await ask(county, "王建国", "第1页放最后", "原来的第 1 页现在是第 3 页")


async def chen_opens(county: County) -> None:
    await ask(county, "陈玉梅", "交汇报", "开好了，四季度汇报。")


async def chen_sends_screenshot(county: County) -> None:
    await sends(county, "陈玉梅", handwriting.screenshot())
    await sees(county, "陈玉梅", "第 1 页照片")


async def wang_sends_last(county: County) -> None:
    await sends(county, "王建国", photo("王建国", 4))
    await sees(county, "王建国", "第 1 到 4 页照片")


async def wang_sends_one_twice(county: County) -> None:
    await sends(county, "王建国", photo("王建国", 2))
    twin = "第 5 页和第 2 页像是同一张"
    await hears(county, private(county.ids["王建国"]), twin)
    await sees(county, "王建国", "第 1 到 5 页照片")


async def wang_drops_the_twin(county: County) -> None:
    await ask(county, "王建国", "删第5页", "第 5 页拿掉了，剩 4 页")


async def chen_sends_pages(county: County) -> None:
    await sends(county, "陈玉梅", photo("陈玉梅", 1), photo("陈玉梅", 2))
    await sees(county, "陈玉梅", "第 1 到 3 页照片")


async def chen_drops_screenshot(county: County) -> None:
    await ask(county, "陈玉梅", "删第1页", "第 1 页拿掉了，剩 2 页")


async def zhiqiang_opens(county: County) -> None:
    await ask(county, "王志强", "交汇报", "开好了，四季度汇报。")


async def zhiqiang_sends_photos(county: County) -> None:
    await sends(county, "王志强", photo("王志强", 1), photo("王志强", 2))
    await sees(county, "王志强", "第 1 到 2 页照片")


async def zhiqiang_sends_pdf(county: County) -> None:
    await county.world.send_file(county.ids["王志强"], "汇报.pdf", scan())
    await county.world.flushed()
    await sees(county, "王志强", "第 3 页文件")


async def haitao_opens(county: County) -> None:
    await ask(county, "李海涛", "交汇报", "开好了，四季度汇报。")


async def haitao_sends(county: County) -> None:
    await sends(county, "李海涛", *(photo("李海涛", number) for number in (1, 2, 3)))
    await sees(county, "李海涛", "第 1 到 3 页照片")


async def chen_sends_last(county: County) -> None:
    await sends(county, "陈玉梅", photo("陈玉梅", 3))
    await sees(county, "陈玉梅", "第 1 到 3 页照片")


async def wang_hands_in(county: County) -> None:
    await ask(county, "王建国", "完成", "交上了，4 页", "周德厚先看")


async def chen_hands_in(county: County) -> None:
    await ask(county, "陈玉梅", "完成", "交上了，3 页", "周德厚先看")


async def zhiqiang_hands_in(county: County) -> None:
    await ask(county, "王志强", "完成", "交上了，3 页", "李秀兰先看")


async def haitao_hands_in(county: County) -> None:
    await ask(county, "李海涛", "完成", "交上了，3 页", "李文斌先看")


async def zhou_opens_wang(county: County) -> None:
    await ask(
        county, "周德厚", "阅汇报 王建国 四季度", "第 1 到 4 页照片，在上面。", "王建国 四季度"
    )


async def zhou_returns(county: County) -> None:
    await ask(county, "周德厚", "退回 打算写得太少，再写几句", "原话转给王建国了")


async def wang_hears(county: County) -> None:
    await county.bot.advance(at_local(date(2026, 12, 2), 18, 40))
    await hears(
        county, private(county.ids["王建国"]), "周德厚看了您的四季度汇报", "打算写得太少，再写几句"
    )


async def wang_supplements(county: County) -> None:
    await ask(county, "王建国", "补汇报", "4 页都在")


async def wang_adds_words(county: County) -> None:
    await county.world.say(county.ids["王建国"], "明年打算考下电工证，再带两个老乡一起学夜校的课。")
    await county.world.flushed()
    await sees(county, "王建国", "第 5 页文字")


async def wang_hands_in_again(county: County) -> None:
    await ask(county, "王建国", "完成", "交上了，第 2 版，5 页", "周德厚接着看")


async def zhou_opens_second(county: County) -> None:
    await ask(county, "周德厚", "阅汇报 王建国 四季度", "王建国 四季度，第 2 版")


async def zhou_passes(county: County) -> None:
    await ask(county, "周德厚", "通过", "记下了：王建国第 2 版", "转刘长河看")


async def liu_opens(county: County) -> None:
    await ask(county, "刘长河", "下一份", "王建国 四季度，第 2 版")


async def liu_passes(county: County) -> None:
    await ask(county, "刘长河", "1", "记下了：王建国第 2 版，您看过，没有要补的。")


async def lan_opens(county: County) -> None:
    await ask(county, "李秀兰", "下一份", "第 3 页文件，在上面。", "王志强 四季度")


async def lan_asks_more(county: County) -> None:
    await ask(county, "李秀兰", "请补充 写写培训以后怎么做的", "原话转给王志强了")


async def liu_has_paper(county: County) -> None:
    await ask(county, "刘长河", "原件已收 王建国 四季度", "王建国的四季度手写原件，12月2日")


async def everybody_hears(county: County) -> None:
    await county.bot.advance(at_local(date(2026, 12, 2), 18, 50))
    wang = private(county.ids["王建国"])
    await hears(county, wang, "周德厚看过了，没有要补的，接着刘长河看。")
    await hears(county, wang, "刘长河看过了您的四季度汇报，没有要补的。")
    await hears(county, wang, "手写原件，刘长河12月2日收到了")
    await hears(county, private(county.ids["王志强"]), "李秀兰看了您的四季度汇报，想请您补一点")


async def wang_sees_the_way(county: County) -> None:
    await ask(
        county, "王建国", "我的汇报 四季度", "第 1 版，4 页", "周德厚想请再写写", "第 2 版，5 页",
        "周德厚看过，没有要补的", "刘长河看过，没有要补的", "刘长河收到手写原件",
    )  # fmt: skip


async def liu_looks_up(county: County) -> None:
    await ask(county, "刘长河", "查档 王建国", "2026年四季度第 2 版", "原件12月2日收到")


async def liu_may_not(county: County) -> None:
    await ask(county, "刘长河", "查档 李海涛", "这个我不能给您看")


async def liu_wants_file(county: County) -> None:
    await ask(county, "刘长河", "导出 汇报 王建国 四季度", "1 份、5 页", "确认导出")


async def liu_confirms(county: County) -> None:
    await county.world.say(county.ids["刘长河"], "确认导出")
    await hears(county, private(county.ids["刘长河"]), "发您")
    await county.bot.advance(at_local(date(2026, 12, 2), 18, 55))
    await county.world.wait_for_message(
        private(county.ids["刘长河"]), lambda message: bool(attached(message.parts)), timeout_s=20
    )


def attached(parts: Any) -> list[Attachment]:
    return [part for part in parts if isinstance(part, Attachment)]


STEPS: tuple[Step, ...] = (
    wang_opens, wang_sends_wrong_order, wang_puts_in_order, chen_opens, chen_sends_screenshot,
    wang_sends_last, wang_sends_one_twice, wang_drops_the_twin, chen_sends_pages,
    chen_drops_screenshot, zhiqiang_opens, zhiqiang_sends_photos, zhiqiang_sends_pdf, haitao_opens,
    haitao_sends, chen_sends_last, wang_hands_in, chen_hands_in, zhiqiang_hands_in,
    haitao_hands_in, zhou_opens_wang, zhou_returns, wang_hears, wang_supplements, wang_adds_words,
    wang_hands_in_again, zhou_opens_second, zhou_passes, liu_opens, liu_passes, lan_opens,
    lan_asks_more, liu_has_paper, everybody_hears, wang_sees_the_way, liu_looks_up, liu_may_not,
    liu_wants_file, liu_confirms,
)  # fmt: skip


async def play(county: County, *, kills: bool) -> dict[str, list[str]]:
    for step in STEPS:
        await step(county)
        # Between two messages, not inside one: what a kill inside one does is test_delivery_killed.
        await county.bot.settle()
        if kills:
            await county.restart()
    return {name: transcript(county, name) for name in (*AUTHORS, *READERS)}


MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


def plain(value: Any) -> Any:
    """A value as both engines mean it: moments in UTC, yes and no as numbers, JSON opened."""
    if isinstance(value, bytes | memoryview):
        return len(bytes(value))
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.dumps(without_key(json.loads(value)), sort_keys=True)
    if isinstance(value, str) and MOMENT.match(value):
        return plain(datetime.fromisoformat(value))
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def without_key(value: Any) -> Any:
    """An audit row names the message it came of, whose number is chance."""
    return {k: v for k, v in value.items() if k != "key"} if isinstance(value, dict) else value


def shown(row: dict[str, Any]) -> list[Any]:
    chance = CHANCE | {"blobs", "cleared_at", "look"}
    return [[name, None if name in chance else plain(row[name])] for name in sorted(row)]


async def end_state(folder: Path, url: str | None) -> dict[str, list[Any]]:
    """Everything that is kept, without what differs by chance or only tells how it got along."""
    rows = await _of_postgres(url) if url else _of_sqlite(folder)
    return {
        table: sorted((shown(row) for row in found), key=json.dumps)
        for table, found in rows.items()
        if table not in PASSING | {"instance_mark", "worker"}
        and not table.startswith(("sqlite_", "tortoise_"))
    }


def _of_sqlite(folder: Path) -> dict[str, list[dict[str, Any]]]:
    with sqlite3.connect(folder / "yanzhen.db") as connection:
        connection.row_factory = sqlite3.Row
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            for (name,) in named
        }


async def _of_postgres(url: str) -> dict[str, list[dict[str, Any]]]:
    connection = await asyncpg.connect(url)
    try:
        named = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return {
            row["tablename"]: [
                dict(one)
                for one in await connection.fetch(f'SELECT * FROM "{row["tablename"]}"')  # noqa: S608
            ]
            for row in named
        }
    finally:
        await connection.close()


async def test_given_four_people_when_they_report_then_each_ends_with_his_own_pages(
    county: County,
) -> None:
    await play(county, kills=False)
    state = await end_state(county.bot.data_dir, None)
    reports = [dict(row) for row in state["thought_report"]]
    quarter = [row for row in reports if row["quarter"] == "2026Q4"]
    assert sorted((row["version"], row["pages"], row["state"]) for row in quarter) == [
        (1, 3, "returned"), (1, 3, "waiting_mentor"), (1, 3, "waiting_mentor"),
        (1, 4, "superseded"), (2, 5, "done"),
    ]  # fmt: skip
    crypto.open_keys(county.bot.data_dir)
    kept = _pages_of(county.bot.data_dir)
    crypto.use(None)
    assert {name: [kind for kind, _ in pages] for name, pages in kept.items()} == {
        "王建国": ["image"] * 4 + ["text"],
        "陈玉梅": ["image"] * 3,
        "王志强": ["image", "image", "file"],
        "李海涛": ["image"] * 3,
    }
    hashes = [digest for pages in kept.values() for kind, digest in pages if kind == "image"]
    assert len(set(hashes)) == len(hashes) == 12
    (file,) = attached(
        next(
            message.parts
            for message in county.world.messages(private(county.ids["刘长河"]))
            if attached(message.parts)
        )
    )
    assert file.name == "王建国的汇报.docx"
    content = county.world.media.find(file.media_id)
    assert content is not None
    word = Document(io.BytesIO(content.content))
    assert len(word.inline_shapes) == 4
    assert "刘长河 2026-12-02 18:50 导出" in word.sections[0].header.paragraphs[0].text


def _pages_of(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Kind and hash of every page of each author's newest report, in order."""
    with sqlite3.connect(folder / "yanzhen.db") as connection:
        rows = connection.execute(
            "SELECT p.name, rp.kind, rp.sha256 FROM thought_report r"
            " JOIN person p ON p.id = r.person_id JOIN report_part rp ON rp.draft_id = r.draft_id"
            " WHERE r.quarter = '2026Q4' AND r.state <> 'superseded' AND rp.removed_in IS NULL"
            " ORDER BY p.name, rp.position"
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for name, kind, digest in rows:
        found.setdefault(name, []).append((kind, digest))
    return found


Played = tuple[dict[str, list[str]], dict[str, list[Any]]]


@pytest_asyncio.fixture(scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What is said and kept when nothing happens, on SQLite."""
    folder = tmp_path_factory.mktemp("calm")
    async with running_county(folder) as county:
        said = await play(county, kills=False)
    return said, await end_state(folder, None)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_given_four_people_when_killed_between_every_two_messages_then_the_end_is_the_same(
    calm: Played, tmp_path: Path, request: pytest.FixtureRequest, engine: str
) -> None:
    url, config = None, None
    if engine == "postgres":
        url = await _database_of_its_own(request.getfixturevalue("postgres_url"))
        config = tmp_path / "config.toml"
        ours = (ROOT / "config.toml").read_text("utf-8")
        config.write_text(ours.replace('url = "sqlite"', f'url = "{url}"', 1), "utf-8")
    async with running_county(tmp_path / "killed", config=config) as county:
        said = await play(county, kills=True)
    kept = await end_state(tmp_path / "killed", url)
    assert said == calm[0]
    assert {table: kept[table] for table in calm[1] if kept[table] != calm[1][table]} == {}


async def _database_of_its_own(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DROP DATABASE IF EXISTS flow_reports WITH (FORCE)")
        await connection.execute("CREATE DATABASE flow_reports")
    finally:
        await connection.close()
    # A password, were it an empty one, has no place in the settings.
    return url.replace("/postgres?", "/flow_reports?").replace(":@", "@")
