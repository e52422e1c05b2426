"""Refused for good on one account: the others are tried, then a mentor phones."""

from datetime import date, timedelta

import pytest

from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Chat, ChatKind, SendOutcome, SendResult
from models import Account, Delivery, Mentorship, Person, StandIn, Unit, Unreached
from models.enums import DeliveryState as S
from models.enums import StandInState
from plugins.delivery import fallback
from plugins.delivery.claims import Claimed
from plugins.delivery.tried import Tried
from tests.plugins.delivery.conftest import SELF, account, group, owe, person, unit
from tests.plugins.delivery.pushing import words_of

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


@pytest.fixture
async def village(clock: FrozenClock) -> Unit:
    return await unit(clock)


@pytest.fixture
async def worker(village: Unit, clock: FrozenClock) -> Person:
    return await person(village, clock, "陈玉梅")


def _claimed(row: Delivery) -> Claimed:
    return Claimed(
        id=row.id,
        message_id=row.message_id,
        purpose=row.purpose,
        target=row.target,
        self_id=row.self_id,
        check=row.check,
        reference=row.reference,
        expires_at=row.expires_at,
        attempts=row.attempts,
        priority=row.priority,
        not_before=row.not_before,
        order_at=row.order_at or row.not_before,
        in_quiet_hours=row.in_quiet_hours,
    )


async def tried(
    target: str, clock: FrozenClock, result: SendResult, reason: str | None, *, to: str = ""
) -> Tried:
    state = S.SENT if result is SendResult.SENT else S.REJECTED
    await Delivery.filter(target=target, purpose="test").update(
        state=state, reason=reason, updated_at=clock.now()
    )
    row = await Delivery.filter(target=target, purpose="test").order_by("-id").first()
    assert row is not None
    chat = Chat("onebot11", SELF, ChatKind.PRIVATE, to)
    return Tried(_claimed(row), chat, None, SendOutcome(result, reason=reason))


async def refuse(
    target: str, clock: FrozenClock, reason: str = "not_friend", *, to: str = ""
) -> None:
    item = await tried(target, clock, SendResult.REJECTED, reason, to=to)
    await run_tx(lambda: fallback.after_rejection(item, now=clock.now()))


async def arrive(target: str, clock: FrozenClock) -> None:
    item = await tried(target, clock, SendResult.SENT, None)
    await run_tx(lambda: fallback.after_arrival([item], now=clock.now()))


async def mentor_of(worker: Person, village: Unit, clock: FrozenClock) -> Person:
    mentor = await person(village, clock, "周德厚")
    await Mentorship.create(
        person=worker, mentor=mentor, from_on=date(2026, 1, 1), next_contact_on=date(2027, 1, 1)
    )
    return mentor


async def test_given_two_accounts_when_one_refuses_then_the_other_is_owed_the_same(
    worker: Person, clock: FrozenClock
) -> None:
    older = await account(worker, clock, "20001")
    await Account.filter(id=older.id).update(bound_at=clock.now() - timedelta(days=9))
    await account(worker, clock, "20002")
    later = clock.now() + timedelta(days=1)
    await owe(
        f"person:{worker.id}", clock, check="a.b", reference={"x": 1}, in_quiet_hours=True,
        expires_at=later,
    )  # fmt: skip
    await refuse(f"person:{worker.id}", clock, to="20002")
    first, again = await Delivery.all().order_by("id")
    assert (again.target, again.state) == (f"account:{older.id}", S.DUE)
    for name in (
        "message_id", "purpose", "occasion", "priority", "check", "reference", "in_quiet_hours",
        "expires_at",
    ):  # fmt: skip
        assert getattr(again, name) == getattr(first, name)
    assert (again.order_at, again.not_before) == (clock.now(), clock.now())
    assert await Unreached.all().count() == 0
    await refuse(f"person:{worker.id}", clock, to="20002")
    assert await Delivery.all().count() == 2


async def test_given_the_last_account_when_it_refuses_too_then_the_person_is_unreached(
    worker: Person, clock: FrozenClock
) -> None:
    older = await account(worker, clock, "20001")
    await Account.filter(id=older.id).update(bound_at=clock.now() - timedelta(days=9))
    await account(worker, clock, "20002")
    for occasion in ("one", "two"):
        await owe(f"person:{worker.id}", clock, occasion=occasion)
        await refuse(f"person:{worker.id}", clock, to="20002")
        await refuse(f"account:{older.id}", clock, "refused", to="20001")
    row = await Unreached.get()
    assert (row.person_id, row.count, row.reason) == (worker.id, 2, "refused")
    assert (row.since, row.settled_at) == (clock.now(), None)
    assert await Delivery.filter(state=S.DUE).count() == 0


async def test_given_nobody_bound_when_it_is_rejected_then_the_person_is_unreached(
    worker: Person, clock: FrozenClock
) -> None:
    await owe(f"person:{worker.id}", clock)
    await refuse(f"person:{worker.id}", clock, "no_account")
    assert (await Unreached.get()).reason == "no_account"


@pytest.mark.parametrize("reason", ["broken", "at_all_used_up", "muted"])
async def test_given_a_refusal_that_says_nothing_of_the_person_when_it_comes_then_nothing(
    reason: str, worker: Person, clock: FrozenClock
) -> None:
    await account(worker, clock)
    await owe(f"person:{worker.id}", clock)
    await refuse(f"person:{worker.id}", clock, reason, to="20001")
    assert await Unreached.all().count() == 0


async def test_given_a_group_or_a_stranger_when_it_is_rejected_then_nothing_is_noted(
    village: Unit, worker: Person, clock: FrozenClock
) -> None:
    row = await group(village, clock)
    stranger = await account(worker, clock, "20009")
    await Account.filter(id=stranger.id).update(person_id=None)
    for target in (f"group:{row.id}", f"account:{stranger.id}"):
        await owe(target, clock)
        await refuse(target, clock, "removed", to="700")
    assert await Unreached.all().count() == 0
    assert await Delivery.all().count() == 2


async def test_given_an_account_target_when_it_is_refused_then_it_counts_for_its_person(
    worker: Person, clock: FrozenClock
) -> None:
    one = await account(worker, clock)
    await owe(f"account:{one.id}", clock)
    await refuse(f"account:{one.id}", clock, "tries_used", to="20001")
    assert (await Unreached.get()).person_id == worker.id


async def test_given_time_that_passed_when_it_is_refused_then_no_other_account_is_tried(
    worker: Person, clock: FrozenClock
) -> None:
    await account(worker, clock, "20001")
    await account(worker, clock, "20002")
    await owe(f"person:{worker.id}", clock, expires_at=clock.now())
    await refuse(f"person:{worker.id}", clock, to="20002")
    assert await Delivery.all().count() == 1
    assert (await Unreached.get()).count == 1


@pytest.mark.parametrize("by", ["person", "account"])
async def test_given_an_open_row_when_something_arrives_then_it_is_settled(
    by: str, worker: Person, clock: FrozenClock
) -> None:
    one = await account(worker, clock)
    await Unreached.create(person=worker, since=clock.now(), reason="refused")
    clock.advance_to(clock.now() + timedelta(hours=1))
    target = f"person:{worker.id}" if by == "person" else f"account:{one.id}"
    await owe(target, clock)
    await arrive(target, clock)
    row = await Unreached.get()
    assert (row.settled_at, row.settled_by) == (clock.now(), "message")
    # The next one opens a row of its own.
    await owe(target, clock, occasion="two")
    await refuse(target, clock, to="20001")
    assert await Unreached.filter(settled_at__isnull=True, count=1).count() == 1


async def test_given_a_notice_when_it_reaches_nobody_then_the_mentor_is_told_once(
    village: Unit, worker: Person, clock: FrozenClock
) -> None:
    mentor = await mentor_of(worker, village, clock)
    await owe(f"person:{worker.id}", clock, occasion="reminder", priority=20)
    await refuse(f"person:{worker.id}", clock, "no_account")
    assert await Delivery.filter(purpose=fallback.PURPOSE).count() == 0
    for occasion in ("one", "two"):
        await owe(f"person:{worker.id}", clock, occasion=occasion, priority=10)
        await refuse(f"person:{worker.id}", clock, "no_account")
    row = await Delivery.get(purpose=fallback.PURPOSE)
    assert row.target == f"person:{mentor.id}"
    assert await words_of(row) == "给陈玉梅的 2 条都送不到，存着。请打个电话，记一笔。"
    assert await fallback.still_unreached(row.reference or {})
    await Unreached.all().update(settled_at=clock.now())
    assert not await fallback.still_unreached(row.reference or {})


async def test_given_a_mentor_who_is_away_when_a_notice_reaches_nobody_then_his_deputy_is_told(
    village: Unit, worker: Person, clock: FrozenClock
) -> None:
    mentor, deputy = await mentor_of(worker, village, clock), await person(village, clock, "李秀兰")
    await StandIn.create(
        uid="s", mentor=mentor, deputy=deputy, from_on=date(2026, 11, 20),
        until_on=date(2026, 11, 30), state=StandInState.AGREED, source_key="s",
        asked_at=clock.now(),
    )  # fmt: skip

    await owe(f"person:{worker.id}", clock, priority=10)
    await refuse(f"person:{worker.id}", clock, "no_account")

    assert (await Delivery.get(purpose=fallback.PURPOSE)).target == f"person:{deputy.id}"


async def test_given_a_mentor_who_gets_nothing_himself_when_he_is_told_then_it_ends_there(
    village: Unit, worker: Person, clock: FrozenClock
) -> None:
    mentor = await mentor_of(worker, village, clock)
    await Mentorship.create(
        person=mentor, mentor=worker, from_on=date(2026, 1, 1), next_contact_on=date(2027, 1, 1)
    )
    await owe(f"person:{mentor.id}", clock, purpose=fallback.PURPOSE, occasion="x", priority=10)
    row = await Delivery.get()
    chat = Chat("onebot11", SELF, ChatKind.PRIVATE, "")
    outcome = SendOutcome(SendResult.REJECTED, reason="no_account")
    item = Tried(_claimed(row), chat, None, outcome)
    await run_tx(lambda: fallback.after_rejection(item, now=clock.now()))
    assert await Delivery.all().count() == 1
    assert (await Unreached.get()).person_id == mentor.id
