"""The periods that 学时 understands (本月, 三季度, 2026年). Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from core.periods import Quarter, Span, add_months
from plugins.study import words

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Days, and how they are called: ``label`` as typed, empty for a plain year."""

    span: Span
    label: str = ""


def this_year(today: date) -> Period:
    """Return what is meant when nothing is said: this calendar year (hours count by years)."""
    return year_of(today.year)


def year_of(year: int) -> Period:
    """Return a calendar year."""
    return Period(Span(date(year, 1, 1), date(year, 12, 31)))


def read(said: str, today: date) -> Period | None:
    """Return the period that the whole of ``said`` names; None when it names none.

    A period without a year that has not begun yet is that of the year before.
    """
    text = said.strip().replace(" ", "")
    if text in words.MONTH_STEPS:
        first = add_months(today.replace(day=1), words.MONTH_STEPS[text])
        return _months(first, 1, text)
    if text in words.QUARTER_STEPS:
        quarter = Quarter.of(today)
        quarter = quarter.previous if words.QUARTER_STEPS[text] else quarter
        return _months(quarter.first_day, 3, text)
    return _numbered(text, today)


def _numbered(text: str, today: date) -> Period | None:
    if found := words.YEAR.fullmatch(text):
        return year_of(_year(found, today) or today.year)
    if found := words.QUARTER.fullmatch(text):
        return _begun(found, 3 * _number(found["n"]) - 2, 3, today)
    if found := words.HALF.fullmatch(text):
        return _begun(found, 1 if found["half"] == words.FIRST_HALF else 7, 6, today)
    found = words.MONTH.fullmatch(text)
    if found is None or not 1 <= _number(found["n"]) <= _MONTHS_A_YEAR:
        return None
    return _begun(found, _number(found["n"]), 1, today)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else words.NUMBERS[text]


def _year(found: re.Match[str], today: date) -> int | None:
    if found["year"]:
        return int(found["year"])
    return today.year - (found["which"] == words.LAST_YEAR) if found["which"] else None


def _begun(found: re.Match[str], month: int, count: int, today: date) -> Period:
    year = _year(found, today)
    first = date(year or today.year, month, 1)
    if year is None and first > today:
        first = date(today.year - 1, month, 1)
    return _months(first, count, found[0])


def _months(first: date, count: int, label: str) -> Period:
    return Period(Span(first, add_months(first, count) - timedelta(days=1)), label)
