"""Periods as statistics reads them (core.named_periods), and days of silence. Pure."""

from core.named_periods import (
    DAYS_MOST,
    Period,
    PeriodKind,
    current_quarter,
    find_period,
    number_of,
    of_days,
    quarter_period,
    unit_word,
)
from plugins.stats import words

__all__ = [
    "Period", "PeriodKind", "current_quarter", "find_days", "find_period", "number_of", "of_days",
    "quarter_period", "unit_word",
]  # fmt: skip


def find_days(text: str) -> tuple[int | None, str]:
    """Return the number of days named in ``text`` and the text without it."""
    found = words.DAYS_OF_SILENCE.search(text)
    days = number_of(found["n"]) if found else None
    if found is None or not days:
        return None, text
    return min(days, DAYS_MOST), f"{text[: found.start()]} {text[found.end() :]}"
