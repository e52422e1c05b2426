"""When the next contact is due: the table, its reasons, and its bounds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Outcome
from plugins.mentoring.policy import RULES, Cadence, Next, NextKind, is_due, next_contact

TODAY = date(2026, 11, 23)
CADENCE = Cadence(months=3, retry_days=8)


def after(outcome: Outcome, on: date, said: date | None = None, cadence: Cadence = CADENCE) -> Next:
    return next_contact(outcome, contacted_on=on, said=said, today=TODAY, cadence=cadence)


@pytest.mark.parametrize(
    ("outcome", "on", "expected"),
    [
        (Outcome.REACHED, date(2026, 11, 22), Next(date(2027, 2, 22), NextKind.BY)),
        (Outcome.REACHED, date(2026, 11, 30), Next(date(2027, 2, 28), NextKind.BY)),
        (Outcome.MOVED, TODAY, Next(date(2027, 2, 23), NextKind.BY)),
        (Outcome.EMPLOYER_CHANGED, TODAY, Next(date(2027, 2, 23), NextKind.BY)),
        (Outcome.HELP_NEEDED, TODAY, Next(date(2027, 2, 23), NextKind.BY)),
        (Outcome.DECLINED, TODAY, Next(date(2027, 2, 23), NextKind.BY)),
        (Outcome.NO_ANSWER, date(2026, 11, 18), Next(date(2026, 11, 26), NextKind.RETRY)),
        (Outcome.THROUGH_OTHERS, TODAY, Next(date(2026, 12, 1), NextKind.RETRY)),
        (Outcome.NUMBER_DEAD, TODAY, Next(date(2026, 11, 26), NextKind.ASK_AROUND)),
        (Outcome.NUMBER_DEAD, date(2026, 11, 20), Next(date(2026, 11, 25), NextKind.ASK_AROUND)),
    ],
)
def test_given_an_outcome_when_the_next_day_is_counted_then_the_table_says_it(
    outcome: Outcome, on: date, expected: Next
) -> None:
    assert after(outcome, on) == expected


def test_given_a_day_that_was_said_when_it_lies_ahead_then_it_wins() -> None:
    said = date(2026, 12, 1)

    assert after(Outcome.REACHED, TODAY, said) == Next(said, NextKind.SAID)
    assert after(Outcome.NO_ANSWER, TODAY, said) == Next(said, NextKind.SAID)


def test_given_an_old_vain_try_when_it_is_written_late_then_the_next_day_still_lies_ahead() -> None:
    assert after(Outcome.NO_ANSWER, date(2026, 11, 1)) == Next(date(2026, 11, 24), NextKind.RETRY)


def test_given_a_pair_with_its_own_rhythm_when_it_is_counted_then_that_counts() -> None:
    monthly = Cadence(months=1, retry_days=2)

    assert after(Outcome.REACHED, TODAY, cadence=monthly).on == date(2026, 12, 23)
    assert after(Outcome.NO_ANSWER, TODAY, cadence=monthly).on == date(2026, 11, 25)


def test_given_the_closed_list_when_the_table_is_read_then_every_outcome_has_its_reason() -> None:
    assert set(RULES) == set(Outcome)
    assert all(len(rule.reason) > 20 for rule in RULES.values())


@given(
    st.sampled_from(Outcome),
    st.dates(date(2020, 1, 1), TODAY),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_given_anything_when_the_next_day_is_counted_then_it_is_never_over(
    outcome: Outcome, on: date, said: date | None
) -> None:
    assert after(outcome, on, said).on >= TODAY


@pytest.mark.parametrize(
    ("next_on", "paused_until", "expected"),
    [
        (TODAY + timedelta(days=7), None, True),
        (TODAY + timedelta(days=8), None, False),
        (TODAY - timedelta(days=40), None, True),
        (TODAY, TODAY, False),
        (TODAY, TODAY - timedelta(days=1), True),
        (TODAY, TODAY + timedelta(days=10), False),
    ],
)
def test_given_a_next_day_when_the_list_is_made_then_a_week_ahead_counts_and_a_pause_does_not(
    next_on: date, paused_until: date | None, *, expected: bool
) -> None:
    assert is_due(next_on, paused_until, TODAY) is expected
