"""A command that several of our accounts hear: who has it, and by which key it is known again."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import nonebot
import pytest

from core.clock import FrozenClock
from core.messages import Chat, ChatKind
from plugins.gateway import claims, gate, inbound, onebot11_events
from plugins.gateway.claims import Company, SlashClaims
from tests.plugins.gateway.ends import GROUP, SECOND, SELF_ID, WORKER, at, message, text

OTHER = "10002"
HOUR = timedelta(hours=1)
_ids = itertools.count(1)


def heard(*segments, by=SELF_ID, group=GROUP, **more):
    made = gate.clean(message(*segments, group=group, self_id=int(by), **more))
    assert made is not None
    return made


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Our accounts that are connected, as NoneBot has them."""
    found: dict[str, object] = {SELF_ID: object(), OTHER: object()}
    monkeypatch.setattr(nonebot, "get_bots", lambda: found)
    return found


@pytest.fixture
def company() -> Iterator[Company]:
    yield claims.company
    claims.company.take(())


def sit(company, clock, *, silent=(), seats=(SELF_ID, OTHER)):
    until = clock.now() + HOUR
    company.take(("onebot11", str(GROUP), one, until if one in silent else None) for one in seats)


def test_given_a_muted_account_when_another_may_speak_then_it_leaves_the_command(
    clock: FrozenClock, company: Company, connected
):
    sit(company, clock, silent=(SELF_ID,))
    made = SlashClaims()
    assert not made.is_ours(heard(text("/本周")), 0.0)
    assert made.is_ours(heard(text("/本周"), by=OTHER), 0.0)
    # Called by name it is meant, mute or not.
    assert made.is_ours(heard(at(), text("本周")), 0.0)
    clock.advance_to(clock.now() + HOUR)
    assert made.is_ours(heard(text("/本周"), time=SECOND + 9), 0.0)


def test_given_a_refusal_when_it_is_told_then_the_account_leaves_the_next_command(
    clock: FrozenClock, company: Company, connected
):
    sit(company, clock)
    place = Chat("onebot11", SELF_ID, ChatKind.GROUP, str(GROUP))
    company.silence(place, clock.now() + HOUR)
    assert not SlashClaims().is_ours(heard(text("/本周")), 0.0)


@pytest.mark.parametrize(
    ("silent", "seats", "gone"),
    [
        ((SELF_ID, OTHER), (SELF_ID, OTHER), None),
        ((SELF_ID,), (SELF_ID,), None),
        ((SELF_ID,), (SELF_ID, OTHER), OTHER),
        ((), (), None),
    ],
)
def test_given_nobody_better_when_a_command_is_heard_then_the_first_has_it(  # noqa: PLR0917
    clock: FrozenClock, company: Company, connected, silent, seats, gone
):
    connected.pop(gone, None)
    sit(company, clock, silent=silent, seats=seats)
    assert SlashClaims().is_ours(heard(text("/本周")), 0.0)


def test_given_another_account_of_ours_when_it_says_something_then_nobody_answers(
    clock: FrozenClock, connected
):
    made = SlashClaims()
    assert not made.is_ours(heard(text("/本周"), sender=int(OTHER)), 0.0)
    assert not made.is_ours(heard(at(), text("本周"), sender=int(OTHER)), 0.0)
    assert not made.is_ours(heard(text("本周"), group=None, sender=int(OTHER)), 0.0)


def picture(name):
    return {"type": "image", "data": {"file": name, "url": f"https://h.example/{name}"}}


def test_given_ends_that_name_files_differently_when_both_hear_then_one_has_it(
    clock: FrozenClock, connected
):
    made = SlashClaims()
    assert made.is_ours(heard(text("/交"), picture("a")), 0.0)
    assert not made.is_ours(heard(text("/交 "), picture("b"), by=OTHER), 0.0)
    assert made.is_ours(heard(text("/交"), at(7), by=OTHER), 0.0)


async def key(*segments, by=SELF_ID, group=GROUP, **more):
    event = onebot11_events.event_of(heard(*segments, by=by, group=group, **more))
    incoming = await inbound.to_incoming(None, event)
    assert incoming is not None
    return incoming.key


async def test_given_two_accounts_when_both_hear_a_slash_then_it_is_one_event():
    first = await key(text("/本周"), message_id=5)
    assert first == await key(text(" /本周 "), by=OTHER, message_id=6)
    first = await key(text("/交"), picture("a"))
    assert first == await key(text("/交"), picture("b"), by=OTHER)


async def test_given_two_commands_when_anything_told_by_people_differs_then_they_are_two():
    keys = {
        await key(text("/本周")),
        await key(text("/本周"), time=SECOND + 1),
        await key(text("/本周"), sender=WORKER + 1),
        await key(text("/本周"), group=GROUP + 1),
        await key(text("/本周"), at(7)),
        await key(text("/本周"), at(8)),
        await key(text("/本周"), picture("a")),
        await key(text("/本周 上")),
    }
    assert len(keys) == 8


@pytest.mark.parametrize("where", [{"group": GROUP}, {"group": None}])
async def test_given_what_one_account_alone_is_told_when_it_is_read_then_its_key_is_its_own(where):
    own = [at(), text("/本周")] if where["group"] else [text("/本周")]
    its = [at(OTHER), text("/本周")] if where["group"] else [text("/本周")]
    keys = {
        await key(*own, message_id=5, **where),
        await key(*own, message_id=6, **where),
        await key(*its, by=OTHER, message_id=5, **where),
    }
    assert len(keys) == 3
