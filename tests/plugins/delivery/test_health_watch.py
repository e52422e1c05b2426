"""Accounts off line, muted in many groups, rows that wait: seen, told once, and cleared."""

from datetime import datetime, timedelta

import pytest

from core.clock import FrozenClock, at_local, local_day
from models import Alarm, BotAccount, Delivery, Seat
from models.enums import BreakerState, DeliveryState
from plugins.delivery.watching import Watch
from tests.plugins.delivery.conftest import SELF, group, owe, unit

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HERE = {"onebot11": (SELF,)}
NOBODY: dict[str, tuple[str, ...]] = {"onebot11": ()}
VOICE = f"onebot11:{SELF}"

pytestmark = pytest.mark.usefixtures("database", "keys", "texts", "settings")


async def opened() -> list[str]:
    return [alarm.kind for alarm in await Alarm.filter(cleared_at__isnull=True).order_by("kind")]


async def look(watch: Watch, clock: FrozenClock, reach: dict, after: timedelta) -> list[str]:
    clock.advance_to(clock.now() + after)
    await watch.look(reach, now=clock.now())
    return await opened()


async def known(clock: FrozenClock, spoke: datetime | None = None, **more: object) -> BotAccount:
    return await BotAccount.create(
        platform="onebot11",
        self_id=SELF,
        first_seen_at=clock.now(),
        last_sent_at=spoke or clock.now(),
        **more,
    )


async def test_given_a_connected_account_when_it_is_watched_then_it_is_kept_up(clock: FrozenClock):
    watch = Watch()
    assert await look(watch, clock, HERE, MINUTE) == []
    first = (await BotAccount.get(self_id=SELF)).last_up_at
    await look(watch, clock, HERE, MINUTE / 2)
    assert (await BotAccount.get(self_id=SELF)).last_up_at == first == clock.now() - MINUTE / 2
    await look(watch, clock, HERE, MINUTE / 2)
    assert (await BotAccount.get(self_id=SELF)).last_up_at == clock.now()


async def test_given_a_known_account_when_it_is_gone_for_five_minutes_then_it_is_missed(
    clock: FrozenClock,
):
    watch = Watch()
    await known(clock)
    await owe("group:1", clock)
    await Delivery.all().update(self_id=VOICE)
    await look(watch, clock, HERE, MINUTE)
    gone_at = clock.now()
    assert await look(watch, clock, NOBODY, 4 * MINUTE) == []
    assert await look(watch, clock, NOBODY, MINUTE) == ["offline"]
    alarm = await Alarm.get()
    assert alarm.key == f"account:{VOICE}"
    assert alarm.detail == {"since": gone_at.isoformat(), "waiting": 1}
    assert await look(watch, clock, HERE, HOUR) == []


@pytest.mark.parametrize("ago", [31 * 24 * HOUR, None])
async def test_given_an_account_that_did_not_speak_lately_when_it_is_gone_then_nobody_minds(
    ago: timedelta | None, clock: FrozenClock
):
    row = await known(clock)
    await BotAccount.filter(id=row.id).update(
        last_sent_at=None if ago is None else clock.now() - ago
    )
    watch = Watch()
    await look(watch, clock, NOBODY, MINUTE)
    assert await look(watch, clock, NOBODY, HOUR) == []


async def test_given_a_restart_after_days_when_an_account_takes_a_while_then_it_is_not_missed(
    clock: FrozenClock,
):
    await known(clock, last_up_at=clock.now())
    clock.advance_to(clock.now() + timedelta(days=3))
    watch = Watch()
    assert await look(watch, clock, NOBODY, MINUTE) == []
    assert await look(watch, clock, NOBODY, 4 * MINUTE) == []
    assert await look(watch, clock, NOBODY, MINUTE) == ["offline"]


async def test_given_another_process_that_sees_it_when_it_is_not_here_then_it_is_not_missed(
    clock: FrozenClock,
):
    await known(clock)
    here, there = Watch(), Watch()
    for _ in range(10):
        await look(there, clock, HERE, MINUTE)
        assert await look(here, clock, NOBODY, MINUTE / 2) == []


async def test_given_a_platform_that_is_off_when_its_account_is_gone_then_nobody_minds(
    clock: FrozenClock,
):
    await BotAccount.create(
        platform="qq", self_id="1", first_seen_at=clock.now(), last_sent_at=clock.now()
    )
    watch = Watch()
    await look(watch, clock, NOBODY, MINUTE)
    assert await look(watch, clock, NOBODY, HOUR) == []


async def test_given_mutes_when_they_are_many_then_it_is_told_until_they_are_few(
    clock: FrozenClock,
):
    at = await unit(clock)
    watch = Watch()
    await look(watch, clock, HERE, MINUTE)
    for number in range(5):
        assert await look(watch, clock, HERE, MINUTE) == []
        await Seat.create(
            group=await group(at, clock, chat_id=str(700 + number)),
            self_id=SELF,
            silent_reason="muted",
            silent_until=clock.now() + (1 + number) * HOUR,
            checked_at=clock.now(),
        )
    assert await look(watch, clock, HERE, MINUTE) == ["muted"]
    assert (await Alarm.get()).detail == {"groups": 5}
    assert await look(watch, clock, HERE, 2 * HOUR) == ["muted"]
    assert await look(watch, clock, HERE, HOUR) == []


async def due(clock: FrozenClock, voice: str | None, **more: object) -> None:
    """Owe something to be routed to ``voice``; ready from now on unless said otherwise."""
    await owe(f"group:{await Delivery.all().count() + 1}", clock)
    newest = await Delivery.all().order_by("-id").first()
    assert newest is not None
    await Delivery.filter(id=newest.id).update(self_id=voice, **more)


@pytest.mark.parametrize("voice", [VOICE, None, "onebot11:unheard_of"])
async def test_given_a_due_row_when_nothing_goes_out_for_half_an_hour_then_it_is_told(
    voice: str | None, clock: FrozenClock
):
    watch = Watch()
    await look(watch, clock, HERE, MINUTE)
    ready = clock.now()
    await due(clock, voice)
    assert await look(watch, clock, HERE, 29 * MINUTE) == []
    assert await look(watch, clock, HERE, MINUTE) == ["waiting"]
    assert (await Alarm.get()).detail == {"since": ready.isoformat(), "waiting": 1}
    await Delivery.all().update(state=DeliveryState.SENT)
    assert await look(watch, clock, HERE, MINUTE) == []


@pytest.mark.parametrize("why", ["held", "later", "moving", "resting", "nobody"])
async def test_given_a_due_row_when_it_is_known_why_it_waits_then_it_is_not_told(
    why: str, clock: FrozenClock
):
    watch = Watch()
    await look(watch, clock, HERE, MINUTE)
    await due(clock, VOICE, is_held=why == "held")
    if why == "later":
        await Delivery.all().update(not_before=clock.now() + 3 * HOUR)
    clock.advance_to(clock.now() + HOUR)
    if why == "moving":
        await BotAccount.all().update(last_confirmed_at=clock.now() - 20 * MINUTE)
    if why == "resting":
        await BotAccount.all().update(breaker=BreakerState.OPEN)
    assert await look(watch, clock, NOBODY if why == "nobody" else HERE, MINUTE) == []


async def test_given_one_that_is_back_when_its_rows_are_old_then_it_has_time_to_send_them(
    clock: FrozenClock,
):
    watch, both = Watch(), {"onebot11": (SELF, "2")}
    await known(clock)
    await due(clock, VOICE)
    other = {"onebot11": ("2",)}
    await look(watch, clock, other, MINUTE)
    assert await look(watch, clock, other, HOUR) == ["offline"]
    assert await look(watch, clock, both, MINUTE) == []
    assert await look(watch, clock, both, 29 * MINUTE) == []
    assert await look(watch, clock, both, MINUTE) == ["waiting"]


async def test_given_the_night_when_rows_wait_till_morning_then_only_waking_time_counts(
    clock: FrozenClock,
):
    day = local_day(clock.now())
    clock.advance_to(at_local(day, 20, 50))
    watch = Watch()
    await look(watch, clock, HERE, MINUTE)
    await due(clock, VOICE)
    clock.advance_to(at_local(day, 23))
    assert await look(watch, clock, HERE, MINUTE) == []
    clock.advance_to(at_local(day + timedelta(days=1), 8, 28))
    assert await look(watch, clock, HERE, MINUTE) == []
    assert await look(watch, clock, HERE, MINUTE) == ["waiting"]
    since = datetime.fromisoformat(str((await Alarm.get()).detail["since"]))
    assert since == at_local(day + timedelta(days=1), 8)


async def test_given_looks_close_together_when_nothing_can_be_new_then_rows_are_left_alone(
    clock: FrozenClock,
):
    await known(clock)
    watch = Watch()
    await look(watch, clock, NOBODY, MINUTE)
    await look(watch, clock, NOBODY, 5 * MINUTE - timedelta(seconds=1))
    assert await look(watch, clock, NOBODY, timedelta(seconds=2)) == []
    assert await look(watch, clock, NOBODY, MINUTE) == ["offline"]
