"""Periods as statistics reads them (core.named_periods), and days of silence. Pure."""

from datetime import date, timedelta

from core.named_periods import (
    DAYS_MOST,
    Period,
    PeriodKind,
    current_quarter,
    find_period,
    number_of,
    quarter_period,
    unit_word,
)
from core.periods import Cycle
from plugins.stats import words

_LENGTHS = {1: PeriodKind.MONTH, 3: PeriodKind.QUARTER, 6: PeriodKind.HALF, 12: PeriodKind.YEAR}

__all__ = [
    "Period", "PeriodKind", "current_quarter", "cycle_period", "find_days", "find_period",
    "number_of", "of_days", "quarter_period", "unit_word",
]  # fmt: skip


def of_days(first: date, last: date) -> Period:
    """Return the days as what people call them: a month, a quarter, a year, or plain days."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day != 1 or after.day != 1 or months < 1:
        return Period(PeriodKind.DAYS, first, last)
    is_whole = (first.month - 1) % months == 0
    kind = _LENGTHS.get(months, PeriodKind.MONTHS) if is_whole else PeriodKind.MONTHS
    return Period(kind, first, last)


def cycle_period(cycle: Cycle) -> Period:
    """Return a month, quarter or half-year that people report by as a period."""
    return of_days(cycle.first_day, cycle.last_day)


def find_days(text: str) -> tuple[int | None, str]:
    """Return the number of days named in ``text`` and the text without it."""
    found = words.DAYS_OF_SILENCE.search(text)
    days = number_of(found["n"]) if found else None
    if found is None or not days:
        return None, text
    return min(days, DAYS_MOST), f"{text[: found.start()]} {text[found.end() :]}"
