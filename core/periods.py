"""Quarters and other spans of days that people report by. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import at_local

QUARTERS = range(1, 5)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, ``number`` 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter in which ``day`` lies."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        return self.next.first_day - timedelta(days=1)

    @property
    def last_month_first_day(self) -> date:
        """The first day of the last month: when collecting reports begins."""
        return date(self.year, 3 * self.number, 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after this one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before this one."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Return the quarter written as ``2026Q4``; ValueError otherwise."""
        year, _, number = text.partition("Q")
        quarter = cls(int(year), int(number))
        if quarter.number not in QUARTERS:
            raise ValueError("no such quarter")
        return quarter


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def first_moment(self) -> datetime:
        """Midnight at which the span begins for people, in UTC."""
        return at_local(self.first, 0)

    @property
    def end_moment(self) -> datetime:
        """Midnight after the last day, in UTC: the first moment outside."""
        return at_local(self.last + timedelta(days=1), 0)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` calendar months later, clamped to the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
