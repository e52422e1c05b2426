"""An alarm is a row before it is a message: raised once, told when it lasts, told when it ends."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from core.clock import FrozenClock
from core.database import run_tx
from core.errors import Fault
from models import Alarm
from plugins.alarm import disk_room, service, telling, views
from plugins.alarm.channels import Taken
from plugins.alarm.service import Matter

KEY = "account:onebot11:3889001001"
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("database", "texts")


class Way:
    """A channel that answers as told (took it, unless told otherwise) and keeps the words."""

    def __init__(self, *answers: Taken) -> None:
        self.answers = list(answers)
        self.words: list[str] = []

    async def tell(self, subject: str, words: str, *, now: datetime) -> Taken:
        self.words.append(words)
        return self.answers.pop(0) if self.answers else Taken.TOOK


async def raised(clock: FrozenClock, kind: str = "offline", key: str = KEY, **detail: object):
    return await run_tx(
        lambda: service.raise_alarm(kind=kind, key=key, detail=detail, now=clock.now())
    )


async def cleared(clock: FrozenClock, kind: str = "offline", key: str = KEY) -> bool:
    return await run_tx(lambda: service.clear_alarm(kind=kind, key=key, now=clock.now()))


def later(clock: FrozenClock, step: timedelta) -> None:
    clock.advance_to(clock.now() + step)


async def told(clock: FrozenClock, *ways: Way) -> int:
    return await telling.work(ways, now=clock.now())


async def test_given_an_open_alarm_when_it_is_raised_again_then_nothing_changes(clock: FrozenClock):
    assert await raised(clock, waiting=38)
    later(clock, MINUTE)
    assert not await raised(clock, waiting=99)
    assert await raised(clock, kind="silent")
    row = await Alarm.get(kind="offline")
    assert (row.detail, row.raised_at) == ({"waiting": 38}, clock.now() - MINUTE)


async def test_given_several_at_once_when_they_raise_the_same_then_there_is_one(
    clock: FrozenClock,
):
    assert sorted(await asyncio.gather(*(raised(clock) for _ in range(4)))) == [False] * 3 + [True]
    assert await Alarm.all().count() == 1


async def test_given_no_transaction_when_an_alarm_is_raised_then_it_is_a_fault(clock: FrozenClock):
    with pytest.raises(Fault):
        await service.raise_alarm(kind="offline", key=KEY, detail={}, now=clock.now())


async def test_given_a_flap_when_it_ends_within_a_minute_then_nobody_hears(clock: FrozenClock):
    way = Way()
    await raised(clock)
    later(clock, timedelta(seconds=59))
    assert await told(clock, way) == 0
    assert await cleared(clock)
    later(clock, timedelta(days=1))
    assert await told(clock, way) == 0
    assert way.words == []
    assert not await cleared(clock)


async def test_given_an_alarm_that_lasts_when_it_ends_then_both_are_told_once(clock: FrozenClock):
    way, began = Way(), clock.now() - 9 * MINUTE
    await raised(clock, since=began.isoformat(), waiting=38)
    later(clock, MINUTE)
    assert await told(clock, way) == 1
    assert await told(clock, way) == 0
    later(clock, 110 * MINUTE)
    await cleared(clock)
    assert await told(clock, way) == 1
    later(clock, timedelta(days=1))
    assert await told(clock, way) == 0
    assert way.words == [
        (
            "雁阵：尾号 1001 的 QQ 号掉线 10 分钟了。\n38 条待发都存着，没丢，也不会重发。\n"
            "请到那台电脑上重新登录这个号，连上了我接着发。"
        ),
        "雁阵：尾号 1001 的 QQ 号又连上了，断了 2 小时。存着的会慢慢发完，您不用管。",
    ]
    row = await Alarm.get()
    assert row.told_at is not None
    assert row.cleared_told_at is not None
    assert row.next_try_at is None
    assert await raised(clock)


async def test_given_channels_that_fail_when_it_is_told_then_pauses_grow_and_end(
    clock: FrozenClock,
):
    way = Way(*[Taken.NOT] * 1000)
    await raised(clock)
    tries: list[datetime] = []
    end = clock.now() + timedelta(days=5)
    while clock.now() < end:
        later(clock, MINUTE)
        before = len(way.words)
        await told(clock, way)
        if len(way.words) > before:
            tries.append(clock.now())
    pauses = [(b - a) / MINUTE for a, b in itertools.pairwise(tries)]
    assert pauses[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert set(pauses[7:]) == {60}
    assert len(tries) == service.MOST_TRIES
    assert (await Alarm.get()).told_at is None


async def test_given_one_of_two_channels_when_it_takes_it_then_it_is_told(clock: FrozenClock):
    deaf, fine = Way(Taken.NOT), Way()
    await raised(clock)
    later(clock, MINUTE)
    assert await told(clock, deaf, fine) == 1
    later(clock, timedelta(days=1))
    await told(clock, deaf, fine)
    assert len(deaf.words) == len(fine.words) == 1


async def test_given_no_room_when_it_is_told_then_the_try_does_not_count(clock: FrozenClock):
    full = Way(Taken.NO_ROOM)
    await raised(clock)
    later(clock, MINUTE)
    assert await told(clock, full) == 0
    assert (await Alarm.get()).tries == 0
    later(clock, MINUTE)
    assert await told(clock, full) == 1


async def test_given_an_alarm_that_ends_while_nobody_took_it_then_its_end_is_told(
    clock: FrozenClock,
):
    way = Way(Taken.NOT)
    await raised(clock, kind="silent")
    later(clock, MINUTE)
    await told(clock, way)
    await cleared(clock, kind="silent")
    await told(clock, way)
    assert "又看得到了" in way.words[1]
    later(clock, timedelta(days=1))
    assert await told(clock, way) == 0


async def test_given_it_ends_while_it_is_being_told_then_its_end_is_told_too(clock: FrozenClock):
    class Slow(Way):
        async def tell(self, subject: str, words: str, *, now: datetime) -> Taken:
            if not self.words:
                await cleared(clock)
            return await super().tell(subject, words, now=now)

    way = Slow()
    await raised(clock)
    later(clock, MINUTE)
    assert await told(clock, way) == 1
    assert await told(clock, way) == 1
    assert "又连上了" in way.words[1]
    assert await told(clock, way) == 0


async def test_given_many_alarms_when_they_are_told_then_few_messages_carry_them(
    clock: FrozenClock,
):
    way = Way()
    for number in range(15):
        await raised(clock, kind="no_way_through", key=f"account:onebot11:{10_000 + number}")
    later(clock, MINUTE)
    assert await told(clock, way) == 15
    assert 1 < len(way.words) < 5
    assert all(len(words.encode()) <= 2048 for words in way.words)
    assert sum(words.count("发不出消息") for words in way.words) == 15


def matter(kind: str, *, is_over: bool, at: datetime, **detail: object) -> Matter:
    ended = at + timedelta(hours=3) if is_over else None
    return Matter(1, kind, KEY, dict(detail), at, ended, 0)


KINDS = ("offline", "no_way_through", "silent", "muted", "waiting", "disk_low", "unheard_of")


@pytest.mark.parametrize("is_over", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_given_a_kind_when_it_is_said_then_it_is_short_and_names_no_account(
    kind: str, clock: FrozenClock, *, is_over: bool
):
    packed: Sequence[tuple[str, list[Matter]]] = list(
        views.packed(
            [matter(kind, is_over=is_over, at=clock.now())],
            now=clock.now() + timedelta(hours=5),
            most_bytes=2048,
        )
    )
    ((words, _),) = packed
    assert words.startswith("雁阵：")
    assert len(words) <= 120
    assert "388900" not in words


@pytest.mark.parametrize(
    ("megabytes", "is_low"), [(499, True), (501, False), (999, False), (1001, False)]
)
async def test_given_a_disk_when_it_fills_up_then_the_operator_is_to_know(
    megabytes: int, clock: FrozenClock, *, is_low: bool
):
    await disk_room.note(free_bytes=megabytes * 2**20, now=clock.now())
    assert await Alarm.filter(kind="disk_low").exists() is is_low


async def test_given_a_full_disk_when_there_is_room_again_then_only_much_room_counts(
    clock: FrozenClock,
):
    await disk_room.note(free_bytes=2**20, now=clock.now())
    await disk_room.note(free_bytes=700 * 2**20, now=clock.now())
    assert ("disk_low", "data") in await service.open_alarms()
    await disk_room.note(free_bytes=1001 * 2**20, now=clock.now())
    assert await service.open_alarms() == frozenset()
    await disk_room.watch(now=clock.now())


async def test_given_old_alarms_when_they_are_pruned_then_open_ones_stay(clock: FrozenClock):
    await raised(clock)
    await raised(clock, kind="muted")
    await cleared(clock)
    later(clock, timedelta(days=91))
    assert await service.prune(now=clock.now()) == 1
    assert await service.open_alarms() == {("muted", KEY)}
