"""Working days: the State Council's calendar, else Monday to Friday, never an error."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import add_workdays, is_workday, workday_from


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # a Saturday made up for it
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2031, 11, 24), True),  # not announced yet: a Monday
        (date(2031, 11, 22), False),
        (date(1990, 1, 1), True),  # before the table: a Monday
    ],
)
def test_given_a_day_when_it_is_asked_then_the_calendar_or_the_weekday_decides(
    day: date, *, expected: bool
) -> None:
    assert is_workday(day) is expected


def test_given_the_day_before_a_week_of_holidays_when_days_are_added_then_they_are_skipped() -> (
    None
):
    assert workday_from(date(2026, 10, 1)) == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 30), 3) == date(2026, 10, 10)


@given(st.dates(date(1900, 1, 1), date(2199, 1, 1)), st.integers(0, 12))
def test_given_any_day_when_workdays_are_added_then_the_result_is_one_and_never_an_error(
    day: date, count: int
) -> None:
    found = add_workdays(day, count)

    assert day <= found <= day + timedelta(days=count * 2 + 15)
    assert count == 0 or is_workday(found)
