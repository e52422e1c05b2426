"""Reads when somebody is to be contacted again: a day, a day by custom, or what is no day. Pure.

A day by custom (过几天, 月底前后, 端午) is said back with the words it came from; what is only
waited for (等他发工资) is asked about. Nothing is passed over in silence.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core import daywords
from core.periods import add_months
from core.workdays import workday_from
from plugins.mentoring import next_words as words
from plugins.mentoring.masked import MASK, Masked

_WORDS_MOST = 12
_FAR_DAYS = 400
# How far 到时候 reaches back for its day.
_BACK_MOST = 24
# Longer than this, what stands before 再打 is a sentence of its own.
_CLAUSE_MOST = 9
_PIECE = re.compile(r"[^\s，。、,；;\x00]+")


@dataclass(frozen=True, slots=True)
class NextDay:
    """The next day; ``said`` are the words that name no day of the calendar.

    ``on`` is None when they have to be asked about.
    """

    on: date | None = None
    said: str = ""


NOTHING = NextDay()


def read_next(rest: Masked, today: date) -> NextDay:
    """Take the words of the next contact: a day before 再打, or after 下次, or 三天后 alone."""
    found = _before_again(rest, today) or _after_next_time(rest, today)
    found = found or _without_again(rest, today)
    if found is not None:
        return found
    lone = _lone(rest, today)
    return NextDay(lone) if lone else _waited_for(rest)


def answered(said: str, today: date) -> date | None:
    """Return the day that an answer to "when next" means, by the calendar or by custom."""
    again = words.AGAIN.search(said)
    piece = said[: again.start()] if again else said
    piece = words.NEXT_TIME.sub("", piece).strip("。 ")
    return next_day(piece, today) or by_custom(piece, today)


def _before_again(rest: Masked, today: date) -> NextDay | None:
    again = words.AGAIN.search(rest.text)
    if again is None:
        return None
    end = again.start()
    then = words.THEN.search(rest.text[:end])
    if then is not None and (found := _day_before(rest, then.start(), again, today)) is not None:
        return found
    for read in (next_day, by_custom):
        for start in range(max(0, end - _WORDS_MOST), end):
            said = rest.text[start:end]
            if read is by_custom and words.OF_A_TIME.search(rest.text[:start]):
                continue
            day = read(said, today)
            if day is not None:
                rest.mask(start, again.end())
                return NextDay(day, "" if read is next_day else _plain(said))
    return None


def _day_before(rest: Masked, end: int, again: re.Match[str], today: date) -> NextDay | None:
    """Return the day that 到时候再打 goes back to (5月20号她生日 到时候再打)."""
    for start in range(max(0, end - _BACK_MOST), end):
        for stop in range(min(end, start + _WORDS_MOST), start + 1, -1):
            day = next_day(rest.text[start:stop], today)
            if day is not None:
                rest.mask(start, stop)
                rest.mask(*again.span())
                return NextDay(day)
    return None


def _after_next_time(rest: Masked, today: date) -> NextDay | None:
    told = words.NEXT_TIME.search(rest.text)
    if told is None:
        return None
    for read in (next_day, by_custom):
        for end in range(min(len(rest.text), told.end() + _WORDS_MOST), told.end(), -1):
            said = rest.text[told.end() : end]
            day = read(said, today)
            if day is not None:
                rest.mask(told.start(), end)
                return NextDay(day, "" if read is next_day else _plain(said))
    return None


def _lone(rest: Masked, today: date) -> date | None:
    """Take a piece that is nothing but a day ahead: 三天后, 下周一."""
    for found in _PIECE.finditer(rest.text):
        piece = found[0]
        after = any(m and m["after"] for m in (p.fullmatch(piece) for p, _ in _STEPS))
        if after or piece.startswith(words.AHEAD):
            day = next_day(piece, today)
            if day is not None:
                rest.mask(*found.span())
                return day
    return None


def _without_again(rest: Masked, today: date) -> NextDay | None:
    for pattern in words.WITHOUT_AGAIN:
        found = pattern.search(rest.text)
        if found is None or words.DONE_SINCE.search(rest.text, found.end()):
            continue
        said = found["when"]
        day = next_day(said, today)
        custom = day or by_custom(said, today)
        if custom is not None:
            rest.mask(*found.span())
            return NextDay(custom, "" if day else said)
    return None


def _waited_for(rest: Masked) -> NextDay:
    """Return what is waited for before 再打 or after 下次; it stays in the note as well."""
    again = words.AGAIN.search(rest.text)
    if again is None:
        told = words.NEXT_TIME.search(rest.text)
        after = _PIECE.match(rest.text, told.end()) if told else None
        return NextDay(said=after[0]) if after else NOTHING
    before = rest.text[: again.start()]
    clause = _PIECE.findall(before)
    if not clause or not before.endswith(clause[-1]):
        return NOTHING
    waited = words.WAITED.search(clause[-1])
    if waited is not None:
        return NextDay(said=_plain(waited[0]))
    return NextDay(said=_plain(clause[-1])) if _is_time(clause[-1], again[0]) else NOTHING


def _is_time(clause: str, again: str) -> bool:
    """Whether a few words that no table knows say when (发了年终奖再说), as far as can be told."""
    if len(clause) > _CLAUSE_MOST or words.NO_TIME.search(words.LEAD.sub("", clause)):
        return False
    return not words.PUTS_OFF.match(again) or words.FIRST_HAPPENS.search(clause) is not None


def _plain(said: str) -> str:
    return words.LEAD.sub("", said.replace(MASK, "").strip()) or said.strip()


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
        day = next_month(today)
    elif (month := words.IN_MONTH.fullmatch(piece)) is not None:
        day = workday_from(_month_ahead(daywords.number(month["n"]), today))
    elif (week := words.NEXT_WEEK.fullmatch(piece)) is not None:
        ahead = 14 if week["far"] else 7
        day = workday_from(today + timedelta(days=ahead - today.weekday()))
    else:
        day = _step(piece, today) or _dated(piece, today)
    return day if day and today < day <= today + timedelta(days=_FAR_DAYS) else None


def next_month(today: date) -> date:
    """Return the first working day of the month after ``today``."""
    return workday_from(add_months(today.replace(day=1), 1))


def _month_ahead(month: int, today: date) -> date:
    return add_months(today.replace(day=1), (month - today.month - 1) % 12 + 1)


def _step(piece: str, today: date) -> date | None:
    for pattern, step in _STEPS:
        found = pattern.fullmatch(piece)
        if found is not None:
            return step(found, today)
    return None


def _dated(piece: str, today: date) -> date | None:
    parsed = daywords.parse_day(piece, today, past=False)
    return parsed if isinstance(parsed, date) else None


def by_custom(text: str, today: date) -> date | None:
    """Return the coming day that words mean by custom, None when they mean none.

    The customs are ours, written down in ``next_words``: 过几天 three days, 过阵子 two weeks, 月中
    the 15th, a feast its day. The mentor hears the day and may change it.
    """
    piece = text.strip()
    for one in _simpler(piece):
        day = _custom(one, today)
        if day is None and one != piece:
            day = next_day(one, today)
        if day is not None and today < day <= today + timedelta(days=_FAR_DAYS):
            return day
    return None


def _simpler(piece: str) -> Iterator[str]:
    """Yield ``piece``, then without what stands before and after a day."""
    yield piece
    inner = words.LEAD.sub("", piece)
    yield inner
    yield words.AROUND.sub("", inner)


def _custom(piece: str, today: date) -> date | None:
    for pattern, days in words.BY_CUSTOM:
        if pattern.fullmatch(piece):
            return today + timedelta(days=days)
    part = words.PART_OF_MONTH.fullmatch(piece)
    if part is not None:
        return _part_of_month(part, today)
    weekend = words.WEEKEND.fullmatch(piece)
    if weekend is not None:
        monday = today - timedelta(days=today.weekday())
        saturday = monday + timedelta(days=12 if weekend["next"] else 5)
        return saturday if saturday > today else saturday + timedelta(days=7)
    feast = words.FEASTS.get(words.FEAST_END.sub("", piece))
    return _dated(feast, today) if feast else None


def _part_of_month(found: re.Match[str], today: date) -> date:
    """Return the day that stands for a part of a month: this one's while it is to come."""
    on = words.PART_DAYS[found["part"] or found["bare"]]
    if found["n"]:
        month = _month_ahead(daywords.number(found["n"]), today)
    elif found["which"] == words.AHEAD:
        month = add_months(today.replace(day=1), 1)
    else:
        month = today.replace(day=1)
        if month.replace(day=on) <= today:
            month = add_months(month, 1)
    return workday_from(month) if on == 1 else month.replace(day=on)
