"""A question travels with its message: it opens, waits for its turn, and closes when unsent."""

import asyncio
from datetime import datetime, timedelta

import pytest

from core.clock import FrozenClock
from core.conversation import Ask, Option
from core.database import run_tx
from core.messages import Chat, SendOutcome
from models import Delivery
from models.enums import DeliveryState as S
from plugins.delivery import bell, recovery, service, settling
from plugins.delivery.dispatcher import Dispatcher
from plugins.identity import dialogues
from plugins.identity import queries as identity
from tests.plugins.delivery.conftest import (
    End,
    account,
    group,
    owe,
    person,
    state_of,
    unit,
)  # fmt: skip
from tests.plugins.delivery.sending import LOST, MUTED, NOT_SENT, PRIVATE, drain


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
    assert await recovery.recover(now=clock.now(), owner="new", alone=True) == (1, 1)
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
    assert await recovery.recover(now=clock.now(), owner="new", alone=False) == (0, 0)
    clock.advance_to(until + timedelta(seconds=1))
    assert await recovery.recover(now=clock.now(), owner="other", alone=False) == (0, 0)
    assert await recovery.recover(now=clock.now(), owner="new", alone=False) == (0, 1)


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
