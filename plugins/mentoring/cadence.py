"""When somebody should be heard (培养联系) and when contact is closer for a while. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.actors import Stage
from core.periods import add_months

# The first talk within a week of appointment (domain.md 3.2: a mentor meets the person within a
# week); the same week is given when contact becomes closer, so that nothing is late at once.
FIRST_TALK = timedelta(days=7)
# 细则 2026: at least a year from activist to development target, and a year of probation.
STEP_MONTHS = 12


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


def owed_on(
    heard: date | None,
    *,
    said: date | None,
    begun: date | None,
    newest_from: date,
    rhythm: Rhythm,
) -> date:
    """Return the day by which somebody should be heard.

    ``said`` is the next day that the last talk made, ``begun`` since when contact is closer. A
    mentor appointed after the last talk (``newest_from``) has his week for the first one.
    """
    first = newest_from + FIRST_TALK
    if heard is None:
        return first
    due = said or add_months(heard, rhythm.months)
    if begun is not None:
        due = min(due, close_due(heard, rhythm, begun))
    return max(due, first) if newest_from > heard else due
