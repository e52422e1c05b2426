"""One window at a time, stepped by hand: what is sent, and what the rows say afterwards."""

import asyncio
from datetime import datetime, timedelta

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
from plugins.delivery import bell, bodies, judging, service, settling
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.identity import dialogues
from plugins.identity import queries as identity
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

PRIVATE = Chat("onebot11", SELF, ChatKind.PRIVATE, "20001")
NOT_SENT = SendOutcome(SendResult.NOT_SENT, reason="busy")
OFFLINE = SendOutcome(SendResult.NOT_SENT, reason="offline")
MUTED = SendOutcome(SendResult.REJECTED, reason="muted")
LOST = SendOutcome(SendResult.UNKNOWN, reason="timeout")


async def drain(sender: Dispatcher) -> None:
    while await sender.step():
        pass


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
        end.script.append(SendOutcome(result, message_id="9" * 100, reason="x" * 100))
    await drain(sender)
    for row in await Delivery.all():
        assert (row.platform_message_id, row.reason) == ("9" * 64, "x" * 48)


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
    slow = Limits(min_interval_s=12.0, max_interval_s=24.0)
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
    use(settings.model_copy(update={"delivery": Limits(min_interval_s=12, max_interval_s=12)}))
    village = await unit(clock)
    for number in range(2):
        await owe(f"group:{(await group(village, clock, f'7{number}')).id}", clock)
    await drain(sender)
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


async def _asked(clock: FrozenClock, target: str, words: str, at: datetime | None = None) -> None:
    await owe(
        target,
        clock,
        words,
        occasion=words,
        ask=Ask("x.y", options=(Option("好", value=1),)),
        not_before=at or clock.now(),
    )


async def test_given_a_question_when_it_is_sent_then_a_number_answers_it(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    worker = await person(await unit(clock), clock)
    await account(worker, clock)
    await _asked(clock, f"person:{worker.id}", "到了吗？")
    opened: list[bool] = []
    original = end.send

    async def looking(chat: Chat, parts: object) -> SendOutcome:
        opened.append((await identity.who_is(chat, "20001", clock.now())).question is not None)
        return await original(chat, parts)  # type: ignore[arg-type]

    end.send = looking  # type: ignore[method-assign]
    await drain(sender)
    assert opened == [True]
    known = await identity.who_is(PRIVATE, "20001", clock.now())
    assert known.question is not None
    assert (known.question.kind, known.question.options[0].value) == ("x.y", 1)
    assert end.words == ["到了吗？\n1 好"]


@pytest.mark.parametrize(("answer", "stays"), [(MUTED, False), (NOT_SENT, False), (LOST, True)])
async def test_given_a_question_that_was_not_sent_when_nobody_read_it_then_no_number_answers_it(
    answer: SendOutcome, *, stays: bool, sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    worker = await person(await unit(clock), clock)
    await account(worker, clock)
    end.script = [answer]
    await _asked(clock, f"person:{worker.id}", "到了吗？")
    await drain(sender)
    known = await identity.who_is(PRIVATE, "20001", clock.now())
    assert (known.question is not None) is stays


async def test_given_somebody_in_the_middle_of_a_question_when_another_is_due_then_it_waits(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    worker = await person(await unit(clock), clock)
    await account(worker, clock)
    await dialogues.open_question(PRIVATE, "20001", Ask("a.b"), clock.now())
    await _asked(clock, f"person:{worker.id}", "一")
    await _asked(clock, f"person:{worker.id}", "二")
    await owe(f"person:{worker.id}", clock, "没有数字的照发", occasion="plain")
    await drain(sender)
    assert end.words == ["没有数字的照发"]
    clock.advance_to(clock.now() + timedelta(minutes=10))
    await drain(sender)
    assert end.words[1:] == ["一\n1 好"]
    clock.advance_to(clock.now() + timedelta(minutes=10))
    await drain(sender)
    assert end.words[2:] == ["二\n1 好"]


async def test_given_a_withdrawal_when_the_row_is_claimed_but_not_written_then_it_is_not_sent(
    sender: Dispatcher, end: End, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = await unit(clock)
    one, two = await group(village, clock, "701"), await group(village, clock, "702")
    await owe(f"group:{one.id}", clock)
    await owe(f"group:{two.id}", clock)
    judge = sender._judge.judge

    async def meanwhile(*args: object, **kwargs: object) -> object:
        judged = await judge(*args, **kwargs)  # type: ignore[arg-type]
        await run_tx(
            lambda: service.cancel(
                purpose="test", target=f"group:{one.id}", now=clock.now(), reason="withdrawn"
            )
        )
        return judged

    monkeypatch.setattr(sender._judge, "judge", meanwhile)
    await drain(sender)
    assert [chat.chat_id for chat, _ in end.sent] == ["702"]
    assert await state_of(f"group:{one.id}") is S.CANCELLED


async def test_given_a_disk_that_is_full_when_results_cannot_be_saved_then_nothing_more_is_sent(
    sender: Dispatcher, end: End, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = await unit(clock)
    one, two = await group(village, clock, "701"), await group(village, clock, "702")
    await owe(f"group:{one.id}", clock)
    record = settling.record

    async def full(*_: object, **__: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(settling, "record", full)
    with pytest.raises(BlockingIOError):
        await sender.step()
    await owe(f"group:{two.id}", clock)
    with pytest.raises(BlockingIOError):
        await sender.step()
    assert len(end.sent) == 1
    monkeypatch.setattr(settling, "record", record)
    await drain(sender)
    assert [chat.chat_id for chat, _ in end.sent] == ["701", "702"]
    assert await Delivery.filter(state=S.SENT).count() == 2


async def test_given_a_defect_while_judging_when_the_loop_goes_on_then_the_rows_are_given_back(
    sender: Dispatcher, end: End, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock)
    judge = sender._judge.judge

    async def broken(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr(sender._judge, "judge", broken)
    with pytest.raises(LookupError):
        await sender.step()
    assert await state_of(f"group:{crowd.id}") is S.LEASED
    await sender._pick_up()
    assert await state_of(f"group:{crowd.id}") is S.DUE
    monkeypatch.setattr(sender._judge, "judge", judge)
    await drain(sender)
    assert len(end.sent) == 1


async def test_given_rows_of_a_dead_process_when_one_starts_then_written_ones_are_unknown(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    one, two = await group(village, clock, "701"), await group(village, clock, "702")
    await owe(f"group:{one.id}", clock)
    await owe(f"group:{two.id}", clock)
    await Delivery.filter(target=f"group:{one.id}").update(state=S.SENDING, lease_owner="dead")
    await Delivery.filter(target=f"group:{two.id}").update(state=S.LEASED, lease_owner="dead")
    assert await settling.recover(now=clock.now(), owner="new", alone=True) == (1, 1)
    row = await Delivery.get(target=f"group:{one.id}")
    assert (row.state, row.reason, row.lease_owner) == (S.UNKNOWN, "killed", None)
    assert await state_of(f"group:{two.id}") is S.DUE
    await drain(sender)
    assert [chat.chat_id for chat, _ in end.sent] == ["702"]


async def test_given_a_shared_database_when_one_starts_then_living_leases_are_left_alone(
    clock: FrozenClock, sender: Dispatcher
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock)
    until = clock.now() + timedelta(minutes=5)
    await Delivery.all().update(state=S.SENDING, lease_owner="other", lease_until=until)
    assert await settling.recover(now=clock.now(), owner="new", alone=False) == (0, 0)
    clock.advance_to(until + timedelta(seconds=1))
    assert await settling.recover(now=clock.now(), owner="other", alone=False) == (0, 0)
    assert await settling.recover(now=clock.now(), owner="new", alone=False) == (0, 1)


async def test_given_the_loop_when_something_is_owed_then_it_goes_out_and_stopping_ends_it(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    village = await unit(clock)
    crowd, dead = await group(village, clock), await group(village, clock, "701")
    await owe(f"group:{dead.id}", clock)
    ended = clock.now() - timedelta(seconds=1)
    await Delivery.all().update(state=S.SENDING, lease_owner="dead", lease_until=ended)
    gone = asyncio.Event()
    end.before = gone.set
    await sender.start()
    assert await state_of(f"group:{dead.id}") is S.UNKNOWN
    await owe(f"group:{crowd.id}", clock)
    await asyncio.wait_for(gone.wait(), 5)
    await asyncio.wait_for(sender.stop(), 5)
    assert await state_of(f"group:{crowd.id}") is S.SENT
    bell.ring()


async def test_given_a_send_under_way_when_the_loop_is_cancelled_then_it_is_unknown(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    crowd = await group(await unit(clock), clock)
    await owe(f"group:{crowd.id}", clock)
    begun = asyncio.Event()

    async def never(chat: Chat, parts: object) -> SendOutcome:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    end.send = never  # type: ignore[method-assign]
    step = asyncio.create_task(sender.step())
    await asyncio.wait_for(begun.wait(), 5)
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    row = await Delivery.get()
    assert (row.state, row.reason) == (S.UNKNOWN, "interrupted")
