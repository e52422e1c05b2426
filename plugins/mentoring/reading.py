"""Reads a mentor's line (联系记录) in any order: who, day, channel, outcome, next, note. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import daywords
from core.daywords import Ambiguous, Reason
from core.periods import add_months
from core.workdays import workday_from
from models.enums import Channel, Outcome
from plugins.mentoring import words
from plugins.mentoring.masked import MASK, Masked
from plugins.mentoring.outcome_words import ALIKE, RELATIVE, STANDS_IN
from plugins.mentoring.outcomes import read_way

NOTE_MOST = 200
# A line of contact is short; what is longer was written for something else.
LINE_MOST = 300

_DAY_WORDS_MOST = 10
_FAR_DAYS = 400
# Private-use characters stand for what is out of sight while a day is looked for.
_HIDDEN = 0xE000


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may be meant: the number of the pair, and the full name."""

    pair_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    ``pairs`` are those the name may mean; ``stranger`` says that a name stands there that is
    nobody's, ``somebody`` that only "that one" does. ``day`` may be a question. ``place`` is where
    relatives say the person is.
    """

    pairs: tuple[int, ...] = ()
    stranger: bool = False
    somebody: bool = False
    day: date | Ambiguous | None = None
    channel: Channel | None = None
    channel_label: str = ""
    outcome: Outcome | None = None
    next_on: date | None = None
    contact_word: bool = False
    incoming: bool = False
    note: str = ""
    place: str = ""

    @property
    def says_contact(self) -> bool:
        """Whether a day, channel, outcome or a word of contact stands in the line."""
        return bool(self.day or self.channel or self.outcome or self.contact_word)


def read_line(text: str, people: Sequence[Named], today: date, *, night: bool = False) -> Line:
    """Read one line; whatever is not understood stays in the note, nothing is guessed."""
    rest = Masked(text.replace(MASK, " ").strip())
    pairs, several = _read_name(rest, people)
    somebody = not pairs and rest.take(words.SOMEBODY) is not None
    incoming = bool(pairs) and words.INCOMING.search(rest.text) is not None
    next_on = _read_next(rest, today)
    day = _read_day(rest, today, night=night)
    alike = not several or ALIKE.search(text) is not None
    way = read_way(rest)
    contact_word = rest.take(words.CONTACT) is not None
    dropped = not alike and way.outcome is not None
    pieces = _pieces(rest.text)
    stranger = not pairs and bool(pieces) and is_name_like(pieces[0])
    return Line(
        pairs=pairs,
        stranger=stranger,
        somebody=somebody,
        day=day,
        channel=way.channel,
        channel_label=way.label,
        outcome=way.outcome if alike else None,
        next_on=next_on if alike else None,
        contact_word=contact_word or dropped,
        incoming=incoming,
        note=words.COMMA.join(pieces[1:] if stranger else pieces),
        place=_place(pieces),
    )


def is_name_like(piece: str) -> bool:
    """Whether a piece of a line looks like a full name."""
    compound = len(piece) in {3, 4} and piece[:2] in words.COMPOUND_SURNAMES
    return compound or (len(piece) in {2, 3} and piece[0] in words.SURNAMES)


def called(name: str) -> tuple[str, ...]:
    """Return what somebody is called: the full name, the given name, 小 before a short one."""
    first, dot, _ = name.partition(words.NAME_DOT)
    if dot:
        return (name, name.replace(dot, ""), first)
    given = name[2:] if name[:2] in words.COMPOUND_SURNAMES else name[1:]
    if len(given) > 1:
        return (name, given)
    return (name, *(mark + given for mark in words.FAMILIAR if given))


def _read_name(rest: Masked, people: Sequence[Named]) -> tuple[tuple[int, ...], bool]:
    """Take the names; return whom they may mean, and whether several people are named."""
    by_word: dict[str, list[int]] = {}
    for one in people:
        for word in called(one.name):
            by_word.setdefault(word, []).append(one.pair_id)
    found: list[int] = []
    said = 0
    for word in sorted(by_word, key=len, reverse=True):
        while (start := rest.text.find(word)) >= 0:
            rest.mask(start, start + len(word))
            new = [pair for pair in by_word[word] if pair not in found]
            found += new
            said += bool(new)
    return tuple(found), said > 1


def _read_next(rest: Masked, today: date) -> date | None:
    """Take the words of the next contact: a day before 再打, or after 下次, or 三天后 alone."""
    again = words.AGAIN.search(rest.text)
    if again is not None:
        end = again.start()
        for start in range(max(0, end - _DAY_WORDS_MOST), end):
            day = next_day(rest.text[start:end], today)
            if day is not None:
                rest.mask(start, again.end())
                return day
    told = words.NEXT_TIME.search(rest.text)
    if told is not None:
        for end in range(min(len(rest.text), told.end() + _DAY_WORDS_MOST), told.end(), -1):
            day = next_day(rest.text[told.end() : end], today)
            if day is not None:
                rest.mask(told.start(), end)
                return day
    return _read_lone_next(rest, today)


def _read_lone_next(rest: Masked, today: date) -> date | None:
    """Take a piece that is nothing but a day ahead: 三天后, 下周一."""
    for found in re.finditer(r"[^\s，。、,；;\x00]+", rest.text):
        piece = found[0]
        after = any(m and m["after"] for m in (p.fullmatch(piece) for p, _ in _STEPS))
        if after or piece.startswith(words.AHEAD):
            day = next_day(piece, today)
            if day is not None:
                rest.mask(*found.span())
                return day
    return None


def _count(found: re.Match[str]) -> int:
    return daywords.number(found["n"].replace(words.TWO, words.TWO_PLAIN))


_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (words.IN_DAYS, lambda found, today: today + timedelta(days=_count(found))),
    (words.IN_WEEKS, lambda found, today: today + timedelta(days=7 * _count(found))),
    (words.IN_MONTHS, lambda found, today: add_months(today, _count(found))),
    (words.HALF_MONTH, lambda _found, today: today + timedelta(days=15)),
)


def next_day(text: str, today: date) -> date | None:
    """Return the coming day that the whole of ``text`` means; None when it is none, or today.

    Next month and next week mean their first working day.
    """
    piece = text.strip()
    day: date | None = None
    if words.NEXT_MONTH.fullmatch(piece):
        day = workday_from(add_months(today.replace(day=1), 1))
    elif (month := words.IN_MONTH.fullmatch(piece)) is not None:
        ahead = (daywords.number(month["n"]) - today.month - 1) % 12 + 1
        day = workday_from(add_months(today.replace(day=1), ahead))
    elif words.NEXT_WEEK.fullmatch(piece):
        day = workday_from(today + timedelta(days=7 - today.weekday()))
    else:
        for pattern, step in _STEPS:
            found = pattern.fullmatch(piece)
            day = day or (step(found, today) if found else None)
        if day is None:
            parsed = daywords.parse_day(piece, today, past=False)
            day = parsed if isinstance(parsed, date) else None
    return day if day and today < day <= today + timedelta(days=_FAR_DAYS) else None


def _read_day(rest: Masked, today: date, *, night: bool) -> date | Ambiguous | None:
    """Take the day it happened. Two days in one line become a question.

    What somebody said or plans is out of sight meanwhile; an unclear day counts only where a piece
    of the line begins (前两天联系了, but not 没回家过年).
    """
    hidden: list[str] = []

    def hide(found: re.Match[str]) -> str:
        hidden.append(found[0])
        return chr(_HIDDEN + len(hidden) - 1)

    shown = words.TOLD_OR_PLANNED.sub(hide, rest.text)
    day, left = _found_day(shown, today, night=night)
    for place, clause in enumerate(hidden):
        left = left.replace(chr(_HIDDEN + place), clause)
    rest.text = left
    return day


def _found_day(shown: str, today: date, *, night: bool) -> tuple[date | Ambiguous | None, str]:
    """Return the day of ``shown`` and what is left of it; nothing is taken for no day."""
    day, left = daywords.find_day(shown, today, past=True, night=night)
    told_of = words.OF_SOMETHING.search(shown) is not None
    if isinstance(day, date):
        other, _ = daywords.find_day(left, today, past=True, night=night)
        if isinstance(other, date) and other != day:
            return Ambiguous(Reason.VAGUE, "", tuple(sorted((day, other)))), shown
        return (Ambiguous(Reason.VAGUE, "", (day,)), shown) if told_of else (day, left)
    if day is not None and day.reason is Reason.FUTURE and told_of:
        return None, shown
    if day is not None and _begins_piece(shown, day.words):
        return day, left
    return _unclear_day(shown), shown


def _unclear_day(shown: str) -> Ambiguous | None:
    """Return a question for days that nobody could tell from the words alone."""
    found = words.UNCLEAR_DAY.search(shown)
    return Ambiguous(Reason.VAGUE, found[0]) if found else None


def _begins_piece(text: str, said: str) -> bool:
    before = words.BREAKS.split(text[: max(text.find(said), 0)])[-1]
    return not words.FILLERS.sub("", before)


def _pieces(text: str) -> list[str]:
    pieces = (words.FILLERS.sub("", piece) for piece in words.BREAKS.split(text))
    return [piece for piece in pieces if piece]


def _place(pieces: Sequence[str]) -> str:
    """Return the city where relatives say somebody is; only the last word before the piece ends."""
    said = words.COMMA.join(pieces)
    found = STANDS_IN.search(said) if RELATIVE.search(said) else None
    return found["place"] if found else ""
