"""The main job over the real wire, and the same with kill -9 between every two steps."""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core import crypto
from core.clock import at_local
from plugins.sandbox.entities import Chat, group, private
from tests.core import handwriting
from tests.flows.conftest import County, running_county

Step = Callable[[County], Awaitable[None]]

REPORT = "敬爱的党组织：到南港这阵子，白天跟师傅学焊接，晚上看学习材料，觉得自己还差得远。"


def page(seed: int) -> bytes:
    """A photo of a page of handwriting; each seed is another page."""
    return handwriting.photo(handwriting.page(seed, size=(480, 640), pen=2))


async def ask(county: County, name: str, words: str, *answer: str) -> None:
    """Say ``words`` in private and read an answer that contains every one of ``answer``."""
    user = county.ids[name]
    await county.world.say(user, words)
    found = await county.world.wait_for_message(
        private(user), lambda message: bool(message.text), timeout_s=20
    )
    for piece in answer:
        assert piece in found.text, found.text


async def hears(county: County, chat: Chat, *pieces: str) -> None:
    await county.world.wait_for_message(
        chat, lambda message: all(piece in message.text for piece in pieces), timeout_s=20
    )


async def bind_consent(county: County) -> None:
    await ask(county, "马小军", county.codes["马小军"], "码对上了")


async def give_name(county: County) -> None:
    await ask(county, "马小军", "马小军", "有 2 件事要您点头")


async def give_first(county: County) -> None:
    await ask(county, "马小军", "1", "第 2 件")


async def give_second(county: County) -> None:
    await ask(county, "马小军", "2", "好，这件不存。绑定好了。")


async def open_report(county: County) -> None:
    await ask(county, "王建国", "交汇报", "开好了，四季度汇报。")


async def send_text(county: County) -> None:
    await county.world.say(county.ids["王建国"], REPORT)
    await county.world.flushed()
    await settled(county, pages=1)


async def send_first_photo(county: County) -> None:
    await county.world.send_image(county.ids["王建国"], page(200))
    await settled(county, pages=2)


async def send_two_photos(county: County) -> None:
    await county.world.send_image(county.ids["王建国"], page(150), page(100))
    await settled(county, pages=4)


async def settled(county: County, *, pages: int) -> None:
    """Look at the draft until the bot has put the pages away (看看 is answered after them)."""
    await ask(county, "王建国", "看看", "还没交", f"{pages} 页照片" if pages > 1 else "第 1 页文字")


async def drop_page(county: County) -> None:
    await ask(county, "王建国", "删第3页", "第 3 页拿掉了，剩 3 页")


async def hand_in(county: County) -> None:
    await ask(county, "王建国", "完成", "交上了，3 页", "周德厚先看")


async def monday_evening(county: County) -> None:
    await county.bot.advance(at_local(date(2026, 12, 7), 20))
    for name in ("王家村在外群", "李家村在外群", "赵家村在外群"):
        await hears(county, group(county.ids[name]), "本周学习：", "这条不用回。")
    await hears(county, private(county.ids["周德厚"]), "回数字就办，办完不提醒。")


async def log_contact(county: County) -> None:
    await ask(
        county, "周德厚", "昨天跟建国打电话了 挺好", "记下了：王建国，12月6日（周日），电话，通了"
    )


async def open_waiting(county: County) -> None:
    await ask(county, "周德厚", "阅汇报", "等您看的 2 份")


async def remind_first(county: County) -> None:
    await county.bot.advance(at_local(date(2026, 12, 17), 19))
    await hears(county, private(county.ids["陈玉梅"]), "四季度汇报交到12月31日")


async def remind_last(county: County) -> None:
    await county.bot.advance(at_local(date(2026, 12, 28), 19))
    await hears(county, private(county.ids["陈玉梅"]), "四季度汇报")


async def ask_numbers(county: County) -> None:
    # What waits for him, and whom nobody heard, came on its own before.
    user = county.ids["刘长河"]
    await county.world.say(user, "统计")
    await hears(county, private(user), "王家村 四季度", "该交 5，交了 1")


async def ask_owing(county: County) -> None:
    await ask(county, "刘长河", "未交", "4 人", "陈玉梅，提醒过 2 次", "李强")


STEPS: tuple[Step, ...] = (
    bind_consent, give_name, give_first, give_second,
    open_report, send_text, send_first_photo, send_two_photos, drop_page, hand_in,
    monday_evening, log_contact, open_waiting, remind_first, remind_last, ask_numbers, ask_owing,
)  # fmt: skip


def end_state(folder: Path) -> dict[str, list[list[Any]]]:
    """Everything that is kept, unsealed and without what differs by chance (ids of our making)."""
    crypto.open_keys(folder)
    kept: dict[str, list[list[Any]]] = {}
    with sqlite3.connect(folder / "yanzhen.db") as connection:
        connection.row_factory = sqlite3.Row
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            if table not in PASSING and not table.startswith(("sqlite_", "tortoise_")):
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
                kept[table] = sorted(
                    ([shown(dict(row), name) for name in dict(row)] for row in rows),
                    key=json.dumps,
                )
    crypto.use(None)
    return kept


# What only says how the process got along: seen events, fired moments, the pace of an account, and
# since when it sits in a group.
PASSING = {"seen_event", "occurrence", "bot_account", "seat"}
CHANCE = {
    "id", "uid", "blob_id", "code_hash", "lease_owner", "lease_until", "platform_message_id",
    "source_key", "sha256", "attempts", "updated_at", "message_id", "occasion", "draft_id",
    "reference", "replacing", "written_at", "look_at", "looks", "shown",
}  # fmt: skip


def shown(row: dict[str, Any], name: str) -> Any:
    value = row[name]
    if name in CHANCE:
        return None
    return len(value) if isinstance(value, bytes) else value


def transcript(county: County, name: str) -> list[str]:
    """What stands in somebody's private chat; his one-time code is another in every county."""
    lines = [message.text for message in county.world.messages(private(county.ids[name]))]
    return ["code" if line == county.codes.get(name) else line for line in lines]


PEOPLE = ("王建国", "陈玉梅", "李强", "马小军", "周德厚", "刘长河")


async def play(county: County, *, kills: bool) -> dict[str, list[str]]:
    for step in STEPS:
        await step(county)
        if kills:
            await county.restart()
    return {name: transcript(county, name) for name in PEOPLE}


async def test_given_the_county_when_the_main_job_is_played_then_it_runs(county: County) -> None:
    said = await play(county, kills=False)
    assert any("四季度汇报交到12月31日" in line for line in said["陈玉梅"])
    assert not any("四季度汇报交到12月31日" in line for line in said["王建国"])
    first = [line for line in said["陈玉梅"] if "四季度汇报" in line]
    assert len(first) == 2


@pytest.mark.slow
async def test_given_the_main_job_when_killed_between_every_two_steps_then_the_end_is_the_same(
    tmp_path: Path,
) -> None:
    ends = []
    for kills in (False, True):
        folder = tmp_path / str(kills)
        async with running_county(folder) as county:
            said = await play(county, kills=kills)
        ends.append((said, end_state(folder)))
    (said, kept), (said_killed, kept_killed) = ends
    assert said_killed == said
    assert kept_killed == kept
