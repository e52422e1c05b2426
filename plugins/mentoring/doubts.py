"""What in a mentor's line nobody accounted for that could change what is written. Pure.

The line is read elsewhere. Here every stretch that is left is looked at once more, from the other
side: a day, a next time, a denied touch, a plan, another person, another channel, trouble. Whatever
is found is not read but brings the line before the mentor's eyes before it is kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core import daywords
from core.daywords import Ambiguous
from models.enums import Outcome
from plugins.mentoring import doubt_words as signs
from plugins.mentoring import outcome_words, words
from plugins.mentoring.masked import MASK
from plugins.mentoring.next_days import NOTHING, NextDay
from plugins.mentoring.outcomes import Way, talk_after
from plugins.mentoring.topic_words import without_address


class Part(StrEnum):
    """A part of the line that may be in doubt; the values are those of the questions."""

    WHO = "who"
    DAY = "day"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    NEXT = "next"


# A contact is told within days: one of two months ago is shown before it is kept. Our default.
FAR_BACK = timedelta(days=60)
NO_DOUBT: frozenset[Part] = frozenset()
_VAIN = frozenset((Outcome.NO_ANSWER, Outcome.NUMBER_DEAD))
_UNHEARD = frozenset((*_VAIN, Outcome.THROUGH_OTHERS, Outcome.DECLINED))
_HEARD = frozenset((Outcome.REACHED,))
_TALK = frozenset((Outcome.REACHED, Outcome.EMPLOYER_CHANGED, Outcome.MOVED, Outcome.DECLINED))


@dataclass(frozen=True, slots=True)
class Told:
    """A line with the names of his own people masked: all that was ``said``, and what is ``left``.

    ``day`` is the one that was read.
    """

    said: str
    left: str
    day: date | Ambiguous
    today: date


def doubts_of(line: Told, way: Way, ahead: NextDay) -> frozenset[Part]:
    """Return the parts of what was read that something unaccounted for could change."""
    left = signs.TO_THE_BOT.sub(MASK, without_address(line.left))
    own = _own(left)
    found = {
        Part.WHO: _names_another(left),
        Part.DAY: _is_of_another_day(own, line) or _is_far_back(line),
        Part.NEXT: ahead == NOTHING and _speaks_of_next(left),
        Part.CHANNEL: _by_another_way(own, way),
        Part.OUTCOME: way.outcome is not None and _could_be_otherwise(line.said, left, own, way),
    }
    return frozenset(part for part, is_so in found.items() if is_so)


def _own(text: str) -> str:
    return " ".join(clause for clause, _ in _clauses(text))


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """Yield every clause as what the mentor tells, and what he repeats of somebody's words."""
    is_told = False
    for clause in words.BREAKS.split(text):
        found = signs.SPEECH.search(clause)
        start = 0 if is_told else found.start() if found else len(clause)
        yield clause[:start], clause[start:]
        is_told = signs.SPEECH_ENDS.search(clause) is not None


def _names_another(left: str) -> bool:
    for found in signs.STRANGER.finditer(left):
        name = found["name"] or found["familiar"]
        if not signs.NO_NAME.search(name) and not outcome_words.RELATIVE.search(found[0]):
            return True
    return False


def _is_of_another_day(own: str, line: Told) -> bool:
    for told in (signs.OF_SOMETHING, signs.OF_HIS):
        own = told.sub(" ", own)
    for found in signs.DAY.finditer(own):
        day = daywords.parse_day(found[0], line.today, past=True)
        if day is None or day != line.day:
            return True
    return False


def _is_far_back(line: Told) -> bool:
    return isinstance(line.day, date) and line.today - line.day > FAR_BACK


def _speaks_of_next(left: str) -> bool:
    return any(
        (signs.NEXT.search(own) and not signs.OF_HIS.search(own)) or signs.NEXT_TOLD.search(told)
        for own, told in _clauses(left)
    )


def _by_another_way(own: str, way: Way) -> bool:
    """Whether a second channel is told of; beside a vain try only that something came by it."""
    is_vain = way.outcome in _VAIN
    for clause in words.BREAKS.split(own):
        if signs.NOT.search(clause) or (is_vain and not signs.CAME.search(clause)):
            continue
        for word in words.CHANNELS:
            named = any(signs.A_WAY.search(m[0]) for m in word.pattern.finditer(clause))
            if named and word.channel is not way.channel:
                return True
    return False


def _could_be_otherwise(said: str, left: str, own: str, way: Way) -> bool:
    outcome = way.outcome
    is_talk = outcome in _TALK
    checks = (
        way.is_guess,
        outcome not in _UNHEARD and signs.NOT_TOUCHED.search(_own(_after_the_vain(said))),
        signs.PLANNED.search(own),
        outcome not in _VAIN and signs.QUESTION.search(left),
        outcome in (Outcome.REACHED, Outcome.DECLINED) and _is_mixed(said, outcome),
        is_talk and signs.HEDGED.search(own),
        is_talk and signs.OTHERS.search(own),
        outcome is Outcome.THROUGH_OTHERS and _may_be_himself(said),
        outcome is Outcome.HELP_NEEDED and signs.NOT_HIS.search(said),
        outcome is Outcome.REACHED and (_has_trouble(left) or _weighs(left, own)),
        outcome in _VAIN and _first(said, _HEARD) is not None,
        is_talk and _first(_after_the_vain(said), _VAIN) is not None,
    )
    return any(checks)


def _may_be_himself(said: str) -> bool:
    """Whether somebody else is only likely to have told it, or a talk is told before."""
    heard = outcome_words.THROUGH_OTHERS.search(said)
    return heard is None or talk_after(said[: heard.start()], 0) is not None


def _is_mixed(said: str, outcome: Outcome | None) -> bool:
    """Whether a dead number stands beside a talk, or that somebody hung up is all that is told."""
    if outcome is Outcome.REACHED:
        return _first(said, frozenset((Outcome.NUMBER_DEAD,))) is not None
    hung_up = signs.HUNG_UP.search(said) is not None
    return hung_up and signs.REFUSED.search(said) is None


def _after_the_vain(text: str) -> str:
    """Return ``text`` from the plain word of a talk that follows the vain tries told before it."""
    vain = _first(text, _VAIN)
    talks = [
        found
        for word in outcome_words.OUTCOMES
        if word.outcome is Outcome.REACHED and word.taken
        for found in word.pattern.finditer(text)
        if not _is_denied(text, found)
    ]
    last = max((found.start() for found in talks), default=0)
    return text[last:] if vain is not None and vain.end() <= last else text


def _weighs(left: str, own: str) -> bool:
    """Whether more stands under a plain talk than that all is well."""
    anywhere = (outcome_words.WEIGHTY, signs.WENT)
    told_by_us = (signs.DENIES, signs.ASKS)
    return any(pattern.search(left) for pattern in anywhere) or any(
        pattern.search(own) for pattern in told_by_us
    )


def _has_trouble(text: str) -> bool:
    return any(
        not _is_denied(text, found) and not signs.SETTLED.search(text[found.start() :])
        for found in signs.TROUBLE.finditer(text)
    )


def _first(text: str, outcomes: frozenset[Outcome]) -> re.Match[str] | None:
    """Return the first word of one of ``outcomes`` that stands in ``text`` and is not denied."""
    found = (
        match
        for word in outcome_words.OUTCOMES
        if word.outcome in outcomes
        for match in word.pattern.finditer(text)
        if not _is_denied(text, match)
    )
    return min(found, key=lambda match: match.start(), default=None)


def _is_denied(text: str, found: re.Match[str]) -> bool:
    return signs.DENIED.search(words.BREAKS.split(text[: found.start()])[-1]) is not None
