"""What platforms report besides messages, over the real adapter."""

import asyncio

import pytest

from core.messages import Chat, ChatKind, Text
from plugins.gateway import signals
from tests.plugins.gateway.conftest import Heard
from tests.plugins.gateway.ends import GROUP, SECOND, SELF_ID, WORKER, beat, message, notice, text


async def listening(hooks: signals.Hooks) -> asyncio.Queue:
    told: asyncio.Queue = asyncio.Queue()

    async def take(report: object) -> None:
        told.put_nowait(report)

    hooks._listeners[:] = [take]
    return told


@pytest.fixture
def _hooks():
    kept = [
        (hooks, list(hooks._listeners))
        for hooks in (signals.notices, signals.own_messages, signals.accounts)
    ]
    yield
    for hooks, listeners in kept:
        hooks._listeners[:] = listeners


@pytest.mark.usefixtures("_hooks")
async def test_given_our_own_message_when_it_is_reported_then_only_the_hook_gets_it(
    dial, heard: Heard, capsys
):
    told = await listening(signals.own_messages)
    end = await dial()
    own = message(text("机密的话"), sender=int(SELF_ID), message_id=77)
    await end.emit(own | {"post_type": "message_sent", "target_id": WORKER})
    report = await asyncio.wait_for(told.get(), 30)
    assert report.chat == Chat("onebot11", SELF_ID, ChatKind.PRIVATE, str(WORKER))
    assert (report.message_id, report.parts) == ("77", (Text("机密的话"),))
    assert report.sent_at.timestamp() == SECOND
    assert heard.events == 0
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""


US = int(SELF_ID)
NOTICES = [
    (notice("friend_add", user_id=WORKER), "friend_added"),
    (notice("group_increase", sub_type="invite", group_id=GROUP, user_id=US), "joined"),
    (notice("group_decrease", sub_type="kick_me", group_id=GROUP, user_id=US), "removed"),
    (notice("group_decrease", sub_type="leave", group_id=GROUP, user_id=US), "removed"),
    (notice("group_decrease", sub_type="disband", group_id=GROUP, user_id=5), "removed"),
    (notice("group_ban", sub_type="ban", group_id=GROUP, user_id=US, duration=600), "muted"),
    (notice("group_ban", sub_type="ban", group_id=GROUP, user_id=0, duration=-1), "muted"),
    (notice("group_ban", sub_type="lift_ban", group_id=GROUP, user_id=US), "unmuted"),
]


@pytest.mark.usefixtures("_hooks")
async def test_given_each_notice_about_us_when_it_arrives_then_the_hook_knows_what_it_means(dial):
    told = await listening(signals.notices)
    end = await dial()
    for payload, kind in NOTICES:
        await end.emit(payload)
        report = await asyncio.wait_for(told.get(), 30)
        friend = kind == "friend_added"
        place = (ChatKind.PRIVATE, str(WORKER)) if friend else (ChatKind.GROUP, str(GROUP))
        assert (report.kind, report.chat.kind, report.chat.chat_id) == (kind, *place)
        assert (report.until is not None) == (payload.get("duration") == 600)


@pytest.mark.usefixtures("_hooks")
async def test_given_notices_about_others_when_they_arrive_then_nobody_is_told(dial):
    told = await listening(signals.notices)
    end = await dial()
    await end.emit(
        notice("group_increase", group_id=GROUP, user_id=WORKER),
        notice("group_decrease", sub_type="kick", group_id=GROUP, user_id=WORKER),
        notice("group_ban", sub_type="ban", group_id=GROUP, user_id=WORKER, duration=60),
        notice("group_recall", group_id=GROUP, user_id=WORKER, message_id=4),
        notice("notify", sub_type="poke", group_id=GROUP, user_id=WORKER),
        notice("group_upload", group_id=GROUP, user_id=WORKER, file={"name": "a"}),
        notice("friend_add", user_id=WORKER),
    )
    assert (await asyncio.wait_for(told.get(), 30)).kind == "friend_added"


@pytest.mark.usefixtures("_hooks")
async def test_given_a_heartbeat_when_it_says_offline_then_the_account_is_down_until_it_says_online(
    dial, adapter
):
    told = await listening(signals.accounts)
    end = await dial()
    assert (await asyncio.wait_for(told.get(), 30)).is_up
    await end.emit(beat(online=True), beat(online=False), beat(online=False))
    assert not (await asyncio.wait_for(told.get(), 30)).is_up
    assert not adapter.links[SELF_ID].is_online
    await end.emit(beat(online=True))
    assert (await asyncio.wait_for(told.get(), 30)).is_up
    await end.emit(notice("bot_offline", user_id=int(SELF_ID)))
    assert not (await asyncio.wait_for(told.get(), 30)).is_up
    await end.close()
    assert not (await asyncio.wait_for(told.get(), 30)).is_up


@pytest.mark.usefixtures("_hooks")
async def test_given_a_listener_that_fails_when_something_is_told_then_the_next_hears_it(dial):
    told = await listening(signals.notices)

    async def fail(_report: object) -> None:
        raise ValueError

    signals.notices._listeners.insert(0, fail)
    end = await dial()
    await end.emit(notice("friend_add", user_id=WORKER))
    assert (await asyncio.wait_for(told.get(), 30)).kind == "friend_added"
