"""Reads a mentor's line (联系记录) in any order: who, day, channel, outcome, next, note. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from core import daywords
from core.daywords import Ambiguous, Reason
from models.enums import Channel, Outcome
from plugins.mentoring import words
from plugins.mentoring.doubts import NO_DOUBT, Part, Understood, doubts_of
from plugins.mentoring.masked import MASK, Masked
from plugins.mentoring.next_days import NOTHING, read_next
from plugins.mentoring.outcome_words import ALIKE, RELATIVE, STANDS_IN
from plugins.mentoring.outcomes import is_touch, is_vain_only, read_way, talk_after_vain

NOTE_MOST = 200
# A line of contact is short; what is longer was written for something else.
LINE_MOST = 300
# Of a long first name people say the end (阿依古丽: 古丽).
_LONG_FIRST = 4
# Names of four characters are mostly of two and two (吉克拉布).
_LONG_GIVEN = 3

WHO = frozenset((Part.WHO,))
OUTCOME = frozenset((Part.OUTCOME,))

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
    nobody's, ``somebody`` that only "that one" does. ``day`` may be a question. ``next_said`` are
    the words of the next contact that name no day of the calendar; without ``next_on`` they have to
    be asked about. ``place`` is where relatives say the person is. ``doubts`` are the parts that
    words which nobody accounted for could change.
    """

    pairs: tuple[int, ...] = ()
    stranger: bool = False
    somebody: bool = False
    day: date | Ambiguous | None = None
    channel: Channel | None = None
    channel_label: str = ""
    outcome: Outcome | None = None
    next_on: date | None = None
    next_said: str = ""
    contact_word: bool = False
    incoming: bool = False
    note: str = ""
    place: str = ""
    doubts: frozenset[Part] = frozenset()

    @property
    def says_contact(self) -> bool:
        """Whether a day, channel, outcome or a word of contact stands in the line."""
        return bool(self.day or self.channel or self.outcome or self.contact_word)


def read_line(text: str, people: Sequence[Named], today: date, *, night: bool = False) -> Line:
    """Read one line; whatever is not understood stays in the note, nothing is guessed."""
    rest = Masked(text.replace(MASK, " ").strip())
    pairs, several = _read_name(rest, people, called)
    by_surname = False
    if not pairs:
        pairs, several = _read_name(rest, people, called_by_surname)
        by_surname = bool(pairs)
    honoured = bool(pairs) and rest.take(words.HONORIFIC) is not None
    named = rest.text
    somebody = not pairs and rest.take(words.SOMEBODY) is not None
    incoming = bool(pairs) and words.INCOMING.search(rest.text) is not None
    ahead = read_next(rest, today)
    day = _read_day(rest, today, night=night)
    alike = not several or ALIKE.search(named) is not None
    ahead = ahead if alike else NOTHING
    way = read_way(rest)
    contact_word = rest.take(words.CONTACT) is not None
    dropped = not alike and way.outcome is not None
    pieces = _pieces(rest.text)
    understood = Understood(
        said=named,
        left=rest.text,
        outcome=way.outcome if alike else None,
        channel=way.channel,
        day=day or today,
        today=today,
        next_on=ahead.on,
        asks_next=bool(ahead.said),
    )
    stranger = not pairs and bool(pieces) and is_name_like(pieces[0])
    return Line(
        pairs=pairs,
        stranger=stranger,
        somebody=somebody,
        day=day,
        channel=way.channel,
        channel_label=way.label,
        outcome=way.outcome if alike else None,
        next_on=ahead.on,
        next_said=ahead.said,
        contact_word=contact_word or dropped,
        incoming=incoming,
        note=words.COMMA.join(pieces[1:] if stranger else pieces),
        place=_place(pieces),
        doubts=doubts_of(understood)
        | (WHO if by_surname else NO_DOUBT)
        | (OUTCOME if honoured else NO_DOUBT),
    )


def is_name_like(piece: str) -> bool:
    """Whether a piece of a line looks like a full name."""
    compound = len(piece) in {3, 4} and piece[:2] in words.COMPOUND_SURNAMES
    return compound or (len(piece) in {2, 3} and piece[0] in words.SURNAMES)


def called(name: str) -> tuple[str, ...]:
    """Return what somebody is called: the full name, the given name, 小 before a short one."""
    first, dot, _ = name.partition(words.NAME_DOT)
    if dot:
        last = (first[-2:],) if len(first) >= _LONG_FIRST else ()
        return (name, name.replace(dot, ""), first, *last)
    given = name[2:] if name[:2] in words.COMPOUND_SURNAMES else name[1:]
    if len(given) >= _LONG_GIVEN and name[:2] not in words.COMPOUND_SURNAMES:
        return (name, given, given[1:])
    if len(given) > 1:
        return (name, given)
    return (name, *(mark + given for mark in words.FAMILIAR if given))


def called_by_surname(name: str) -> tuple[str, ...]:
    """Return how somebody is called by the surname alone (老周, 罗哥): not surely he."""
    size = 2 if name[:2] in words.COMPOUND_SURNAMES else 1
    surname = name[:size]
    if words.NAME_DOT in name:
        return ()
    alone = (surname,) if size > 1 else ()
    before = tuple(mark + surname for mark in words.BEFORE_SURNAME)
    return (*before, *(surname + mark for mark in words.AFTER_SURNAME), *alone)


def _read_name(
    rest: Masked, people: Sequence[Named], calls: Callable[[str], tuple[str, ...]]
) -> tuple[tuple[int, ...], bool]:
    """Take the names; return whom they may mean, and whether several people are named."""
    by_word: dict[str, list[int]] = {}
    for one in people:
        for word in calls(one.name):
            by_word.setdefault(word, []).append(one.pair_id)
    found: list[int] = []
    said = 0
    for word in sorted(by_word, key=len, reverse=True):
        for start in _places(rest.text, word):
            rest.mask(start, start + len(word))
            new = [pair for pair in by_word[word] if pair not in found]
            found += new
            said += bool(new)
    return tuple(found), said > 1


def _places(text: str, word: str) -> list[int]:
    """Return where ``word`` means somebody: not where it is part of a firm's or a street's name."""
    found = re.finditer(re.escape(word), text)
    return [
        one.start()
        for one in found
        if not words.OF_A_FIRM.match(text, one.end()) and not _has_surname(text, one)
    ]


def _has_surname(text: str, word: re.Match[str]) -> bool:
    """Whether a surname before a given name makes it the name of somebody else (李国强)."""
    before = text[: word.start()][-1:]
    is_given = word[0][0] not in words.SURNAMES and len(word[0]) > 1
    return is_given and before in words.SURNAMES and before not in words.ALSO_PREPOSITIONS


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
    shown = _without_other_days(shown, today, hide)
    day, left = _found_day(shown, today, night=night)
    for place, clause in enumerate(hidden):
        left = left.replace(chr(_HIDDEN + place), clause)
    rest.text = left
    return day


def _without_other_days(
    shown: str, today: date, hide: Callable[[re.Match[str]], str]
) -> str:
    """Hide the pieces whose day tells of his life, where the contact itself stands elsewhere."""
    pieces = list(words.PIECE.finditer(shown))
    dated = [one for one in pieces if _has_day(one[0], today)]
    of_contact = [one for one in pieces if _is_of_contact(one[0], today)]
    has_own = any(one in of_contact for one in dated)
    other = [
        one
        for one in dated
        if one not in of_contact and of_contact and (has_own or words.OF_LIFE.search(one[0]))
    ]
    for one in reversed(other):
        shown = shown[: one.start()] + hide(one) + shown[one.end() :]
    return shown


def _has_day(piece: str, today: date) -> bool:
    day, _ = daywords.find_day(piece, today, past=True)
    return day is not None or words.UNCLEAR_DAY.search(piece) is not None


def _is_of_contact(piece: str, today: date) -> bool:
    """Whether a piece tells of the contact itself, or is nothing but a day."""
    if MASK in piece or words.CONTACT.search(piece) or is_touch(piece):
        return True
    day, left = daywords.find_day(piece, today, past=True)
    return day is not None and not words.OF_THE_DAY.sub("", words.FILLERS.sub("", left)).strip()


def _found_day(shown: str, today: date, *, night: bool) -> tuple[date | Ambiguous | None, str]:
    """Return the day of ``shown`` and what is left of it; nothing is taken for no day."""
    day, left = daywords.find_day(shown, today, past=True, night=night)
    told_of = words.OF_SOMETHING.search(shown) is not None
    if isinstance(day, date):
        other, _ = daywords.find_day(left, today, past=True, night=night)
        if isinstance(other, date) and other != day:
            at_last = _day_of_talk(shown, today, night=night)
            if at_last is not None:
                return at_last, shown
            return Ambiguous(Reason.VAGUE, "", tuple(sorted((day, other)))), shown
        return (Ambiguous(Reason.VAGUE, "", (day,)), shown) if told_of else (day, left)
    if day is not None and day.reason is Reason.FUTURE and told_of:
        return None, shown
    if day is not None and _begins_piece(shown, day.words):
        return day, left
    return _unclear_day(shown), shown


def _day_of_talk(shown: str, today: date, *, night: bool) -> date | None:
    """Return the day of the piece that counts of several dated ones, None when none plainly does.

    The talk after a vain try; the only piece that names a way or an outcome; of vain tries one
    after the other the last.
    """
    talked_at = talk_after_vain(shown)
    days: list[date] = []
    for piece in words.PIECE.finditer(shown):
        day, left = daywords.find_day(piece[0], today, past=True, night=night)
        other, _ = daywords.find_day(left, today, past=True, night=night)
        if not isinstance(day, date) or not (talked_at is None or piece.end() > talked_at):
            continue
        if other is not None:
            return None
        if is_touch(piece[0]) and (talked_at is None or piece.start() <= talked_at):
            days.append(day)
    if len(days) == 1:
        return days[0]
    tries_only = days == sorted(days) and is_vain_only(shown)
    return days[-1] if days and tries_only else None


def _unclear_day(shown: str) -> Ambiguous | None:
    """Return a question for days that nobody could tell from the words alone."""
    found = words.AHEAD_BUT_DONE.search(shown) or words.UNCLEAR_DAY.search(shown)
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
