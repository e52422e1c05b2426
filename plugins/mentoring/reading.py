"""Reads a mentor's line (联系记录) in any order: who, day, channel, outcome, next, note. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.daywords import Ambiguous
from models.enums import Channel, Outcome
from plugins.mentoring import words
from plugins.mentoring.doubts import NO_DOUBT, Part, Told, doubts_of
from plugins.mentoring.masked import MASK, Masked
from plugins.mentoring.next_days import NOTHING, read_next
from plugins.mentoring.outcome_words import ALIKE, RELATIVE, STANDS_IN
from plugins.mentoring.outcomes import read_way
from plugins.mentoring.told_days import read_day

NOTE_MOST = 200
# A line of contact is short; what is longer was written for something else.
LINE_MOST = 300
# Of a long first name people say the end (阿依古丽: 古丽).
_LONG_FIRST = 4
# Names of four characters are mostly of two and two (吉克拉布).
_LONG_GIVEN = 3


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
    words which nobody accounted for could change; ``is_guess`` is an outcome that only seems so.
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
    is_guess: bool = False

    @property
    def says_contact(self) -> bool:
        """Whether a day, channel, outcome or a word of contact stands in the line."""
        return bool(self.day or self.channel or self.outcome or self.contact_word)


def read_line(text: str, people: Sequence[Named], today: date, *, night: bool = False) -> Line:
    """Read one line; whatever is not understood stays in the note, nothing is guessed."""
    rest = Masked(text.replace(MASK, " ").strip())
    whom = _read_whom(rest, people)
    named = rest.text
    somebody = not whom.pairs and rest.take(words.SOMEBODY) is not None
    incoming = bool(whom.pairs) and words.INCOMING.search(rest.text) is not None
    ahead = read_next(rest, today)
    day = read_day(rest, today, night=night)
    alike = not whom.several or ALIKE.search(named) is not None
    ahead = ahead if alike else NOTHING
    way = read_way(rest)
    if way.is_guess and not whom.pairs:
        way = replace(way, outcome=None, is_guess=False)
    outcome = way.outcome if alike else None
    contact_word = rest.take(words.CONTACT) is not None
    told = Told(named, rest.text, day or today, today)
    doubts = doubts_of(told, replace(way, outcome=outcome), ahead)
    pieces = _pieces(rest.text)
    stranger = not whom.pairs and bool(pieces) and is_name_like(pieces[0])
    return Line(
        pairs=whom.pairs,
        stranger=stranger,
        somebody=somebody,
        day=day,
        channel=way.channel,
        channel_label=way.label,
        outcome=outcome,
        next_on=ahead.on,
        next_said=ahead.said,
        contact_word=contact_word or (way.outcome is not None and not alike),
        incoming=incoming,
        note=words.COMMA.join(pieces[1:] if stranger else pieces),
        place=_place(pieces),
        is_guess=way.is_guess,
        doubts=doubts | whom.doubts,
    )


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom the names may mean, whether several people are named, and what stays in doubt."""

    pairs: tuple[int, ...]
    several: bool
    doubts: frozenset[Part] = NO_DOUBT


def _read_whom(rest: Masked, people: Sequence[Named]) -> _Whom:
    """Take the names; where none stands, what somebody is called by his surname alone."""
    pairs, several = _read_name(rest, people, called)
    doubts: set[Part] = set()
    if not pairs:
        pairs, several = _read_name(rest, people, called_by_surname)
        doubts |= {Part.WHO} if pairs else set()
    elif not several:
        others = _called_beside(rest.text, people, pairs)
        pairs, several = (*pairs, *others), bool(others)
    if words.HONOURED_SPEAKS.search(rest.text):
        doubts.add(Part.OUTCOME)
    rest.take(words.HONORIFIC)
    return _Whom(pairs, several, frozenset(doubts))


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
    """Return how somebody is called by half his name (老周, 罗哥, 强子): not surely he."""
    size = 2 if name[:2] in words.COMPOUND_SURNAMES else 1
    surname = name[:size]
    if words.NAME_DOT in name:
        return ()
    given = name[size:]
    alone = (surname,) if size > 1 else (given + words.CHILD,) * (len(given) == 1)
    before = tuple(mark + surname for mark in words.BEFORE_SURNAME)
    return (*before, *(surname + mark for mark in words.AFTER_SURNAME), *alone)


def _called_beside(text: str, people: Sequence[Named], pairs: tuple[int, ...]) -> tuple[int, ...]:
    """Return whom else a piece begins with, by surname (秀芝打通了，钱叔没通)."""
    return tuple(
        one.pair_id
        for one in people
        if one.pair_id not in pairs
        and any(
            words.BEGINS.search(text[: found.start()])
            for word in called_by_surname(one.name)
            for found in re.finditer(re.escape(word), text)
        )
    )


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


def _pieces(text: str) -> list[str]:
    pieces = (words.FILLERS.sub("", piece) for piece in words.BREAKS.split(text))
    return [piece for piece in pieces if piece]


def _place(pieces: Sequence[str]) -> str:
    """Return the city where relatives say somebody is; only the last word before the piece ends."""
    said = words.COMMA.join(pieces)
    found = STANDS_IN.search(said) if RELATIVE.search(said) else None
    return found["place"] if found else ""
