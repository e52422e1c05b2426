"""One window at a time, stepped by hand: what is sent, and what the rows say afterwards."""

import asyncio
from datetime import timedelta

import pytest

from core.clock import FrozenClock, at_local, local_day
from core.config import Delivery as Limits
from core.config import Settings, use
from core.conversation import Ask, Option
from core.database import run_tx
from core.messages import Chat, ChatKind, SendOutcome, SendResult
from models import BotAccount, Delivery, Group, Message
from models.enums import DeliveryState as S
from models.enums import Priority
from plugins.delivery import bodies, judging, service, settling
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from tests.plugins.delivery.conftest import (
    SELF,
    End,
    Seconds,
    account,
    group,
    owe,
    person,
    state_of,
    unit,
)  # fmt: skip
from tests.plugins.delivery.sending import LOST, MUTED, NOT_SENT, OFFLINE, PRIVATE, drain


async def test_given_a_person_and_a_group_when_they_are_owed_then_both_get_it_where_they_are(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    worker = await person(village, clock)
    await account(worker, clock, "20000")
    clock.advance_to(clock.now() + timedelta(days=1))
    await account(worker, clock, "20001")
    crowd = await group(village, clock)
    await owe(f"person:{worker.id}", clock, "一")
    await owe(f"group:{crowd.id}", clock, "二")
    await drain(sender)
    assert [(chat, words) for (chat, _), words in zip(end.sent, end.words, strict=True)] == [
        (PRIVATE, "一"),
        (Chat("onebot11", SELF, ChatKind.GROUP, "700"), "二"),
    ]
    row = await Delivery.get(target=f"person:{worker.id}")
    assert (row.state, row.platform_message_id, row.lease_owner) == (S.SENT, "1", None)
    assert row.self_id == f"onebot11:{SELF}"
    await drain(sender)
    assert len(end.sent) == 2


async def test_given_the_moment_of_writing_when_the_row_is_read_then_it_says_sending(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock)
    seen: list[asyncio.Task[S]] = []
    end.before = lambda: seen.append(asyncio.create_task(state_of(f"group:{crowd.id}")))
    original = end.send

    async def slow(chat: Chat, parts: object) -> SendOutcome:
        outcome = await original(chat, parts)  # type: ignore[arg-type]
        await asyncio.gather(*seen)
        return outcome

    end.send = slow  # type: ignore[method-assign]
    await drain(sender)
    assert seen[0].result() is S.SENDING


async def test_given_priorities_when_a_window_is_sent_then_notices_go_before_digests(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    for words, priority in (("周报", Priority.DIGEST), ("通知", Priority.NOTICE)):
        await owe(f"group:{crowd.id}", clock, words, occasion=words, priority=priority)
    await drain(sender)
    assert end.words == ["通知", "周报"]


@pytest.mark.parametrize("hour", [21, 23, 0, 7])
async def test_given_quiet_hours_when_something_is_due_then_it_waits_for_the_morning(
    hour: int, sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    clock.advance_to(at_local(local_day(clock.now()) + timedelta(days=1), hour))
    await owe(f"group:{crowd.id}", clock)
    await drain(sender)
    assert end.sent == []
    clock.advance_to(at_local(local_day(clock.now()) + timedelta(days=hour > 20), 8))
    await drain(sender)
    assert len(end.sent) == 1


async def test_given_quiet_hours_when_an_answer_is_due_then_it_goes_out_and_the_rest_waits(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    clock.advance_to(at_local(local_day(clock.now()), 23))
    await owe(f"group:{crowd.id}", clock, "通知")
    await owe(f"group:{crowd.id}", clock, "收到 3 张照片", occasion="2", in_quiet_hours=True)
    await drain(sender)
    assert end.words == ["收到 3 张照片"]
    clock.advance_to(clock.now() + timedelta(hours=9))
    await drain(sender)
    assert end.words == ["收到 3 张照片", "通知"]


async def test_given_a_time_to_come_when_it_is_not_there_yet_then_it_waits(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock, not_before=clock.now() + timedelta(hours=1))
    await drain(sender)
    assert end.sent == []
    clock.advance_to(clock.now() + timedelta(hours=1))
    await drain(sender)
    assert len(end.sent) == 1


async def test_given_what_came_too_late_when_its_turn_comes_then_it_expires_unsent(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock, expires_at=clock.now() + timedelta(hours=1))
    clock.advance_to(clock.now() + timedelta(hours=1))
    await drain(sender)
    assert end.sent == []
    assert await state_of(f"group:{crowd.id}") is S.EXPIRED


async def test_given_a_dead_line_when_its_time_passes_then_the_sweep_lets_it_go(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock, expires_at=clock.now() + timedelta(hours=1))
    end.voices = {}
    assert await sender.step() == 0
    clock.advance_to(clock.now() + timedelta(hours=2))
    assert await settling.expire_overdue(now=clock.now()) == 1
    assert await state_of(f"group:{crowd.id}") is S.EXPIRED


@pytest.mark.parametrize(("owed", "state"), [(True, S.SENT), (False, S.CANCELLED)])
async def test_given_a_check_when_the_turn_comes_then_it_decides_with_the_reference(
    *, owed: bool, state: S, end: End, clock: FrozenClock, sender: Dispatcher, seconds: Seconds
) -> None:
    crowd = await group(await unit(clock), clock)
    asked: list[dict[str, object]] = []

    async def is_owed(reference: dict[str, object]) -> bool:
        asked.append(reference)
        return owed

    await owe(f"group:{crowd.id}", clock, check="room.still", reference={"report": 7})
    await drain(Dispatcher({"room.still": is_owed}, Voices(seconds), end))
    assert asked == [{"report": 7}]
    row = await Delivery.get()
    assert (row.state, row.reason) == (state, None if owed else "not_owed")
    assert len(end.sent) == owed


async def test_given_a_check_that_breaks_when_the_turn_comes_then_the_others_go_and_it_waits(
    end: End, clock: FrozenClock, sender: Dispatcher, seconds: Seconds
) -> None:
    village = await unit(clock)
    one, two = await group(village, clock, "701"), await group(village, clock, "702")

    async def broken(_: dict[str, object]) -> bool:
        raise LookupError

    await owe(f"group:{one.id}", clock, check="room.still")
    await owe(f"group:{two.id}", clock, "别的", occasion="two")
    await drain(Dispatcher({"room.still": broken}, Voices(seconds), end))
    assert end.words == ["别的"]
    row = await Delivery.get(target=f"group:{one.id}")
    assert (row.state, row.not_before > clock.now()) == (S.DUE, True)


async def test_given_nobody_to_go_to_when_it_is_due_then_it_is_refused_with_the_reason(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    stranger = await person(village, clock)
    crowd = await group(village, clock)
    await Group.filter(id=crowd.id).update(is_active=False)
    await owe(f"person:{stranger.id}", clock)
    await owe(f"group:{crowd.id}", clock)
    await owe("person:999", clock)
    await drain(sender)
    rows = {row.target: (row.state, row.reason) for row in await Delivery.all()}
    assert rows == {
        f"person:{stranger.id}": (S.REJECTED, "no_account"),
        "person:999": (S.REJECTED, "no_account"),
        f"group:{crowd.id}": (S.REJECTED, "no_group"),
    }
    assert end.sent == []


async def test_given_a_platform_that_refuses_when_it_is_sent_then_the_reason_stands(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    end.script = [MUTED]
    await owe(f"group:{crowd.id}", clock)
    await drain(sender)
    row = await Delivery.get()
    assert (row.state, row.reason) == (S.REJECTED, "muted")


@pytest.mark.parametrize("answer", [LOST, RuntimeError("boom")])
async def test_given_no_answer_when_it_is_sent_then_it_is_unknown_and_never_repeated(
    answer: SendOutcome | Exception, sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    end.script = [answer]
    await owe(f"group:{crowd.id}", clock)
    await drain(sender)
    assert await state_of(f"group:{crowd.id}") is S.UNKNOWN
    clock.advance_to(clock.now() + timedelta(hours=3))
    await drain(sender)
    assert len(end.sent) == 1


async def test_given_an_answer_longer_than_its_column_when_it_is_saved_then_it_is_cut(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    for number, result in enumerate((SendResult.SENT, SendResult.UNKNOWN)):
        await owe(f"group:{(await group(village, clock, f'7{number}')).id}", clock)
        end.script.append(SendOutcome(result, message_id="9" * 300, reason="x" * 100))
    await drain(sender)
    for row in await Delivery.all():
        reason = None if row.state is S.SENT else "x" * 48
        assert (row.platform_message_id, row.reason) == ("9" * 255, reason)


async def test_given_tries_in_vain_when_it_comes_back_then_it_rests_longer_and_then_a_person_looks(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    end.script = [NOT_SENT, NOT_SENT, NOT_SENT]
    await owe(f"group:{crowd.id}", clock)
    rests = []
    for _ in range(2):
        await drain(sender)
        row = await Delivery.get()
        assert row.state is S.DUE
        rests.append((row.not_before - clock.now()).total_seconds())
        clock.advance_to(row.not_before)
    assert 22 <= rests[0] <= 38
    assert 45 <= rests[1] <= 75
    await drain(sender)
    row = await Delivery.get()
    assert (row.state, row.reason, row.attempts) == (S.REJECTED, "tries_used", 3)


async def test_given_a_line_that_dies_when_it_is_sent_then_that_counts_as_no_try(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    end.script = [OFFLINE] * 5
    await owe(f"group:{crowd.id}", clock)
    for _ in range(6):
        await drain(sender)
        clock.advance_to(max(clock.now(), (await Delivery.get()).not_before))
    assert await state_of(f"group:{crowd.id}") is S.SENT


async def test_given_no_line_when_something_is_due_then_nothing_is_claimed(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock)
    end.voices = {}
    assert await sender.step() == 0
    assert await state_of(f"group:{crowd.id}") is S.DUE
    end.voices = {"onebot11": (SELF,)}
    await drain(sender)
    assert await state_of(f"group:{crowd.id}") is S.SENT


async def test_given_two_accounts_when_one_is_offline_then_the_groups_of_the_other_do_not_wait(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    for number in range(100):
        crowd = await group(village, clock, f"8{number:03d}", self_id="3889000002")
        await owe(f"group:{crowd.id}", clock)
    mine = await group(village, clock)
    await owe(f"group:{mine.id}", clock)
    await drain(sender)
    assert [chat.chat_id for chat, _ in end.sent] == ["700"]


async def test_given_a_group_that_moves_to_another_account_when_it_waits_then_it_goes_out_there(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds
) -> None:
    crowd = await group(await unit(clock), clock, self_id="3889000002")
    await owe(f"group:{crowd.id}", clock)
    await drain(sender)
    assert end.sent == []
    await Group.filter(id=crowd.id).update(self_id=SELF)
    seconds.at += 61
    await drain(sender)
    assert [chat.self_id for chat, _ in end.sent] == [SELF]


async def test_given_a_group_that_moved_just_now_when_it_is_claimed_then_it_is_routed_anew(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock)
    await Delivery.all().update(self_id="onebot11:3889000002")
    end.voices = {"onebot11": (SELF, "3889000002")}
    await drain(sender)
    assert [chat.self_id for chat, _ in end.sent] == [SELF]
    assert await state_of(f"group:{crowd.id}") is S.SENT


async def test_given_real_pauses_when_much_is_due_then_one_goes_and_the_next_waits_its_turn(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds, settings: Settings
) -> None:
    slow = Limits(min_interval_s=12.0, max_interval_s=24.0, warm_up_s=0.0)
    use(settings.model_copy(update={"delivery": slow}))
    village = await unit(clock)
    for number in range(3):
        await owe(f"group:{(await group(village, clock, f'7{number}')).id}", clock)
    await drain(sender)
    assert len(end.sent) == 1
    seconds.at += 11
    clock.advance_to(clock.now() + timedelta(days=1))  # a jump of the clock is no pause
    await drain(sender)
    assert len(end.sent) == 1
    seconds.at += 13
    await drain(sender)
    assert len(end.sent) == 2
    kept = await BotAccount.get()
    assert kept.next_send_at is not None
    assert timedelta(seconds=12) <= kept.next_send_at - clock.now() <= timedelta(seconds=24)


async def test_given_a_pause_when_the_process_starts_anew_then_it_is_kept(
    sender: Dispatcher, end: End, clock: FrozenClock, settings: Settings
) -> None:
    use(
        settings.model_copy(
            update={"delivery": Limits(min_interval_s=12, max_interval_s=12, warm_up_s=0)}
        )
    )
    village = await unit(clock)
    for number in range(2):
        await owe(f"group:{(await group(village, clock, f'7{number}')).id}", clock)
    await drain(sender)
    await sender.stop()
    fresh = Seconds()
    fresh.at = 5.0
    again = Dispatcher({}, Voices(fresh), end)
    clock.advance_to(clock.now() + timedelta(seconds=4))
    await drain(again)
    assert len(end.sent) == 1
    fresh.at += 8.5
    await drain(again)
    assert len(end.sent) == 2


async def test_given_a_body_for_many_when_it_is_sent_then_it_is_opened_once_a_window(
    sender: Dispatcher, end: End, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = await unit(clock)
    ids = [(await group(village, clock, f"9{n:03d}")).id for n in range(130)]
    opened = []

    def counted(sealed: bytes, *, uid: str) -> bodies.Body:
        opened.append(uid)
        return unseal(sealed, uid=uid)

    unseal = bodies.unseal
    monkeypatch.setattr(judging.bodies, "unseal", counted)
    await run_tx(
        lambda: service.broadcast(
            purpose="p",
            occasion="o",
            targets=[f"group:{n}" for n in ids],
            parts=(),
            now=clock.now(),
            priority=30,
            ask=Ask("x.y", options=(Option("好"),)),
        )
    )
    await drain(sender)
    assert len(end.sent) == 130
    assert len(opened) == 1
    assert await Delivery.filter(state=S.SENT).count() == 130


async def test_given_a_damaged_body_when_its_turn_comes_then_the_others_still_go(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    one, two = await group(village, clock, "701"), await group(village, clock, "702")
    await owe(f"group:{one.id}", clock)
    await Message.all().update(body_sealed=b"\x01nothing")
    await owe(f"group:{two.id}", clock, "好的", occasion="two")
    await drain(sender)
    assert end.words == ["好的"]
    row = await Delivery.get(target=f"group:{one.id}")
    assert (row.state, row.reason) == (S.REJECTED, "broken")
