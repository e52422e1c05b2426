"""The adapter over a real WebSocket: what gets through, in which order, and what breaks nothing."""

import json
import os
import time
import tracemalloc

from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core import texts
from core.messages import Incoming, Text
from plugins.gateway import gate, lanes
from plugins.gateway.rates import Pace
from tests.plugins.gateway.conftest import Heard
from tests.plugins.gateway.ends import (
    GROUP,
    SELF_ID,
    WORKER,
    at,
    message,
    quote,
    text,
)


async def test_given_chatter_and_a_call_when_they_arrive_then_only_the_call_is_heard(
    dial, heard: Heard
):
    end = await dial()
    await end.emit(
        message(text("吃了没"), group=GROUP),
        message(quote(), text("这是别人的事"), group=GROUP),
        message(text("问问"), at(), text("行不行"), group=GROUP),
        message(at(), text("本周"), group=GROUP),
        message(text("菜单")),
    )
    assert sorted([(await heard.next()).words, (await heard.next()).words]) == ["本周", "菜单"]
    assert heard.events == 2


async def test_given_an_addressed_reply_when_it_arrives_then_the_quoted_words_are_not_fetched(
    dial, heard: Heard
):
    end = await dial()
    await end.emit(
        message(quote(), at(), text("本周"), group=GROUP), message(quote(), text("菜单"))
    )
    assert {(await heard.next()).words, (await heard.next()).words} == {"本周", "菜单"}
    assert end.seen == []


async def test_given_a_string_message_when_it_arrives_then_it_is_read_like_the_others(
    dial, heard: Heard
):
    end = await dial()
    code = f"[CQ:reply,id=3][CQ:at,qq={SELF_ID}] 本周&#91;1&#93;"
    await end.emit(message(group=GROUP) | {"message": code})
    incoming = await heard.next()
    assert incoming.parts == (Text("本周[1]"),)
    assert end.seen == []


GARBAGE = [
    b"\xff\xfe\x00",
    os.urandom(64),
    "",
    "{",
    "[1,2]",
    '"x"',
    "null",
    "9" * 5000,
    "[" * 100_000,
    '{"post_type": 1}',
    '{"echo": {"a": 1}}',
    '{"post_type": "message", "self_id": 10001, "message_type": "private"}',
    '{"post_type": "notice", "self_id": 10001, "notice_type": ["x"]}',
    '{"post_type": "notice", "self_id": 10001, "notice_type": "friend_add", "user_id": "x"}',
    '{"post_type": "meta_event", "self_id": 10001, "status": 3}',
    '{"post_type": "message_sent", "self_id": 10001, "message": 3}',
    json.dumps(message(text("甲" * 2_000_000), group=GROUP)),
    json.dumps(message(text("\ud800"))),
]


async def test_given_garbage_when_it_arrives_then_the_link_stays_and_the_next_is_heard(
    dial, adapter, heard: Heard
):
    end = await dial()
    for frame in GARBAGE:
        await end.raw(frame)
    await end.emit(message(text("菜单")))
    assert await heard.until("菜单") == ["?"]  # half a character is a question mark
    assert adapter.links[SELF_ID].garbage == 13  # the others are odd, but of a known shape


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(st.binary(max_size=200) | st.text(max_size=200), max_size=5))
async def test_given_any_frames_when_they_arrive_then_the_next_message_is_heard(
    dial, heard: Heard, frames
):
    end = await dial()
    for frame in frames:
        await end.raw(frame)
    await end.emit(message(text("菜单")))
    assert (await heard.next()).words == "菜单"


async def test_given_a_defect_of_ours_when_a_frame_trips_it_then_the_link_stays(
    dial, heard: Heard, monkeypatch
):
    judge = gate.clean

    def trip(payload: gate.Payload) -> gate.Payload | None:
        if payload["message"] == [text("绊一下")]:
            raise KeyError
        return judge(payload)

    monkeypatch.setattr(gate, "clean", trip)
    end = await dial()
    await end.emit(message(text("绊一下")), message(text("菜单")))
    assert await heard.until("菜单") == []


async def test_given_an_event_of_another_account_when_it_arrives_then_it_is_dropped(
    dial, heard: Heard
):
    end = await dial()
    await end.emit(message(text("冒充"), self_id=10002), message(text("菜单")))
    assert await heard.until("菜单") == []


async def test_given_the_same_event_twice_when_it_arrives_then_both_bear_one_key(
    dial, heard: Heard
):
    end = await dial()
    event = message(text("菜单"))
    await end.emit(event, event)
    assert (await heard.next()).key == (await heard.next()).key


async def test_given_a_slow_handler_when_one_chat_writes_then_its_order_is_kept(dial, heard: Heard):
    end = await dial()
    running = most = 0

    async def slowly(incoming: Incoming) -> None:
        nonlocal running, most
        if incoming.sender_id != str(WORKER):
            return
        running += 1
        most = max(most, running)
        await heard.hold(incoming)
        running -= 1

    heard.before = slowly
    await end.emit(*(message(text(str(n))) for n in range(20)))
    await end.emit(message(text("别的聊天"), sender=WORKER + 1))
    assert (await heard.next()).words == "别的聊天"
    heard.gate.set()
    assert [(await heard.next()).words for _ in range(20)] == [str(n) for n in range(20)]
    assert most == 1


async def test_given_a_handler_that_fails_when_the_chat_goes_on_then_the_next_is_heard(
    dial, heard: Heard
):
    end = await dial()

    async def fail(incoming: Incoming) -> None:
        if incoming.words == "坏的":
            raise ValueError("坏的")

    heard.before = fail
    await end.emit(message(text("坏的")), message(text("好的")))
    assert (await heard.next()).words == "好的"


async def test_given_empty_lanes_when_everything_was_handled_then_nothing_is_kept(
    dial, adapter, heard: Heard
):
    end = await dial()
    await end.emit(*(message(text("x"), sender=WORKER + n) for n in range(50)))
    for _ in range(50):
        await heard.next()
    await adapter.lanes.idle()
    assert adapter.lanes.waiting == 0
    assert not adapter.lanes._queues


async def test_given_a_flood_of_chatter_when_somebody_calls_then_it_is_quick_and_memory_flat(
    dial, adapter, heard: Heard
):
    end = await dial()
    chatter = [json.dumps(message(text("吃了没" * 20), group=GROUP)) for _ in range(3000)]
    call = message(at(), text("本周"), group=GROUP)

    async def flood() -> None:
        for frame in chatter:
            await end.raw(frame)
        await end.emit(call)
        assert (await heard.next()).words == "本周"

    begin = time.process_time()  # of both ends; what others do on the machine does not count
    await flood()
    assert time.process_time() - begin < 2
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        await flood()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2_000_000
    assert heard.events == 2


async def test_given_more_than_a_lane_holds_when_one_person_writes_then_he_hears_once(
    dial, adapter, heard: Heard
):
    end = await dial()
    heard.before = heard.hold
    await end.emit(*(message(text(str(n))) for n in range(lanes.MOST_IN_LANE + 20)))
    call = await end.next_call()
    assert call["action"] == "send_private_msg"
    assert call["params"]["user_id"] == WORKER
    assert call["params"]["message"] == [text(texts.render("gateway.too_fast"))]
    heard.gate.set()
    kept = [(await heard.next()).words for _ in range(lanes.MOST_IN_LANE)]
    assert kept == [str(n) for n in range(lanes.MOST_IN_LANE)]
    await end.emit(message(text("完了"), sender=WORKER + 1))
    assert await heard.until("完了") == []
    assert len(end.seen) == 1


async def test_given_many_chats_when_the_house_is_full_then_the_rest_is_dropped(
    dial, adapter, heard: Heard, monkeypatch
):
    monkeypatch.setattr(lanes, "MOST_WAITING", 30)
    end = await dial()
    heard.before = heard.hold
    await end.emit(*(message(text("x"), sender=WORKER + n) for n in range(40)))
    for _ in range(10):
        assert (await end.next_call())["action"] == "send_private_msg"
    assert adapter.lanes.waiting == 30
    heard.gate.set()


async def test_given_a_fast_sender_in_private_when_the_bucket_is_empty_then_all_waits_its_turn(
    dial, adapter, heard: Heard, monkeypatch
):
    adapter.pace = Pace(per_minute=60, burst=2)
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    monkeypatch.setattr(adapter.lanes, "_sleep", nap)
    end = await dial()
    await end.emit(*(message(text(str(n))) for n in range(5)))
    assert [(await heard.next()).words for _ in range(5)] == list("01234")
    assert [round(seconds) for seconds in naps] == [1, 2, 3]
    assert (await end.next_call())["params"]["user_id"] == WORKER


async def test_given_a_fast_sender_in_a_group_when_the_bucket_is_empty_then_others_are_not_held_up(
    dial, adapter, heard: Heard
):
    adapter.pace = Pace(per_minute=60, burst=2)
    end = await dial()
    await end.emit(*(message(at(), text(str(n)), group=GROUP) for n in range(5)))
    await end.emit(message(at(), text("别人"), group=GROUP, sender=WORKER + 1))
    assert await heard.until("别人") == ["0", "1"]
    assert (await end.next_call())["action"] == "send_group_msg"


async def test_given_chatter_when_a_sender_writes_a_lot_then_his_bucket_is_untouched(
    dial, adapter, heard: Heard
):
    adapter.pace = Pace(per_minute=1, burst=1)
    end = await dial()
    await end.emit(*(message(text("聊天"), group=GROUP) for _ in range(100)))
    await end.emit(message(at(), text("本周"), group=GROUP))
    assert (await heard.next()).words == "本周"
    assert end.seen == []


async def test_given_two_accounts_in_a_group_when_a_slash_is_heard_by_both_then_one_answers(
    dial, heard: Heard
):
    first, second = await dial(), await dial("10002")
    slash = message(text("/本周"), group=GROUP)
    await first.emit(slash)
    await heard.next()
    await second.emit(slash | {"self_id": 10002, "message_id": 999_999})
    await second.emit(message(at("10002"), text("菜单"), group=GROUP, self_id=10002))
    await first.emit(slash)
    assert {(await heard.next()).words for _ in range(2)} == {"菜单", "本周"}
    assert heard.events == 3
