"""What is known of a contact while it is asked for, one question at a time (记联系). Pure.

``Facts`` live as JSON in the open question; ``missing`` says what is asked next: who, which day,
how, what came of it, and when again if that was said but no day; last, whether it is right where
the line left a doubt.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from core.daywords import Ambiguous, Reason
from core.errors import Fault
from models.enums import Channel, Direction, Outcome
from plugins.mentoring import words
from plugins.mentoring.next_days import answered
from plugins.mentoring.policy import Change, Entry
from plugins.mentoring.reading import NOTE_MOST, Line
from plugins.mentoring.topic_words import has_address, without_address

# The part of a line that is changed but never asked for when it is written.
NOTE = "note"
_LISTS = ("may_be", "days", "doubts")


class Step(StrEnum):
    """What is asked for."""

    WHO = "who"
    DAY = "day"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    NEXT = "next"
    CONFIRM = "confirm"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known so far; days as ISO text.

    ``may_be`` are the pairs a name may mean. ``days`` are those to choose from, ``why`` the reason
    of the question, ``literal`` the day that has not come yet. ``told`` says that something of a
    contact was said, so that no day means today. ``next_said`` are the words of the next day when
    they name none of the calendar; while ``next_on`` is None they are asked about. ``doubts`` are
    the parts that something in the line could change: nothing is written before a yes.
    """

    pair: int | None = None
    may_be: tuple[int, ...] = ()
    stranger: bool = False
    day: str | None = None
    days: tuple[str, ...] = ()
    why: str = ""
    literal: str = ""
    channel: str | None = None
    label: str = ""
    outcome: str | None = None
    next_on: str | None = None
    next_said: str = ""
    note: str = ""
    place: str = ""
    told: bool = False
    incoming: bool = False
    doubts: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form."""
        data = asdict(self)
        return data | {part: list(data[part]) for part in _LISTS}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Facts":
        """Return the facts kept as JSON."""
        known = {key: value for key, value in data.items() if key in cls.__slots__}
        return cls(**known | {part: tuple(data.get(part, ())) for part in _LISTS})

    @property
    def on(self) -> date | None:
        """The day of the contact."""
        return date.fromisoformat(self.day) if self.day else None


def merged(facts: Facts, line: Line) -> Facts:
    """Return the facts with what a line adds; what was known already stays."""
    if facts.pair is None and line.pairs:
        one = line.pairs[0] if len(line.pairs) == 1 else None
        facts = replace(facts, pair=one, may_be=line.pairs, stranger=False)
    elif facts.pair is None:
        facts = replace(facts, stranger=line.stranger)
    if facts.day is None and line.day is not None:
        facts = _with_day(facts, line.day)
    note = facts.note or line.note
    if facts.next_on is None and (line.next_on or line.next_said):
        on = line.next_on.isoformat() if line.next_on else None
        facts = replace(facts, next_on=on, next_said=line.next_said)
    return replace(
        facts,
        channel=facts.channel or (line.channel.value if line.channel else None),
        label=facts.label or line.channel_label,
        outcome=facts.outcome or (line.outcome.value if line.outcome else None),
        note=note,
        place=facts.place or line.place,
        incoming=facts.incoming or line.incoming,
        told=facts.told or line.says_contact or bool(line.note),
        doubts=tuple(sorted({*facts.doubts, *line.doubts})),
    )


def _with_day(facts: Facts, day: date | Ambiguous) -> Facts:
    if isinstance(day, date):
        return replace(facts, day=day.isoformat(), days=(), why="", literal="")
    return replace(
        facts,
        days=tuple(option.isoformat() for option in day.options),
        why=day.reason.value,
        literal=day.day.isoformat() if day.day else "",
    )


def settled(facts: Facts, today: date, *, night: bool) -> Facts:
    """Return the facts with today as the day when something was told but no day (dialogues 2.3)."""
    if facts.day or facts.why or not facts.told:
        return facts
    if night:
        return _with_day(
            facts, Ambiguous(Reason.NIGHT, "", (date.fromordinal(today.toordinal() - 1), today))
        )
    return replace(facts, day=today.isoformat())


def missing(facts: Facts) -> Step | None:
    """Return what has to be asked next, None when the line can be written."""
    if facts.pair is None:
        return Step.WHO
    if facts.day is None:
        return Step.DAY
    if facts.channel is None:
        return Step.CHANNEL
    if facts.outcome is None:
        return Step.OUTCOME
    if facts.next_said and facts.next_on is None:
        return Step.NEXT
    return Step.CONFIRM if facts.doubts else None


def chosen(facts: Facts, step: Step, value: Any) -> Facts:
    """Return the facts with a numbered answer, which leaves no doubt of that part."""
    left = tuple(part for part in facts.doubts if part != step.value)
    facts = replace(facts, doubts=left)
    if step is Step.WHO:
        return replace(facts, pair=int(value), may_be=(), stranger=False)
    if step is Step.DAY:
        return replace(facts, day=str(value), days=(), why="", literal="")
    if step is Step.CHANNEL:
        return replace(facts, channel=str(value), label=words.CHANNEL_LABELS[str(value)])
    if step is Step.NEXT:
        return replace(facts, next_on=str(value) if value else None, next_said="")
    if step is Step.CONFIRM:
        return replace(facts, doubts=())
    return replace(facts, outcome=str(value))


def without(facts: Facts, step: Step) -> Facts:
    """Return the facts as if one part had not been said, so that it is asked for."""
    if step is Step.WHO:
        return replace(facts, pair=None, may_be=(), stranger=False)
    if step is Step.DAY:
        return replace(facts, day=None, days=(), why=Reason.VAGUE.value, literal="")
    if step is Step.CHANNEL:
        return replace(facts, channel=None, label="")
    if step is Step.NEXT:
        return replace(facts, next_on=None, next_said="")
    return replace(facts, outcome=None)


def corrected(facts: Facts, line: Line) -> Facts | None:
    """Return the facts with what a typed line says in place of what was read; None for nothing.

    Typed words are read as loosely as the line was: they are shown again before they are written.
    """
    said: dict[Step, object] = {
        Step.WHO: line.pairs,
        Step.DAY: line.day,
        Step.CHANNEL: line.channel,
        Step.OUTCOME: line.outcome,
        Step.NEXT: line.next_on or line.next_said,
    }
    parts = [step for step, value in said.items() if value]
    if not parts:
        return None
    before = facts
    for step in parts:
        facts = without(facts, step)
    facts = merged(facts, replace(line, note=""))
    return replace(facts, doubts=before.doubts or (parts[0].value,))


def entry(facts: Facts) -> Entry:
    """Return what is to be written; Fault while something is missing."""
    if facts.pair is None or not facts.on or not facts.channel or not facts.outcome:
        raise Fault("a contact that is not complete")
    return Entry(
        pair_id=facts.pair,
        contacted_on=facts.on,
        channel=Channel(facts.channel),
        outcome=Outcome(facts.outcome),
        next_on=date.fromisoformat(facts.next_on) if facts.next_on else None,
        note=without_address(facts.note)[:NOTE_MOST],
        direction=Direction.INCOMING if facts.incoming else Direction.OUTGOING,
    )


def is_cut(facts: Facts) -> bool:
    """Whether the note is longer than what is kept."""
    return len(facts.note) > NOTE_MOST


def had_address(facts: Facts) -> bool:
    """Whether a street or a house number was left out of the note."""
    return has_address(facts.note)


def typed(facts: Facts, step: Step, line: Line, said: str, today: date) -> Facts | None:
    """Return the facts with a typed answer; None when it says nothing of what was asked."""
    if step is Step.NEXT:
        day = line.next_on or answered(said, today)
        return chosen(facts, step, day.isoformat()) if day else None
    return merged(facts, line) if _answers(step, line) else None


def _answers(step: Step, line: Line) -> bool:
    said: dict[Step, object] = {
        Step.WHO: line.pairs or line.stranger,
        Step.DAY: line.day,
        Step.CHANNEL: line.channel,
        Step.OUTCOME: line.outcome,
    }
    return bool(said[step])


def is_about_another(facts: Facts, line: Line) -> bool:
    """Whether a typed line is no answer but a contact with somebody else."""
    another = facts.pair is not None and bool(line.pairs) and facts.pair not in line.pairs
    return another and line.says_contact


def change_to(step: Step, value: Any) -> Change:
    """Return the correction that a numbered answer means."""
    if step is Step.DAY:
        return Change(contacted_on=date.fromisoformat(str(value)))
    if step is Step.CHANNEL:
        return Change(channel=Channel(str(value)))
    return Change(outcome=Outcome(str(value)))


def change_of(line: Line) -> Change | None:
    """Return the correction that a typed line means, None when it means none."""
    day = line.day if isinstance(line.day, date) else None
    change = Change(day, line.channel, line.outcome, line.next_on)
    return None if change == Change() else change
