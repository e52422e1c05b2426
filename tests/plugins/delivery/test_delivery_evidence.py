"""Evidence over a real WebSocket: what nobody answered for is settled, or honestly left open."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import nonebot
import pytest
import pytest_asyncio

from core import config
from core.clock import FrozenClock
from core.messages import Chat, ChatKind, Mention, Text
from models import BotAccount, Delivery, Message
from models.enums import DeliveryState as S
from plugins.delivery import evidence, recovery, settling
from plugins.gateway import histories, signals
from plugins.gateway.onebot11 import Adapter
from plugins.sandbox import Fault, Faults
from tests.plugins.delivery.conftest import SELF, owe
from tests.plugins.delivery.evidence_world import (
    IN_PRIVATE,
    VILLAGE,
    ZHOU,
    Place,
    is_in,
    place,
    server,
    until,
)

WORDS = "今晚有学习。"
Make = Callable[..., Awaitable[Place]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def port() -> AsyncIterator[int]:
    async with server() as found:
        yield found


@pytest.fixture
def fast(fast: config.Settings) -> config.Settings:
    """No pauses, and one known account."""
    made = fast.model_copy(update={"onebot11": config.OneBot11(accounts=[SELF])})
    config.use(made)
    return made


@pytest.fixture
async def make(  # noqa: PLR0917  # fixtures
    database: str, keys: object, texts: object, fast: object, clock: FrozenClock, port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Make]:  # fmt: skip
    """Connect an end that offers both kinds of evidence, unless a test switches one off."""
    monkeypatch.setattr(nonebot.get_adapter(Adapter).config, "api_timeout", 0.2)
    monkeypatch.setattr(evidence, "_BATCH_S", 0.0)
    histories._without.clear()
    async with AsyncExitStack() as stack:

        async def connect(**options: object) -> Place:
            return await stack.enter_async_context(place(clock, port, **options))

        yield connect
    histories._without.clear()


async def fresh(row: Delivery) -> Delivery:
    return await Delivery.get(id=row.id)


def calls(at: Place) -> list[str]:
    """Note from now on which histories are asked for."""
    seen: list[str] = []
    answer = at.end.end._answer

    async def note(action: str, params: dict) -> dict:
        if "history" in action:
            seen.append(action)
        return await answer(action, params)

    at.end.end._answer = note
    return seen


async def test_given_a_time_out_when_our_own_message_is_reported_then_it_is_sent(make: Make):
    at = await make(offers_history=False)
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send()
    assert row.state is S.UNKNOWN
    assert await at.look(61) == 1
    row = await fresh(row)
    assert (row.state, row.reason, row.shown, row.look_at) == (S.SENT, "evidence", True, None)
    assert row.platform_message_id == str(at.shown()[0].message_id)
    assert (await BotAccount.get(self_id=SELF)).reports_own is True


async def test_given_an_unknown_when_its_report_comes_late_then_it_is_sent_at_once(make: Make):
    gate = asyncio.Event()

    async def wait(_seconds: float) -> None:
        await gate.wait()

    at = await make(faults=Faults(sleep=wait), offers_history=False)
    at.end.faults.arm(Fault.DELAY)
    row = await at.send()
    assert (row.state, row.reason) == (S.UNKNOWN, "timeout")
    gate.set()
    await until(lambda: is_in(row.id, S.SENT))
    assert (await fresh(row)).shown is True


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_SENT, Fault.NO_ANSWER, Fault.CUT_AFTER])
async def test_given_no_answer_when_the_history_has_it_then_it_is_sent(make: Make, fault: Fault):
    at = await make(report_self=False)
    at.end.faults.arm(fault)
    row = await at.send(target=at.wang)
    assert row.state is S.UNKNOWN
    await at.end.wait_connected()
    await until(lambda: _is_connected(at))
    assert await at.look(61) == 1
    row = await fresh(row)
    assert (row.state, row.reason, row.shown) == (S.SENT, "evidence", True)
    assert [m.text for m in at.shown(IN_PRIVATE)] == [WORDS]
    account = await BotAccount.get(self_id=SELF)
    assert (account.has_history, account.reports_own) == (True, False)


async def _is_connected(at: Place) -> bool:
    return SELF in at.adapter.links


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_LOST, Fault.LOSE, Fault.CUT_BEFORE])
async def test_given_no_answer_when_the_history_lacks_it_twice_then_it_is_owed_again(
    make: Make, fault: Fault
):
    at = await make()
    at.end.faults.arm(fault)
    row = await at.send()
    assert row.state is S.UNKNOWN
    await at.end.wait_connected()
    await until(lambda: _is_connected(at))
    assert await at.look(61) == 0
    row = await fresh(row)
    assert (row.state, row.shown, row.looks) == (S.UNKNOWN, False, 1)
    assert await at.look(59) == 0
    assert (await fresh(row)).looks == 1
    assert await at.look(1) == 1
    row = await fresh(row)
    assert (row.state, row.self_id, row.reason, row.look_at) == (S.DUE, None, None, None)
    assert row.written_at is not None
    await at.drain()
    assert (await fresh(row)).state is S.SENT
    assert [m.text for m in at.shown()] == [WORDS]


async def test_given_what_expires_when_it_is_owed_again_then_it_may_be_too_late(make: Make):
    at = await make()
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send(expires_at=at.clock.now() + timedelta(minutes=1))
    await at.look()
    await at.look()
    assert (await fresh(row)).state is S.DUE
    await settling.expire_overdue(now=at.clock.now())
    assert (await fresh(row)).state is S.EXPIRED
    assert at.shown() == []


async def test_given_an_end_without_history_when_it_is_looked_for_then_it_stays_unknown(make: Make):
    at = await make(report_self=False, offers_history=False)
    asked = calls(at)
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send()
    for _ in range(6):
        assert await at.look() == 0
        await at.drain()
    row = await fresh(row)
    assert (row.state, row.looks, row.look_at, row.shown) == (S.UNKNOWN, 3, None, None)
    assert len(at.shown()) == 1
    assert len(asked) == 1
    assert (await BotAccount.get(self_id=SELF)).has_history is False


async def test_given_an_end_without_history_when_it_was_sent_then_it_is_not_verifiable(make: Make):
    at = await make(report_self=False, offers_history=False)
    row = await at.send()
    await at.look()
    row = await fresh(row)
    assert (row.state, row.shown, row.look_at) == (S.SENT, None, None)


async def test_given_what_was_sent_when_it_was_reported_then_nobody_asks_for_it(make: Make):
    at = await make()
    asked = calls(at)
    rows = [await at.send(f"第{n}条。") for n in range(5)]
    await until(lambda: _heard(5))
    assert await at.look() == 5
    assert {(await fresh(row)).shown for row in rows} == {True}
    assert {(await fresh(row)).look_at for row in rows} == {None}
    assert asked == []


async def _heard(count: int) -> bool:
    return len(evidence._watch._buffer) == count


async def test_given_what_was_sent_when_the_history_has_it_then_it_is_shown(make: Make):
    at = await make(report_self=False)
    row = await at.send()
    assert await at.look() == 1
    assert (await fresh(row)).shown is True


@pytest.mark.parametrize("report_self", [True, False])
async def test_given_a_silent_drop_when_it_is_looked_for_twice_then_it_is_found(
    make: Make, *, report_self: bool
):
    at = await make(report_self=report_self)
    at.end.faults.arm(Fault.DROP)
    dropped, kept = await at.send(), await at.send("明天也有。")
    assert (dropped.state, kept.state) == (S.SENT, S.SENT)
    await at.look()
    assert (await fresh(dropped)).state is S.SENT
    await at.look()
    dropped = await fresh(dropped)
    assert (dropped.state, dropped.reason) == (S.UNKNOWN, "vanished")
    assert (dropped.shown, dropped.look_at) == (False, None)
    assert (await fresh(kept)).shown is True
    for _ in range(3):
        await at.look()
        await at.drain()
    assert (await fresh(dropped)).state is S.UNKNOWN
    assert [m.text for m in at.shown()] == ["明天也有。"]


async def test_given_two_equal_texts_when_one_arrived_then_one_is_sent_and_one_owed(make: Make):
    at = await make()
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    rows = [await at.send(), await at.send()]
    await at.look(61)
    await at.look(61)
    states = [(await fresh(row)).state for row in rows]
    assert sorted(states) == [S.DUE, S.SENT]
    await at.drain()
    assert len(at.shown()) == 2


async def test_given_an_equal_text_that_was_sent_when_another_is_unsure_then_it_is_no_proof(
    make: Make,
):
    at = await make()
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    lost = await at.send()
    sent = await at.send()
    await until(lambda: _heard(1))
    await asyncio.sleep(0)
    await at.look(61)
    assert ((await fresh(lost)).state, (await fresh(sent)).state) == (S.UNKNOWN, S.SENT)
    await at.look(61)
    assert (await fresh(lost)).state is S.DUE


async def test_given_another_account_of_ours_when_it_says_the_same_then_it_is_no_proof(make: Make):
    at = await make(offers_history=False)
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    other = Chat("onebot11", "3889000002", ChatKind.GROUP, str(VILLAGE))
    await signals.own_messages.tell(signals.OwnMessage(other, "99", at.clock.now(), (Text(WORDS),)))
    await at.look()
    assert (await fresh(row)).state is S.UNKNOWN
    own = Chat("onebot11", SELF, ChatKind.GROUP, str(VILLAGE))
    await signals.own_messages.tell(signals.OwnMessage(own, "99", at.clock.now(), (Text(WORDS),)))
    await until(lambda: is_in(row.id, S.SENT))


async def test_given_a_person_who_says_the_same_when_it_is_lost_then_it_is_no_proof(make: Make):
    at = await make()
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    await at.end.say(ZHOU, WORDS, group_id=VILLAGE)
    await at.look()
    await at.look()
    assert (await fresh(row)).state is S.DUE


@pytest.mark.parametrize(
    ("skew", "state"), [(-100, S.SENT), (100, S.SENT), (-3600, S.UNKNOWN), (7200, S.UNKNOWN)]
)
async def test_given_clocks_that_differ_when_it_arrived_then_it_is_never_said_again(
    make: Make, skew: int, state: S
):
    at = await make(report_self=False)
    at.hand.skew = timedelta(seconds=skew)
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send()
    for _ in range(5):
        await at.look()
        await at.drain()
    row = await fresh(row)
    assert (row.state, row.look_at) == (state, None)
    assert len(at.shown()) == 1


async def test_given_a_long_body_when_half_of_it_arrived_then_a_person_decides(make: Make):
    at = await make()
    at.end.faults.arm(Fault.DELAY_ANSWER)
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send("这是一句话。" * 1000)
    assert (row.state, row.reason) == (S.UNKNOWN, "partial")
    for _ in range(5):
        await at.look()
        await at.drain()
    row = await fresh(row)
    assert (row.state, row.reason, row.look_at) == (S.UNKNOWN, "partial", None)
    assert len(at.shown()) == 1


async def test_given_a_long_body_when_its_confirmed_half_is_gone_then_a_person_decides(make: Make):
    at = await make()
    at.end.faults.arm(Fault.DROP)
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send("这是一句话。" * 1000)
    for _ in range(5):
        await at.look()
        await at.drain()
    row = await fresh(row)
    assert (row.state, row.reason, row.look_at) == (S.UNKNOWN, "partial", None)
    assert len(at.end.sends) == 2


async def test_given_a_long_body_when_all_of_it_arrived_then_it_is_sent(make: Make):
    at = await make()
    at.end.faults.arm(Fault.DELAY_ANSWER)
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send("这是一句话。" * 1000)
    assert row.reason == "partial"
    await at.look()
    row = await fresh(row)
    assert row.state is S.SENT
    assert row.platform_message_id == ",".join(str(m.message_id) for m in at.shown())


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_SENT, Fault.TIMEOUT_LOST])
async def test_given_missed_ones_in_one_message_when_they_are_unsure_then_they_share_its_fate(
    make: Make, fault: Fault
):
    at = await make(report_self=False)
    for number, words in enumerate((WORDS, "请交汇报。")):
        await owe(at.village, at.clock, words, occasion=str(number))
    at.pass_time(3600)
    at.end.faults.arm(fault)
    await at.drain()
    assert await Delivery.filter(state=S.UNKNOWN).count() == 2
    assert len(at.end.sends) == 1
    await at.look(61)
    await at.look(61)
    state = S.SENT if fault is Fault.TIMEOUT_SENT else S.DUE
    assert await Delivery.filter(state=state).count() == 2
    await at.drain()
    said = "".join(message.text for message in at.shown())
    assert (said.count(WORDS), said.count("请交汇报。")) == (1, 1)


async def test_given_a_kill_while_sending_when_the_next_process_looks_then_it_is_sent(
    make: Make, monkeypatch: pytest.MonkeyPatch
):
    at = await make()

    async def die(*_args: object, **_rest: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(settling, "record", die)
    await owe(at.village, at.clock, WORDS)
    with pytest.raises(RuntimeError):
        await at.sender.step()
    monkeypatch.undo()
    row = await Delivery.get(target=at.village)
    assert row.state is S.SENDING
    # The next process remembers nothing that was reported.
    await evidence.stop()
    await evidence.start()
    assert await recovery.recover(now=at.clock.now(), owner="next", alone=True) == (0, 1)
    await at.look(61)
    assert (await fresh(row)).state is S.SENT


async def test_given_a_chat_that_is_spoken_in_now_when_it_is_looked_at_then_it_waits(make: Make):
    at = await make(offers_history=False)
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send()
    await owe(at.village, at.clock, "别的", occasion="other")
    going = Delivery.filter(occasion="other")
    await going.update(state=S.SENDING, self_id=f"onebot11:{SELF}", written_at=at.clock.now())
    await at.look(61)
    assert (await fresh(row)).state is S.UNKNOWN
    await going.update(state=S.CANCELLED)
    await at.look()
    assert (await fresh(row)).state is S.SENT


async def test_given_a_body_nobody_can_read_when_it_is_looked_for_then_a_person_decides(make: Make):
    at = await make(report_self=False)
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    await Message.filter(id=row.message_id).update(body_sealed=b"broken")
    for _ in range(5):
        await at.look()
    row = await fresh(row)
    assert (row.state, row.look_at) == (S.UNKNOWN, None)


async def test_given_a_history_that_starts_later_when_it_is_lost_then_it_stays_unknown(make: Make):
    at = await make()
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    for number in range(130):
        await at.end.say(ZHOU, f"闲聊{number}", group_id=VILLAGE)
    for _ in range(5):
        await at.look()
    row = await fresh(row)
    assert (row.state, row.look_at, row.shown) == (S.UNKNOWN, None, None)


async def test_given_a_short_history_when_the_end_is_another_since_then_it_proves_nothing(
    make: Make,
):
    at = await make()
    at.end.world.chats.clear()
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    at.pass_time()
    at.end.disconnect()
    await until(lambda: _since(at.clock))
    for _ in range(5):
        await at.look()
    assert (await fresh(row)).state is S.UNKNOWN


async def _since(clock: FrozenClock) -> bool:
    return evidence._watch._up_since.get(f"onebot11:{SELF}") == clock.now()


async def test_given_a_short_history_when_the_end_is_the_same_then_little_was_said(make: Make):
    at = await make()
    at.end.world.chats.clear()
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    await at.look()
    await at.look()
    assert (await fresh(row)).state is S.DUE


async def test_given_nobody_connected_when_it_is_looked_for_then_it_waits(make: Make):
    at = await make()
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send()
    at.end.disconnect(stay_away=True)
    await at.end.wait_disconnected()
    await until(lambda: _is_gone(at))
    await at.look(3 * 86_400)
    assert (await fresh(row)).looks == 0
    at.end.reconnect()
    await at.end.wait_connected()
    await until(lambda: _is_connected(at))
    await at.look()
    assert (await fresh(row)).state is S.SENT


async def _is_gone(at: Place) -> bool:
    return SELF not in at.adapter.links


async def test_given_a_mention_of_all_that_was_dropped_when_it_arrived_then_it_is_found(make: Make):
    at = await make(report_self=False)
    at.end.faults.arm(Fault.TIMEOUT_SENT)
    row = await at.send()
    message = await Message.get(id=row.message_id)
    body = evidence.findings.bodies.seal(
        (Mention("all"), Text(" 今晚 有学习。")), None, uid=message.uid
    )
    await Message.filter(id=message.id).update(body_sealed=body)
    await at.look()
    assert (await fresh(row)).state is S.SENT


async def test_given_looks_at_once_when_they_settle_then_each_row_moves_once(make: Make):
    at = await make(report_self=False)
    at.end.faults.arm(Fault.TIMEOUT_LOST)
    row = await at.send()
    await at.look(61)
    at.pass_time()
    now = at.clock.now()
    assert sum(await asyncio.gather(*(evidence.look(now=now) for _ in range(3)))) == 1
    assert (await fresh(row)).state is S.DUE
