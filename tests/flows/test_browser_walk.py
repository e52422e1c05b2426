"""The walk of the README, played in a real browser against ``python bot.py demo``.

``YANZHEN_SCREENSHOTS`` names a folder for the pictures of the README.
"""

import asyncio
import io
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, async_playwright, expect

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("YANZHEN_CHROMIUM") or next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; see README, Tests"),
]
WANG, ZHOU, LIU, SUN, MA = 20001, 20005, 20007, 20009, 20004
VILLAGE = "chat-70001"
REPORT = "敬爱的党组织：到南港这阵子，白天跟师傅学焊接，晚上看学习材料，觉得自己还差得远。"


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The demo, started from its command line on ports of its own."""
    page_port = _free_port()
    settings = tmp_path / "config.toml"
    settings.write_text(f"[web]\nport = {_free_port()}\n[sandbox]\nport = {page_port}\n", "utf-8")
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "bot.py", "demo",
        cwd=ROOT,
        env={**os.environ, "YANZHEN_DATA": str(tmp_path / "data"), "YANZHEN_CONFIG": str(settings)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert demo.stdout is not None
    url = f"http://127.0.0.1:{page_port}"
    async with asyncio.timeout(60):
        while url.encode() not in await demo.stdout.readline():
            assert demo.returncode is None
    yield url
    demo.terminate()
    await asyncio.wait_for(demo.wait(), 30)


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = await browser.new_page(
            viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        opened.set_default_timeout(20_000)
        await opened.goto(address)
        await opened.get_by_test_id("hint-close").click()
        await expect(opened.get_by_test_id("connection")).to_have_attribute("data-state", "on")
        yield opened
        await browser.close()


def photo() -> bytes:
    """A photo of a handwritten page, as far as a machine can draw one."""
    sheet = Image.new("RGB", (750, 1000), "#f6f2e7")
    pen = ImageDraw.Draw(sheet)
    for line, top in enumerate(range(80, 940, 44)):
        pen.line((60, top + 30, 690, top + 30), fill="#d8cfb8", width=2)
        for stroke in range(60, 640 - (line * 53) % 260, 34):
            pen.line((stroke, top, stroke + 20, top + 22), fill="#2b3350", width=3)
            pen.line((stroke + 18, top + 2, stroke + 6, top + 24), fill="#2b3350", width=3)
    held = io.BytesIO()
    sheet.save(held, "JPEG")
    return held.getvalue()


class Visitor:
    """Somebody at the page who follows the README line by line."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def become(self, user_id: int, chat: str = "chat-private") -> None:
        await self.page.get_by_test_id(f"person-{user_id}").click()
        await self.page.get_by_test_id(chat).click()

    async def send(self, words: str) -> None:
        await self.page.get_by_test_id("composer").fill(words)
        await self.page.get_by_test_id("send").click()

    async def reads(self, *pieces: str) -> None:
        """Wait for a message with all the pieces; a list of the clock may come in between."""
        found = self.page.get_by_test_id("message")
        for piece in pieces:
            found = found.filter(has_text=piece)
        await expect(found.last).to_be_visible(timeout=45_000)

    async def says(self, words: str, *pieces: str) -> None:
        await self.send(words)
        await self.reads(*pieces)

    async def jump(self, name: str) -> None:
        await self.page.get_by_test_id(f"jump-{name}").click()

    async def picture(self, name: str) -> None:
        folder = os.environ.get("YANZHEN_SCREENSHOTS")
        if folder:
            await self.page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def _report(visitor: Visitor) -> None:
    await visitor.become(WANG)
    await visitor.says("菜单", "1 学习")
    await visitor.says("交汇报", "开好了，四季度汇报")
    await visitor.send(REPORT)
    await visitor.page.get_by_test_id("attach-image").set_input_files(
        [{"name": "page.jpg", "mimeType": "image/jpeg", "buffer": photo()}]
    )
    await expect(visitor.page.get_by_test_id("tray-item")).to_be_visible()
    await visitor.page.get_by_test_id("send").click()
    await visitor.reads("收到 1 段文字、1 张照片，共 2 页。")
    await visitor.says("看看", "还没交：第 1 页文字，第 2 页照片")
    await visitor.says("完成", "交上了，2 页", "周德厚先看")
    await visitor.picture("report")


async def _study(visitor: Visitor) -> None:
    await visitor.jump("monday-evening")
    await visitor.page.get_by_test_id(VILLAGE).click()
    await visitor.reads("本周学习：", "这条不用回。")
    await visitor.picture("group")
    await visitor.page.get_by_test_id("chat-private").click()
    await visitor.says("本周", "1 看")
    await visitor.says("1", "回「下一段」")
    await visitor.says("答题", "第 1 题，共 3 题")
    for end in ("第 2 题", "第 3 题", "3 题做完"):
        await visitor.says("1", end)


async def _mentor(visitor: Visitor) -> None:
    await visitor.become(ZHOU)
    # The list of the Monday that was jumped over, and this one's.
    lists = visitor.page.get_by_test_id("message").filter(has_text="回数字就办，办完不提醒。")
    await expect(lists).to_have_count(1, timeout=45_000)
    await visitor.jump("monday-morning")
    await visitor.become(ZHOU)
    await expect(lists).to_have_count(2, timeout=45_000)
    await visitor.says("昨天跟建国打电话了 挺好", "记下了：王建国", "电话，通了，「挺好」")
    await visitor.says("阅汇报", "等您看的 2 份")
    await visitor.says("2", "1 通过  2 请补充  3 退回  4 放着")
    await visitor.says("1", "记下了：王建国四季度汇报，您看过，没有要补的。")
    await visitor.says("待办", "1 联系陈玉梅")
    await visitor.picture("mentor")


async def _numbers(visitor: Visitor) -> None:
    await visitor.become(LIU)
    await visitor.says("统计", "王家村 四季度", "该交 5，交了 1")
    await visitor.says("未交", "还没交的 4 人", "陈玉梅")
    await visitor.picture("stats")
    await visitor.become(SUN)
    await visitor.says("统计", "柳河乡 四季度")
    await visitor.says("1", "王家村，5 份交了 1 份", "姓名在支部那里")
    await visitor.become(LIU, VILLAGE)
    await visitor.send("/统计")
    await visitor.reads("我私下")


async def _bind(visitor: Visitor) -> None:
    note = await visitor.page.get_by_test_id(f"person-{MA}").inner_text()
    code = re.findall(r"\d{4} ?\d{4}", note)[0]
    await visitor.become(MA)
    await visitor.says(code, "码对上了")
    await visitor.says("马小军", "有 2 件事要您点头")
    await visitor.says("1", "第 2 件")
    await visitor.says("2", "绑定好了")


async def test_given_the_demo_when_the_walk_of_the_readme_is_followed_then_all_four_acts_work(
    page: Page,
) -> None:
    visitor = Visitor(page)
    await _report(visitor)
    await _study(visitor)
    await _mentor(visitor)
    await _numbers(visitor)
    await _bind(visitor)
