"""Where the page's time buttons lead."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plugins.sandbox.calendar_jumps import LOCAL_ZONE, quarter_end, targets


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "name", "expected"),
    [
        ("2026-11-23T10:00", "hour", "2026-11-23T11:00"),
        ("2026-12-31T23:30", "day", "2027-01-01T23:30"),
        ("2026-11-23T00:10", "next-morning", "2026-11-24T09:00"),
        ("2026-11-23T08:59", "monday-morning", "2026-11-23T09:00"),
        ("2026-11-23T09:00", "monday-morning", "2026-11-30T09:00"),
        ("2026-11-23T19:59", "monday-evening", "2026-11-23T20:00"),
        ("2026-11-23T20:00", "monday-evening", "2026-11-30T20:00"),
        ("2026-11-29T23:59", "monday-evening", "2026-11-30T20:00"),
        ("2026-11-23T10:00", "quarter-14", "2026-12-17T19:00"),
        ("2026-12-17T19:00", "quarter-14", "2027-03-17T19:00"),
        ("2026-12-20T10:00", "quarter-3", "2026-12-28T19:00"),
        ("2026-12-31T19:00", "quarter-last-evening", "2026-12-31T20:00"),
        ("2026-12-31T20:00", "quarter-last-evening", "2027-03-31T20:00"),
    ],
)
def test_given_a_moment_when_jumping_then_the_local_hour_is_met(
    now: str, name: str, expected: str
) -> None:
    assert targets(local(now))[name] == local(expected)


def test_given_any_hour_of_two_years_when_jumping_then_time_only_goes_forward() -> None:
    moment = local("2027-12-30T00:00")
    for _ in range(0, 24 * 731, 7):
        assert min(targets(moment).values()) > moment
        moment += timedelta(hours=7)


def test_given_every_month_when_its_quarter_ends_then_it_is_the_last_day_of_the_third() -> None:
    ends = [quarter_end(date(2028, month, 15)) for month in range(1, 13)]

    assert ends == [
        *[date(2028, 3, 31)] * 3,
        *[date(2028, 6, 30)] * 3,
        *[date(2028, 9, 30)] * 3,
        *[date(2028, 12, 31)] * 3,
    ]
