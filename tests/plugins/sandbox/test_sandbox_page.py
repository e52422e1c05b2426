"""The page in a real browser: what a visitor does, sees, and cannot do."""

import asyncio
import base64
from pathlib import Path

import pytest
from aiocqhttp import Event
from playwright.async_api import (
    Browser,
    FilePayload,
    Route,
    expect,
)

from plugins.sandbox import (
    At,
    Forward,
    Node,
    Picture,
    Sandbox,
    Text,
    group,
    private,
)
from tests.plugins.sandbox.browsing import (
    ALL_LOADED,
    CHROMIUM,
    OTHER_PNG,
    PHONE,
    Visit,
    grey_png,
    visit,
)
from tests.plugins.sandbox.small_world import (
    BOT,
    CHEN,
    MA,
    PNG,
    TOWN,
    VILLAGE,
    WANG,
    ZHOU,
    Bot,
    StandingClock,
    kind,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


def echo(bot: Bot) -> None:
    """Have the bot answer whatever it reads."""

    @bot.cq.on_message
    async def answer(event: Event) -> None:
        await bot.cq.send(event, [{"type": "text", "data": {"text": f"您说：{event.raw_message}"}}])


async def test_given_a_visitor_when_he_writes_then_the_bot_hears_and_its_answer_shows(
    desk: Visit, bot: Bot
) -> None:
    echo(bot)
    await desk.write("菜单")

    await expect(desk.at("message-text")).to_have_text(["菜单", "您说：菜单"])
    await expect(desk.at("composer")).to_have_value("")
    await expect(desk.at("connection")).to_have_text("雁阵在线")


async def test_given_another_person_when_chosen_then_his_own_chats_are_shown(
    desk: Visit, sandbox: Sandbox
) -> None:
    await desk.write("王的话")
    await expect(desk.at("message")).to_have_count(1)
    await desk.at(f"person-{ZHOU}").click()

    await expect(desk.at(f"chat-{TOWN}")).to_be_visible()
    await expect(desk.at("message")).to_have_count(0)
    await desk.write("周的话")
    await expect(desk.at("message-text")).to_have_text(["周的话"])
    assert [m.text for m in sandbox.messages(private(ZHOU))] == ["周的话"]


async def test_given_somebody_not_on_the_rail_when_picked_from_the_list_then_he_may_befriend(
    desk: Visit, bot: Bot
) -> None:
    await desk.at("others").select_option(str(MA))
    await expect(desk.at("notice")).to_contain_text("还没加雁阵为好友")
    await desk.write("在吗")
    await expect(desk.at("toast")).to_be_visible()
    await expect(desk.at("composer")).to_have_value("在吗")

    await desk.at("befriend").click()
    await expect(desk.at("notice")).to_be_hidden()
    assert (await bot.next_event()).detail_type == "friend_add"
    await desk.at("send").click()
    assert (await bot.next_event()).raw_message == "在吗"


async def test_given_a_group_when_the_bot_is_picked_after_at_then_it_is_really_mentioned(
    desk: Visit, bot: Bot
) -> None:
    await desk.at(f"chat-{VILLAGE}").click()
    await desk.at("composer").press_sequentially("@")
    await expect(desk.at("at-option")).to_have_text(["雁阵", "周德厚", "陈玉梅"])
    await desk.page.keyboard.press("Enter")
    await desk.at("composer").press_sequentially("本周")
    await desk.page.keyboard.press("Enter")

    event = await bot.next_event()
    assert event.message == [
        {"type": "at", "data": {"qq": str(BOT)}},
        {"type": "text", "data": {"text": " 本周"}},
    ]
    await expect(desk.page.locator(".mention")).to_have_text("@雁阵")


async def test_given_an_owner_when_he_mentions_everybody_then_all_are_marked(
    desk: Visit, sandbox: Sandbox
) -> None:
    await desk.at(f"person-{ZHOU}").click()
    await desk.at(f"chat-{VILLAGE}").click()
    await desk.at("pick-at").click()
    await desk.at("at-option").filter(has_text="全体成员").click()
    await desk.at("composer").press_sequentially("开会")
    await desk.page.keyboard.press("Enter")

    await expect(desk.page.locator(".mention-me")).to_have_text("@全体成员")
    assert sandbox.messages(group(VILLAGE))[0].parts == (At(None), Text(" 开会"))


async def test_given_an_open_composition_when_enter_is_pressed_then_nothing_is_sent(
    desk: Visit, sandbox: Sandbox
) -> None:
    await desk.at("composer").fill("ni hao")
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    await desk.at("composer").dispatch_event("keydown", composing)
    await desk.at("composer").press("Shift+Enter")
    await desk.at("composer").press_sequentially("第二行")
    await desk.at("composer").press("Enter")

    await expect(desk.at("message-text")).to_have_text(["ni hao\n第二行"])
    assert [m.text for m in sandbox.messages(private(WANG))] == ["ni hao\n第二行"]


async def test_given_chosen_and_pasted_pictures_when_sent_then_they_keep_their_order(
    desk: Visit, sandbox: Sandbox
) -> None:
    await desk.at("attach-image").set_input_files(
        [
            FilePayload(name="3.png", mimeType="image/png", buffer=OTHER_PNG),
            FilePayload(name="1.png", mimeType="image/png", buffer=PNG),
        ]
    )
    await put_picture(desk, "paste", "composer", PNG + b"pasted")
    await put_picture(desk, "drop", "messages", PNG + b"dropped")
    await expect(desk.at("tray-item")).to_have_count(4)
    await desk.write("四页")

    await expect(desk.at("message-image")).to_have_count(4)
    (message,) = sandbox.messages(private(WANG))
    pictures = [sandbox.media.find(p.media_id) for p in message.parts if isinstance(p, Picture)]
    assert message.text == "四页"
    assert [kept.content for kept in pictures if kept] == [
        OTHER_PNG,
        PNG,
        PNG + b"pasted",
        PNG + b"dropped",
    ]


async def put_picture(desk: Visit, how: str, testid: str, content: bytes) -> None:
    """Paste or drop a picture the way a browser reports it."""
    await desk.at(testid).evaluate(
        """(target, [how, encoded]) => {
            const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "image.png", { type: "image/png" }));
            const options = { bubbles: true, cancelable: true };
            target.dispatchEvent(how === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, ...options })
                : new DragEvent("drop", { dataTransfer: data, ...options }));
        }""",
        [how, base64.b64encode(content).decode()],
    )


async def test_given_a_picture_in_the_tray_when_taken_out_then_it_is_not_sent(
    desk: Visit, sandbox: Sandbox
) -> None:
    files = [FilePayload(name=f"{n}.png", mimeType="image/png", buffer=PNG) for n in "ab"]
    await desk.at("attach-image").set_input_files(files)
    await desk.page.get_by_role("button", name="不发 a.png").click()
    await desk.at("send").click()

    await expect(desk.at("message-image")).to_have_count(1)
    assert len(sandbox.messages(private(WANG))[0].parts) == 1


async def test_given_a_file_when_sent_then_name_size_and_download_are_there(
    desk: Visit, sandbox: Sandbox, bot: Bot, tmp_path: Path
) -> None:
    report = FilePayload(name="四季度汇报.docx", mimeType="application/msword", buffer=b"x" * 2048)
    await desk.at("attach-file").set_input_files([report])
    await desk.at("send").click()

    card = desk.at("message-file")
    await expect(card).to_contain_text("四季度汇报.docx")
    await expect(card).to_contain_text("2.0 KB")
    async with desk.page.expect_download() as started:
        await card.click()
    saved = tmp_path / "saved"
    await (await started.value).save_as(saved)
    assert saved.read_bytes() == b"x" * 2048
    assert (await bot.next_event()).message[0]["data"]["file"] == "四季度汇报.docx"


async def test_given_an_own_message_when_recalled_by_the_menu_then_both_sides_know(
    desk: Visit, bot: Bot
) -> None:
    await desk.write("说错了")
    await bot.next_event(kind("message"))
    await desk.at("message").hover()
    await desk.at("message-menu").click()
    await desk.at("recall").click()

    await expect(desk.at("recalled")).to_have_text("您撤回了一条消息")
    assert (await bot.next_event()).detail_type == "friend_recall"
    await expect(desk.page.get_by_text("说错了")).to_have_count(0)


async def test_given_two_minutes_passed_when_the_menu_opens_then_recall_is_not_offered(
    desk: Visit, clock: StandingClock
) -> None:
    await desk.write("说早了")
    await expect(desk.at("message")).to_have_count(1)
    await desk.at("jump-hour").click()
    await expect(desk.at("clock-now")).to_have_text("2026年11月23日 周一 11:00")
    await desk.at("message").hover()
    await desk.at("message-menu").click()

    await expect(desk.page.get_by_role("menuitem", name="复制")).to_be_visible()
    await expect(desk.at("recall")).to_be_hidden()
    assert clock.moment.hour == 3


async def test_given_jumps_when_clicked_then_the_bar_shows_the_new_time(
    desk: Visit, clock: StandingClock
) -> None:
    await desk.at("jump-monday-evening").click()
    await expect(desk.at("clock-now")).to_have_text("2026年11月23日 周一 20:00")
    await desk.at("jump-quarter-14").click()
    await expect(desk.at("clock-now")).to_have_text("2026年12月17日 周四 19:00")

    assert len(clock.jumps) == 2


async def test_given_the_drawer_when_faults_are_caused_then_badge_and_group_show_them(
    desk: Visit, sandbox: Sandbox, bot: Bot
) -> None:
    await desk.at("faults-open").click()
    await desk.at("fault-offline").click()
    await expect(desk.at("connection")).to_have_text("没连上")
    await desk.at("fault-online").click()
    await expect(desk.at("connection")).to_have_text("雁阵在线")

    await desk.at("fault-no-answer").click()
    await expect(desk.at("fault-no-answer")).to_be_disabled()
    await desk.at(f"fault-mute-{VILLAGE}").click()
    await expect(desk.at(f"fault-unmute-{VILLAGE}")).to_be_visible()
    assert sandbox.world.is_muted(VILLAGE, BOT)
    await desk.at(f"fault-unmute-{VILLAGE}").click()
    await expect(desk.at(f"fault-mute-{VILLAGE}")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(desk.at("faults")).to_be_hidden()


async def test_given_markup_in_words_and_names_when_shown_then_it_stays_words(
    desk: Visit, sandbox: Sandbox
) -> None:
    nasty = "<img src=x onerror=alert(1)> <b>粗</b> javascript:alert(1)"
    await desk.write(nasty)
    await sandbox.send_file(WANG, "<script>.docx", b"x")

    await expect(desk.at("message-text").first).to_have_text(nasty)
    await expect(desk.at("message-file")).to_contain_text("<script>.docx")
    assert (
        await desk.page.locator("#messages b, #messages script, #messages .words img").count() == 0
    )


async def test_given_a_link_when_shown_then_it_opens_elsewhere_without_a_way_back(
    desk: Visit, sandbox: Sandbox
) -> None:
    text = "打开网页：http://127.0.0.1:8080/console/a?b=1。五分钟内有效"
    sandbox.world.post(private(WANG), BOT, [Text(text)])

    link = desk.page.locator(".words a")
    await expect(link).to_have_text("http://127.0.0.1:8080/console/a?b=1")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(desk.at("message-text")).to_have_text(text)


async def test_given_a_forward_and_a_picture_when_opened_then_their_insides_show(
    desk: Visit, sandbox: Sandbox
) -> None:
    nodes = (Node(ZHOU, "周德厚", (Text("落款少个日期"),)),)
    sandbox.world.post(private(WANG), BOT, [Forward("f", nodes)])
    await sandbox.send_image(WANG, PNG)
    await desk.at("message-forward").locator("summary").click()
    await expect(desk.page.get_by_text("落款少个日期")).to_be_visible()

    await desk.at("message-image").click()
    await expect(desk.page.get_by_role("dialog", name="看大图")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(desk.page.get_by_role("dialog", name="看大图")).to_be_hidden()


async def test_given_news_elsewhere_when_it_comes_then_counts_rise_and_reading_clears_them(
    desk: Visit, sandbox: Sandbox
) -> None:
    await sandbox.say(ZHOU, "开会了", group_id=VILLAGE)
    await sandbox.say(ZHOU, "都来", group_id=VILLAGE)

    chat = desk.at(f"chat-{VILLAGE}")
    await expect(chat.locator(".count")).to_have_text("2")
    await expect(chat).to_contain_text("周德厚：都来")
    await expect(desk.at(f"person-{CHEN}").locator(".count")).to_have_text("2")
    await expect(desk.page.locator("#live")).to_have_text("王家村在外，周德厚：都来")
    await expect(desk.page).to_have_title("（2）雁阵沙盒")
    await chat.click()
    await expect(chat.locator(".count")).to_have_count(0)
    assert sandbox.world.unread_count(WANG, group(VILLAGE)) == 0


async def test_given_a_first_visit_when_the_hint_is_closed_then_it_stays_closed(
    desk: Visit,
) -> None:
    await expect(desk.at("hint")).to_contain_text(
        "您现在是 王建国。左边可以换人。试试给雁阵发「菜单」。"
    )
    await desk.clear_hint()
    await desk.page.reload()

    await expect(desk.at("chat-private")).to_be_visible()
    await expect(desk.at("hint")).to_be_hidden()


async def test_given_only_a_keyboard_when_used_then_chats_are_reached_and_focus_is_seen(
    desk: Visit, sandbox: Sandbox
) -> None:
    await desk.at(f"chat-{VILLAGE}").focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.at("composer")).to_be_focused()
    await desk.page.keyboard.type("我来了")
    await desk.page.keyboard.press("Enter")
    await expect(desk.at("message-text")).to_have_text(["我来了"])
    await desk.page.keyboard.press("Tab")

    outline = await desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    assert sandbox.messages(group(VILLAGE))[0].text == "我来了"


async def test_given_a_narrow_screen_when_used_then_list_and_talk_take_turns(
    browser: Browser, sandbox: Sandbox
) -> None:
    phone = await visit(browser, sandbox, PHONE)
    await phone.clear_hint()
    await expect(phone.at("composer")).to_be_hidden()
    await phone.at(f"chat-{VILLAGE}").click()
    await phone.write("在路上" * 30)
    await expect(phone.at("message")).to_have_count(1)
    await expect(phone.at("chat-private")).to_be_hidden()

    for testid in ("composer", "send", "pick-image", "pick-at", "back"):
        box = await phone.at(testid).bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= 360
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    await phone.at("back").click()
    await expect(phone.at("chat-private")).to_be_visible()
    assert phone.complaints == []
    await phone.page.context.close()


async def test_given_pictures_that_load_late_when_a_chat_opens_then_the_newest_is_in_view(
    browser: Browser, sandbox: Sandbox
) -> None:
    for number in range(12):
        await sandbox.send_image(WANG, grey_png(400), group_id=VILLAGE, text=f"第 {number} 张")
    phone = await visit(browser, sandbox, PHONE)
    may_load = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_load.wait()
        await route.continue_()

    await phone.page.route("**/media/*", hold)
    await phone.at(f"chat-{VILLAGE}").click()
    await expect(phone.at("message").last).to_be_in_viewport()
    may_load.set()
    await phone.page.evaluate(ALL_LOADED)
    await expect(phone.at("message").last).to_be_in_viewport(ratio=0.9)
    await expect(phone.page.get_by_role("button", name="看新消息")).to_be_hidden()
    await phone.page.context.close()


async def test_given_a_reader_far_up_when_news_comes_then_he_stays_and_is_offered_it(
    desk: Visit, sandbox: Sandbox
) -> None:
    for number in range(40):
        await sandbox.say(WANG, f"第 {number} 句")
    await expect(desk.at("message")).to_have_count(40)
    await desk.at("messages").evaluate("list => { list.scrollTop = 0; }")
    await expect(desk.at("message").first).to_be_in_viewport()
    sandbox.world.post(private(WANG), BOT, [Text("新的")])

    await desk.page.get_by_role("button", name="看新消息").click()
    await expect(desk.at("message").last).to_be_in_viewport()
    await expect(desk.page.get_by_role("button", name="看新消息")).to_be_hidden()
