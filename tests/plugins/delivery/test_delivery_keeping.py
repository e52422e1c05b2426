"""What has fired, and what is let go of."""

from datetime import timedelta

import pytest

from core.clock import FrozenClock
from core.scheduling import Tick
from models import Delivery, Message, Occurrence
from models.enums import DeliveryState as S
from plugins.delivery import FIRE_BOOK, JOBS, jobs, occurrences, retention
from tests.plugins.delivery.conftest import owe, state_of

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


async def test_given_a_job_when_it_fires_twice_for_a_moment_then_one_row_stands(
    clock: FrozenClock,
) -> None:
    assert await FIRE_BOOK.last_fired("a.b") is None
    for _ in range(2):
        await FIRE_BOOK.record("a.b", clock.now())
    await FIRE_BOOK.record("a.b", clock.now() - timedelta(hours=1))
    await FIRE_BOOK.record("c.d", clock.now() + timedelta(hours=1))
    assert await FIRE_BOOK.last_fired("a.b") == clock.now()
    assert await Occurrence.filter(job="a.b").count() == 2


async def test_given_old_firings_when_they_are_pruned_then_the_newest_of_each_job_stays(
    clock: FrozenClock,
) -> None:
    for days in (90, 60, 3, 1):
        await FIRE_BOOK.record("often", clock.now() - timedelta(days=days))
    for days in (90, 60):
        await FIRE_BOOK.record("rarely", clock.now() - timedelta(days=days))
    assert await occurrences.prune(now=clock.now()) == 4
    assert await Occurrence.filter(job="often").count() == 1
    assert await FIRE_BOOK.last_fired("rarely") == clock.now() - timedelta(days=60)


async def test_given_receipts_of_a_quarter_ago_when_they_are_pruned_then_doubts_and_debts_stay(
    clock: FrozenClock,
) -> None:
    for number, state in enumerate(S):
        await owe(f"person:{number}", clock, occasion=state.value)
        await Delivery.filter(target=f"person:{number}").update(state=state)
    clock.advance_to(clock.now() + timedelta(days=90, seconds=1))
    await owe("person:99", clock, occasion="fresh")
    await Delivery.filter(target="person:99").update(state=S.SENT)
    await jobs.prune(Tick(clock.now(), clock.now()))
    left = {row.state for row in await Delivery.filter(target__not="person:99")}
    assert left == {S.DUE, S.LEASED, S.SENDING, S.UNKNOWN}
    assert await Message.all().count() == await Delivery.all().count() == 5


async def test_given_a_body_for_many_when_one_receipt_is_still_needed_then_the_body_stays(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    for number in range(5):
        await owe(f"person:{number}", clock)
    keep = (await Message.all().order_by("id"))[0]
    await Delivery.all().update(message_id=keep.id, state=S.SENT)
    await Delivery.filter(target="person:0").update(state=S.UNKNOWN)
    later = clock.now() + timedelta(days=91)
    assert await retention.prune(now=later) == 4
    assert [row.id for row in await Message.all()] == [keep.id]


async def test_given_no_dispatcher_when_the_sweep_runs_then_late_things_still_expire(
    clock: FrozenClock,
) -> None:
    await owe("person:1", clock, expires_at=clock.now() + timedelta(minutes=1))
    clock.advance_to(clock.now() + timedelta(minutes=2))
    await jobs.sweep(Tick(clock.now(), clock.now()))
    assert await state_of("person:1") is S.EXPIRED
    assert {job.name for job in JOBS} == {"delivery.sweep", "delivery.prune"}
