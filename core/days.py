"""What a day word may turn out to be: a day, or a question. The words are in core.daywords."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core import calendars
from core.clock import local

Day = date

# Until four in the morning today may still mean yesterday (dialogues.md 2.3).
_NIGHT_ENDS = 4
# A log of a day whose date is still to come this year means last year's only when that is near.
_NEAR_DAYS = 183


class Reason(StrEnum):
    """Why a person has to be asked."""

    VAGUE = "vague"
    FUTURE = "future"
    GONE = "gone"
    NIGHT = "night"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A day that has to be asked for. ``words`` are the person's, ``options`` what it may mean.

    ``day`` is what the words say literally when that lies on the wrong side.
    """

    reason: Reason
    words: str
    options: tuple[Day, ...] = ()
    day: Day | None = None


Found = Day | Ambiguous


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reading needs to know: the day it is, which way to look, and if it is deep night."""

    today: date
    past: bool
    night: bool = False

    def checked(self, day: date, words: str) -> Found:
        """Return ``day``, or a question when it lies on the wrong side."""
        if self.past and day > self.today:
            return Ambiguous(Reason.FUTURE, words, (self.today,), day)
        if not self.past and day < self.today:
            return Ambiguous(Reason.GONE, words, (), day)
        return day

    def around(self, *steps: int) -> tuple[date, ...]:
        """Return the days that many days from today."""
        return tuple(self.today + timedelta(days=step) for step in steps)

    def this_side(self, days: Iterator[date]) -> tuple[date, ...]:
        """Return those of ``days`` that lie on the side asked for."""
        return tuple(day for day in days if (day <= self.today if self.past else day >= self.today))

    def in_year(
        self, month: int, day: int, year: int | None, *, lunar: bool, words: str
    ) -> Found | None:
        """Return month and day of the year ``year`` years from now, or of the nearest for None.

        A log of a date still to come this year, last year's long gone, becomes a question.
        """
        this_year = calendars.lunar_year(self.today) if lunar else self.today.year
        find = calendars.lunar_day if lunar else calendars.day_of
        if year is not None:
            found = find(this_year + year, month, day)
            return None if found is None else self.checked(found, words)
        days = calendars.lunar_days if lunar else calendars.solar_days
        nearest = calendars.nearest(days(month, day, self.today), self.today, past=self.past)
        literal = find(this_year, month, day)
        if nearest is None or not self.past or literal is None or literal <= self.today:
            return nearest
        if (self.today - nearest).days <= _NEAR_DAYS:
            return nearest
        return Ambiguous(Reason.FUTURE, words, (nearest, self.today), literal)


def is_night(moment: datetime) -> bool:
    """Whether it is so late that today has to be asked for (0:00 to 4:00, legal time)."""
    return local(moment).hour < _NIGHT_ENDS
