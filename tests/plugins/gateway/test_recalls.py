"""A private message that its writer takes back, over the real adapter."""

import asyncio
from collections.abc import Iterator

import pytest

from core.messages import Chat, ChatKind
from plugins.gateway import signals
from tests.plugins.gateway.conftest import Heard
from tests.plugins.gateway.ends import GROUP, SECOND, SELF_ID, WORKER, message, notice, text


@pytest.fixture
def told() -> Iterator[asyncio.Queue[signals.Recall]]:
    """What the hook is told, in place of those who listen otherwise."""
    queue: asyncio.Queue[signals.Recall] = asyncio.Queue()
    kept = list(signals.recalls._listeners)
    signals.recalls._listeners[:] = [queue.put]
    yield queue
    signals.recalls._listeners[:] = kept


async def next_of(told: asyncio.Queue[signals.Recall]) -> signals.Recall:
    return await asyncio.wait_for(told.get(), 30)


@pytest.mark.parametrize(
    ("later_s", "is_known"), [(0, True), (119, True), (600, True), (601, False)]
)
async def test_given_a_message_when_it_is_taken_back_then_its_key_is_among_those_told(
    dial, heard: Heard, told, later_s: int, is_known: bool
):
    end = await dial()
    await end.emit(message(text("写错了"), message_id=77))
    incoming = await heard.next()
    taken_back = notice("friend_recall", user_id=WORKER, message_id=77)
    await end.emit(taken_back | {"time": SECOND + later_s})
    recall = await next_of(told)
    assert recall.chat == Chat("onebot11", SELF_ID, ChatKind.PRIVATE, str(WORKER))
    assert (incoming.key in recall.keys) is is_known


async def test_given_other_messages_when_one_is_taken_back_then_they_are_not_meant(
    dial, heard: Heard, told
):
    end = await dial()
    await end.emit(
        message(text("一"), message_id=76),
        message(text("二"), message_id=77, sender=WORKER + 1),
        notice("friend_recall", user_id=WORKER, message_id=77),
    )
    others = {(await heard.next()).key, (await heard.next()).key}
    assert not others & (await next_of(told)).keys


async def test_given_broken_or_foreign_notices_when_they_arrive_then_nobody_is_told(dial, told):
    end = await dial()
    await end.emit(
        notice("friend_recall", user_id="x", message_id=77),
        notice("friend_recall", user_id=WORKER),
        notice("friend_recall", user_id=WORKER, message_id=77) | {"time": -1},
        notice("group_recall", group_id=GROUP, user_id=WORKER, operator_id=WORKER, message_id=77),
        notice("friend_recall", user_id=WORKER, message_id=5),
    )
    assert (await next_of(told)).chat.chat_id == str(WORKER)
    assert told.empty()
