"""When a plan has its hour: days of the week, public holidays, pauses, rhythm. Pure reckoning.

Every week of a plan has one hour at most, so that a group never gets two digests in a week: a day
that moved past a holiday into the next week takes the place of that week's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from core.calendars import lunar_day
from core.clock import at_local, local_day
from core.periods import Span
from core.workdays import is_workday
from models.enums import Form

_DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_SATURDAY = 5
# The longest run of days off so far is nine; one hour moves three weeks ahead at most.
_MOVES_WEEKS = 3
# How far ahead the next hour is looked for: a plan that is paused for longer is looked at anew.
_AHEAD_WEEKS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What holds for a group, everything filled in; ``series`` empty means the whole library."""

    weekday: int
    hour: int
    minute: int
    pieces: int = 1
    every_weeks: int = 1
    series: tuple[str, ...] = ()
    form: Form | None = None
    skips_holidays: bool = True
    is_stopped: bool = False
    pauses: tuple[Span, ...] = ()

    def is_paused(self, day: date) -> bool:
        """Whether no digest goes out on ``day``."""
        return self.is_stopped or any(span.first <= day <= span.last for span in self.pauses)

    def pause_after(self, moment: datetime) -> datetime | None:
        """Return when the next paused day after ``moment`` begins, None when none is known."""
        firsts = (at_local(span.first, 0) for span in self.pauses)
        return min((first for first in firsts if first > moment), default=None)


@lru_cache(maxsize=4096)
def is_holiday(day: date) -> bool:
    """Whether ``day`` is a public holiday: off work, in one run with a free Monday to Friday.

    The lunar new year (the eve to the third) is one in every year; in a year whose calendar is not
    announced yet no other is known.
    """
    if _is_new_year(day):
        return True
    return not is_workday(day) and any(other.weekday() < _SATURDAY for other in _run(day))


def _is_new_year(day: date) -> bool:
    new_year = lunar_day(day.year, 1, 1)
    return new_year is not None and -_DAY <= day - new_year <= 2 * _DAY


def _run(day: date) -> Iterator[date]:
    """Yield the days off around ``day`` that follow on one another."""
    for step in (-_DAY, _DAY):
        other = day
        while not is_workday(other):
            yield other
            other += step


def day_after_holidays(day: date) -> date:
    """Return ``day``, or the next working day when it is a holiday."""
    if not is_holiday(day):
        return day
    while is_holiday(day) or not is_workday(day):
        day += _DAY
    return day


def week_of(day: date) -> date:
    """Return the Monday of the week in which ``day`` lies."""
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=65_536)
def slot_of_week(plan: Plan, week: date) -> datetime | None:
    """Return the hour of ``plan`` in the week that begins on ``week``, the first if there are two.

    None when it falls on a paused day, or moved into a later week. The rhythm is not asked.
    """
    for back in range(_MOVES_WEEKS, -1, -1):
        day = week - back * WEEK + timedelta(days=plan.weekday)
        if plan.skips_holidays:
            day = day_after_holidays(day)
        if week_of(day) == week and not plan.is_paused(day):
            return at_local(day, plan.hour, plan.minute)
    return None


def due(plan: Plan, *, since: datetime, last: date | None, now: datetime) -> datetime | None:
    """Return the hour of this week when it has come, at ``since`` or later, and is still owed.

    ``last`` is the Monday of the week of the last digest. A week that is over owes nothing more:
    what it would have brought comes at the next hour, the pieces follow in their order. On a paused
    day or a holiday nothing is caught up.
    """
    today = local_day(now)
    if plan.is_paused(today) or (plan.skips_holidays and is_holiday(today)):
        return None
    week = week_of(today)
    if not _is_turn(plan, week, last):
        return None
    slot = slot_of_week(plan, week)
    return slot if slot is not None and since <= slot <= now else None


def next_after(plan: Plan, *, last: date | None, now: datetime) -> datetime:
    """Return the next hour of ``plan`` after ``now``; a week later when none is in sight."""
    return next_in_sight(plan, last=last, now=now) or now + WEEK


def next_in_sight(plan: Plan, *, last: date | None, now: datetime) -> datetime | None:
    """Return the next hour of ``plan`` after ``now``; None when stopped, or paused beyond sight."""
    week = week_of(local_day(now))
    for _ in range(0 if plan.is_stopped else _AHEAD_WEEKS):
        slot = slot_of_week(plan, week) if _is_turn(plan, week, last) else None
        if slot is not None and slot > now:
            return slot
        week += WEEK
    return None


def _is_turn(plan: Plan, week: date, last: date | None) -> bool:
    return last is None or week >= last + max(1, plan.every_weeks) * WEEK
