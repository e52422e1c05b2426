"""When somebody should be heard (培养联系) and when contact is closer for a while. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.actors import Stage
from core.periods import add_months
from models.enums import Every

# The first talk within a week of appointment (domain.md 3.2: a mentor meets the person within a
# week); the same week is given when contact becomes closer, so that nothing is late at once.
FIRST_TALK = timedelta(days=7)
# 细则 2026: at least a year from activist to development target, and a year of probation.
STEP_MONTHS = 12

# Months and days of each rhythm that a pair may keep by itself.
_STEPS: dict[Every, tuple[int, int]] = {
    Every.WEEK: (0, 7),
    Every.TWO_WEEKS: (0, 14),
    Every.MONTH: (1, 0),
    Every.TWO_MONTHS: (2, 0),
    Every.QUARTER: (3, 0),
    Every.HALF_YEAR: (6, 0),
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a unit keeps to: months between contacts, months while closer, days of being closer."""

    months: int
    close_months: int
    close_days: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What makes contact closer: the stage with its days, the day of leaving, the last alarm."""

    stage: Stage
    activist_on: date | None = None
    probation_on: date | None = None
    left_on: date | None = None
    alarmed_on: date | None = None


def step_on(facts: Facts) -> date | None:
    """Return the first day on which the next step may be decided; None when no day is known."""
    begun = {
        Stage.ACTIVIST: facts.activist_on,
        Stage.PROBATIONARY_MEMBER: facts.probation_on,
    }.get(facts.stage)
    return None if begun is None else add_months(begun, STEP_MONTHS)


def close_from(facts: Facts, rhythm: Rhythm, today: date) -> date | None:
    """Return since when contact is closer today, the earliest reason; None when it is not.

    Closer for ``close_days`` after a departure or an alarm, and before a step may be decided.
    """
    span = timedelta(days=rhythm.close_days)
    step = step_on(facts)
    begins = [facts.left_on, facts.alarmed_on, None if step is None else step - span]
    return min((day for day in begins if day and day <= today < day + span), default=None)


def close_due(heard: date, rhythm: Rhythm, begun: date) -> date:
    """Return by when somebody heard on ``heard`` should be heard while contact is closer."""
    return max(add_months(heard, rhythm.close_months), begun + FIRST_TALK)


@dataclass(frozen=True, slots=True)
class Own:
    """What one pair keeps by itself: ``every`` None is the unit's rhythm, said on day ``on``."""

    every: Every | None = None
    on: date | None = None


def after(day: date, every: Every) -> date:
    """Return the day one step of a pair's own rhythm after ``day``."""
    months, days = _STEPS[every]
    return add_months(day, months) + timedelta(days=days)


def is_tighter(every: Every, than: Every | None, months: int) -> bool:
    """Whether ``every`` comes round sooner than ``than``, or than the unit's ``months``."""
    start = date(2001, 1, 1)
    return after(start, every) < (after(start, than) if than else add_months(start, months))


def own_due(heard: date, *, until_now: date, own: Own, rhythm: Rhythm) -> date:
    """Return by when somebody heard on ``heard`` should be heard after a rhythm was said.

    ``until_now`` is the day that held before. What comes nearer gives the mentor a week, and never
    more time than he had; what goes further off goes as far as was said.
    """
    on = own.on or heard
    ruled = after(heard, own.every) if own.every else add_months(heard, rhythm.months)
    return ruled if ruled > until_now else min(until_now, max(ruled, on + FIRST_TALK))


def owed_on(
    heard: date | None,
    *,
    said: date | None,
    begun: date | None,
    newest_from: date,
    rhythm: Rhythm,
    owns: Sequence[Own] = (),
) -> date:
    """Return the day by which somebody should be heard.

    ``said`` is the next day that the last talk made, ``begun`` since when contact is closer, and
    ``owns`` what each of the pairs keeps by itself: the sooner counts. A mentor appointed after the
    last talk (``newest_from``) has his week for the first one.
    """
    first = newest_from + FIRST_TALK
    if heard is None:
        return first
    due = min(_due(heard, said, own, rhythm) for own in owns or (Own(),))
    if begun is not None:
        due = min(due, close_due(heard, rhythm, begun))
    return max(due, first) if newest_from > heard else due


def _due(heard: date, said: date | None, own: Own, rhythm: Rhythm) -> date:
    """Return the day that one pair's rhythm makes of the last talk and what was said in it."""
    if own.on is None or heard > own.on:
        ruled = after(heard, own.every) if own.every else add_months(heard, rhythm.months)
        return said or ruled
    until_now = said or add_months(heard, rhythm.months)
    return own_due(heard, until_now=until_now, own=own, rhythm=rhythm)
