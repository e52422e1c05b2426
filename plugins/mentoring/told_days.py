"""Reads on which day a contact was, and keeps off days that tell of something else. Pure."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from core import daywords
from core.daywords import Ambiguous, Reason
from plugins.mentoring import words
from plugins.mentoring.masked import MASK, Masked
from plugins.mentoring.outcomes import is_touch, is_vain_only, talk_after_vain

# Private-use characters stand for what is out of sight while a day is looked for.
_HIDDEN = 0xE000
# Days to choose from in one question (dialogues 5: at most six numbers, one of them another day).
_MOST_DAYS = 5
# A day so near, told of him by name, is the day of the contact as a rule.
_NEAR = timedelta(days=3)


def read_day(rest: Masked, today: date, *, night: bool) -> date | Ambiguous | None:
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


def _without_other_days(shown: str, today: date, hide: Callable[[re.Match[str]], str]) -> str:
    """Hide the pieces whose day tells of his life, where the contact itself stands elsewhere."""
    pieces = list(words.PIECE.finditer(shown))
    dated = [one for one in pieces if _has_day(one[0], today)]
    of_contact = [one for one in pieces if _is_of_contact(one[0], today)]
    if any(is_touch(one[0]) for one in pieces):
        of_contact = [one for one in of_contact if not _is_only_of_him(one[0], today)]
    has_own = any(one in of_contact for one in dated)
    other = [
        one
        for one in dated
        if one not in of_contact and of_contact and (has_own or _is_of_life(one[0], today))
    ]
    for one in reversed(other):
        shown = shown[: one.start()] + hide(one) + shown[one.end() :]
    return shown


def _has_day(piece: str, today: date) -> bool:
    day, _ = daywords.find_day(piece, today, past=True)
    return day is not None or words.UNCLEAR_DAY.search(piece) is not None


def _is_of_life(piece: str, today: date) -> bool:
    """Whether a day that stands apart from the contact tells of his life, or is no certain one."""
    day, _ = daywords.find_day(piece, today, past=True)
    return not isinstance(day, date) or words.OF_LIFE.search(piece) is not None


def _is_only_of_him(piece: str, today: date) -> bool:
    """Whether he is named with a day far off, in a piece without any touch (他那个厂年底放假)."""
    day, _ = daywords.find_day(piece, today, past=True)
    far = isinstance(day, date) and today - day > _NEAR
    return far and MASK in piece and words.OF_LIFE.search(piece) is not None and not is_touch(piece)


def _is_of_contact(piece: str, today: date) -> bool:
    """Whether a piece tells of the contact itself, or is nothing but a day."""
    if MASK in piece or words.CONTACT.search(piece) or is_touch(piece):
        return True
    day, left = daywords.find_day(piece, today, past=True)
    if day is None and words.UNCLEAR_DAY.search(piece):
        day, left = today, words.UNCLEAR_DAY.sub("", piece)
    return day is not None and not words.OF_THE_DAY.sub("", words.FILLERS.sub("", left)).strip()


def _found_day(shown: str, today: date, *, night: bool) -> tuple[date | Ambiguous | None, str]:
    """Return the day of ``shown`` and what is left of it; nothing is taken for no day."""
    ahead = words.AHEAD_BUT_DONE.search(shown)
    if ahead is not None:
        return Ambiguous(Reason.VAGUE, ahead[0]), shown
    day, left = daywords.find_day(shown, today, past=True, night=night)
    told_of = words.OF_SOMETHING.search(shown) is not None
    if isinstance(day, date):
        several = sorted(set(_certain_days(shown, today, night=night)))
        if len(several) > 1:
            at_last = _day_of_talk(shown, today, night=night)
            return at_last or Ambiguous(Reason.VAGUE, "", tuple(several[-_MOST_DAYS:])), shown
        return (Ambiguous(Reason.VAGUE, "", (day,)), shown) if told_of else (day, left)
    if day is not None and day.reason is Reason.FUTURE and told_of:
        return None, shown
    if day is not None and _begins_piece(shown, day.words):
        return day, left
    return _unclear_day(shown), shown


def _certain_days(text: str, today: date, *, night: bool) -> list[date]:
    """Return the certain days that ``text`` names, in order."""
    days: list[date] = []
    day, left = daywords.find_day(text, today, past=True, night=night)
    while isinstance(day, date):
        days.append(day)
        day, left = daywords.find_day(left, today, past=True, night=night)
    return days


def _day_of_talk(shown: str, today: date, *, night: bool) -> date | None:
    """Return the day that counts of several, None when none plainly does.

    Of a talk after a vain try the day told last before it; the day of the only piece that names a
    way or an outcome; of vain tries one after the other the last.
    """
    talked_at = talk_after_vain(shown)
    if talked_at is not None:
        before = _certain_days(shown[:talked_at], today, night=night)
        return before[-1] if before else None
    days: list[date] = []
    for piece in words.PIECE.finditer(shown):
        here = _certain_days(piece[0], today, night=night)
        if here and is_touch(piece[0]):
            if len(set(here)) > 1:
                return None
            days.append(here[0])
    if len(days) == 1:
        return days[0]
    return days[-1] if days and days == sorted(days) and is_vain_only(shown) else None


def _unclear_day(shown: str) -> Ambiguous | None:
    """Return a question for days that nobody could tell from the words alone."""
    found = words.UNCLEAR_DAY.search(shown)
    return Ambiguous(Reason.VAGUE, found[0]) if found else None


def _begins_piece(text: str, said: str) -> bool:
    before = words.BREAKS.split(text[: max(text.find(said), 0)])[-1]
    return not words.FILLERS.sub("", before)
