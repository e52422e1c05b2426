"""Nearest days: the one before or after a day that has a given place in its month or lunar year."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from lunar_python import LunarYear, Solar  # type: ignore[import-untyped]  # ships no types

# 29 February comes every four years, once every eight around 2100.
_YEARS = 8
# The eve of the lunar new year is called the 30th of the 12th month, however long that is.
_LAST_MONTH, _EVE = 12, 30


def nearest(days: Iterator[date], today: date, *, past: bool) -> date | None:
    """Return the last of ``days`` up to ``today``, or the first from it on; None when none is."""
    if past:
        return max((day for day in days if day <= today), default=None)
    return min((day for day in days if day >= today), default=None)


def solar_days(month: int, day: int, around: date) -> Iterator[date]:
    """Yield ``month``/``day`` of the years around ``around``, where there is such a day."""
    for year in range(around.year - _YEARS, around.year + _YEARS + 1):
        found = day_of(year, month, day)
        if found is not None:
            yield found


def days_of_month(day: int, around: date) -> Iterator[date]:
    """Yield the ``day``-th of the months around ``around``, where there is one."""
    for step in range(-12, 13):
        year, month = shifted(around, step)
        found = day_of(year, month, day)
        if found is not None:
            yield found


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the day, or None when the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shifted(day: date, months: int) -> tuple[int, int]:
    """Return year and month ``months`` after that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1


def month_end(day: date, months: int = 0) -> date:
    """Return the last day of the month ``months`` after that of ``day``."""
    year, month = shifted(day, months)
    return date(year, month, calendar.monthrange(year, month)[1])


def week_day(day: date, weeks: int, weekday: int) -> date:
    """Return ``weekday`` (0 is Monday) of the week ``weeks`` after that of ``day``."""
    return day + timedelta(days=7 * weeks + weekday - day.weekday())


def lunar_year(day: date) -> int:
    """Return the lunar year in which ``day`` lies."""
    new_year = lunar_day(day.year, 1, 1)
    return day.year if new_year is not None and day >= new_year else day.year - 1


def lunar_day(year: int, month: int, day: int) -> date | None:
    """Return the solar day of a day of a lunar year, None when its month is shorter.

    The 30th of a short last month means its last day, the eve of the new year.
    """
    if month == _LAST_MONTH and day == _EVE:
        return _lunar_months(year + 1)[1][0] - timedelta(days=1)
    first, length = _lunar_months(year).get(month, (date.min, 0))
    return first + timedelta(days=day - 1) if 1 <= day <= length else None


@lru_cache(maxsize=64)
def _lunar_months(year: int) -> dict[int, tuple[date, int]]:
    """Return first day and length of the months of a lunar year; leap months have minus numbers."""
    months = {}
    for month in LunarYear.fromYear(year).getMonths():
        if month.getYear() == year:
            first = Solar.fromJulianDay(month.getFirstJulianDay())
            day = date(first.getYear(), first.getMonth(), first.getDay())
            months[int(month.getMonth())] = (day, int(month.getDayCount()))
    return months


def lunar_days(month: int, day: int, around: date) -> Iterator[date]:
    """Yield the solar days of a lunar month and day in the lunar years around ``around``."""
    for year in range(around.year - 3, around.year + 4):
        found = lunar_day(year, month, day)
        if found is not None:
            yield found
