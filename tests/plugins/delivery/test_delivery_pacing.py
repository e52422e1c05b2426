from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.delivery import pacing
from plugins.delivery.pacing import HORIZON_S, Pace

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
seconds = st.floats(min_value=0, max_value=100_000)
pauses = st.tuples(st.floats(0, 60), st.floats(0, 60)).map(lambda p: Pace(min(p), max(p)))


@given(next_at=seconds, now=seconds, most=st.integers(1, 64), pace=pauses, where=st.floats(0, 1))
def test_given_any_pace_when_slots_are_made_then_none_is_early_crowded_or_beyond_the_second(
    next_at: float, now: float, most: int, pace: Pace, where: float
) -> None:
    made = pacing.slots(
        next_at=next_at,
        now=now,
        most=most,
        pace=pace,
        between=lambda low, high: low + (high - low) * where,
    )
    assert len(made.at) <= most
    assert all(max(now, next_at) <= moment <= now + HORIZON_S for moment in made.at)
    gaps = [later - earlier for earlier, later in zip(made.at, made.at[1:], strict=False)]
    assert all(gap >= pace.shortest_s - 1e-6 for gap in gaps)
    if made.at:
        assert made.next_at >= made.at[-1] + pace.shortest_s - 1e-6


def test_given_unused_slots_when_they_are_given_back_then_the_next_is_the_first_unused() -> None:
    made = pacing.slots(next_at=0, now=10, most=5, pace=Pace(0.2, 0.2), between=lambda a, _: a)
    assert made.used(2).next_at == pytest.approx(10.4)
    assert made.used(5).next_at == pytest.approx(11.0)
    assert made.used(0).next_at == 10


def test_given_a_stored_pause_when_the_process_starts_anew_then_the_rest_of_it_is_kept() -> None:
    pace = Pace(12, 24)
    kept = pacing.stored(next_at=120.0, now=100.0, clock_now=NOW)
    assert kept == NOW + timedelta(seconds=20)
    later = NOW + timedelta(seconds=5)
    assert pacing.resumed(stored=kept, clock_now=later, now=7.0, pace=pace) == pytest.approx(22.0)


def test_given_a_wrong_clock_when_a_pause_is_read_then_it_is_no_longer_than_the_longest() -> None:
    far = NOW + timedelta(days=9)
    assert pacing.resumed(stored=far, clock_now=NOW, now=0.0, pace=Pace(12, 24)) == 24.0
    assert pacing.resumed(stored=None, clock_now=NOW, now=5.0, pace=Pace(12, 24)) == 5.0


@given(attempts=st.integers(0, 500), where=st.floats(0, 1))
def test_given_any_number_of_tries_when_one_rests_then_the_rest_grows_and_is_bounded(
    attempts: int, where: float
) -> None:
    def between(low: float, high: float) -> float:
        return low + (high - low) * where

    rest = pacing.retry_after(attempts, between=between).total_seconds()
    assert pacing.FIRST_RETRY_S * 0.75 <= rest <= pacing.LONGEST_RETRY_S * 1.25
    assert rest <= pacing.retry_after(attempts + 1, between=between).total_seconds()


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (time(20, 59), False),
        (time(21, 0), True),
        (time(23, 59), True),
        (time(0, 0), True),
        (time(7, 59), True),
        (time(8, 0), False),
    ],
)
def test_given_quiet_hours_over_midnight_when_a_time_is_asked_then_the_night_is_quiet(
    at: time, *, quiet: bool
) -> None:
    assert pacing.is_quiet(at, start=time(21), end=time(8)) is quiet


def test_given_equal_bounds_when_a_time_is_asked_then_it_is_never_quiet() -> None:
    assert not pacing.is_quiet(time(3), start=time(8), end=time(8))
    assert pacing.is_quiet(time(13), start=time(12), end=time(14))
