"""What stands in a chat, as a real end over a real WebSocket tells it, or a broken one."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.database import run_tx
from core.errors import Fault
from core.messages import Chat, ChatKind, Text
from plugins.gateway import histories
from plugins.gateway.histories import History, NoHistory
from plugins.gateway.onebot11_events import moment
from tests.plugins.gateway.ends import (
    GROUP,
    SECOND,
    SELF_ID,
    WORKER,
    End,
    failed,
    message,
    ok,
    text,
)

TO_GROUP = Chat("onebot11", SELF_ID, ChatKind.GROUP, str(GROUP))
TO_WORKER = Chat("onebot11", SELF_ID, ChatKind.PRIVATE, str(WORKER))
US = int(SELF_ID)


@pytest.fixture(autouse=True)
def _asked_anew():
    histories._without.clear()
    yield
    histories._without.clear()


def listed(end: End, *messages: object) -> None:
    end.answer = lambda _call: ok(messages=list(messages))


async def told(chat: Chat = TO_GROUP, count: int = 20) -> History:
    found = await histories.recent(chat, count=count)
    assert isinstance(found, History)
    return found


@pytest.mark.parametrize(
    ("chat", "action", "place"),
    [
        (TO_GROUP, "get_group_msg_history", {"group_id": GROUP}),
        (TO_WORKER, "get_friend_msg_history", {"user_id": WORKER}),
    ],
)
async def test_given_a_chat_when_its_history_is_asked_then_ours_come_back_oldest_first(
    dial, chat, action, place
):
    end = await dial()
    # Both ends give ours without target_id, as message_sent (docs/sources.md).
    ours = {"sender": US, "group": None if chat.is_private else GROUP, "post_type": "message_sent"}
    listed(
        end,
        message(text("后说的"), message_id=9, time=SECOND + 5, **ours),
        message(text("工人说的"), group=ours["group"], time=SECOND - 60),
        message(text("先说的"), message_id=-8, **ours),
    )
    found = await told(chat)
    assert (end.seen[0]["action"], end.seen[0]["params"]) == (action, {**place, "count": 20})
    assert [(own.message_id, own.parts) for own in found.own] == [
        ("-8", (Text("先说的"),)),
        ("9", (Text("后说的"),)),
    ]
    assert {own.chat for own in found.own} == {chat}
    assert found.oldest == moment(SECOND) - timedelta(seconds=60)
    assert (found.is_whole, found.is_sound) == (True, True)


async def test_given_as_many_as_were_asked_for_when_they_are_read_then_there_may_be_more(dial):
    end = await dial()
    listed(end, *(message(text("说"), group=GROUP) for _ in range(3)))
    assert not (await told(count=3)).is_whole
    assert (await told(count=4)).is_whole


async def test_given_an_end_that_writes_strings_when_it_is_asked_then_words_are_words(dial):
    end = await dial()
    listed(end, message(group=GROUP, sender=US) | {"message": "学习&#91;一&#93;"})
    assert (await told()).own[0].parts == (Text("学习[一]"),)


@pytest.mark.parametrize(
    "broken",
    [
        "no object",
        {},
        message(text("说"), group=GROUP, time=SECOND * 1000),
        message(text("说"), group=GROUP, sender=US, message_id="7"),
        message(text("说"), group=GROUP, sender=US, message=None),
        # NapCat lists what still hangs in the client with the number 0.
        message(text("说"), group=GROUP, sender=US, real_seq="0"),
    ],
)
async def test_given_a_message_that_cannot_be_read_when_it_is_listed_then_nothing_is_proved(
    dial, broken
):
    end = await dial()
    listed(end, message(text("好的"), group=GROUP, sender=US, message_id=5), broken)
    found = await told()
    assert [own.message_id for own in found.own] == ["5"]
    assert not found.is_sound


@pytest.mark.parametrize(("numbers", "is_sound"), [(("7", "8", "9"), True), (("7", "9"), False)])
async def test_given_a_number_that_is_missing_when_a_group_is_read_then_it_is_not_sound(
    dial, numbers, is_sound
):
    end = await dial()
    listed(end, *(message(text("说"), group=GROUP, real_seq=number) for number in numbers))
    assert (await told()).is_sound is is_sound


async def test_given_an_end_without_the_call_when_it_is_asked_then_it_is_asked_no_more(dial):
    end = await dial()
    end.answer = lambda _call: failed(1404, "不支持的Api get_group_msg_history")
    assert await histories.recent(TO_GROUP) is NoHistory.UNSUPPORTED
    assert await histories.recent(TO_WORKER) is NoHistory.UNSUPPORTED
    assert len(end.seen) == 1
    histories.forget("onebot11", SELF_ID)
    listed(end)
    assert await told() == History((), None, is_whole=True, is_sound=True)


@pytest.mark.parametrize(
    "answer", [failed(1200, "消息undefined不存在"), ok(), {"status": "ok", "data": []}]
)
async def test_given_a_call_that_fails_when_it_is_asked_again_then_it_is_tried_again(dial, answer):
    end = await dial()
    end.answer = lambda _call: answer
    assert await histories.recent(TO_GROUP) is NoHistory.FAILED
    assert await histories.recent(TO_GROUP) is NoHistory.FAILED
    assert len(end.seen) == 2


async def test_given_nobody_connected_or_a_cut_when_it_is_asked_then_it_failed(dial):
    assert await histories.recent(TO_GROUP) is NoHistory.FAILED
    end = await dial()
    asking = asyncio.create_task(histories.recent(TO_GROUP))
    await end.next_call()
    end.cut()
    assert await asyncio.wait_for(asking, 30) is NoHistory.FAILED


async def test_given_a_transaction_when_it_is_asked_then_it_is_a_fault(dial, database):
    end = await dial()

    async def work() -> None:
        with pytest.raises(Fault):
            await histories.recent(TO_GROUP)

    await run_tx(work)
    assert end.seen == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(US),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["user_id", "time", "message_id", "message", "type", "data", "text"])
            | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@effort(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=JSON)
async def test_given_any_garbage_when_it_is_listed_then_nothing_raises(dial, data):
    end = await dial()
    end.answer = lambda _call: {
        "status": "ok",
        "retcode": 0,
        "data": {"messages": [data, {"user_id": US, "time": SECOND, "message": data}]},
    }
    found = await told()
    assert not found.is_sound
