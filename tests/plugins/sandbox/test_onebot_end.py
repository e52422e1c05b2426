"""The end, seen by an independent OneBot client: aiocqhttp plays the bot."""

import asyncio
import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiocqhttp import ActionFailed, MessageSegment
from aiohttp import web

from plugins.sandbox import At, Attachment, Forward, Picture, Quote, Sandbox, Text, group, private
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
    running_sandbox,
)


async def fetched(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        answer.raise_for_status()
        return await answer.read()


async def test_given_a_bot_when_the_end_connects_then_it_announces_itself(
    bot: Bot, clock: StandingClock
) -> None:
    async with running_sandbox(bot.url, clock, heartbeat_s=0.02) as sandbox:
        await sandbox.wait_connected()
        lifecycle = await bot.next_event(kind("lifecycle"))
        beat = await bot.next_event(kind("heartbeat"))

    assert (lifecycle.self_id, lifecycle.sub_type) == (BOT, "connect")
    assert (beat["status"], beat["interval"]) == ({"online": True, "good": True}, 20)
    assert beat.time == int(clock.now().timestamp())


async def test_given_a_friend_when_he_writes_then_the_event_has_what_onebot_asks_for(
    bot: Bot, sandbox: Sandbox, clock: StandingClock
) -> None:
    sent = await sandbox.say(WANG, "菜单 [CQ:at,qq=all]")

    event = await bot.next_event()
    assert event.name == "message.private.friend"
    assert event.message == [{"type": "text", "data": {"text": "菜单 [CQ:at,qq=all]"}}]
    assert event.raw_message == "菜单 &#91;CQ:at,qq=all&#93;"
    assert (event.message_id, event.user_id) == (sent.message_id, WANG)
    assert event.sender["nickname"] == "王建国"
    assert (event["message_format"], event["font"]) == ("array", 14)
    assert event.time == int(clock.now().timestamp())


async def test_given_a_group_when_a_member_mentions_the_bot_then_card_role_and_at_arrive(
    bot: Bot, sandbox: Sandbox
) -> None:
    await sandbox.say(WANG, "本周", group_id=VILLAGE, at_bot=True)

    event = await bot.next_event()
    assert event.name == "message.group.normal"
    assert event.message == [
        {"type": "at", "data": {"qq": str(BOT)}},
        {"type": "text", "data": {"text": " 本周"}},
    ]
    assert (event.group_id, event.sender["card"], event.sender["role"]) == (
        VILLAGE,
        "建国",
        "member",
    )


async def test_given_pictures_when_sent_then_urls_serve_their_bytes_in_order(
    bot: Bot, sandbox: Sandbox
) -> None:
    second = PNG + b"second"
    await sandbox.send_image(WANG, PNG, second, text="两页")

    event = await bot.next_event()
    assert [s["type"] for s in event.message] == ["text", "image", "image"]
    images = [s["data"] for s in event.message[1:]]
    assert [await fetched(i["url"]) for i in images] == [PNG, second]
    looked_up = await bot.call("get_image", file=images[1]["file"])
    assert await fetched(looked_up["url"]) == second


async def test_given_a_file_in_a_group_when_sent_then_segment_and_upload_notice_arrive(
    bot: Bot, sandbox: Sandbox
) -> None:
    await sandbox.send_file(WANG, "汇报.docx", b"bytes", group_id=VILLAGE)

    message, notice = await bot.next_event(), await bot.next_event()
    data = message.message[0]["data"]
    assert (data["file"], data["file_size"]) == ("汇报.docx", "5")
    assert notice.name == "notice.group_upload"
    assert (notice.file["name"], notice.file["size"]) == ("汇报.docx", 5)
    link = await bot.call("get_group_file_url", group_id=VILLAGE, file_id=data["file_id"])
    assert await fetched(link["url"]) == b"bytes"


async def test_given_text_and_picture_when_the_bot_answers_then_people_see_both(
    bot: Bot, sandbox: Sandbox
) -> None:
    picture = "base64://" + base64.b64encode(PNG).decode()
    answer = await bot.call(
        "send_group_msg",
        group_id=VILLAGE,
        message=[
            MessageSegment.reply(7),
            MessageSegment.at(WANG),
            MessageSegment.text(" 看图"),
            MessageSegment.image(picture),
        ],
    )

    shown = await sandbox.wait_for_message(group(VILLAGE))
    assert shown.message_id == answer["message_id"]
    assert shown.parts[:3] == (Quote(7), At(WANG), Text(" 看图"))
    assert isinstance(shown.parts[3], Picture)
    kept = sandbox.media.find(shown.parts[3].media_id)
    assert kept is not None
    assert (kept.content, kept.content_type) == (PNG, "image/png")


async def test_given_own_messages_reported_when_the_bot_speaks_then_it_hears_itself(
    bot: Bot, sandbox: Sandbox
) -> None:
    answer = await bot.call("send_private_msg", user_id=WANG, message="您好")

    event = await bot.next_event(kind("message_sent"))
    assert (event["message_id"], event["target_id"]) == (answer["message_id"], WANG)
    assert event["user_id"] == BOT


async def test_given_own_messages_not_reported_when_the_bot_speaks_then_only_others_are_heard(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.report_self = False
    await bot.call("send_private_msg", user_id=WANG, message="您好")
    await sandbox.say(WANG, "在吗")

    assert (await bot.next_event()).type == "message"


@pytest.mark.parametrize(("auto_escape", "expected"), [(False, At(None)), (True, None)])
async def test_given_a_string_with_codes_when_sent_then_they_act_unless_escaped(
    bot: Bot, sandbox: Sandbox, auto_escape: bool, expected: At | None
) -> None:
    text = "大家好[CQ:at,qq=all]"
    await bot.call("send_group_msg", group_id=TOWN, message=text, auto_escape=auto_escape)

    shown = await sandbox.wait_for_message(group(TOWN))
    mentions = [part for part in shown.parts if isinstance(part, At)]
    assert mentions == ([expected] if expected else [])
    assert shown.text == ("大家好" if expected else text)


async def test_given_a_local_file_when_uploaded_then_it_stands_in_the_chat(
    bot: Bot, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "draft.docx"
    path.write_bytes(b"entrustment")
    answer = await bot.call("upload_private_file", user_id=ZHOU, file=str(path), name="委托书.docx")

    shown = await sandbox.wait_for_message(private(ZHOU))
    assert shown.parts == (Attachment(answer["file_id"], "委托书.docx", 11),)


async def test_given_nodes_when_forwarded_then_one_card_holds_them(
    bot: Bot, sandbox: Sandbox
) -> None:
    nodes = [
        {"type": "node", "data": {"user_id": ZHOU, "nickname": "周德厚", "content": "第一句"}},
        {
            "type": "node",
            "data": {
                "user_id": BOT,
                "nickname": "雁阵",
                "content": [MessageSegment.text("第二句")],
            },
        },
    ]
    await bot.call("send_group_forward_msg", group_id=VILLAGE, messages=nodes)

    (card,) = (await sandbox.wait_for_message(group(VILLAGE))).parts
    assert isinstance(card, Forward)
    assert [node.parts for node in card.nodes] == [(Text("第一句"),), (Text("第二句"),)]


async def test_given_an_own_message_when_deleted_in_time_then_people_and_bot_are_told(
    bot: Bot, sandbox: Sandbox, clock: StandingClock
) -> None:
    answer = await bot.call("send_group_msg", group_id=VILLAGE, message="发错了")
    await bot.call("delete_msg", message_id=answer["message_id"])

    event = await bot.next_event(kind("group_recall"))
    assert (event["message_id"], event["operator_id"]) == (answer["message_id"], BOT)
    assert sandbox.messages(group(VILLAGE))[-1].recalled_by == BOT
    late = await bot.call("send_group_msg", group_id=VILLAGE, message="晚了")
    clock.moment += timedelta(minutes=3)
    with pytest.raises(ActionFailed):
        await bot.call("delete_msg", message_id=late["message_id"])


async def test_given_a_group_when_members_are_asked_for_then_names_cards_and_roles_come(
    bot: Bot, sandbox: Sandbox
) -> None:
    member = await bot.call("get_group_member_info", group_id=VILLAGE, user_id=str(WANG))
    everybody = await bot.call("get_group_member_list", group_id=VILLAGE)

    assert (member["nickname"], member["card"], member["role"]) == ("王建国", "建国", "member")
    assert {m["user_id"] for m in everybody} == {ZHOU, WANG, CHEN, BOT}
    with pytest.raises(ActionFailed) as stranger:
        await bot.call("get_group_member_info", group_id=VILLAGE, user_id=MA)
    assert stranger.value.retcode == 1200


async def test_given_an_account_when_looked_up_then_friends_groups_and_version_are_its_own(
    bot: Bot, sandbox: Sandbox
) -> None:
    assert await bot.call("get_login_info") == {"user_id": BOT, "nickname": "雁阵"}
    assert {f["user_id"] for f in await bot.call("get_friend_list")} == {WANG, CHEN, ZHOU}
    assert {g["group_id"] for g in await bot.call("get_group_list")} == {VILLAGE, TOWN}
    assert (await bot.call("get_group_info", group_id=TOWN))["group_name"] == "乡里"
    assert (await bot.call("get_stranger_info", user_id=MA))["nickname"] == "马小军"
    assert (await bot.call("get_version_info"))["app_name"] == "sandbox"
    assert (await bot.call("get_status"))["online"] is True
    assert (await bot.call("can_send_image"))["yes"] is True


async def test_given_a_talk_when_its_history_is_asked_then_shown_messages_come_oldest_first(
    bot: Bot, sandbox: Sandbox
) -> None:
    await sandbox.say(WANG, "一", group_id=VILLAGE)
    gone = await sandbox.say(WANG, "二", group_id=VILLAGE)
    await bot.call("send_group_msg", group_id=VILLAGE, message="三")
    sandbox.recall(gone.message_id, WANG)

    history = await bot.call("get_group_msg_history", group_id=VILLAGE, count=20)
    assert [m["raw_message"] for m in history["messages"]] == ["一", "三"]
    found = await bot.call("get_msg", message_id=history["messages"][0]["message_id"])
    assert found["message"] == [{"type": "text", "data": {"text": "一"}}]


async def test_given_a_muted_bot_when_it_sends_then_the_call_fails_with_the_kernels_words(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.mute(VILLAGE)

    with pytest.raises(ActionFailed) as refused:
        await bot.call("send_group_msg", group_id=VILLAGE, message="本周学习")
    assert refused.value.retcode == 1200
    assert '"result": 120' in refused.value.result["wording"]
    ban = await bot.next_event(kind("group_ban"))
    assert (ban["sub_type"], ban["user_id"], ban["duration"]) == ("ban", BOT, 3600)


@pytest.mark.parametrize(
    ("action", "target", "result"),
    [
        ("send_private_msg", {"user_id": MA}, '"result": 16'),
        ("send_group_msg", {"group_id": 404}, '"result": 110'),
    ],
)
async def test_given_nobody_to_send_to_when_sent_then_the_refusal_names_why(
    bot: Bot, sandbox: Sandbox, action: str, target: dict[str, int], result: str
) -> None:
    with pytest.raises(ActionFailed) as refused:
        await bot.call(action, message="您好", **target)

    assert refused.value.retcode == 1200
    assert result in refused.value.result["wording"]


async def test_given_an_unknown_action_when_called_then_it_fails_with_1404(
    bot: Bot, sandbox: Sandbox
) -> None:
    with pytest.raises(ActionFailed) as refused:
        await bot.call("send_like", user_id=WANG)

    assert refused.value.retcode == 1404


@pytest.mark.parametrize("message", ["", [], [{"type": "at", "data": {}}], None])
async def test_given_an_empty_or_broken_message_when_sent_then_it_fails_with_1400(
    bot: Bot, sandbox: Sandbox, message: object
) -> None:
    with pytest.raises(ActionFailed) as refused:
        await bot.call("send_private_msg", user_id=WANG, message=message)

    assert refused.value.retcode == 1400
    assert sandbox.messages(private(WANG)) == []


@pytest.mark.parametrize("source", ["file:///no/such.png", "https://example.com/a.png"])
async def test_given_a_picture_out_of_reach_when_sent_then_nothing_is_shown(
    bot: Bot, sandbox: Sandbox, source: str
) -> None:
    with pytest.raises(ActionFailed) as refused:
        await bot.call("send_private_msg", user_id=WANG, message=[MessageSegment.image(source)])

    assert refused.value.retcode == 1200
    assert sandbox.messages(private(WANG)) == []


async def test_given_a_bot_that_answers_in_the_event_when_quick_operated_then_it_is_said(
    bot: Bot, sandbox: Sandbox
) -> None:
    @bot.cq.on_message("group")
    async def answer(_: object) -> dict[str, object]:
        return {"reply": "收到了", "at_sender": True}

    asked = await sandbox.say(WANG, "本周", group_id=VILLAGE, at_bot=True)

    shown = await sandbox.wait_for_message(group(VILLAGE))
    assert shown.parts == (Quote(asked.message_id), At(WANG), Text(" "), Text("收到了"))


async def test_given_changes_of_membership_when_they_happen_then_notices_tell_the_bot(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.befriend(MA)
    sandbox.join(VILLAGE, MA)
    sandbox.kick(VILLAGE, MA)
    sandbox.kick(VILLAGE)
    sandbox.join(VILLAGE)

    seen = [await bot.next_event() for _ in range(5)]
    assert [(e.detail_type, e.sub_type, e.user_id) for e in seen] == [
        ("friend_add", None, MA),
        ("group_increase", "approve", MA),
        ("group_decrease", "kick", MA),
        ("group_decrease", "kick_me", BOT),
        ("group_increase", "invite", BOT),
    ]


async def test_given_a_wrong_token_when_connecting_then_the_end_stays_outside(
    bot: Bot, clock: StandingClock
) -> None:
    async with running_sandbox(bot.url, clock) as sandbox:
        await sandbox.wait_connected()
        bot.cq._access_token = "another"  # noqa: S105 - a wrong one, on purpose
        sandbox.disconnect()
        with pytest.raises(TimeoutError):
            await sandbox.wait_connected(0.5)


async def test_given_a_bot_that_was_down_when_it_comes_back_then_the_end_finds_it(
    clock: StandingClock,
) -> None:
    first = await PlainBot.listening()
    async with running_sandbox(first.url, clock) as sandbox:
        await sandbox.wait_connected()
        await first.runner.cleanup()
        await sandbox.wait_disconnected()
        await sandbox.say(WANG, "听不见")
        second = await PlainBot.listening(first.port)
        await sandbox.wait_connected()
        await sandbox.say(WANG, "听得见")

        async with asyncio.timeout(5):
            seen = [await second.events.get() for _ in range(2)]
        await second.runner.cleanup()
    assert seen[0]["sub_type"] == "connect"
    assert seen[1]["raw_message"] == "听得见"


class PlainBot:
    """A bot that only listens, and whose server can be ended with connections open."""

    def __init__(self, runner: web.AppRunner, port: int) -> None:
        self.runner = runner
        self.port = port
        self.url = f"ws://127.0.0.1:{port}/"
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @classmethod
    async def listening(cls, port: int = 0) -> "PlainBot":
        app = web.Application()
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        bot = cls(runner, port)
        app.router.add_get("/", bot.serve)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        bot.port = runner.addresses[0][1]
        bot.url = f"ws://127.0.0.1:{bot.port}/"
        return bot

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            self.events.put_nowait(frame.json())
        return socket


async def test_given_an_end_kept_away_when_let_back_then_it_connects_at_once(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.disconnect(stay_away=True)
    await sandbox.say(WANG, "听不见")
    assert not sandbox.connected.is_set()

    sandbox.reconnect()
    await bot.next_event(kind("lifecycle"))
    await sandbox.say(WANG, "听得见")
    assert (await bot.next_event()).raw_message == "听得见"
