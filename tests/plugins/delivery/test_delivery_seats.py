"""Who of ours sits where: learnt from notices, refusals and lists, kept for bound groups only."""

from datetime import timedelta

import pytest
import pytest_asyncio

from core.database import run_tx
from core.messages import Chat, ChatKind, SendOutcome, SendResult
from models import BotAccount, Delivery, Group, Seat
from models.enums import BreakerState
from models.enums import DeliveryState as S
from plugins.delivery import ledger, seats, targets
from plugins.delivery.tried import Tried
from plugins.gateway import claims
from plugins.gateway.signals import AccountChange, Notice, NoticeKind
from tests.plugins.delivery.conftest import SELF, End, group, owe, state_of, unit
from tests.plugins.delivery.sending import drain

OTHER = "3889000002"
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def place(database, keys, texts, clock) -> Group:
    return await group(await unit(clock), clock, name="焊接群")


def chat(self_id=SELF, chat_id="700"):
    return Chat("onebot11", self_id, ChatKind.GROUP, chat_id)


def told(kind, clock, *, self_id=SELF, chat_id="700", until=None):
    return Notice(kind, chat(self_id, chat_id), clock.now(), until)


async def seat(self_id=SELF) -> Seat:
    return await Seat.get(self_id=self_id)


async def sat(place, clock, self_id, **columns) -> None:
    await Seat.create(group=place, self_id=self_id, checked_at=clock.now(), **columns)


def tried(place, outcome, *, self_id=SELF, target=None):
    row = Delivery(id=1, target=target or f"group:{place.id}")
    return Tried(row, chat(self_id), None, outcome)


def no(reason):
    return SendOutcome(SendResult.REJECTED, reason=reason)


async def refuse(item, clock) -> bool:
    return await run_tx(lambda: seats.refused(item, now=clock.now()))


async def speaker(place, reach, clock):
    target = f"group:{place.id}"
    return (await targets.chats([target], reach=reach, now=clock.now()))[target].self_id


@pytest.mark.parametrize(
    ("until", "kept"), [(None, 12 * HOUR), (HOUR, HOUR), (48 * HOUR, 48 * HOUR)]
)
async def test_given_a_mute_when_it_is_told_then_its_end_is_kept(place, clock, until, kept):
    end = None if until is None else clock.now() + until
    assert await seats.note(told(NoticeKind.MUTED, clock, until=end), now=clock.now())
    assert (await seat()).silent_until == clock.now() + kept


async def test_given_a_mute_of_long_ago_when_an_end_replays_it_then_nothing_changes(place, clock):
    await sat(place, clock, SELF)
    over = told(NoticeKind.MUTED, clock, until=clock.now() - HOUR)
    assert not await seats.note(over, now=clock.now())
    assert (await seat()).silent_until is None


async def test_given_no_silence_when_the_whole_group_is_unmuted_then_nothing_is_doubted(
    place, clock
):
    await seats.note(told(NoticeKind.UNMUTED, clock), now=clock.now())
    assert (await seat()).silent_until is None


async def test_given_a_removal_when_the_account_is_let_in_again_then_it_sits_there_again(
    place, clock
):
    await seats.note(told(NoticeKind.MUTED, clock), now=clock.now())
    await seats.note(told(NoticeKind.REMOVED, clock), now=clock.now())
    assert not (await seat()).is_member
    await seats.note(told(NoticeKind.JOINED, clock), now=clock.now())
    found = await seat()
    assert (found.is_member, found.silent_until) == (True, clock.now())


async def test_given_a_group_that_is_not_bound_when_anything_is_told_then_nothing_is_kept(
    place, clock
):
    assert not await seats.note(told(NoticeKind.MUTED, clock, chat_id="999"), now=clock.now())
    await Group.all().update(is_active=False)
    assert not await seats.note(told(NoticeKind.MUTED, clock), now=clock.now())
    assert not await Seat.exists()


@pytest.mark.parametrize("reason", ["muted", "refused"])
async def test_given_a_refusal_when_nobody_told_why_then_the_account_rests_half_an_hour(
    place, clock, reason
):
    await sat(place, clock, OTHER)
    assert await refuse(tried(place, no(reason)), clock)
    assert (await seat()).silent_until == clock.now() + HOUR / 2


async def test_given_a_known_mute_when_it_is_refused_then_its_end_stays(place, clock):
    await seats.note(told(NoticeKind.MUTED, clock, until=clock.now() + 9 * HOUR), now=clock.now())
    assert not await refuse(tried(place, no("muted")), clock)
    assert (await seat()).silent_until == clock.now() + 9 * HOUR


async def test_given_a_removal_nobody_told_of_when_it_is_refused_then_the_seat_is_empty(
    place, clock
):
    await sat(place, clock, SELF)
    await sat(place, clock, OTHER)
    assert await refuse(tried(place, no("removed")), clock)
    assert not (await seat()).is_member


@pytest.mark.parametrize(
    "outcome",
    [
        SendOutcome(SendResult.SENT),
        SendOutcome(SendResult.UNKNOWN, reason="muted"),
        SendOutcome(SendResult.NOT_SENT, reason="offline"),
        no("at_all_used_up"),
        no("not_friend"),
    ],
)
async def test_given_any_other_outcome_when_it_is_shown_then_no_other_account_tries(
    place, clock, outcome
):
    await sat(place, clock, OTHER)
    assert not await refuse(tried(place, outcome), clock)
    assert await Seat.all().count() == 1


async def test_given_a_person_when_the_send_was_refused_then_seats_have_no_say(place, clock):
    await sat(place, clock, OTHER)
    assert not await refuse(tried(place, no("refused"), target="person:1"), clock)


async def test_given_every_account_refused_when_the_last_one_was_then_nobody_is_left(place, clock):
    await sat(place, clock, OTHER)
    assert await refuse(tried(place, no("refused")), clock)
    assert not await refuse(tried(place, no("refused"), self_id=OTHER), clock)


async def test_given_the_other_was_not_seen_for_long_when_one_is_refused_then_it_is_final(
    place, clock
):
    await sat(place, clock, OTHER)
    clock.advance_to(clock.now() + HOUR)
    assert not await refuse(tried(place, no("muted")), clock)


async def test_given_a_list_of_groups_when_it_is_kept_then_only_bound_ones_are(place, clock):
    second = await group(await unit(clock, path="/2/"), clock, "701", self_id=OTHER)
    found = frozenset({"700", "701", "999"})
    assert await seats.seated("onebot11", OTHER, found, now=clock.now())
    assert await Seat.filter(self_id=OTHER, is_member=True).count() == 2
    assert not await seats.seated("onebot11", OTHER, found, now=clock.now())
    # Its own group without it is worth knowing; another's is not.
    assert await seats.seated("onebot11", SELF, frozenset({"999"}), now=clock.now())
    assert not (await seat(SELF)).is_member
    assert not await Seat.filter(self_id=SELF, group=second).exists()


async def test_given_a_list_when_it_differs_from_what_was_known_then_the_list_is_right(
    place, clock
):
    await sat(place, clock, SELF)
    await seats.seated("onebot11", SELF, frozenset({"999"}), now=clock.now())
    assert not (await seat()).is_member
    await seats.seated("onebot11", SELF, frozenset({"700"}), now=clock.now())
    found = await seat()
    assert (found.is_member, found.silent_until) == (True, clock.now())


async def test_given_an_account_of_another_platform_when_it_goes_then_ours_stays(place, clock):
    await sat(place, clock, SELF)
    await seats.moved(AccountChange("milky", SELF, is_up=False), now=clock.now())
    assert (await seat()).silent_reason is None
    await seats.moved(AccountChange("onebot11", SELF, is_up=False), now=clock.now())
    assert (await seat()).silent_reason == "away"


async def test_given_a_muted_account_when_its_line_drops_then_the_mute_is_not_forgotten(
    place, clock
):
    await seats.note(told(NoticeKind.MUTED, clock), now=clock.now())
    await seats.moved(AccountChange("onebot11", SELF, is_up=False), now=clock.now())
    await seats.moved(AccountChange("onebot11", SELF, is_up=True), now=clock.now())
    found = await seat()
    assert (found.silent_reason, found.silent_until) == ("muted", clock.now() + 12 * HOUR)


async def test_given_the_speaker_goes_when_things_wait_for_it_then_only_what_is_due_moves_on(
    place, clock
):
    await sat(place, clock, SELF)
    await sat(place, clock, OTHER)
    alone = await group(await unit(clock, path="/2/"), clock, "701")
    await sat(alone, clock, SELF)
    for place_, occasion, state in (
        (place, "due", S.DUE), (place, "sending", S.SENDING), (place, "unknown", S.UNKNOWN),
        (alone, "alone", S.DUE),
    ):  # fmt: skip
        await owe(f"group:{place_.id}", clock, occasion=occasion)
        await Delivery.filter(occasion=occasion).update(state=state, self_id=f"onebot11:{SELF}")
    await seats.moved(AccountChange("onebot11", SELF, is_up=False), now=clock.now())
    moved = await Delivery.filter(self_id=None).values_list("occasion", flat=True)
    assert moved == ["due"]


async def test_given_two_accounts_when_one_is_muted_then_the_dispatcher_takes_the_other(
    place, sender, end: End, clock
):
    end.voices = {"onebot11": (SELF, OTHER)}
    await sat(place, clock, SELF)
    await sat(place, clock, OTHER)
    await owe(f"group:{place.id}", clock)
    await seats.note(told(NoticeKind.MUTED, clock), now=clock.now())
    await drain(sender)
    assert [chat.self_id for chat, _ in end.sent] == [OTHER]


async def test_given_only_the_speaker_off_line_when_the_rest_is_muted_then_it_waits(
    place, sender, end: End, clock
):
    end.voices = {"onebot11": (OTHER,)}
    await sat(place, clock, SELF)
    await sat(place, clock, OTHER, silent_until=clock.now() + HOUR)
    await owe(f"group:{place.id}", clock)
    await drain(sender)
    assert (end.sent, await state_of(f"group:{place.id}")) == ([], S.DUE)


async def test_given_other_platforms_when_a_speaker_is_chosen_then_they_are_never_crossed(
    place, clock
):
    await sat(place, clock, SELF)
    await sat(place, clock, OTHER)
    assert await speaker(place, {"milky": (OTHER,)}, clock) == SELF
    assert await speaker(place, {"onebot11": (OTHER,)}, clock) == OTHER


async def test_given_several_processes_when_the_speaker_is_another_ones_then_it_stays_the_speaker(
    place, clock
):
    if not ledger.is_shared():
        pytest.skip("SQLite has one process")
    await sat(place, clock, SELF)
    await sat(place, clock, OTHER)
    mine = {"onebot11": (OTHER,)}
    row = await BotAccount.create(
        platform="onebot11", self_id=SELF, first_seen_at=clock.now(),
        speaker="another", speaker_until=clock.now() + 24 * 365 * HOUR * 90,
    )  # fmt: skip
    assert await speaker(place, mine, clock) == SELF
    row.breaker = BreakerState.OPEN
    await row.save()
    assert await speaker(place, mine, clock) == OTHER


async def test_given_rows_of_a_start_when_the_room_starts_then_the_gateway_knows_who_is_mute(
    place, clock
):
    await sat(place, clock, SELF, silent_until=clock.now() + HOUR)
    await sat(place, clock, OTHER)
    await seats.start()
    await seats.stop()
    assert claims.company._silent == {("onebot11", "700"): {SELF: clock.now() + HOUR, OTHER: None}}
    claims.company.take(())
