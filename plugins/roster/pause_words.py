"""The last day of a pause as people say it (20号之后, 下月初, 明天早上). Pure."""

import re
from datetime import date, timedelta

from core.daywords import Ambiguous, parse_day
from core.periods import add_months
from plugins.roster import words

# What stands behind a day and changes nothing: the pause holds until the end of that day.
_BEHIND = re.compile(r"(?:之?后|以后|早上|早晨|上午|中午|下午|晚上|夜里|再说|吧|了|左右|前后)+$")
_BARE = re.compile(r"\d{1,2}")
_DAY = "号"
# A part of a month: the 1st, the middle, the last day; 月底 alone is a day of core.daywords.
_PART = re.compile(r"(?P<next>下个?)?月(?P<part>初|中旬?|底|末)")
_MIDDLE = 15
_FIRST = "初"
_MIDDLES = ("中", "中旬")


def last_day(said: str, today: date, *, night: bool) -> date | Ambiguous | None:
    """Return the day until which somebody wants to be left alone; None when none is named."""
    plain = words.plain(said).replace(" ", "")
    for one in dict.fromkeys((plain, _BEHIND.sub("", plain))):
        piece = f"{one}{_DAY}" if _BARE.fullmatch(one) else one
        found = _part_of_month(piece, today) or parse_day(piece, today, past=False, night=night)
        if found is not None:
            return found
    return None


def _part_of_month(piece: str, today: date) -> date | None:
    """Return the 1st, the 15th or the last day of this month or the next, the first to come."""
    found = _PART.fullmatch(piece)
    if found is None:
        return None
    first = today.replace(day=1)
    months = [add_months(first, 1)] if found["next"] else [first, add_months(first, 1)]
    return next((day for month in months if (day := _on(month, found["part"])) >= today), None)


def _on(month: date, part: str) -> date:
    if part == _FIRST:
        return month
    if part in _MIDDLES:
        return month.replace(day=_MIDDLE)
    return add_months(month, 1) - timedelta(days=1)
