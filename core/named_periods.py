"""Periods (统计期) read from words, and the unit beside them: months, quarters, last days. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core import periodwords as words
from core.periods import Quarter, Span, add_months

_MONTHS_A_YEAR = 12
DAYS_MOST = 999
_TEN = 10


class PeriodKind(StrEnum):
    """How a period was meant, which decides its name and what came before it."""

    MONTH = "month"
    MONTHS = "months"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Period:
    """Days that belong together, ``first`` to ``last``, both included."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def span(self) -> Span:
        """The days."""
        return Span(self.first, self.last)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters whose reports fall due in it; at least the one in which it ends."""
        quarter, found = Quarter.of(self.first), []
        while quarter.last_day <= self.last:
            found.append(quarter)
            quarter = quarter.next
        return tuple(found) or (Quarter.of(self.last),)

    @property
    def previous(self) -> "Period":
        """The period of the same kind and length just before."""
        if self.kind is PeriodKind.DAYS:
            length = self.last - self.first
            last = self.first - timedelta(days=1)
            return Period(self.kind, last - length, last)
        months = _months_between(self.first, self.last + timedelta(days=1))
        return _months(self.kind, add_months(self.first, -months), months)

    def to_text(self) -> str:
        """Return the form kept in an open question."""
        return f"{self.kind}:{self.first.isoformat()}:{self.last.isoformat()}"

    @classmethod
    def from_text(cls, text: str) -> "Period":
        """Return the period kept as ``text``; ValueError otherwise."""
        kind, first, last = text.split(":")
        return cls(PeriodKind(kind), date.fromisoformat(first), date.fromisoformat(last))


def current_quarter(today: date) -> Period:
    """Return what is meant when nothing is said: this quarter."""
    return quarter_period(Quarter.of(today))


def quarter_period(quarter: Quarter) -> Period:
    """Return a quarter as a period."""
    return Period(PeriodKind.QUARTER, quarter.first_day, quarter.last_day)


def find_period(text: str, today: date) -> tuple[Period | None, str]:
    """Return the period named in ``text`` and the text without its words.

    A period that has not begun yet and names no year is that of the year before.
    """
    for pattern, read in _READERS:
        found = pattern.search(text)
        period = read(found, today) if found else None
        if found is not None and period is not None:
            return period, f"{text[: found.start()]} {text[found.end() :]}"
    return None, text


def _months(kind: PeriodKind, first: date, count: int) -> Period:
    return Period(kind, first, add_months(first, count) - timedelta(days=1))


def _months_between(first: date, after: date) -> int:
    return (after.year - first.year) * _MONTHS_A_YEAR + after.month - first.month


def number_of(text: str) -> int | None:
    """Return the number written in digits or in Chinese up to 99, None when it is neither."""
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.rpartition(words.TEN)
    if not mark:
        return words.NUMBERS.get(text)
    left = words.NUMBERS.get(tens) if tens else 1
    right = words.NUMBERS.get(ones) if ones else 0
    return None if left is None or right is None else _TEN * left + right


def _year(found: re.Match[str], today: date) -> int | None:
    if found["year"]:
        return min(max(int(found["year"]), 1950), 2100)
    return today.year - words.YEARS_BACK[found["which"]] if found["which"] else None


def _begun(kind: PeriodKind, year: int | None, month: int, count: int, today: date) -> Period:
    period = _months(kind, date(year or today.year, month, 1), count)
    if year is None and period.first > today:
        return _months(kind, date(today.year - 1, month, 1), count)
    return period


def _days(found: re.Match[str], today: date) -> Period | None:
    count = number_of(found["n"])
    if not count:
        return None
    return Period(PeriodKind.DAYS, today - timedelta(days=min(count, DAYS_MOST) - 1), today)


def _last_months(found: re.Match[str], today: date) -> Period | None:
    count = number_of(found["n"])
    if not count or count > DAYS_MOST // 30:
        return None
    return Period(PeriodKind.DAYS, add_months(today, -count) + timedelta(days=1), today)


def _quarter(found: re.Match[str], today: date) -> Period | None:
    number = number_of(found["n"])
    if number is None:
        return None
    return _begun(PeriodKind.QUARTER, _year(found, today), 3 * number - 2, 3, today)


def _half(found: re.Match[str], today: date) -> Period | None:
    month = 1 if found["half"] == words.FIRST_HALF else 7
    return _begun(PeriodKind.HALF, _year(found, today), month, 6, today)


def _several_months(found: re.Match[str], today: date) -> Period | None:
    first, last = number_of(found["a"]), number_of(found["b"])
    if not (first and last and first <= _MONTHS_A_YEAR and last <= _MONTHS_A_YEAR):
        return None
    count = (last - first) % _MONTHS_A_YEAR + 1
    return _begun(PeriodKind.MONTHS, _year(found, today), first, count, today)


def _month(found: re.Match[str], today: date) -> Period | None:
    number = number_of(found["n"])
    if not number or number > _MONTHS_A_YEAR:
        return None
    return _begun(PeriodKind.MONTH, _year(found, today), number, 1, today)


def _this_month(_found: re.Match[str], today: date) -> Period:
    return _months(PeriodKind.MONTH, today.replace(day=1), 1)


def _last_month(_found: re.Match[str], today: date) -> Period:
    return _this_month(_found, today).previous


def _this_quarter(_found: re.Match[str], today: date) -> Period:
    return current_quarter(today)


def _last_quarter(_found: re.Match[str], today: date) -> Period:
    return current_quarter(today).previous


def _whole_year(found: re.Match[str], today: date) -> Period:
    year = _year(found, today) or today.year
    return _months(PeriodKind.YEAR, date(year, 1, 1), _MONTHS_A_YEAR)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = (
    (words.DAYS, _days),
    (words.LAST_MONTHS, _last_months),
    (words.QUARTER, _quarter),
    (words.THIS_QUARTER, _this_quarter),
    (words.LAST_QUARTER, _last_quarter),
    (words.HALF, _half),
    (words.MONTHS, _several_months),
    (words.MONTH, _month),
    (words.THIS_MONTH, _this_month),
    (words.LAST_MONTH, _last_month),
    (words.YEAR, _whole_year),
)


def unit_word(rest: str) -> str:
    """Return the unit named in what is left of the words; empty for all that may be seen."""
    word = words.UNIT_NOISE.sub("", rest)
    word = words.ONLY.sub("", word)
    return "" if word in words.ALL_UNITS else word
