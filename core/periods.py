"""Quarters and other spans of days that people report by. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import at_local

MONTH, QUARTER, HALF_YEAR = 1, 3, 6
LENGTHS = (MONTH, QUARTER, HALF_YEAR)
_KEY = re.compile(r"(\d{4})(?:Q([1-4])|H([12])|(0[1-9]|1[0-2]))")


@dataclass(frozen=True, slots=True)
class Cycle:
    """A part of the calendar year that people report by: a quarter, unless ``months`` says 1 or 6.

    ``number`` counts from 1 within the year. Its key (``str``) has six characters: ``2026Q4``,
    ``202611`` or ``2026H2``. Cycles sort by the day on which they end.
    """

    year: int
    number: int
    months: int = QUARTER

    @classmethod
    def of(cls, day: date, months: int = QUARTER) -> "Cycle":
        """Return the cycle of ``months`` months in which ``day`` lies."""
        return cls(day.year, (day.month - 1) // months + 1, months)

    @property
    def first_day(self) -> date:
        """The first day."""
        return date(self.year, self.months * (self.number - 1) + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def last_month_first_day(self) -> date:
        """The first day of the last month: when collecting the reports of a quarter begins."""
        return self.last_day.replace(day=1)

    @property
    def next(self) -> "Cycle":
        """The cycle after this one."""
        return Cycle.of(add_months(self.first_day, self.months), self.months)

    @property
    def previous(self) -> "Cycle":
        """The cycle before this one."""
        return Cycle.of(self.first_day - timedelta(days=1), self.months)

    @property
    def parts(self) -> tuple["Cycle", ...]:
        """The months that it consists of; itself for a month."""
        return tuple(Cycle.of(add_months(self.first_day, n), MONTH) for n in range(self.months))

    @property
    def around(self) -> tuple["Cycle", ...]:
        """Itself and the longer cycles that it is part of."""
        return tuple(
            Cycle.of(self.first_day, months) for months in LENGTHS if months >= self.months
        )

    def __lt__(self, other: "Cycle") -> bool:
        return (self.last_day, self.first_day) < (other.last_day, other.first_day)

    def __str__(self) -> str:
        if self.months == MONTH:
            return f"{self.year}{self.number:02}"
        return f"{self.year}{'Q' if self.months == QUARTER else 'H'}{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Cycle":
        """Return the cycle with this key; ValueError otherwise."""
        found = _KEY.fullmatch(text)
        if found is None:
            raise ValueError("no such cycle")
        year = int(found[1])
        if found[2]:
            return cls(year, int(found[2]), QUARTER)
        if found[3]:
            return cls(year, int(found[3]), HALF_YEAR)
        return cls(year, int(found[4]), MONTH)


# The name of the usual one; what is asked for a quarter takes any cycle.
Quarter = Cycle


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
