"""Calls to the protocol end, and how they can fail."""

import asyncio

import pytest
import websockets
from nonebot.adapters.onebot.v11 import ActionFailed

from plugins.gateway import links, onebot11
from tests.plugins.gateway.conftest import Dial, Heard, until_gone
from tests.plugins.gateway.ends import SELF_ID, failed, message, ok, text


async def test_given_nobody_connected_when_something_is_called_then_it_is_certainly_not_sent(
    dial, adapter
):
    end = await dial()
    bot = adapter.links[SELF_ID].bot
    await end.close()
    await until_gone(adapter)
    with pytest.raises(links.NotSent):
        await bot.call_api("send_private_msg", user_id=1, message=[])


async def test_given_a_call_in_flight_when_the_connection_breaks_then_it_ends_at_once_unanswered(
    dial, adapter
):
    end = await dial()
    call = asyncio.create_task(adapter.links[SELF_ID].bot.call_api("send_private_msg", user_id=1))
    await end.next_call()
    end.cut()
    with pytest.raises(links.Unanswered):
        await asyncio.wait_for(call, 30)


async def test_given_no_answer_when_the_time_is_over_then_it_is_unanswered(dial, adapter):
    await dial()
    with pytest.raises(links.Unanswered):
        await adapter.links[SELF_ID].bot.call_api("get_status", _timeout=0.01)
    assert not adapter.links[SELF_ID].awaits_answers


async def test_given_late_and_foreign_answers_when_they_arrive_then_they_are_dropped(dial, adapter):
    end = await dial()
    with pytest.raises(links.Unanswered):
        await adapter.links[SELF_ID].bot.call_api("get_status", _timeout=0.01)
    late = await end.next_call()
    call = asyncio.create_task(adapter.links[SELF_ID].bot.call_api("get_status"))
    now = await end.next_call()
    await end.emit(ok(n=1) | {"echo": late["echo"]}, ok(n=2) | {"echo": "0.1"})
    await end.emit(ok(n=3) | {"echo": now["echo"]}, ok(n=4) | {"echo": now["echo"]})
    assert await call == {"n": 3}
    link, waiting = adapter.links[SELF_ID], asyncio.get_running_loop().create_future()
    link._pending["x"] = waiting
    link.answer(ok(n=1) | {"echo": "x"})
    link.answer(ok(n=2) | {"echo": "x"})
    assert waiting.result()["data"] == {"n": 1}


async def test_given_an_answer_larger_than_any_event_when_we_asked_then_it_is_taken(dial, adapter):
    end = await dial()
    call = asyncio.create_task(adapter.links[SELF_ID].bot.call_api("get_file", file_id="x"))
    asked = await end.next_call()
    await end.emit(ok(base64="A" * (2 << 20)) | {"echo": asked["echo"]})
    assert len((await call)["base64"]) == 2 << 20


async def test_given_a_huge_event_when_we_wait_for_an_answer_then_it_is_garbage_all_the_same(
    dial, adapter, heard: Heard
):
    end = await dial()
    call = asyncio.create_task(adapter.links[SELF_ID].bot.call_api("get_status"))
    asked = await end.next_call()
    await end.emit(message(text("甲" * (onebot11.LARGEST_EVENT))), message(text("菜单")))
    assert await heard.until("菜单") == []
    await end.emit(ok() | {"echo": asked["echo"]})
    await call


async def test_given_a_huge_frame_when_nobody_asked_then_it_is_not_even_read(
    dial, adapter, heard: Heard
):
    end = await dial()
    await end.emit(ok(base64="A" * (2 << 20)) | {"echo": "0.1"}, message(text("菜单")))
    assert await heard.until("菜单") == []
    assert adapter.links[SELF_ID].garbage == 1


@pytest.mark.parametrize(
    "answer",
    [
        failed(1404, "不支持的API"),
        failed(1200) | {"self": 1},
        {"status": "ok", "retcode": 100},
        {"status": "failed"},
    ],
)
async def test_given_a_failed_answer_when_it_arrives_then_the_call_failed(dial, adapter, answer):
    end = await dial()
    end.answer = lambda _call: answer
    with pytest.raises(ActionFailed):
        await adapter.links[SELF_ID].bot.call_api("x")


async def test_given_an_answer_for_later_when_it_arrives_then_the_call_is_unanswered(dial, adapter):
    end = await dial()
    end.answer = lambda _call: {"status": "async", "retcode": 1, "data": None}
    with pytest.raises(links.Unanswered):
        await adapter.links[SELF_ID].bot.call_api("x")


async def test_given_a_call_that_cannot_be_written_when_it_is_made_then_nothing_waits(
    dial, adapter
):
    await dial()
    link = adapter.links[SELF_ID]
    with pytest.raises(TypeError):
        await link.call("x", {"a": object()}, timeout_s=1)
    assert not link.awaits_answers


async def test_given_a_reconnect_when_the_end_went_away_then_messages_are_heard_again(
    dial: Dial, heard: Heard
):
    first = await dial()
    first.cut()
    second = await dial()
    await second.emit(message(text("菜单")))
    assert (await heard.next()).words == "菜单"
    with pytest.raises(websockets.ConnectionClosed):
        await first.raw("x")
