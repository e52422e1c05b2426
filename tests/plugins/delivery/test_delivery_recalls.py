"""撤回: what is told first, its own word, what goes back at the far end, and what is told after."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from core.actors import Actor
from core.clock import FrozenClock
from core.conversation import Open, Reply
from core.errors import Refusal
from core.messages import Chat
from models import AuditLog, Delivery, Unit
from models.enums import DeliveryState as S
from plugins.delivery import commands, push_views, recalls
from plugins.delivery.dispatcher import Dispatcher
from tests.plugins.delivery.conftest import End, unit
from tests.plugins.delivery.pushing import (
    CLERK,
    ELSEWHERE,
    SECRETARY,
    call,
    push,
    said,
    states_of,
    words_of,
)
from tests.plugins.delivery.sending import drain

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


@dataclass
class Far:
    """The far end: which ids it takes back, and which accounts are connected."""

    kept: set[str] = field(default_factory=set)
    up: tuple[str, ...] = ("3889000001",)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def can_reach(self, _platform: str) -> tuple[str, ...]:
        return self.up

    async def recall(self, chat: Chat, message_id: str) -> bool:
        self.asked.append((chat.chat_id, message_id))
        return message_id not in self.kept


@pytest.fixture
async def village(clock: FrozenClock) -> Unit:
    await unit(clock, "柳河乡", "/1/")
    return await unit(clock, "王家村", "/1/2/")


async def confirm(clock: FrozenClock, asked: Reply, actor: Actor = CLERK) -> str:
    assert asked.ask is not None
    question = Open(asked.ask.kind, asked.ask.data, clock.now())
    return said(await commands.handle_confirmed(replace(call(actor, clock), question=question)))


async def recall(clock: FrozenClock, actor: Actor = CLERK) -> str:
    return await confirm(clock, await commands.handle_recall(call(actor, clock)), actor)


async def all_beats(clock: FrozenClock, far: Far) -> None:
    while await recalls.work(now=clock.now(), far_end=far):
        pass


async def told() -> list[str]:
    rows = await Delivery.filter(purpose=recalls.PURPOSE).order_by("id")
    return [await words_of(row) for row in rows]


async def test_given_a_push_half_out_when_recall_is_said_then_it_tells_and_does_nothing(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, *[S.SENT] * 30, S.UNKNOWN, *[S.DUE] * 12)
    reply = await commands.handle_recall(call(CLERK, clock))
    assert said(reply) == (
        "「冬天宿舍用电，三件别做」\n"
        "31 个群里发出的会试着收回，还没发的 12 个不发了。\n"
        "QQ 只让撤 2 分钟内发的，我是管理员的群不限。撤不了的，完了告诉您是哪些。\n"
        "定了就回「确认撤回」，不撤不用理。"
    )
    assert reply.ask is not None
    assert (reply.ask.kind, reply.ask.options) == (push_views.CONFIRM, ())
    assert await Delivery.filter(state=S.DUE).count() == 12
    assert await Delivery.filter(recall_at__isnull=False).count() == 0


async def test_given_the_word_when_it_is_said_then_due_rows_end_and_sent_ones_are_marked(
    village: Unit, clock: FrozenClock
) -> None:
    states = [S.SENT, S.SENT, S.UNKNOWN, S.SENDING, S.DUE, S.LEASED, S.REJECTED, S.EXPIRED]
    targets = await push(village, clock, *states)
    await Delivery.filter(state__in=[S.SENT, S.UNKNOWN]).update(look_at=clock.now())
    assert await recall(clock) == ("好，4 个群我一个个去收，完了告诉您。\n还没发的 2 个群不发了。")
    assert await states_of(targets) == [
        S.SENT, S.SENT, S.UNKNOWN, S.SENDING, S.CANCELLED, S.CANCELLED, S.REJECTED, S.EXPIRED,
    ]  # fmt: skip
    rows = await Delivery.filter(occasion="week").order_by("id")
    assert [row.recall_at for row in rows] == [clock.now()] * 4 + [None] * 4
    # What is taken back is missing from the history with good reason.
    assert [row.look_at is None for row in rows][:3] == [True, True, False]
    assert [row.reason for row in rows][4:6] == ["recalled"] * 2
    audit = await AuditLog.get()
    assert (audit.action, audit.actor_id, audit.subject_kind) == (
        "delivery.recall_asked", 7, "message",
    )  # fmt: skip
    assert (len(audit.detail["deliveries"]), audit.detail["cancelled"]) == (4, 2)
    # Neither is what was refused offered again, nor what is doubtful.
    for handler in (commands.handle_resend, commands.handle_recall):
        with pytest.raises(Refusal):
            await handler(call(CLERK, clock))


async def test_given_an_order_when_the_beats_go_on_then_five_at_a_time_and_one_message(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, *[S.SENT] * 12, S.DUE)
    await Delivery.filter(target="group:12").update(platform_message_id="71,72")
    await Delivery.filter(target="group:3").update(platform_message_id="99")
    await recall(clock)
    far = Far(kept={"99", "72"})
    assert await recalls.work(now=clock.now(), far_end=far) == 5
    assert len(far.asked) == 5
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert "正在收回来：收了 4 个群，还有 7 个。" in text
    assert await told() == []
    await all_beats(clock, far)
    assert [name for _, name in far.asked][-2:] == ["71", "72"]
    assert await told() == [
        (
            "「冬天宿舍用电，三件别做」\n撤回了 10 个群。\n"
            "2 个群平台不让撤，请进群看看：王家村2号群、王家村11号群。"
        )
    ]
    row = await Delivery.get(purpose=recalls.PURPOSE)
    assert (row.target, row.in_quiet_hours) == ("person:7", True)
    await all_beats(clock, far)
    assert await Delivery.filter(purpose=recalls.PURPOSE).count() == 1
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert "撤回了 10 个群。\n2 个群没撤成。" in text


async def test_given_an_account_off_line_when_it_is_tried_then_twice_more_and_not_for_ever(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.SENT, S.SENT)
    await recall(clock)
    down, up = Far(up=()), Far()
    start = clock.now()
    await recalls.work(now=clock.now(), far_end=down)
    assert (await Delivery.get(target="group:1")).recall_at == start + timedelta(minutes=1)
    clock.advance_to(start + timedelta(minutes=1))
    await Delivery.filter(target="group:2").update(recall_at=start + timedelta(hours=2))
    await recalls.work(now=clock.now(), far_end=up)
    assert (await Delivery.get(target="group:1")).recalled is True
    await Delivery.filter(target="group:2").update(recall_at=clock.now())
    await recalls.work(now=clock.now(), far_end=down)
    assert (await Delivery.get(target="group:2")).recall_at == start + timedelta(minutes=30)
    clock.advance_to(start + timedelta(minutes=30))
    await recalls.work(now=clock.now(), far_end=down)
    row = await Delivery.get(target="group:2")
    assert (row.recalled, row.recall_at) == (False, None)
    assert await told() == [
        "「冬天宿舍用电，三件别做」\n撤回了 1 个群。\n1 个群平台不让撤，请进群看看：王家村1号群。"
    ]


async def test_given_downtime_when_an_order_is_an_hour_old_then_nothing_is_tried_any_more(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.SENT)
    await recall(clock)
    clock.advance_to(clock.now() + timedelta(hours=1))
    far = Far()
    await all_beats(clock, far)
    assert far.asked == []
    assert (await Delivery.get(target="group:1")).recalled is False


async def test_given_one_under_way_when_it_comes_back_unsent_then_it_does_not_go_out_again(
    village: Unit, clock: FrozenClock, sender: Dispatcher, end: End
) -> None:
    (target,) = await push(village, clock, S.SENDING)
    await recall(clock)
    far = Far()
    assert await recalls.work(now=clock.now(), far_end=far) == 0
    # What the dispatcher writes down when the line was down.
    await Delivery.filter(target=target).update(state=S.DUE, self_id=None)
    await drain(sender)
    assert end.sent == []
    clock.advance_to(clock.now() + timedelta(seconds=30))
    await all_beats(clock, far)
    assert await states_of([target]) == [S.CANCELLED]
    assert far.asked == []
    assert await told() == ["「冬天宿舍用电，三件别做」\n1 个群没发出去，也不再发了。"]


async def test_given_an_unsure_one_without_id_when_evidence_may_come_then_it_is_waited_for(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.UNKNOWN)
    await Delivery.all().update(platform_message_id=None, look_at=clock.now())
    await recall(clock)
    far = Far()
    assert await recalls.work(now=clock.now(), far_end=far) == 0
    row = await Delivery.get(target="group:1")
    assert (row.recalled, row.recall_at) == (None, clock.now() + recalls.LATER)
    await Delivery.all().update(look_at=None)
    clock.advance_to(clock.now() + recalls.LATER)
    await all_beats(clock, far)
    assert (await Delivery.get(target="group:1")).recalled is False


async def test_given_no_question_or_an_old_one_when_the_word_is_said_then_nothing_happens(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.SENT)
    asked = (await commands.handle_recall(call(CLERK, clock))).ask
    assert asked is not None
    old = Open(asked.kind, asked.data, clock.now())
    clock.advance_to(clock.now() + timedelta(minutes=61))
    other = Open("delivery.settle", {}, clock.now())
    for question in (None, old, other):
        with pytest.raises(Refusal) as caught:
            await commands.handle_confirmed(replace(call(CLERK, clock), question=question))
        assert caught.value.key == "delivery.recall_first"
    assert await Delivery.filter(recall_at__isnull=False).count() == 0


async def test_given_groups_of_two_branches_when_one_secretary_recalls_then_only_his_go_back(
    village: Unit, clock: FrozenClock
) -> None:
    other = await unit(clock, "李家村", "/1/3/")
    mine = await push(village, clock, S.SENT, S.DUE)
    theirs = await push(other, clock, S.SENT, S.DUE)
    await Delivery.all().update(message_id=(await Delivery.get(target=mine[0])).message_id)
    asked = await commands.handle_recall(call(SECRETARY, clock))
    assert "1 个群里发出的会试着收回，还没发的 1 个不发了。" in said(asked)
    await confirm(clock, asked, SECRETARY)
    assert await states_of([*mine, *theirs]) == [S.SENT, S.CANCELLED, S.SENT, S.DUE]
    assert await Delivery.filter(recall_at__isnull=False).values_list("target", flat=True) == [
        mine[0]
    ]


async def test_given_a_push_of_others_when_its_word_is_said_with_its_number_then_it_stays(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.SENT)
    asked = await commands.handle_recall(call(SECRETARY, clock))
    with pytest.raises(Refusal) as caught:
        await confirm(clock, asked, ELSEWHERE)
    assert caught.value.key == "delivery.nothing_to_recall"
    with pytest.raises(Refusal):
        await commands.handle_recall(call(ELSEWHERE, clock))
    assert await Delivery.filter(recall_at__isnull=False).count() == 0


async def test_given_two_pushes_when_recall_is_said_then_it_is_asked_which_and_then_the_word(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.SENT, title="工钱被拖", occasion="a")
    await push(village, clock, S.DUE)
    reply = await commands.handle_recall(call(CLERK, clock))
    assert said(reply).startswith("哪一次？1 「冬天")
    assert reply.ask is not None
    chosen = await commands.handle_choice(call(CLERK, clock, choice=reply.ask.options[0].value))
    assert said(chosen) == (
        "「冬天宿舍用电，三件别做」\n还没发的 1 个群都不发了，发出去的一个也没有。\n"
        "定了就回「确认撤回」，不撤不用理。"
    )
    assert await confirm(clock, chosen) == "还没发的 1 个群不发了。"
