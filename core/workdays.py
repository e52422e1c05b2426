"""Working days (工作日): the State Council's calendar where it is known, else Monday to Friday.

chinesecalendar carries the yearly notice and raises for years not announced yet; nothing here ever
raises for a day. A table of local overrides will go before the library.
"""

from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # ships no types

from core import logs

log = logs.get("workdays")

_SATURDAY = 5
_unknown_years: set[int] = set()


def is_workday(day: date) -> bool:
    """Whether people work on ``day``; Monday to Friday in a year not announced yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        _warn_once(day.year)
        return day.weekday() < _SATURDAY


def _warn_once(year: int) -> None:
    if year not in _unknown_years:
        _unknown_years.add(year)
        log.warning("workdays.year_unknown", year=year)


def workday_from(day: date) -> date:
    """Return ``day`` if it is a working day, else the next one."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def add_workdays(day: date, count: int) -> date:
    """Return the ``count``-th working day after ``day``."""
    for _ in range(count):
        day = workday_from(day + timedelta(days=1))
    return day
