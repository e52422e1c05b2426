"""When the next contact (培养联系) is due after what came of the last, and what is due. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.periods import add_months
from core.workdays import add_workdays, workday_from
from models.enums import Channel, Direction, Every, Outcome
from plugins.mentoring import cadence as rhythms

# Contacts due within a week stand on the list (dialogues 3.6: one list every Monday).
LIST_DAYS = 7
# Chat lists carry at most six numbers (dialogues 5); the sixth is kept for "somebody else".
LIST_MOST = 5
# "3 working days" for a dead number: the time to ask a neighbour or a relative. A default of ours,
# to be confirmed by the first township that uses it.
DEAD_NUMBER_WORKDAYS = 3


class NextKind(StrEnum):
    """How the next day is meant, which decides the sentence."""

    SAID = "said"
    BY = "by"
    RETRY = "retry"
    ASK_AROUND = "ask_around"


class Basis(StrEnum):
    """What the next day is counted by."""

    CADENCE = "cadence"
    RETRY_DAYS = "retry_days"
    WORKDAYS = "workdays"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: what is counted, how it is said, and why."""

    basis: Basis
    kind: NextKind
    reason: str


@dataclass(frozen=True, slots=True)
class Next:
    """The day of the next contact and how it is meant."""

    on: date
    kind: NextKind


@dataclass(frozen=True, slots=True)
class Cadence:
    """What the table counts with: months between contacts, days after a vain try.

    ``every`` is the pair's own rhythm; beside it ``months`` count only while contact is closer.
    """

    months: int | None
    retry_days: int
    every: Every | None = None

    def after(self, day: date) -> date:
        """Return the day of the next contact after a talk on ``day``."""
        own = [] if self.every is None else [rhythms.after(day, self.every)]
        return min([*own, *([] if self.months is None else [add_months(day, self.months)])])

    def retry(self, day: date) -> date:
        """Return the day of the next try after a vain one; a pair's own rhythm is never slower."""
        on = day + timedelta(days=self.retry_days)
        return on if self.every is None else min(on, rhythms.after(day, self.every))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down. ``next_on`` is the day the mentor named, None when the rules decide."""

    pair_id: int
    contacted_on: date
    channel: Channel
    outcome: Outcome
    next_on: date | None = None
    note: str = ""
    direction: Direction = Direction.OUTGOING


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be corrected; None leaves a part as it is."""

    contacted_on: date | None = None
    channel: Channel | None = None
    outcome: Outcome | None = None
    next_on: date | None = None
    note: str | None = None


_TALKED = Rule(Basis.CADENCE, NextKind.BY, "they talked: the ordinary rhythm, once a quarter")
RULES: dict[Outcome, Rule] = {
    Outcome.REACHED: _TALKED,
    Outcome.EMPLOYER_CHANGED: _TALKED,
    Outcome.MOVED: _TALKED,
    Outcome.HELP_NEEDED: _TALKED,
    Outcome.DECLINED: Rule(
        Basis.CADENCE, NextKind.BY, "somebody who does not want to talk is not pressed"
    ),
    Outcome.NO_ANSWER: Rule(
        Basis.RETRY_DAYS,
        NextKind.RETRY,
        "shifts change within a week: another weekday, a day later",
    ),
    Outcome.THROUGH_OTHERS: Rule(
        Basis.RETRY_DAYS, NextKind.RETRY, "heard of, but not heard: try the person again soon"
    ),
    Outcome.NUMBER_DEAD: Rule(
        Basis.WORKDAYS,
        NextKind.ASK_AROUND,
        "a dead number will not come back: find the new one soon",
    ),
}


def next_contact(
    outcome: Outcome, *, contacted_on: date, said: date | None, today: date, cadence: Cadence
) -> Next:
    """Return when the next contact is due; a day that was said wins, a past day never comes out."""
    if said is not None and said > contacted_on and said >= today:
        return Next(said, NextKind.SAID)
    rule = RULES[outcome]
    if rule.basis is Basis.CADENCE:
        on = cadence.after(contacted_on)
    elif rule.basis is Basis.RETRY_DAYS:
        on = cadence.retry(contacted_on)
    else:
        on = add_workdays(contacted_on, DEAD_NUMBER_WORKDAYS)
    # An old line written down late must not make a day that is over.
    return Next(on if on > today else workday_from(today + timedelta(days=1)), rule.kind)


def is_due(next_on: date, paused_until: date | None, today: date) -> bool:
    """Whether a contact stands on the list: due within a week or before, and nobody paused."""
    paused = paused_until is not None and paused_until >= today
    return not paused and next_on <= today + timedelta(days=LIST_DAYS)
