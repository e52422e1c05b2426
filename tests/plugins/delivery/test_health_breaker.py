"""The circuit breaker of an account: what opens it, how long it rests, what closes it."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from core.clock import FrozenClock
from core.config import OneBot11, Settings, use
from core.database import run_tx
from core.errors import Fault
from core.messages import Chat, ChatKind, SendOutcome, SendResult
from models import Alarm, BotAccount, Delivery, Message, Seat
from models.enums import BreakerState, DeliveryState
from plugins.delivery import breakers, health, seats
from plugins.delivery.claims import Claimed
from plugins.delivery.tried import Tried
from tests.plugins.delivery.conftest import SELF, group, unit

VOICE = f"onebot11:{SELF}"
REACH = {"onebot11": (SELF,)}
MINUTE = timedelta(minutes=1)
OPEN, CLOSED, PROBING = BreakerState.OPEN, BreakerState.CLOSED, BreakerState.PROBING
STATES = {
    SendResult.SENT: DeliveryState.SENT,
    SendResult.UNKNOWN: DeliveryState.UNKNOWN,
    SendResult.REJECTED: DeliveryState.REJECTED,
    SendResult.NOT_SENT: DeliveryState.DUE,
}
OUTCOMES = {
    "ok": SendOutcome(SendResult.SENT, "1"),
    "timeout": SendOutcome(SendResult.UNKNOWN, reason="timeout"),
    "ambiguous": SendOutcome(SendResult.UNKNOWN, reason="ambiguous"),
    "async": SendOutcome(SendResult.UNKNOWN, reason="async"),
    "error": SendOutcome(SendResult.UNKNOWN, reason="error"),
    "killed": SendOutcome(SendResult.UNKNOWN, reason="killed"),
    "disconnect": SendOutcome(SendResult.UNKNOWN, reason="disconnect"),
    "refused": SendOutcome(SendResult.REJECTED, reason="refused"),
    "muted": SendOutcome(SendResult.REJECTED, reason="muted"),
    "removed": SendOutcome(SendResult.REJECTED, reason="removed"),
    "not_friend": SendOutcome(SendResult.REJECTED, reason="not_friend"),
    "at_all": SendOutcome(SendResult.REJECTED, reason="at_all_used_up"),
    "offline": SendOutcome(SendResult.NOT_SENT, reason="offline"),
}

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    health._let_through.clear()


async def row(state: DeliveryState, target: str, now: datetime, reason: str | None) -> Delivery:
    message = await Message.create(
        uid=f"{next(_numbers):032d}", purpose="t", body_sealed=b"", created_at=now
    )
    return await Delivery.create(
        message=message,
        purpose="t",
        occasion=str(next(_numbers)),
        target=target,
        priority=20,
        state=state,
        self_id=VOICE,
        not_before=now,
        order_at=now,
        reason=reason,
        created_at=now,
        updated_at=now,
    )


async def tried(word: str, clock: FrozenClock, chat: int) -> Tried:
    outcome, now = OUTCOMES[word], clock.now()
    kept = await row(STATES[outcome.result], f"group:{chat}", now, outcome.reason)
    claimed = Claimed(
        kept.id, kept.message_id, "t", kept.target, VOICE, None, None, None, 0, 20, now, now, False
    )
    return Tried(claimed, Chat("onebot11", SELF, ChatKind.GROUP, str(chat)), None, outcome)


async def noted(clock: FrozenClock, *items: Tried) -> None:
    await run_tx(lambda: health.note(items, now=clock.now()))


async def sends(clock: FrozenClock, words: Sequence[str], *, chats: int = 100) -> None:
    """Tell of sends to so many chats in turn, each in a window of its own, ten seconds apart."""
    for number, word in enumerate(words):
        await noted(clock, await tried(word, clock, number % chats))
        clock.advance_to(clock.now() + timedelta(seconds=10))


async def account() -> BotAccount:
    return await BotAccount.get(self_id=SELF)


def later(clock: FrozenClock, step: timedelta) -> None:
    clock.advance_to(clock.now() + step)


async def rests(clock: FrozenClock) -> bool:
    return VOICE in await health.resting(REACH, now=clock.now())


async def alarms() -> list[tuple[str, bool]]:
    return [(a.kind, a.cleared_at is None) for a in await Alarm.all().order_by("id")]


LIVES = [
    (["timeout"] * 2, False),
    (["timeout"] * 3, True),
    (["timeout", "ambiguous", "error"], True),
    (["async"] * 3, True),
    (["timeout", "timeout", "ok", "timeout", "timeout"], False),
    (["timeout", "muted", "timeout", "removed", "timeout"], True),
    (["killed"] * 9, False),
    (["disconnect"] * 9, False),
    (["offline"] * 9, False),
    (["muted", "removed", "not_friend", "at_all"] * 4, False),
    (["refused"] * 4, False),
    (["refused"] * 5, True),
    (["refused"] * 4 + ["ok"] + ["refused"] * 4, False),
    (["refused", "muted"] * 5, True),
]


@pytest.mark.parametrize(("words", "is_open"), LIVES)
async def test_given_sends_when_they_are_noted_then_only_a_row_of_bad_ones_opens_it(
    words: list[str], clock: FrozenClock, *, is_open: bool
):
    await sends(clock, words)
    rows = await BotAccount.filter(self_id=SELF)
    assert any(one.breaker is OPEN for one in rows) is is_open
    assert await rests(clock) is is_open
    assert await alarms() == ([("no_way_through", True)] if is_open else [])


async def test_given_no_transaction_when_sends_are_noted_then_it_is_a_fault(clock: FrozenClock):
    with pytest.raises(Fault):
        await health.note([], now=clock.now())
    with pytest.raises(Fault):
        await health.vanished(VOICE, 1, now=clock.now())


async def test_given_one_slow_chat_when_others_are_due_then_the_account_may_speak(
    clock: FrozenClock,
):
    await row(DeliveryState.DUE, "group:8", clock.now(), None)
    await sends(clock, ["timeout"] * 6, chats=1)
    assert not await rests(clock)
    await Delivery.filter(target="group:8").update(state=DeliveryState.EXPIRED)
    await sends(clock, ["timeout"], chats=1)
    assert await rests(clock)


async def test_given_others_that_are_due_when_several_chats_fail_then_it_rests(clock: FrozenClock):
    await row(DeliveryState.DUE, "group:8", clock.now(), None)
    await sends(clock, ["timeout"] * 3, chats=2)
    assert await rests(clock)


async def test_given_two_processes_when_a_trial_is_due_then_one_of_them_makes_it(
    clock: FrozenClock,
):
    await sends(clock, ["timeout"] * 3)
    later(clock, 10 * MINUTE)
    left = await asyncio.gather(*(rests(clock) for _ in range(4)))
    assert sorted(left) == [False, True, True, True]


async def test_given_five_chats_that_refuse_when_one_is_always_the_same_then_it_is_one(
    clock: FrozenClock,
):
    await sends(clock, ["refused"] * 9, chats=4)
    assert not await rests(clock)


async def test_given_refusals_that_went_to_another_account_when_noted_then_seats_count(
    clock: FrozenClock,
):
    at = await unit(clock)
    for number in range(4):
        bound = await group(at, clock, chat_id=str(900 + number))
        await Seat.create(
            group=bound,
            self_id=SELF,
            silent_reason="refused",
            silent_until=clock.now() + seats.REFUSAL,
            checked_at=clock.now(),
        )
    await noted(clock, await tried("refused", clock, 77))
    assert await rests(clock)


async def test_given_one_window_when_sends_end_in_any_order_then_the_last_confirmed_counts(
    clock: FrozenClock,
):
    await noted(clock, *[await tried("timeout", clock, n) for n in range(2)])
    bad = [await tried("timeout", clock, 10 + n) for n in range(2)]
    await noted(clock, *bad, await tried("ok", clock, 5), await tried("timeout", clock, 6))
    one = await account()
    assert (one.failures, one.breaker, one.last_confirmed_at) == (1, CLOSED, clock.now())


async def test_given_merged_rows_when_their_one_send_is_doubtful_then_it_counts_once(
    clock: FrozenClock,
):
    first = await tried("timeout", clock, 1)
    merged = [Tried(first.row, first.chat, None, first.outcome) for _ in range(5)]
    await noted(clock, *merged)
    assert (await account()).failures == 1


async def test_given_vain_trials_when_they_go_on_then_rests_double_up_to_two_hours(
    clock: FrozenClock,
):
    await sends(clock, ["timeout"] * 3)
    rests_min = []
    for number in range(7):
        one = await account()
        assert one.breaker_until is not None
        began = one.breaker_until - breakers.rest_after(one.breaker_trips)
        rests_min.append((one.breaker_until - began) / MINUTE)
        clock.advance_to(one.breaker_until - timedelta(seconds=1))
        assert await rests(clock)
        clock.advance_to(one.breaker_until)
        assert not await rests(clock)
        await noted(clock, await tried("timeout", clock, number))
        assert await rests(clock)
    assert rests_min == [10, 20, 40, 80, 120, 120, 120]
    assert await alarms() == [("no_way_through", True)]


async def test_given_a_rest_that_is_over_when_windows_come_then_one_a_minute_is_let_through(
    clock: FrozenClock,
):
    await sends(clock, ["timeout"] * 3)
    later(clock, 10 * MINUTE)
    assert not await rests(clock)
    assert health.on_trial() == {VOICE}
    assert await rests(clock)
    assert health.on_trial() == frozenset()
    later(clock, timedelta(seconds=59))
    assert await rests(clock)
    later(clock, timedelta(seconds=1))
    assert not await rests(clock)
    assert (await account()).breaker is PROBING
    assert await health.resting({"onebot11": ("1",)}, now=clock.now()) == frozenset()


async def test_given_a_trial_when_it_is_confirmed_then_it_speaks_again_and_the_alarm_ends(
    clock: FrozenClock,
):
    await sends(clock, ["timeout"] * 3)
    later(clock, 10 * MINUTE)
    assert not await rests(clock)
    await noted(clock, await tried("muted", clock, 4))
    assert (await account()).breaker is PROBING
    await noted(clock, await tried("ok", clock, 5))
    one = await account()
    assert (one.breaker, one.breaker_until, one.breaker_trips, one.failures) == (CLOSED, None, 0, 0)
    assert not await rests(clock)
    assert await alarms() == [("no_way_through", False)]


async def test_given_an_open_breaker_when_a_late_answer_comes_then_the_rest_goes_on(
    clock: FrozenClock,
):
    await sends(clock, ["timeout"] * 3)
    until = (await account()).breaker_until
    await sends(clock, ["ok", "timeout", "timeout", "timeout"])
    one = await account()
    assert (one.breaker, one.breaker_until, one.breaker_trips) == (OPEN, until, 1)


async def test_given_doubtful_sends_when_they_turn_up_in_their_chats_then_it_need_not_rest(
    clock: FrozenClock,
):
    await sends(clock, ["timeout"] * 3)
    await run_tx(lambda: health.proven(VOICE, now=clock.now()))
    assert not await rests(clock)
    assert await alarms() == [("no_way_through", False)]
    await run_tx(lambda: health.proven("onebot11:1", now=clock.now()))


async def vanish(clock: FrozenClock, count: int = 1) -> None:
    await run_tx(lambda: health.vanished(VOICE, count, now=clock.now()))


@pytest.mark.parametrize(
    ("counts", "apart", "is_open"),
    [
        ([1], MINUTE, False),
        ([2], MINUTE, True),
        ([1, 1], 9 * MINUTE, True),
        ([1, 1], 11 * MINUTE, False),
        ([1, 0], MINUTE, False),
    ],
)
async def test_given_vanished_messages_when_two_are_close_then_it_is_silent(
    counts: list[int], apart: timedelta, clock: FrozenClock, *, is_open: bool
):
    await sends(clock, ["ok"])
    for count in counts:
        await vanish(clock, count)
        later(clock, apart)
    assert ((await account()).breaker is OPEN) is is_open
    assert await alarms() == ([("silent", True)] if is_open else [])
    await run_tx(lambda: health.vanished("onebot11:1", 5, now=clock.now()))


async def silent_trial(clock: FrozenClock) -> Delivery:
    """Open as silent, rest, and let one through that is confirmed once more."""
    await sends(clock, ["ok"])
    await BotAccount.all().update(has_history=True)
    await vanish(clock, 2)
    later(clock, 10 * MINUTE)
    assert not await rests(clock)
    item = await tried("ok", clock, 3)
    await Delivery.filter(id=item.row.id).update(look_at=clock.now() + MINUTE)
    await noted(clock, item)
    return await Delivery.get(id=item.row.id)


async def test_given_a_silent_account_when_its_trial_is_confirmed_then_that_is_no_proof(
    clock: FrozenClock,
):
    let_through = await silent_trial(clock)
    await health._settle(clock.now())
    later(clock, MINUTE)
    assert await rests(clock)
    assert (await account()).breaker is PROBING
    await Delivery.filter(id=let_through.id).update(shown=True, look_at=None)
    await health._settle(clock.now())
    assert (await account()).breaker is CLOSED
    assert await alarms() == [("silent", False)]


async def test_given_a_silent_account_when_its_trial_vanishes_too_then_it_rests_for_longer(
    clock: FrozenClock,
):
    await silent_trial(clock)
    await vanish(clock)
    await health._settle(clock.now())
    one = await account()
    assert (one.breaker, one.breaker_trips) == (OPEN, 2)
    assert one.breaker_until == clock.now() + 20 * MINUTE
    assert await alarms() == [("silent", True)]


async def test_given_evidence_that_says_nothing_when_its_time_is_over_then_the_next_goes(
    clock: FrozenClock,
):
    await silent_trial(clock)
    later(clock, 5 * MINUTE)
    assert not await rests(clock)


async def test_given_a_control_group_when_the_rest_is_over_then_no_delivery_is_let_through(
    clock: FrozenClock, settings: Settings
):
    await sends(clock, ["timeout"] * 3)
    use(settings.model_copy(update={"onebot11": OneBot11(control_group="900")}))
    later(clock, timedelta(hours=3))
    assert await rests(clock)
