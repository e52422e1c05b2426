"""Two accounts of ours in one group, over the real wire: one speaks, the other stands by."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import nonebot
import pytest
import pytest_asyncio

from core import config, secrets
from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Text
from models import Delivery, Group, Seat, Unit
from models.enums import DeliveryState as S
from models.enums import UnitKind
from plugins.delivery import seats, service
from plugins.gateway import claims, outbound
from plugins.gateway.onebot11 import Adapter
from plugins.gateway.rates import Pace
from plugins.sandbox.entities import Chat, GroupSeed, MemberSeed, Message, PersonSeed, WorldSeed
from plugins.sandbox.entities import group as group_chat
from plugins.sandbox.faults import Fault
from plugins.sandbox.room import Sandbox
from plugins.sandbox.segments import At
from plugins.sandbox.segments import Text as Said
from tests.conftest import HOUSE

REGULAR, OTHER = 3889000001, 3889000002
WORKER, OWNER = 20001, 20002
PLACE = 700
CHAT: Chat = group_chat(PLACE)
NOTHING_LEFT = [S.SENT, S.REJECTED, S.UNKNOWN, S.EXPIRED, S.CANCELLED]


class Hand:
    """The clock of the people's end: the same moment as the bot's."""

    def __init__(self, frozen: FrozenClock) -> None:
        self._frozen = frozen

    def now(self) -> datetime:
        return self._frozen.now()

    async def jump(self, to: datetime) -> None:
        self._frozen.advance_to(to)


async def until(
    is_so: Callable[[], Awaitable[bool] | bool], what: str = "it", seconds: float = 30
) -> None:
    """Wait, turn by turn of the loop, until something is so."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                found = is_so()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0)
    raise AssertionError(f"waited in vain until {what}")


@dataclass
class Pair:
    """One group as two accounts see it, and the house behind both."""

    regular: Sandbox
    other: Sandbox
    clock: FrozenClock
    target: str
    count: int = 0

    def said(self, world: Sandbox) -> list[str]:
        """What an account has said in the group."""
        own = world.world.bot.user_id
        return [m.text for m in world.messages(CHAT) if m.sender_id == own]

    @property
    def tries(self) -> int:
        """How often anything was written to the group."""
        return len(self.regular.sends) + len(self.other.sends)

    async def owe(self) -> str:
        """Owe the group something; return the words."""
        self.count += 1
        words = f"第 {self.count} 条学习。"
        await run_tx(
            lambda: service.enqueue(
                purpose="test", occasion=str(self.count), target=self.target, priority=20,
                parts=(Text(words),), now=self.clock.now(),
            )
        )  # fmt: skip
        return words

    async def fate(self) -> S:
        """Wait until what was owed last has a fate, and return it."""

        async def is_over() -> bool:
            return (await self._row()).state in NOTHING_LEFT

        await until(is_over, "it was sent")
        return (await self._row()).state

    async def _row(self) -> Delivery:
        return await Delivery.get(occasion=str(self.count))

    async def heard_from(self, world: Sandbox) -> None:
        """Owe something and see that exactly this account says it."""
        before = self.tries
        words = await self.owe()
        assert await self.fate() is S.SENT
        assert words in self.said(world)
        assert self.tries == before + 1

    async def seat(self, account: int, **columns: Any) -> None:
        """Wait until it is written down how an account sits in the group."""
        wanted = Seat.filter(self_id=str(account), **columns)
        await until(wanted.exists, f"seat {columns}")

    async def connected(self, *accounts: int) -> None:
        wanted = tuple(str(account) for account in accounts)
        await until(lambda: outbound.connected("onebot11") == wanted, "they are connected")

    def later(self, **much: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(**much))

    async def both_hear(self, words: str, *, at: int | None = None) -> None:
        """Say something in the group: each account hears it, under an id of its own."""
        for world in (self.regular, self.other):
            await world.say(WORKER, _parts(words, at), group_id=PLACE)
            await world.flushed()

    async def answer(self, world: Sandbox) -> Message:
        own = world.world.bot.user_id
        return await world.wait_for_message(CHAT, lambda m: m.sender_id == own, timeout_s=30)

    async def no_more(self, *worlds: Sandbox) -> None:
        """Have everything heard so far be handled: what is asked afterwards is answered."""
        for world in worlds:
            own = world.world.bot.user_id
            await world.say(WORKER, _parts("最后一句", own), group_id=PLACE)
            await self.answer(world)


def _parts(words: str, at: int | None) -> tuple[At | Said, ...]:
    return (Said(words),) if at is None else (At(at), Said(" " + words))


def _world(self_id: int, clock: FrozenClock, port: int) -> Sandbox:
    members = (MemberSeed(OWNER, "owner"), MemberSeed(WORKER))
    return Sandbox(
        seed=WorldSeed(
            people=(PersonSeed(WORKER, "王建国"), PersonSeed(OWNER, "群主")),
            groups=(GroupSeed(PLACE, "焊接群", members), GroupSeed(999, "别的群", members)),
        ),
        bot_url=f"ws://127.0.0.1:{port}/onebot/v11/ws",
        token=secrets.secret("onebot11_token"),
        self_id=self_id,
        clock=Hand(clock),
        # Ends count on their own: the same message bears another id.
        first_message_id=self_id % 1000 * 1000,
    )


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """Two accounts, and no pauses."""
    made = settings.model_copy(
        update={
            "onebot11": config.OneBot11(accounts=[str(REGULAR), str(OTHER)]),
            "delivery": config.Delivery(min_interval_s=0.0, max_interval_s=0.0),
        }
    )
    config.use(made)
    return made


@pytest_asyncio.fixture
async def port(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> AsyncIterator[int]:
    """The rooms started, the real server listening."""
    adapter = nonebot.get_adapter(Adapter)
    adapter.pace = Pace(per_minute=600_000, burst=100_000)
    adapter._claims._claims.clear()
    rooms = [HOUSE.doors[name] for name in ("gateway", "delivery")]
    for room in rooms:
        await room.start()
    await HOUSE.listen(host="127.0.0.1", port=0)
    yield HOUSE.port
    await HOUSE.hang_up()
    for room in reversed(rooms):
        await room.stop()


@pytest_asyncio.fixture
async def pair(port: int, clock: FrozenClock) -> AsyncIterator[Pair]:
    village = await Unit.create(
        name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=clock.now()
    )
    bound = await Group.create(
        platform="onebot11", chat_id=str(PLACE), self_id=str(REGULAR), name="焊接群",
        unit=village, bound_at=clock.now(),
    )  # fmt: skip
    worlds = [_world(account, clock, port) for account in (REGULAR, OTHER)]
    made = Pair(*worlds, clock, f"group:{bound.id}")
    try:
        for world in worlds:
            await world.start()
            await world.wait_connected(30)
        await made.connected(REGULAR, OTHER)
        await seats.refresh(now=clock.now())
        await made.seat(REGULAR)
        await made.seat(OTHER)
        yield made
    finally:
        for world in worlds:
            await world.stop()


async def test_given_two_accounts_when_the_group_is_owed_something_then_one_says_it(
    pair: Pair,
) -> None:
    for _ in range(3):
        await pair.heard_from(pair.regular)
    assert pair.said(pair.other) == []


async def test_given_other_groups_when_accounts_are_looked_at_then_nothing_of_them_is_kept(
    pair: Pair,
) -> None:
    pair.regular.mute(999)
    pair.regular.mute(PLACE)
    await pair.seat(REGULAR, silent_reason="muted")
    assert await Seat.all().count() == 2


async def test_given_the_speaker_is_muted_when_something_is_owed_then_the_other_says_it(
    pair: Pair,
) -> None:
    pair.regular.mute(PLACE, duration=timedelta(hours=1))
    await pair.seat(REGULAR, silent_reason="muted")
    await pair.heard_from(pair.other)
    pair.later(minutes=69)
    await pair.heard_from(pair.other)
    pair.later(minutes=2)
    await pair.heard_from(pair.regular)


async def test_given_the_mute_is_lifted_when_ten_minutes_passed_then_the_regular_one_speaks(
    pair: Pair,
) -> None:
    pair.regular.mute(PLACE)
    await pair.seat(REGULAR, silent_reason="muted")
    pair.regular.mute(PLACE, duration=timedelta())
    await pair.seat(REGULAR, silent_reason="unmuted")
    await pair.heard_from(pair.other)
    pair.later(minutes=10)
    await pair.heard_from(pair.regular)


async def test_given_nobody_told_of_the_mute_when_it_is_refused_then_the_other_says_it(
    pair: Pair,
) -> None:
    pair.regular.faults.arm(Fault.REFUSE_MUTED, chat=CHAT)
    words = await pair.owe()
    assert await pair.fate() is S.SENT
    assert pair.said(pair.other) == [words]
    assert pair.said(pair.regular) == []
    await pair.heard_from(pair.other)


async def test_given_both_are_muted_when_something_is_owed_then_the_ledger_says_muted(
    pair: Pair,
) -> None:
    for world, account in ((pair.regular, REGULAR), (pair.other, OTHER)):
        world.mute(PLACE)
        await pair.seat(account, silent_reason="muted")
    await pair.owe()
    assert await pair.fate() is S.REJECTED
    assert (await pair._row()).reason == "muted"
    assert (len(pair.regular.sends), len(pair.other.sends)) == (1, 0)


async def test_given_the_speaker_is_removed_when_something_is_owed_then_the_other_says_it(
    pair: Pair,
) -> None:
    pair.regular.kick(PLACE)
    await pair.seat(REGULAR, is_member=False)
    await pair.heard_from(pair.other)
    pair.regular.join(PLACE)
    await pair.seat(REGULAR, is_member=True)
    await pair.heard_from(pair.other)
    pair.later(minutes=10)
    await pair.heard_from(pair.regular)


async def test_given_nobody_told_of_the_removal_when_lists_are_asked_then_the_other_says_it(
    pair: Pair,
) -> None:
    del pair.regular.world.groups[PLACE].members[REGULAR]
    pair.later(minutes=29)
    await seats.refresh(now=pair.clock.now())
    assert await Seat.filter(is_member=True).count() == 2
    pair.later(minutes=1)
    await seats.refresh(now=pair.clock.now())
    await pair.seat(REGULAR, is_member=False)
    await pair.heard_from(pair.other)


async def test_given_a_removal_while_lists_are_asked_when_the_answer_comes_then_it_is_too_old(
    pair: Pair,
) -> None:
    answer = pair.regular.end._answer

    async def slowly(action: str, params: dict[str, Any]) -> dict[str, Any]:
        made = await answer(action, params)
        if action == "get_group_list":
            pair.regular.kick(PLACE)
            await pair.seat(REGULAR, is_member=False)
        return made

    pair.regular.end._answer = slowly
    pair.later(minutes=30)
    await seats.refresh(now=pair.clock.now())
    assert not (await Seat.get(self_id=str(REGULAR))).is_member


async def test_given_the_connection_is_cut_when_something_is_owed_then_the_other_says_it(
    pair: Pair,
) -> None:
    pair.regular.disconnect(stay_away=True)
    await pair.connected(OTHER)
    await pair.seat(REGULAR, silent_reason="away")
    await pair.heard_from(pair.other)
    pair.regular.reconnect()
    await pair.connected(REGULAR, OTHER)
    await pair.seat(REGULAR, silent_reason="back")
    await pair.heard_from(pair.other)
    pair.later(minutes=10)
    await pair.heard_from(pair.regular)


async def test_given_a_doubtful_send_when_its_account_is_gone_then_the_other_does_not_repeat_it(
    pair: Pair,
) -> None:
    pair.regular.faults.arm(Fault.CUT_AFTER, chat=CHAT)
    words = await pair.owe()
    assert await pair.fate() is S.UNKNOWN
    await pair.seat(REGULAR, silent_reason__in=["away", "back"])
    await pair.heard_from(pair.other)
    assert pair.said(pair.regular) == [words]
    assert words not in pair.said(pair.other)


async def test_given_a_slash_when_both_hear_it_then_it_is_answered_once(pair: Pair) -> None:
    await pair.both_hear("/没有这句")
    await pair.answer(pair.regular)
    await pair.no_more(pair.regular, pair.other)
    assert len(pair.said(pair.regular)) == 2
    assert len(pair.said(pair.other)) == 1


async def test_given_two_processes_when_both_hear_a_slash_then_the_event_counts_once(
    pair: Pair,
) -> None:
    await pair.both_hear("/没有这句")
    await pair.answer(pair.regular)
    # Another process has heard of no claims; what it shares is the database.
    nonebot.get_adapter(Adapter)._claims._claims.clear()
    for world in (pair.regular, pair.other):
        last = world.messages(CHAT)[0]
        for event in world._events._posted(last):
            world.end.emit(event)
        await world.flushed()
    await pair.no_more(pair.regular, pair.other)
    assert len(pair.said(pair.regular)) == 2
    assert len(pair.said(pair.other)) == 1


async def test_given_the_first_to_hear_is_muted_when_a_slash_comes_then_the_other_answers(
    pair: Pair,
) -> None:
    pair.regular.mute(PLACE)
    leaves_it = claims.company.leaves_it
    await until(
        lambda: leaves_it("onebot11", str(PLACE), str(REGULAR), pair.clock.now()), "it is known"
    )
    await pair.both_hear("/没有这句")
    await pair.answer(pair.other)
    await pair.no_more(pair.other)
    assert len(pair.said(pair.other)) == 2
    assert len(pair.regular.sends) == 0


@pytest.mark.parametrize("called", [REGULAR, OTHER])
async def test_given_one_of_them_is_called_when_both_hear_it_then_that_one_answers(
    pair: Pair, called: int
) -> None:
    mine, its = pair.regular, pair.other
    if called == OTHER:
        mine, its = its, mine
    await pair.both_hear("没有这句", at=called)
    await pair.answer(mine)
    await pair.no_more(mine, its)
    assert len(pair.said(mine)) == 2
    assert len(pair.said(its)) == 1


async def test_given_both_ends_replay_events_when_they_come_back_then_nothing_counts_twice(
    pair: Pair,
) -> None:
    await pair.both_hear("/没有这句")
    await pair.answer(pair.regular)
    await pair.both_hear("没有这句", at=OTHER)
    await pair.answer(pair.other)
    nonebot.get_adapter(Adapter)._claims._claims.clear()
    for world in (pair.regular, pair.other):
        world.faults.replay_on_reconnect = 50
        before = world.end.connections
        world.disconnect()
        await until(lambda w=world, b=before: w.end.connections > b, "it is back")  # type: ignore[misc]
        await world.wait_connected(30)
    await pair.connected(REGULAR, OTHER)
    await pair.no_more(pair.regular, pair.other)
    assert len(pair.said(pair.regular)) == 2
    assert len(pair.said(pair.other)) == 2
