"""Several processes on one PostgreSQL: heartbeats, take-back, one speaker for an account."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tortoise.connection import get_connection

from core.clock import FrozenClock
from core.config import Settings, use
from core.config_values import Part
from models import BotAccount, Delivery, Worker
from models.enums import DeliveryState as S
from plugins.delivery import ledger, lifecycle, recovery, workers
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.delivery.workers import Heart, Speakers
from tests.conftest import POSTGRES
from tests.plugins.delivery.conftest import SELF, End, Seconds, group, owe, unit
from tests.plugins.delivery.sending import drain

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite has one process")
VOICE = f"onebot11:{SELF}"


async def silence(owner: str, seconds: int) -> None:
    """Make the last heartbeat of ``owner`` so old."""
    await get_connection("default").execute_query(
        "UPDATE worker SET beat_at = clock_timestamp() - $1 * interval '1 second' WHERE owner = $2",
        [seconds, owner],
    )


@pytest.fixture
async def held(sender: Dispatcher, clock: FrozenClock) -> AsyncIterator[list[int]]:
    """One delivery leased and one being sent by the process ``other``, which beats."""
    village = await unit(clock)
    for number in range(2):
        await owe(f"group:{(await group(village, clock, f'7{number}')).id}", clock)
    await Delivery.all().update(self_id=VOICE)
    heart = Heart("other")
    await heart.start()
    rows = await ledger.claim(owner="other", quotas={VOICE: 2}, now=clock.now(), most=2)
    await Delivery.filter(id=rows[1].id).update(state=S.SENDING)
    yield [row.id for row in rows]
    await heart.stop()


async def states() -> list[S]:
    return [row.state for row in await Delivery.all().order_by("id")]


async def test_given_a_process_that_beats_when_its_lease_is_over_then_nothing_is_taken(
    held: list[int], clock: FrozenClock
) -> None:
    clock.advance_to(clock.now() + timedelta(days=3))
    assert await recovery.recover(now=clock.now(), owner="me", alone=False) == (0, 0)
    assert await states() == [S.LEASED, S.SENDING]


async def test_given_a_heart_that_stopped_when_taking_back_then_nothing_is_lost_or_repeated(
    held: list[int], sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    await silence("other", workers.DEAD_S + 1)
    assert await recovery.recover(now=clock.now(), owner=sender.owner, alone=False) == (1, 1)
    assert await states() == [S.DUE, S.UNKNOWN]
    await drain(sender)
    assert await states() == [S.SENT, S.UNKNOWN]
    assert len(end.sent) == 1


async def test_given_a_process_that_ends_in_order_when_asked_then_it_is_forgotten(
    held: list[int], clock: FrozenClock
) -> None:
    assert await workers.alive() == {"other": True}
    heart = Heart("me")
    await heart.start()
    (row,) = await Worker.filter(owner="me")
    assert row.parts == "chat,console,delivery,schedule"
    await heart.stop()
    assert set(await workers.alive()) == {"other"}
    await silence("other", 90_000)
    assert await workers.prune() == 1


async def test_given_one_account_at_two_processes_when_sending_then_one_speaks_at_a_time(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds
) -> None:
    village = await unit(clock)
    for number in range(4):
        await owe(f"group:{(await group(village, clock, f'7{number}')).id}", clock)
    other_end = End()
    other = Dispatcher({}, Voices(seconds), other_end)
    assert await sender.step() == 4
    await owe("group:1", clock, occasion="two")
    assert await other.step() == 0
    await BotAccount.all().update(speaker_until=clock.now() - timedelta(days=400))
    assert await other.step() == 1
    assert len(other_end.sent) == 1
    seconds.at += workers.SPEAKER_S
    await owe("group:2", clock, occasion="two")
    assert await sender.step() == 0


async def test_given_a_speaker_that_stops_when_another_asks_then_it_has_the_word_at_once(
    sender: Dispatcher, clock: FrozenClock, seconds: Seconds
) -> None:
    mine, other = Speakers("mine", seconds), Speakers("other", seconds)
    now = clock.now()
    assert await mine.those_of("onebot11", (SELF,), now=now) == ((SELF,), (SELF,))
    assert await mine.those_of("onebot11", (SELF,), now=now) == ((SELF,), ())
    assert await other.those_of("onebot11", (SELF,), now=now) == ((), ())
    heart = Heart("mine")
    await heart.start()
    await heart.stop()
    assert await other.those_of("onebot11", (SELF,), now=now) == ((SELF,), (SELF,))
    seconds.at += workers.SPEAKER_S - 1
    assert await mine.those_of("onebot11", (SELF,), now=now) == ((), ())


async def test_given_a_process_without_the_part_when_it_starts_then_it_sends_nothing(
    sender: Dispatcher, settings: Settings
) -> None:
    parts = settings.process.model_copy(update={"parts": frozenset({Part.CHAT})})
    use(settings.model_copy(update={"process": parts}))
    await lifecycle.start()
    assert await Worker.all().count() == 0
    await lifecycle.stop()
