"""The rules of thought reports that need no table: quarters, limits, the order of pages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from core.clock import at_local, local_day
from core.inspection import SAME_LOOK
from core.periods import MONTH, QUARTER, Quarter, add_months

# Shorter texts are held and asked about: "night shift, tomorrow" is no page (dialogues 2.1, 6).
HELD_BELOW = 15
# A whole report shorter than this, without a picture, earns a hint, never a no (dialogues 3.4).
SHORT_BELOW = 50
# The bot says what it got once nothing more has come for so long (dialogues 3.3).
RECEIPT_QUIET = timedelta(seconds=10)
# A receipt that could not be said within a day says nothing new any more.
RECEIPT_LIFE = timedelta(days=1)
# The same answer again for a worker whose first receipt got lost.
ANSWER_REPEATS = timedelta(hours=1)
# The words of a review mean only the item opened in so long (dialogues 2.4).
OPENED_LIFE = timedelta(hours=2)
# A monthly report is collected in the last ten days, like the last of three months of a quarter.
_MONTH_OPENS_BEFORE = 10
# Days of a unit's own around the end of a cycle, and days that one person may be given, at most: a
# quarter, so that a report never lies beside the one after the next.
MOST_DAYS_AFTER = 60
MOST_EXTENSION = timedelta(days=92)
# Words of a reviewer that are passed on as they are: a chat bubble, not a letter.
MOST_REASON = 300
# Text shown to a reviewer in one go; longer reports go on by a number.
SHOWN_CHARACTERS = 1500
SHOWN_FILES = 9
# Options in a question at most (dialogues section 5).
MOST_OPTIONS = 6
# A pause that is proposed in a reminder (dialogues 3.3: on the 17th, until the 20th).
PROPOSED_PAUSE = timedelta(days=3)

# Looks of plain pictures are all alike; a page with something on it has more bits set.
_LEAST_BITS = 16

_T = TypeVar("_T")


class Nudge(StrEnum):
    """The two things a worker hears about a report that is owed, and no more (red line 3)."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Window:
    """When a quarter is collected. ``opens_on`` and ``closes_on`` are its first and last day."""

    quarter: Quarter
    opens_on: date
    closes_on: date

    @property
    def end(self) -> datetime:
        """The first moment after the window, in UTC."""
        return at_local(self.closes_on + timedelta(days=1), 0)

    def is_late(self, day: date) -> bool:
        """Whether a report handed in on ``day`` is taken in late."""
        return day > self.closes_on


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a unit collects, and when: see models.report.ReportSchedule."""

    months: int = QUARTER
    opens_before: int | None = None
    closes_after: int = 0


USUAL = Schedule()


def window_of(quarter: Quarter, *, offset: int, schedule: Schedule = USUAL) -> Window:
    """Return the window of a cycle by its ``schedule``.

    Without days of its own a quarter opens ``offset`` months after its first month, half a year as
    long before its end, and a month ten days before it.
    """
    last = quarter.last_day
    if schedule.opens_before is not None:
        opens_on = max(quarter.first_day, last - timedelta(days=schedule.opens_before))
    elif quarter.months == MONTH:
        opens_on = last - timedelta(days=_MONTH_OPENS_BEFORE)
    else:
        opens_on = add_months(quarter.first_day, quarter.months - QUARTER + offset)
    return Window(quarter, opens_on, last + timedelta(days=schedule.closes_after))


def changes_on(today: date, old: Schedule, new: Schedule) -> date:
    """Return the day from which ``new`` holds: the first after the longer cycle now under way.

    Nobody owes two reports for the same days, and nothing that runs is touched.
    """
    running = Quarter.of(today, max(old.months, new.months))
    return running.last_day + timedelta(days=1)


def nudge_days(window: Window, *, first: int, last: int) -> dict[Nudge, date]:
    """Return the days of the two reminders, ``first`` and ``last`` days before the last day.

    Neither comes before the window opens.
    """
    return {
        Nudge.FIRST: max(window.opens_on, window.closes_on - timedelta(days=first)),
        Nudge.LAST: max(window.opens_on, window.closes_on - timedelta(days=last)),
    }


def nudge_today(days: dict[Nudge, date], today: date) -> Nudge | None:
    """Return which reminder may be planned today; a missed first one gives way to the last."""
    if today >= days[Nudge.LAST]:
        return Nudge.LAST
    return Nudge.FIRST if today >= days[Nudge.FIRST] else None


def nudge_moment(day: date, *, hour: int, today: date) -> datetime:
    """Return when a reminder of ``day`` goes out: its own hour, or today's when the day passed."""
    return at_local(max(day, today), hour)


def has_just_begun(current: Quarter, day: date) -> bool:
    """Whether ``current`` has only just begun, so that 交汇报 may mean the one before."""
    if current.months == MONTH:
        return day.day <= _MONTH_OPENS_BEFORE
    return day.month == current.first_day.month


def may_write(quarter: Quarter, today: date) -> bool:
    """Whether a report for ``quarter`` is taken today: this one, or one of the year before."""
    current = Quarter.of(today, quarter.months)
    a_year = 12 // quarter.months
    behind = (current.year - quarter.year) * a_year + current.number - quarter.number
    return 0 <= behind <= a_year


def review_due_on(submitted_at: datetime, days: int) -> date:
    """Return the last day on which a report is usually read, ``days`` after it came in."""
    return local_day(submitted_at) + timedelta(days=days)


def came_before(day: date, days: int) -> datetime:
    """Return the moment before which came what is due by ``day``, ``days`` after it came in."""
    return at_local(day - timedelta(days=days - 1), 0)


def taken_out(pages: Sequence[_T], number: int) -> list[_T]:
    """Return ``pages`` without page ``number`` (from 1)."""
    return [*pages[: number - 1], *pages[number:]]


def put_in(pages: Sequence[_T], page: _T, number: int) -> list[_T]:
    """Return ``pages`` with ``page`` as number ``number``, or last when there are fewer."""
    place = min(number, len(pages) + 1)
    return [*pages[: place - 1], page, *pages[place - 1 :]]


def moved(pages: Sequence[_T], number: int, to: int) -> list[_T]:
    """Return ``pages`` with page ``number`` as number ``to``; beyond the end means last."""
    return put_in(taken_out(pages, number), pages[number - 1], to)


def looks_same(one: str, other: str) -> bool:
    """Whether two looks (hex, core.inspection) are of the same photo, packed twice perhaps."""
    if not one or not other:
        return False
    first, second = int(one, 16), int(other, 16)
    if min(first.bit_count(), second.bit_count()) < _LEAST_BITS:
        return False
    return (first ^ second).bit_count() <= SAME_LOOK


@dataclass(frozen=True, slots=True)
class Contents:
    """What a draft or report holds, counted. ``characters`` are those of its texts."""

    texts: int = 0
    photos: int = 0
    files: int = 0
    voices: int = 0
    characters: int = 0

    @property
    def pages(self) -> int:
        """All pages together."""
        return self.texts + self.photos + self.files + self.voices

    @property
    def is_short(self) -> bool:
        """Whether it is so short that a hint is due: few words and nothing else."""
        return self.pages == self.texts and self.characters < SHORT_BELOW


def characters(text: str) -> int:
    """Count the characters of a text as people do: punctuation counts, blanks do not."""
    return len("".join(text.split()))
