"""The demo's secretary comes to the pages by the link in his chat, in a real browser.

``YANZHEN_SCREENSHOTS`` names a folder for the pictures of the README.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.flows.test_browser_walk import (  # the same demo and the same visitor
    CHROMIUM,
    LIU,
    SUN,
    VILLAGE,
    WANG,
    ZHOU,
    Visitor,
    address,  # noqa: F401  # a fixture
    page,  # noqa: F401  # a fixture
    photo,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; see README, Tests"),
]
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=800)
REPORT = "敬爱的党组织：到南港这阵子，白天跟师傅学焊接，晚上看学习材料，觉得自己还差得远。"


async def _report(visitor: Visitor) -> None:
    """Let 王建国 hand in a report of words and a photo, and 周德厚 pass it on."""
    await visitor.become(WANG)
    await visitor.says("交汇报", "开好了，四季度汇报")
    await visitor.send(REPORT)
    await visitor.page.get_by_test_id("attach-image").set_input_files(
        [{"name": "page.jpg", "mimeType": "image/jpeg", "buffer": photo()}]
    )
    await expect(visitor.page.get_by_test_id("tray-item")).to_be_visible()
    await visitor.page.get_by_test_id("send").click()
    await visitor.reads("收到 1 段文字、1 张照片，共 2 页。")
    await visitor.says("完成", "交上了，2 页")
    await visitor.become(ZHOU)
    await visitor.says("阅汇报", "等您看的 2 份")
    await visitor.says("2", "1 通过  2 请补充  3 退回  4 放着")
    await visitor.says("1", "转刘长河看")


async def _come_in(visitor: Visitor, person: int) -> Page:
    """Ask for the link in chat and follow it, as somebody at the demo does."""
    await visitor.become(person)
    await visitor.says("打开网页", "打开这个网址")
    link = visitor.page.get_by_test_id("message").last.get_by_role("link")
    url = await link.get_attribute("href")
    assert url is not None
    browser = visitor.page.context.browser
    assert browser is not None
    opened = await browser.new_page(viewport=DESKTOP, reduced_motion="reduce")
    opened.set_default_timeout(20_000)
    await opened.goto(url)
    await opened.get_by_role("button", name="进去").click()
    await expect(opened.get_by_role("heading", level=1)).to_contain_text("等您办的事")
    return opened


async def _picture(opened: Page, name: str) -> None:
    folder = os.environ.get("YANZHEN_SCREENSHOTS")
    if folder:
        await opened.wait_for_load_state("networkidle")
        await opened.screenshot(path=str(Path(folder) / f"console-{name}.png"))


async def test_given_the_demo_when_its_secretary_opens_the_pages_then_he_can_work_there(
    page: Page,  # noqa: F811  # the fixture
) -> None:
    visitor = Visitor(page)
    await _report(visitor)
    await visitor.jump("monday-evening")
    await visitor.become(LIU, VILLAGE)
    await visitor.reads("本周学习：")
    opened = await _come_in(visitor, LIU)
    await _picture(opened, "today")
    await opened.get_by_role("link", name="王建国，四季度，2 页").click()
    await expect(opened.get_by_role("img", name="第 2 页的照片")).to_be_visible()
    await _picture(opened, "report")
    await opened.get_by_role("link", name="人", exact=True).click()
    await opened.get_by_role("link", name="王建国").click()
    await expect(opened.get_by_role("heading", name="经过")).to_be_visible()
    await opened.set_viewport_size(PHONE)
    await _picture(opened, "person-phone")
    await opened.set_viewport_size(DESKTOP)
    await opened.get_by_role("link", name="待办", exact=True).click()
    await opened.get_by_role("link", name="王建国，四季度，2 页").click()
    await opened.get_by_role("button", name="通过").click()
    await expect(opened.get_by_role("status")).to_contain_text("没有要补的")

    clerk = await _come_in(visitor, SUN)
    await clerk.get_by_role("link", name="数字", exact=True).click()
    await expect(clerk.get_by_role("img", name="各单位该交和交了的汇报")).to_be_visible()
    await _picture(clerk, "units")
    await clerk.get_by_role("link", name="日历", exact=True).click()
    await _picture(clerk, "calendar")
    await clerk.set_viewport_size(PHONE)
    await clerk.get_by_role("link", name="发送", exact=True).click()
    await _picture(clerk, "pushes-phone")

    await visitor.become(WANG)
    await visitor.reads("刘长河看过了您的四季度汇报")
