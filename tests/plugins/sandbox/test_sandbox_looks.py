"""How the page looks and loads in a real browser: pictures, contrast, every kind of message."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import (
    Browser,
    expect,
)

from plugins.sandbox import (
    At,
    Forward,
    Node,
    Sandbox,
    Text,
    group,
)
from tests.plugins.sandbox.browsing import CHROMIUM, Visit, visit
from tests.plugins.sandbox.small_world import (
    BOT,
    CHEN,
    VILLAGE,
    WANG,
    ZHOU,
    Bot,
    StandingClock,
    running_sandbox,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


async def test_given_the_sandbox_gone_when_it_is_back_then_the_page_finds_it(
    browser: Browser, bot: Bot, clock: StandingClock, tmp_path: Path
) -> None:
    state = tmp_path / "world_state.json"
    async with running_sandbox(bot.url, clock, state_path=state) as first:
        opened = await visit(browser, first)
        await opened.write("还记得吗")
        await expect(opened.at("message")).to_have_count(1)
    await expect(opened.page.locator("#page-lost")).to_be_visible()
    async with running_sandbox(bot.url, clock, state_path=state, port=first.server.port):
        await expect(opened.page.locator("#page-lost")).to_be_hidden(timeout=10_000)
        await expect(opened.at("message-text")).to_have_text(["还记得吗"])
        await opened.page.context.close()


async def test_given_words_of_every_kind_when_measured_then_contrast_is_aa(
    desk: Visit, sandbox: Sandbox, clock: StandingClock
) -> None:
    await fill_every_kind(sandbox, clock)
    await desk.at(f"chat-{VILLAGE}").click()
    await desk.at("faults-open").click()
    await expect(desk.at("message-file")).to_be_visible()

    low = await desk.page.evaluate(CONTRAST)
    assert low == []


async def fill_every_kind(sandbox: Sandbox, clock: StandingClock) -> None:
    village = group(VILLAGE)
    quoted = await sandbox.say(WANG, "我的话 http://127.0.0.1/x", group_id=VILLAGE)
    clock.moment += timedelta(minutes=30)
    await sandbox.say(ZHOU, [At(WANG), At(CHEN), Text(" 都来")], group_id=VILLAGE)
    gone = await sandbox.say(CHEN, "没了", group_id=VILLAGE)
    sandbox.recall(gone.message_id, CHEN)
    await sandbox.send_file(ZHOU, "提纲.docx", b"x", group_id=VILLAGE)
    sandbox.world.post(village, BOT, [Text("第 1 段"), Forward("f", (Node(ZHOU, "周", ()),))])
    assert quoted.seq == 1


CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      const s = v / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ checkOpacity: true })) continue;
    if (element.closest(":disabled, .visually-hidden, script, option")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${element.className}: ${node.data} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
