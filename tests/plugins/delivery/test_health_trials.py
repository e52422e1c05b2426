"""A lying end over the real adapter: found out, left alone, told of, and well again.

The end says "online" all the time. What is believed is what becomes of sends, and what stands in
the control group.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from core import config, secrets
from core.clock import FrozenClock, at_local, local_day
from core.database import run_tx
from core.messages import Chat, ChatKind, Text
from models import Alarm, BotAccount
from models.enums import BreakerState
from plugins.delivery import health
from plugins.delivery.claims import Claimed
from plugins.delivery.health import Beat
from plugins.delivery.probes import Prober
from plugins.delivery.tried import Tried
from plugins.gateway import outbound
from plugins.sandbox.entities import GroupSeed, MemberSeed, PersonSeed, WorldSeed
from plugins.sandbox.entities import group as place
from plugins.sandbox.faults import Fault
from plugins.sandbox.room import Sandbox
from tests.plugins.gateway.conftest import adapter, port

__all__ = ["adapter", "port"]

US, OWNER = 10002, 20001
GROUPS = (500_001, 500_002, 500_003)
CONTROL = 500_009
HERE = {"onebot11": (str(US),)}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OPEN, CLOSED = BreakerState.OPEN, BreakerState.CLOSED

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    made = settings.model_copy(
        update={"onebot11": config.OneBot11(accounts=[str(US)], control_group=str(CONTROL))}
    )
    config.use(made)
    return made


class Hand:
    """The clock of the end: the one of the test."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    async def jump(self, to: datetime) -> None:
        self._clock.advance_to(to)


@pytest_asyncio.fixture
async def qq(
    port: int, adapter: object, settings: config.Settings, clock: FrozenClock
) -> AsyncIterator[Sandbox]:
    seed = WorldSeed(
        people=(PersonSeed(OWNER, "周德厚"),),
        groups=tuple(
            GroupSeed(n, str(n), (MemberSeed(OWNER, "owner"),)) for n in (*GROUPS, CONTROL)
        ),
    )
    world = Sandbox(
        seed=seed,
        bot_url=f"ws://127.0.0.1:{port}/onebot/v11/ws",
        token=secrets.secret("onebot11_token"),
        self_id=US,
        clock=Hand(clock),
    )
    await world.start()
    await world.wait_connected(20)
    while outbound.connected("onebot11") != (str(US),):  # noqa: ASYNC110  # turns of the loop
        await asyncio.sleep(0)
    yield world
    await world.stop()
    while outbound.connected("onebot11"):  # noqa: ASYNC110  # turns of the loop
        await asyncio.sleep(0)


async def say(clock: FrozenClock, chat_id: int) -> None:
    """Say something as the dispatcher does, and note what became of it."""
    chat, now = Chat("onebot11", str(US), ChatKind.GROUP, str(chat_id)), clock.now()
    outcome = await outbound.send(chat, (Text("今晚有学习。"),))
    row = Claimed(
        1, 1, "t", f"group:{chat_id}", f"onebot11:{US}", None, None, None, 0, 20, now, now, False
    )  # fmt: skip
    await run_tx(lambda: health.note([Tried(row, chat, None, outcome)], now=now))
    clock.advance_to(now + timedelta(seconds=5))


async def beat(clock: FrozenClock, after: timedelta) -> BreakerState:
    """Let time pass and do one beat, with whatever trial it began."""
    clock.advance_to(clock.now() + after)
    one = Beat(prober=Prober(outbound, patience_s=0.2))
    await one.work(now=clock.now())
    await one.settled()
    return (await BotAccount.get(self_id=str(US))).breaker


async def alarms() -> list[tuple[str, bool]]:
    return [(alarm.kind, alarm.cleared_at is None) for alarm in await Alarm.all().order_by("id")]


async def test_given_an_end_that_lies_when_nothing_gets_through_then_it_is_left_alone_until_it_does(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    assert await alarms() == []
    qq.freeze(is_honest=False)
    for chat_id in GROUPS:
        await say(clock, chat_id)
    assert outbound.connected("onebot11") == (str(US),)
    assert await health.resting(HERE, now=clock.now()) == {f"onebot11:{US}"}
    assert await alarms() == [("no_way_through", True)]

    assert await beat(clock, MINUTE) is OPEN
    assert len(qq.sends) == 4
    assert await beat(clock, 9 * MINUTE) is OPEN
    assert len(qq.sends) == 5
    assert (await BotAccount.get(self_id=str(US))).breaker_trips == 2
    assert await health.resting(HERE, now=clock.now()) == {f"onebot11:{US}"}

    qq.thaw()
    assert await beat(clock, 10 * MINUTE) is OPEN
    assert await beat(clock, 10 * MINUTE) is CLOSED
    assert qq.sends[-1].chat == place(CONTROL)
    assert "不用回" in qq.sends[-1].text
    assert await health.resting(HERE, now=clock.now()) == frozenset()
    assert await alarms() == [("no_way_through", False)]


async def test_given_an_end_that_confirms_and_shows_nothing_when_it_is_tried_then_it_is_found_out(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    qq.faults.arm(Fault.DROP, times=None)
    assert await beat(clock, 6 * HOUR - MINUTE) is CLOSED
    assert len(qq.sends) == 1
    assert await beat(clock, MINUTE) is OPEN
    assert await alarms() == [("silent", True)]
    assert await beat(clock, 10 * MINUTE) is OPEN
    qq.faults.disarm()
    assert await beat(clock, 20 * MINUTE) is CLOSED
    assert await alarms() == [("silent", False)]


async def test_given_an_end_without_history_when_it_reports_its_messages_then_these_are_the_proof(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    await BotAccount.all().update(has_history=False, reports_own=True)
    assert await beat(clock, 6 * HOUR) is CLOSED
    assert (await BotAccount.get(self_id=str(US))).last_confirmed_at == clock.now()
    qq.report_self = False
    assert await beat(clock, HOUR) is CLOSED
    clock.advance_to(at_local(local_day(clock.now()) + timedelta(days=1), 16))
    assert await beat(clock, MINUTE) is OPEN
    assert await alarms() == [("silent", True)]


async def test_given_an_end_with_no_evidence_when_it_confirms_then_that_has_to_do(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    await BotAccount.all().update(has_history=False, reports_own=False)
    qq.faults.arm(Fault.DROP, times=None)
    assert await beat(clock, 6 * HOUR) is CLOSED
    assert await alarms() == []


async def test_given_a_regular_trial_when_it_fails_then_it_takes_three_to_leave_it_alone(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    qq.freeze(is_honest=False)
    states = [await beat(clock, step) for step in (6 * HOUR, MINUTE, MINUTE, 2 * MINUTE)]
    assert states == [CLOSED, CLOSED, CLOSED, OPEN]
    assert len(qq.sends) == 4
    assert await alarms() == [("no_way_through", True)]


async def test_given_the_night_when_nothing_was_confirmed_for_long_then_it_is_not_tried(
    qq: Sandbox, clock: FrozenClock
):
    day = local_day(clock.now())
    clock.advance_to(at_local(day, 19))
    await say(clock, GROUPS[0])
    clock.advance_to(at_local(day + timedelta(days=1), 4))
    await beat(clock, MINUTE)
    clock.advance_to(at_local(day + timedelta(days=1), 11, 58))
    await beat(clock, MINUTE)
    assert len(qq.sends) == 1
    await beat(clock, 20 * MINUTE)
    assert len(qq.sends) == 2
    clock.advance_to(at_local(day + timedelta(days=1), 22))
    await beat(clock, MINUTE)
    assert len(qq.sends) == 2


async def test_given_a_control_group_that_is_gone_when_an_account_is_tried_then_it_is_alive(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    qq.freeze(is_honest=False)
    for chat_id in GROUPS:
        await say(clock, chat_id)
    qq.thaw()
    qq.kick(CONTROL)
    assert await beat(clock, 10 * MINUTE) is CLOSED


async def test_given_a_trial_under_way_when_the_process_ends_then_it_is_made_again_later(
    qq: Sandbox, clock: FrozenClock
):
    await say(clock, GROUPS[0])
    qq.faults.arm(Fault.NO_ANSWER)
    clock.advance_to(clock.now() + 6 * HOUR)
    await health.probe(now=clock.now())
    while len(qq.sends) < 2:  # noqa: ASYNC110  # turns of the loop
        await asyncio.sleep(0)
    await health.stop()
    row = await BotAccount.get(self_id=str(US))
    assert (row.breaker, row.failures) == (CLOSED, 0)
    assert await beat(clock, MINUTE) is CLOSED
    assert len(qq.sends) == 2
    assert await beat(clock, MINUTE) is CLOSED
    assert len(qq.sends) == 3
    assert (await BotAccount.get(self_id=str(US))).last_confirmed_at == clock.now()
