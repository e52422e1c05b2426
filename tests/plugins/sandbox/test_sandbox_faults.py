"""Each fault switch, seen from the bot, from the people and from the ledger of truth."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from aiocqhttp import ActionFailed

from plugins.sandbox import Fault, Faults, Sandbox, group, private
from tests.plugins.sandbox.small_world import (
    BOT,
    TOWN,
    VILLAGE,
    WANG,
    ZHOU,
    Bot,
    StandingClock,
    kind,
    running_sandbox,
)


async def unanswered(bot: Bot, **params: object) -> asyncio.Task[object]:
    """Send, and give back the call that still waits."""
    return asyncio.create_task(bot.call("send_private_msg", user_id=WANG, **params))


async def settled(bot: Bot) -> None:
    """Let one whole call pass, so that whatever came before it is through."""
    await bot.call("get_status")


async def test_given_a_drop_when_sent_then_ok_is_answered_and_nobody_sees_it(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.faults.arm(Fault.DROP)
    answer = await bot.call("send_private_msg", user_id=WANG, message="丢了")
    await bot.call("send_private_msg", user_id=WANG, message="没丢")

    assert [m.text for m in sandbox.messages(private(WANG))] == ["没丢"]
    lost, shown = sandbox.sends
    assert (lost.answer, lost.is_shown, lost.message_id) == ("ok", False, answer["message_id"])
    assert (shown.answer, shown.is_shown, shown.fault) == ("ok", True, None)
    assert [(d.fault, d.send_number) for d in sandbox.faults.done] == [(Fault.DROP, 1)]


@pytest.mark.parametrize(("fault", "is_shown"), [(Fault.NO_ANSWER, True), (Fault.LOSE, False)])
async def test_given_no_answer_when_sent_then_the_caller_waits_and_the_truth_is_known(
    bot: Bot, sandbox: Sandbox, fault: Fault, is_shown: bool
) -> None:
    sandbox.faults.arm(fault)
    call = await unanswered(bot, message="到了吗")
    await settled(bot)

    assert not call.done()
    assert bool(sandbox.messages(private(WANG))) is is_shown
    assert (sandbox.sends[0].answer, sandbox.sends[0].is_shown) == ("none", is_shown)
    call.cancel()


@pytest.mark.parametrize(
    ("fault", "is_shown"), [(Fault.TIMEOUT_SENT, True), (Fault.TIMEOUT_LOST, False)]
)
async def test_given_an_ambiguous_timeout_when_sent_then_only_the_truth_tells_them_apart(
    bot: Bot, sandbox: Sandbox, fault: Fault, is_shown: bool
) -> None:
    sandbox.faults.arm(fault)
    with pytest.raises(ActionFailed) as failed:
        await bot.call("send_private_msg", user_id=WANG, message="到了吗")

    assert failed.value.retcode == 1200
    assert failed.value.result["wording"].startswith("Timeout: NTEvent")
    assert bool(sandbox.messages(private(WANG))) is is_shown
    assert (sandbox.sends[0].answer, sandbox.sends[0].fault) == ("failed", fault)


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Fault.REFUSE_MUTED, 120),
        (Fault.REFUSE_NOT_FRIEND, 16),
        (Fault.REFUSE_REMOVED, 110),
        (Fault.REFUSE_AT_ALL, 299),
    ],
)
async def test_given_a_refusal_when_sent_then_it_is_certain_and_nothing_is_shown(
    bot: Bot, sandbox: Sandbox, fault: Fault, result: int
) -> None:
    sandbox.faults.arm(fault)
    with pytest.raises(ActionFailed) as failed:
        await bot.call("send_group_msg", group_id=VILLAGE, message="通知")

    assert failed.value.retcode == 1200
    assert f'"result": {result}' in failed.value.result["wording"]
    assert failed.value.result["wording"].startswith("EventChecker Failed")
    assert sandbox.messages(group(VILLAGE)) == []


async def test_given_a_delay_when_sent_then_it_is_delivered_only_after_the_sleep(
    bot: Bot, clock: StandingClock
) -> None:
    slept: list[float] = []
    may_go = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await may_go.wait()

    async with running_sandbox(bot.url, clock, faults=Faults(sleep=sleep)) as sandbox:
        await sandbox.wait_connected()
        sandbox.faults.arm(Fault.DELAY, seconds=40)
        call = await unanswered(bot, message="慢")
        await settled(bot)
        before = list(sandbox.messages(private(WANG)))
        may_go.set()
        await call

        assert (before, slept) == ([], [40])
        assert [m.text for m in sandbox.messages(private(WANG))] == ["慢"]


async def test_given_a_delayed_answer_when_sent_then_people_see_it_before_the_bot_knows(
    bot: Bot, clock: StandingClock
) -> None:
    may_go = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await may_go.wait()

    async with running_sandbox(bot.url, clock, faults=Faults(sleep=sleep)) as sandbox:
        await sandbox.wait_connected()
        sandbox.faults.arm(Fault.DELAY_ANSWER, seconds=40)
        call = await unanswered(bot, message="慢")
        shown = await sandbox.wait_for_message(private(WANG))
        await settled(bot)

        assert not call.done()
        may_go.set()
        assert await call == {"message_id": shown.message_id}


@pytest.mark.parametrize(
    ("fault", "is_shown"), [(Fault.CUT_BEFORE, False), (Fault.CUT_AFTER, True)]
)
async def test_given_a_cut_when_sent_then_the_link_breaks_and_comes_back(
    bot: Bot, sandbox: Sandbox, fault: Fault, is_shown: bool
) -> None:
    sandbox.faults.arm(fault)
    call = await unanswered(bot, message="断了")
    again = await bot.next_event(lambda e: e.type != "message")

    assert again.detail_type == "lifecycle"
    assert not call.done()
    assert [m.text for m in sandbox.messages(private(WANG))] == (["断了"] if is_shown else [])
    history = await bot.call("get_friend_msg_history", user_id=WANG)
    assert bool(history["messages"]) is is_shown
    call.cancel()


async def test_given_a_rule_for_one_chat_when_sent_elsewhere_then_it_waits_for_its_chat(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.faults.arm(Fault.DROP, chat=group(VILLAGE))
    await bot.call("send_group_msg", group_id=TOWN, message="甲")
    await bot.call("send_group_msg", group_id=VILLAGE, message="乙")
    await bot.call("send_group_msg", group_id=VILLAGE, message="丙")

    assert [m.text for m in sandbox.messages(group(TOWN))] == ["甲"]
    assert [m.text for m in sandbox.messages(group(VILLAGE))] == ["丙"]


async def test_given_a_rule_for_all_sends_when_disarmed_then_sends_pass_again(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.faults.arm(Fault.DROP, times=None)
    for text in "甲乙":
        await bot.call("send_private_msg", user_id=WANG, message=text)
    sandbox.faults.disarm(Fault.DROP)
    await bot.call("send_private_msg", user_id=WANG, message="丙")

    assert [m.text for m in sandbox.messages(private(WANG))] == ["丙"]
    assert len(sandbox.faults.done) == 2


async def test_given_events_twice_when_people_write_then_each_event_comes_twice(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.faults.arm(Fault.EVENT_TWICE)
    await sandbox.say(WANG, "一")
    await sandbox.say(WANG, "二")

    seen = [(await bot.next_event()).raw_message for _ in range(3)]
    assert seen == ["一", "一", "二"]
    assert [d.fault for d in sandbox.faults.done] == [Fault.EVENT_TWICE]


async def test_given_a_replay_when_reconnected_then_the_last_events_come_again(
    bot: Bot, sandbox: Sandbox
) -> None:
    for text in "一二三":
        await sandbox.say(WANG, text)
    await sandbox.flushed()
    sandbox.faults.replay_on_reconnect = 2
    sandbox.disconnect()
    await bot.next_event(kind("lifecycle"))

    assert [(await bot.next_event()).raw_message for _ in range(2)] == ["二", "三"]
    assert [d.fault for d in sandbox.faults.done] == [Fault.REPLAY, Fault.REPLAY]


async def test_given_a_half_open_link_when_dialled_again_then_the_new_one_carries_calls(
    bot: Bot, sandbox: Sandbox
) -> None:
    sandbox.half_open()
    await bot.next_event(kind("lifecycle"))
    await sandbox.say(WANG, "还在吗")

    assert (await bot.next_event()).raw_message == "还在吗"
    assert sandbox.end.connections == 2


@pytest.mark.parametrize("is_honest", [True, False])
async def test_given_a_frozen_account_when_sent_then_nothing_arrives_whatever_the_status_says(
    bot: Bot, sandbox: Sandbox, is_honest: bool
) -> None:
    sandbox.freeze(is_honest=is_honest)
    with pytest.raises(ActionFailed):
        await bot.call("send_private_msg", user_id=WANG, message="发不出")

    assert sandbox.messages(private(WANG)) == []
    assert (await bot.call("get_status"))["online"] is not is_honest
    if is_honest:
        assert (await bot.next_event()).detail_type == "bot_offline"
    sandbox.thaw()
    await bot.call("send_private_msg", user_id=WANG, message="好了")
    assert [m.text for m in sandbox.messages(private(WANG))] == ["好了"]


async def test_given_all_mentions_used_up_when_everybody_is_mentioned_then_it_is_refused(
    bot: Bot, sandbox: Sandbox, clock: StandingClock
) -> None:
    everybody = [{"type": "at", "data": {"qq": "all"}}, {"type": "text", "data": {"text": "开会"}}]
    for _ in range(10):
        await bot.call("send_group_msg", group_id=TOWN, message=everybody)
    remain = await bot.call("get_group_at_all_remain", group_id=TOWN)
    with pytest.raises(ActionFailed) as refused:
        await bot.call("send_group_msg", group_id=TOWN, message=everybody)

    assert '"result": 299' in refused.value.result["wording"]
    assert (remain["can_at_all"], remain["remain_at_all_count_for_uin"]) == (False, 0)
    clock.moment += timedelta(days=1)
    assert (await bot.call("get_group_at_all_remain", group_id=TOWN))["can_at_all"] is True


async def test_given_a_storm_when_many_are_sent_then_every_loss_is_accounted_for(
    bot: Bot, sandbox: Sandbox
) -> None:
    rates = {Fault.DROP: 0.2, Fault.TIMEOUT_SENT: 0.2, Fault.TIMEOUT_LOST: 0.2}
    sandbox.faults.storm(7, rates)
    answers: Counter[str] = Counter()
    for number in range(60):
        try:
            await bot.call("send_private_msg", user_id=ZHOU, message=f"第 {number} 条")
            answers["ok"] += 1
        except ActionFailed:
            answers["failed"] += 1

    done = Counter(injected.fault for injected in sandbox.faults.done)
    shown = len(sandbox.messages(private(ZHOU)))
    assert min(done[fault] for fault in rates) > 0
    assert shown == 60 - done[Fault.DROP] - done[Fault.TIMEOUT_LOST]
    assert answers["failed"] == done[Fault.TIMEOUT_SENT] + done[Fault.TIMEOUT_LOST]
    assert sum(send.is_shown for send in sandbox.sends) == shown
    assert all(send.chat == private(ZHOU) for send in sandbox.sends)


def test_given_equal_seeds_when_storms_blow_then_they_do_the_same() -> None:
    rates = {Fault.DROP: 0.3, Fault.DELAY: 0.1, Fault.EVENT_TWICE: 0.5}
    first, second = (Faults.random(11, rates) for _ in range(2))
    other = Faults.random(12, rates)

    drawn = [[f.draw_for_send(private(WANG)) for _ in range(50)] for f in (first, second, other)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


async def test_given_restarted_ids_when_people_go_on_then_old_numbers_come_again(
    bot: Bot, sandbox: Sandbox
) -> None:
    first = await sandbox.say(WANG, "一")
    sandbox.world.restart_ids(first.message_id)
    await sandbox.say(WANG, "二")

    events = [await bot.next_event() for _ in range(2)]
    assert events[0].message_id == events[1].message_id
    found = await bot.call("get_msg", message_id=first.message_id)
    assert found["raw_message"] == "二"
    assert found["self_id"] == BOT
