"""Every word and every page, said and opened by everybody: nothing of others is in the answers.

Each walk is done twice: once in a world that holds only what is the asker's business, once with
everything else added. Not a word, number or file may differ, nothing of the rest may appear, and
what people said is only for those who look after them.
"""

import difflib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest_asyncio
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile

from core import config
from core.clock import FrozenClock
from tests.conftest import HOUSE
from tests.flows.scope import tokens
from tests.flows.scope.examples import EXAMPLES
from tests.flows.scope.ground import COMMANDS, Ground, walked
from tests.flows.scope.page_examples import READS, WRITES, reads, writes
from tests.flows.scope.rules import may_read
from tests.flows.scope.walking import Answer
from tests.flows.scope.worlds import Case, Level, cases

# No shrinking: a walk takes a second, and the first world that fails says which words did.
once_each = profile(
    max_examples=1,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest_asyncio.fixture
async def ground(  # noqa: PLR0917  # fixtures
    database: str,
    template: Path | str,
    settings: config.Settings,
    clock: FrozenClock,
    keys: object,
    texts: object,
) -> AsyncIterator[Ground]:
    await HOUSE.listen(host="127.0.0.1", port=0)
    yield Ground(database, template, settings, clock, HOUSE.port)
    await HOUSE.hang_up()


def test_given_the_catalogue_when_it_is_walked_then_every_command_has_an_example() -> None:
    assert {command.name for command in COMMANDS} ^ set(EXAMPLES) == set()


def test_given_the_console_when_it_is_walked_then_every_page_and_form_has_an_example() -> None:
    assert reads() ^ set(READS) == set()
    assert writes() ^ set(WRITES) == set()


def differences(alone: Sequence[Answer], whole: Sequence[Answer]) -> list[str]:
    """Where the two walks part: what was said, and what was answered each time."""
    return [
        f"{one.place} {one.said} {other.said}: " + "\n".join(_parted(one.steady, other.steady))
        for one, other in zip(alone, whole, strict=False)
        if (one.said, one.steady) != (other.said, other.steady)
    ]


def _parted(one: str, other: str) -> list[str]:
    lines = (one.splitlines(), other.splitlines())
    return list(difflib.unified_diff(*lines, "alone", "with all", n=0, lineterm=""))[:20]


def leaks(case: Case, answers: Sequence[Answer]) -> list[str]:
    """Every word in an answer that this asker may not read, unless he typed it himself."""
    return [
        f"{kind}{number} in {one.place} {one.said}: {one.text[:400]!r}"
        for one in answers
        for kind, number in tokens.found(one.text) - tokens.found(" ".join(one.said))
        if not may_read(case, kind, number)
    ]


async def holds(ground: Ground, case: Case) -> None:
    alone = await walked(ground, case, whole=False)
    whole = await walked(ground, case, whole=True)
    assert len(whole.answers) > 200
    assert leaks(case, whole.answers) == []
    assert differences(alone.answers, whole.answers) == []
    assert len(alone.answers) == len(whole.answers)
    assert whole.rows_after == whole.rows_before


@once_each
@given(case=cases(Level.PERSON))
async def test_given_a_person_when_he_says_everything_then_nothing_is_of_others(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.MENTOR))
async def test_given_a_mentor_when_he_says_everything_then_it_is_of_his_own_people(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.DEPUTY))
async def test_given_a_deputy_when_he_says_everything_then_it_is_what_waits_for_him(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.SECRETARY))
async def test_given_a_secretary_when_he_says_everything_then_it_is_of_his_branch(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.TOWNSHIP))
async def test_given_a_township_clerk_when_he_says_everything_then_it_is_totals_of_his_own(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.COUNTY))
async def test_given_a_county_clerk_when_he_says_everything_then_it_is_totals_of_his_own(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.INFLOW))
async def test_given_a_liaison_officer_when_he_says_everything_then_it_is_of_who_came_to_him(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)


@once_each
@given(case=cases(Level.STRANGER))
async def test_given_a_stranger_when_he_says_everything_then_it_is_what_is_public(
    ground: Ground, case: Case
) -> None:
    await holds(ground, case)
