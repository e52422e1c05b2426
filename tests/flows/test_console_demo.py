"""The demo's secretary comes to the pages by the link in his chat, in a real browser.

``YANZHEN_SCREENSHOTS`` names a folder for the pictures of the README.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, ViewportSize, expect

from tests.flows import handwriting
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
)
from tests.plugins.roster.town_hall import workbook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; see README, Tests"),
]
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=800)
WU = "person-20008"
NOTICE = "讨薪窗口\n在县政务大厅一楼\n周一到周五\n上午八点半到十二点\n下午两点到五点半"
REPORT = "敬爱的党组织：到南港这阵子，白天跟师傅学焊接，晚上看学习材料，觉得自己还差得远。"


async def _report(visitor: Visitor) -> None:
    """Let 王建国 hand in a report of words and a photo, and 周德厚 pass it on."""
    await visitor.become(WANG)
    await visitor.says("交汇报", "开好了，四季度汇报")
    await visitor.send(REPORT)
    await visitor.page.get_by_test_id("attach-image").set_input_files(
        [{"name": "page.jpg", "mimeType": "image/jpeg", "buffer": handwriting.page(REPORT, 7)}]
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
    if os.environ.get("YANZHEN_SCREENSHOTS"):
        await _more_pictures(visitor, opened, clerk)


async def _more_pictures(visitor: Visitor, secretary: Page, clerk: Page) -> None:
    """Take the pictures of pages that other tests walk: a local piece, files, a roster."""
    # She is one of those behind the list of others.
    others = visitor.page.get_by_role("combobox").filter(has=visitor.page.get_by_test_id(WU))
    await others.select_option(WU.removeprefix("person-"))
    await visitor.page.get_by_test_id("chat-private").click()
    await visitor.says("加材料", "一条条发来")
    await visitor.send("讨薪窗口周一到周五都有人，带上身份证和工资条，先取号。")
    await visitor.page.get_by_test_id("attach-image").set_input_files(
        [{"name": "window.jpg", "mimeType": "image/jpeg", "buffer": handwriting.page(NOTICE, 4)}]
    )
    await visitor.page.get_by_test_id("send").click()
    await visitor.reads("1 个文件")
    for said, answer in (
        ("完成", "起个题目"), ("讨薪窗口开了", "从哪来的"), ("县人社局的通知", "哪天的"),
        ("11月20日", "用到哪天"), ("2", "请第二个人看一眼"), ("1", "看了。看完我告诉您"),
    ):  # fmt: skip
        await visitor.says(said, answer)
    await secretary.get_by_role("link", name="审核", exact=True).click()
    await secretary.get_by_role("link", name="讨薪窗口开了").click()
    await expect(secretary.get_by_role("heading", name="讨薪窗口开了")).to_be_visible()
    await _picture(secretary, "piece")
    await secretary.get_by_role("link", name="导出", exact=True).click()
    await secretary.get_by_label("培养教育考察登记表").check()
    await secretary.get_by_label("时段、单位，或者姓名").fill("全部")
    await secretary.get_by_role("button", name="下一步").click()
    await secretary.get_by_role("button", name="确认导出").click()
    await expect(secretary.get_by_role("link", name="下载培养教育考察登记表")).to_be_visible()
    await _picture(secretary, "exports")
    await clerk.set_viewport_size(DESKTOP)
    await clerk.get_by_role("link", name="名单", exact=True).click()
    table = workbook(
        ("序号", "姓名", "所在支部", "类别", "申请时间", "手机号", "去向"),
        ("1", "赵小勇", "王家村", "积极分子", "2025.2.7", "13800138000", "南港"),
        ("2", "陈大立", "李家村", "申请人", "2026年1月", "13900139000", ""),
        ("3", "孙有田", "王家村", "申请人", "2026.13.1", "", "东莞"),
    )
    file = FilePayload(name="名单.xlsx", mimeType="application/octet-stream", buffer=table)
    await clerk.get_by_label("名单文件").set_input_files(file)
    await clerk.get_by_role("button", name="传上来查一遍").click()
    await expect(clerk.get_by_role("heading", name="查的结果")).to_be_visible()
    await _picture(clerk, "import")
