"""发送进度 with titles and several pushes; 暂停发送 and 继续发送: whose groups, and what waits."""

from datetime import timedelta

import pytest

from core.clock import FrozenClock, at_local, local_day
from core.errors import Refusal
from models import AuditLog, Delivery, Group, Unit
from models.enums import DeliveryState as S
from plugins.delivery import bell, commands, holds
from plugins.delivery.dispatcher import Dispatcher
from tests.plugins.delivery.conftest import End, unit
from tests.plugins.delivery.pushing import (
    CLERK,
    ELSEWHERE,
    OPERATOR,
    SECRETARY,
    call,
    plan,
    push,
    said,
    states_of,
)
from tests.plugins.delivery.sending import drain

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


@pytest.fixture
async def village(clock: FrozenClock) -> Unit:
    await unit(clock, "柳河乡", "/1/")
    return await unit(clock, "王家村", "/1/2/")


async def choose(clock: FrozenClock, reply: object, number: int, actor: object = CLERK) -> str:
    option = reply.ask.options[number - 1]
    return said(await commands.handle_choice(call(actor, clock, choice=option.value)))


async def test_given_a_titled_push_when_its_progress_is_asked_then_the_title_stands_first(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, *[S.SENT] * 3, S.DUE)
    assert said(await commands.handle_progress(call(CLERK, clock))) == (
        "「冬天宿舍用电，三件别做」\n"
        "4 个群：发了 3，等着 1，不确定 0，发不进 0。\n"
        "大约还要 1 分钟。"
    )


async def test_given_several_pushes_when_progress_is_asked_then_the_others_are_numbered(
    village: Unit, clock: FrozenClock
) -> None:
    old = await push(village, clock, S.SENT, S.UNKNOWN, title="工钱被拖", occasion="old")
    await push(village, clock, S.SENT, title="都发完的", occasion="done")
    clock.advance_to(clock.now() + timedelta(days=2))
    await push(village, clock, S.SENT, S.UNKNOWN, S.DUE)
    reply = await commands.handle_progress(call(CLERK, clock))
    assert said(reply) == (
        "「冬天宿舍用电，三件别做」\n"
        "3 个群：发了 1，等着 1，不确定 1，发不进 0。\n"
        "大约还要 1 分钟。\n"
        "有 1 条发没发出去不确定，怕重复，我没再发。请看一眼。\n"
        "王家村1号群：1 没看到，补发  2 看到了，当作已发\n"
        "另有 1 次推送还没完，回数字看：3 「工钱被拖」，11月23日"
    )
    assert (await choose(clock, reply, 3)).startswith("「工钱被拖」\n2 个群：发了 1，")
    assert await choose(clock, reply, 2) == (
        "记下了，王家村1号群当作已发。\n再看王家村1号群：1 没看到，补发  2 看到了，当作已发"
    )
    assert await states_of(old, "old") == [S.SENT, S.UNKNOWN]
    named = said(await commands.handle_progress(call(CLERK, clock, "都发完的")))
    assert named.startswith("「都发完的」\n1 个群都发到了。\n另有 2 次推送")
    with pytest.raises(Refusal) as caught:
        await commands.handle_progress(call(CLERK, clock, "没有的"))
    assert caught.value.key == "delivery.no_such_push"


async def test_given_many_pushes_when_progress_is_asked_then_six_numbers_are_the_most(
    village: Unit, clock: FrozenClock
) -> None:
    for number in range(9):
        await push(village, clock, S.UNKNOWN, title=f"第 {number} 课", occasion=f"w{number}")
    reply = await commands.handle_progress(call(CLERK, clock))
    assert reply.ask is not None
    assert len(reply.ask.options) == 6
    assert "另有 8 次推送还没完，回数字看：3 「第 7 课」，11月23日" in said(reply)


async def test_given_an_old_push_when_it_only_refused_then_it_is_not_listed_and_doubt_is(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.REJECTED, title="旧的", occasion="a")
    await push(village, clock, S.UNKNOWN, title="没定的", occasion="b")
    clock.advance_to(clock.now() + timedelta(days=8))
    await push(village, clock, S.SENT)
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert "旧的" not in text
    assert "1 「没定的」，11月23日" in text


async def test_given_a_vanished_one_when_progress_is_asked_then_it_is_told_apart_and_resent(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(
        village, clock, S.SENT, S.UNKNOWN, S.UNKNOWN, reasons={1: "vanished", 2: "timeout"}
    )
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert "有 1 条发没发出去不确定，怕重复，我没再发。请看一眼。\n" in text
    assert "有 1 个群，平台说发了，群里没找着。请进群看一眼。\n" in text
    await Delivery.filter(target=targets[1]).update(
        shown=False, looks=3, look_at=clock.now(), is_held=True, order_at=None
    )
    await commands.handle_resend(call(CLERK, clock, "王家村1号群"))
    row = await Delivery.get(target=targets[1])
    assert (row.state, row.shown, row.looks, row.look_at) == (S.DUE, None, 0, None)
    assert (row.is_held, row.order_at) == (False, clock.now())


async def test_given_two_accounts_when_progress_is_asked_then_they_speak_side_by_side(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(village, clock, *[S.DUE] * 80)
    assert "大约还要 6 分钟。" in said(await commands.handle_progress(call(CLERK, clock)))
    ids = [int(target.partition(":")[2]) for target in targets[:40]]
    await Group.filter(id__in=ids).update(self_id="3889000002")
    assert "大约还要 2 分钟。" in said(await commands.handle_progress(call(CLERK, clock)))


async def test_given_night_or_a_later_hour_when_progress_is_asked_then_it_says_when(
    village: Unit, clock: FrozenClock
) -> None:
    evening = at_local(local_day(clock.now()), 20)
    await push(village, clock, S.DUE, S.DUE, not_before=evening)
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert text.endswith("11月23日 20:00开始发，大约要 1 分钟。")
    clock.advance_to(at_local(local_day(clock.now()), 23))
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert text.endswith("夜里不发，早上8点接着发，大约要 1 分钟。")


async def test_given_a_moving_push_when_it_is_stopped_then_due_rows_wait_and_may_go_on(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(village, clock, *[S.SENT] * 2, S.SENDING, *[S.DUE] * 12)
    assert said(await commands.handle_pause(call(CLERK, clock))) == (
        "「冬天宿舍用电，三件别做」\n停下了，12 个群先不发。\n"
        "正在发的 1 个群停不住，会发出去。\n回「继续发送」接着发；过了时候的就不发了。"
    )
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert "15 个群：发了 2，等着 1，停着 12，不确定 0，发不进 0。" in text
    assert "停着的回「继续发送」就接着发。" in text
    # Should the one under way come back unsent, it waits with the others.
    assert (await Delivery.get(target=targets[2])).is_held
    with pytest.raises(Refusal) as caught:
        await commands.handle_pause(call(CLERK, clock))
    assert caught.value.key == "delivery.nothing_moving"
    heard = bell.listen()
    assert said(await commands.handle_resume(call(CLERK, clock))) == (
        "「冬天宿舍用电，三件别做」\n好，12 个群接着发。看进度回「发送进度」。\n"
        "12 个群，大约 1 分钟发完。"
    )
    assert heard.is_set()
    assert await Delivery.filter(is_held=True).count() == 0
    rows = await AuditLog.all().order_by("id")
    assert [(row.action, row.actor_id, row.detail["groups"]) for row in rows] == [
        ("delivery.paused", 7, 12),
        ("delivery.resumed", 7, 12),
    ]
    with pytest.raises(Refusal) as caught:
        await commands.handle_resume(call(CLERK, clock))
    assert caught.value.key == "delivery.nothing_held"


async def test_given_a_push_from_above_when_a_secretary_stops_it_then_only_his_groups_wait(
    village: Unit, clock: FrozenClock
) -> None:
    other = await unit(clock, "李家村", "/1/3/")
    mine = await push(village, clock, S.DUE, S.DUE)
    theirs = await push(other, clock, S.DUE, S.DUE)
    await Delivery.all().update(message_id=(await Delivery.get(target=mine[0])).message_id)
    text = said(await commands.handle_pause(call(SECRETARY, clock)))
    assert "停下了，2 个群先不发。" in text
    held = await Delivery.filter(is_held=True).values_list("target", flat=True)
    assert set(held) == set(mine)
    # Another branch's secretary frees nothing of it, and stops his own alone.
    with pytest.raises(Refusal) as caught:
        await commands.handle_resume(call(ELSEWHERE, clock))
    assert caught.value.key == "delivery.nothing_held"
    await commands.handle_pause(call(ELSEWHERE, clock))
    held = await Delivery.filter(is_held=True).values_list("target", flat=True)
    assert set(held) == {*mine, *theirs}
    assert "4 个群接着发" in said(await commands.handle_resume(call(OPERATOR, clock)))


async def test_given_groups_of_others_when_they_are_named_by_key_then_nothing_is_held(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.DUE)
    held = await holds.pause(actor=ELSEWHERE, purpose="test.push", occasion="week", now=clock.now())
    assert held == 0
    assert await AuditLog.all().count() == 0
    message = (await Delivery.get()).message_id
    with pytest.raises(Refusal) as caught:
        await commands.handle_choice(
            call(ELSEWHERE, clock, choice={"do": "pause", "message": message})
        )
    assert caught.value.key == "delivery.no_such_push"
    assert await Delivery.filter(is_held=True).count() == 0


async def test_given_two_moving_pushes_when_one_is_stopped_then_it_is_asked_or_named(
    village: Unit, clock: FrozenClock
) -> None:
    first = await push(village, clock, S.DUE, title="工钱被拖", occasion="a")
    await push(village, clock, S.DUE)
    reply = await commands.handle_pause(call(CLERK, clock))
    assert said(reply) == (
        "哪一次？1 「冬天宿舍用电，三件别做」，11月23日  2 「工钱被拖」，11月23日"
    )
    assert reply.ask is not None
    assert reply.ask.again == "暂停发送"
    assert (await choose(clock, reply, 2)).startswith("「工钱被拖」\n停下了，1 个群先不发。")
    assert (await Delivery.get(target=first[0])).is_held
    assert "冬天" in said(await commands.handle_pause(call(CLERK, clock, "冬天宿舍")))


async def test_given_a_held_push_when_the_dispatcher_runs_then_it_waits_until_it_goes_on(
    village: Unit, clock: FrozenClock, sender: Dispatcher, end: End
) -> None:
    await push(village, clock, S.DUE, S.DUE)
    await commands.handle_pause(call(CLERK, clock))
    await drain(sender)
    assert end.sent == []
    await commands.handle_resume(call(CLERK, clock))
    await drain(sender)
    assert len(end.sent) == 2


async def test_given_a_group_planned_later_when_progress_is_asked_then_it_is_the_same_push(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(village, clock, S.SENT, S.SENT)
    await push(village, clock, S.SENT, first=2)
    await plan(targets, clock, "冬天宿舍用电，三件别做", "week")
    assert said(await commands.handle_progress(call(CLERK, clock))) == (
        "「冬天宿舍用电，三件别做」\n3 个群都发到了。"
    )
