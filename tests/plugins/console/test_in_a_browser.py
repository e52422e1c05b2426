"""Every page in a real browser: phone and desktop, keyboard, no barriers, no foreign request."""

import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    FilePayload,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from core import progress
from models import Delivery, Person, ReportReview
from models.enums import DeliveryState, ReviewDecision
from plugins.console import app
from plugins.delivery import exports
from plugins.roster import listing
from tests.plugins.console.conftest import Pages
from tests.plugins.console.test_unit_figures import furnish
from tests.plugins.roster.town_hall import workbook

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
AXE = Path(__file__).resolve().parents[2] / "data" / "axe" / "axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=800)
LOOK = """async () => (await axe.run()).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`)"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Window:
    """One open browser window, and what it complained about or asked for."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        if not request.url.startswith(self.origin):
            self.foreign.append(request.url)

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.origin}/console{path}")

    async def look(self, path: str) -> list[str]:
        """Open a page; return everything that is wrong with it."""
        await self.go(path)
        await self.page.wait_for_load_state("networkidle")
        wrong = [f"{path} {found}" for found in await self.page.evaluate(LOOK)]
        if extra := await self.page.evaluate(WIDE):
            wrong.append(f"{path} is {extra} pixels too wide")
        for unfolding in await self.page.locator("details").all():
            await unfolding.evaluate("(element) => { element.open = true; }")
        if extra := await self.page.evaluate(WIDE):
            wrong.append(f"{path} unfolded is {extra} pixels too wide")
        return wrong


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


async def window(chromium: Browser, pages: Pages, size: ViewportSize, **options: Any) -> Window:
    context = await chromium.new_context(viewport=size, reduced_motion="reduce", **options)
    await context.add_init_script(path=AXE)
    opened = Window(await context.new_page(), f"http://127.0.0.1:{pages.port}")
    opened.page.set_default_timeout(20_000)
    opened.page.on(
        "console",
        lambda message: (
            opened.complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("request", opened.note)
    return opened


async def enter(chromium: Browser, pages: Pages, name: str, size: ViewportSize) -> Window:
    """Come in by link and button, as people do."""
    opened = await window(chromium, pages, size)
    await opened.go(f"/in/{await pages.link(name)}")
    await opened.page.get_by_role("button", name="进去").click()
    await expect(opened.page.get_by_role("heading", level=1)).to_contain_text("等您办的事")
    return opened


async def every_page(pages: Pages) -> list[str]:
    county = pages.county
    message = (await Delivery.all().first()).message_id
    return [
        "/", "/reports", f"/reports/{county.reports['王建国']}", "/people",
        f"/people/{county.person('王建国')}", "/units",
        f"/units?unit={county.town.units['王家村'].path}", "/pushes", f"/pushes/{message}",
        f"/pushes/{message}/recall", "/calendar", "/approvals", f"/approvals/{county.order}",
        f"/pieces/{county.piece}", "/exports", "/imports", "/log", "/log/looks",
    ]  # fmt: skip


async def test_given_the_pages_that_are_served_when_they_are_listed_then_each_is_looked_at(
    pages: Pages,
) -> None:
    holes = re.compile(r"\{[^}]*\}")
    files = ("/pages/", "/files/", "{file:int}")
    # What stands on the page of one import is looked at where it is brought in.
    shown = {path for path in app._READS if not any(part in path for part in files)}
    shown.remove("/imports/{uid}")
    looked_at = [path.partition("?")[0] for path in await every_page(pages)]

    missed = {
        path
        for path in shown
        if not any(re.fullmatch(holes.sub("[^/]+", path), one) for one in looked_at)
    }

    assert missed == set()


def test_given_the_tool_of_the_look_when_it_is_read_then_it_is_the_published_one() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", ["刘长河", "孙敏"])
async def test_given_every_page_when_it_is_looked_at_then_there_is_no_barrier(
    chromium: Browser, pages: Pages, name: str, size: ViewportSize
) -> None:
    await furnish(pages)
    opened = await enter(chromium, pages, name, size)

    paths = [*await every_page(pages), "/no/such/page"]
    wrong = [found for path in paths for found in await opened.look(path)]

    assert wrong == []
    assert opened.foreign == []
    # A page that is not for her answers 404, which the browser notes; nothing else is noted.
    assert [text for text in opened.complaints if "404" not in text] == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_given_a_stranger_when_he_looks_at_every_page_then_he_gets_one_sentence(
    chromium: Browser, pages: Pages, size: ViewportSize
) -> None:
    opened = await window(chromium, pages, size)
    for path in await every_page(pages):
        assert await opened.look(path) == []
        await expect(opened.page.get_by_role("main")).to_have_text(
            "雁阵 要先在私聊里回我「打开网页」，点我发的链接进来。"
        )
        assert await opened.page.get_by_role("link").count() == 0
    assert await opened.look(f"/in/{await pages.link('刘长河')}") == []


async def test_given_a_keyboard_alone_when_a_report_is_read_then_it_can_be_sent_back(
    chromium: Browser, pages: Pages
) -> None:
    opened = await window(chromium, pages, DESKTOP)
    await opened.go(f"/in/{await pages.link('刘长河')}")
    await opened.page.keyboard.press("Tab")
    await opened.page.keyboard.press("Enter")
    await expect(opened.page.get_by_role("heading", level=1)).to_contain_text("等您办的事")

    await opened.page.keyboard.press("Tab")
    skip = opened.page.get_by_role("link", name="跳到正文")
    await expect(skip).to_be_focused()
    assert (await skip.bounding_box() or {})["y"] >= 0
    await opened.page.keyboard.press("Enter")
    await opened.page.keyboard.press("Tab")
    await expect(opened.page.get_by_role("link", name="王建国，四季度，2 页")).to_be_focused()
    await opened.page.keyboard.press("Enter")
    reason = opened.page.get_by_label("要补什么，或为什么退")
    await expect(reason).to_be_visible()
    await reason.focus()
    await opened.page.keyboard.type("落款少个日期")
    await opened.page.keyboard.press("Tab")
    await opened.page.keyboard.press("Tab")
    await expect(opened.page.get_by_role("button", name="请补充")).to_be_focused()
    await opened.page.keyboard.press("Enter")

    await expect(opened.page.get_by_role("status")).to_contain_text("原话转给他了")
    assert (await ReportReview.get()).decision is ReviewDecision.SUPPLEMENT


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_given_a_list_when_it_is_confirmed_on_the_page_then_it_can_be_downloaded(
    chromium: Browser, pages: Pages, size: ViewportSize
) -> None:
    opened = await enter(chromium, pages, "刘长河", size)
    await opened.go("/exports")
    await opened.page.get_by_label("联系台账").check()
    await opened.page.get_by_label("时段、单位，或者姓名").fill("三季度")
    await opened.page.get_by_role("button", name="下一步").click()
    await expect(opened.page.get_by_text("2026-07-01 到 2026-09-30")).to_be_visible()
    assert await opened.page.evaluate(LOOK) == []
    assert await opened.page.evaluate(WIDE) == 0
    await opened.page.get_by_role("button", name="确认导出").click()
    async with opened.page.expect_download() as waiting:
        await opened.page.get_by_role("link", name="下载联系台账").click()
    assert (await waiting.value).suggested_filename == "联系台账-1.xlsx"
    assert await opened.page.evaluate(LOOK) == []
    assert await opened.page.evaluate(WIDE) == 0


async def test_given_no_scripts_when_a_report_is_passed_then_it_works_the_same(
    chromium: Browser, pages: Pages
) -> None:
    opened = await window(chromium, pages, PHONE, java_script_enabled=False)
    await opened.go(f"/in/{await pages.link('刘长河')}")
    await opened.page.get_by_role("button", name="进去").click()
    await opened.page.get_by_role("link", name="王建国，四季度，2 页").click()
    await opened.page.get_by_role("button", name="通过").click()

    await expect(opened.page.get_by_role("status")).to_contain_text("没有要补的")


async def test_given_a_push_under_way_when_groups_get_it_then_its_bar_moves_by_itself(
    chromium: Browser, pages: Pages
) -> None:
    opened = await enter(chromium, pages, "郑海燕", DESKTOP)
    await opened.page.clock.install()
    row = await Delivery.get(state=DeliveryState.DUE)
    await opened.go(f"/pushes/{row.message_id}")
    status = opened.page.get_by_role("status")
    await expect(status).to_have_text("3 个群：发了 0，等着 1，不确定 1，发不进 1。")
    # Another group joins late, so that the push is still under way.
    await Delivery.filter(state=DeliveryState.UNKNOWN).update(state=DeliveryState.SENT)
    await opened.page.clock.fast_forward(5_000)

    await expect(status).to_have_text("3 个群：发了 1，等着 1，不确定 0，发不进 1。")
    await expect(opened.page.get_by_role("progressbar")).to_have_attribute("value", "1")

    # A roster that is being made: the same, until it is there to be saved.
    now = pages.county.town.clock.now()
    actor = await pages.actor("郑海燕")
    uid = await listing.confirm(actor=actor, key=f"{exports.FETCHED}1:x", now=now)
    await opened.go("/exports")
    status, bar = opened.page.get_by_role("status"), opened.page.get_by_role("progressbar")
    await expect(status).to_have_text("花名册，在做。")
    assert await bar.get_attribute("value") is None
    assert await opened.page.evaluate(LOOK) == []
    progress.note(uid, 4, 12)
    await opened.page.clock.fast_forward(1_500)
    await expect(status).to_have_text("花名册，在做，12 里做好了 4。")
    await expect(bar).to_have_attribute("value", "4")
    await expect(bar).to_have_attribute("max", "12")
    assert await exports.make(uid, listing.MAKER)
    await opened.page.clock.fast_forward(1_500)
    await expect(opened.page.get_by_role("link", name="下载花名册")).to_be_visible()
    await expect(bar).to_have_count(0)


async def test_given_a_page_that_takes_a_while_when_it_is_asked_for_then_a_bar_shows(
    chromium: Browser, pages: Pages
) -> None:
    opened = await enter(chromium, pages, "孙敏", PHONE)
    await opened.go("/units")
    await expect(opened.page.get_by_text("在算")).to_be_hidden()
    # The page that is asked for does not come: what is seen meanwhile stays.
    await opened.page.evaluate(
        "() => document.addEventListener('click', (event) => event.preventDefault())"
    )

    await opened.page.get_by_role("link", name="王家村").click()

    await expect(opened.page.get_by_text("在算")).to_be_visible()
    await expect(opened.page.get_by_role("progressbar", name="在算")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_given_a_roster_when_it_is_brought_in_a_browser_then_it_is_written_and_undone(
    chromium: Browser, pages: Pages, size: ViewportSize
) -> None:
    opened = await enter(chromium, pages, "孙敏", size)
    wrong: list[str] = []
    for cell in ("2026.13.1", "2025.2.7"):
        await opened.go("/imports")
        data = workbook(
            ("姓名", "所在支部", "类别", "申请时间", "手机号"),
            ("赵小勇", "王家村", "积极分子", cell, "13800138000"),
        )
        file = FilePayload(name="名单.xlsx", mimeType="application/octet-stream", buffer=data)
        await opened.page.get_by_label("名单文件").set_input_files(file)
        await opened.page.get_by_role("button", name="传上来查一遍").click()
        await expect(opened.page.get_by_role("heading", name="查的结果")).to_be_visible()
        wrong += await opened.look(opened.page.url.partition("/console")[2])
        if cell == "2026.13.1":
            await expect(opened.page.get_by_text("第 2 行的日期看不懂")).to_be_visible()
    await expect(opened.page.get_by_label("手机号")).to_have_count(0)
    await opened.page.get_by_role("button", name="导进去").click()
    await expect(opened.page.get_by_role("status")).to_have_text("导好了。")
    assert await Person.filter(name="赵小勇").count() == 1
    wrong += await opened.look(opened.page.url.partition("/console")[2].partition("?")[0])
    async with opened.page.expect_download() as coming:
        await opened.page.get_by_role("link", name="剪开就能发的纸条").click()
    assert (await (await coming.value).path()).read_bytes().startswith(b"PK")
    await opened.page.get_by_role("button", name="撤掉").click()
    await expect(opened.page.get_by_role("status")).to_contain_text("撤掉了")

    assert await Person.filter(name="赵小勇").count() == 0
    assert wrong == []
    assert opened.foreign == []
