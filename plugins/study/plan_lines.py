"""Reads what somebody wants changed in a plan out of one line (推送 计划). Pure.

A change is a column of StudyPlan with its new value, as JSON; None means as the one above has it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core import daywords
from core.errors import Refusal
from plugins.study import plan_words, push_words

# Everything that can be inherited (plans.COLUMNS), and the stop, which cannot.
INHERITED = (
    "weekday", "hour", "minute", "pieces", "every_weeks", "series", "form", "skips_holidays",
)  # fmt: skip
# Everything as the one above has it.
AS_ABOVE: Mapping[str, Any] = {**dict.fromkeys(INHERITED), "is_stopped": False}
PIECES_MOST = 3
NOON, _MIDNIGHT, _MINUTES = 12, 24, 60

Changes = Mapping[str, Any]
_Found = dict[str, Any]


def read(text: str, series: Sequence[str]) -> Changes:
    """Return what ``text`` changes; empty when it says nothing. ``series`` are all their names.

    Raises Refusal ``study.plan_too_often``, ``study.plan_pieces``, ``study.plan_hour``,
    ``study.plan_rhythm``, ``study.plan_series_unknown``, ``study.plan_no_voice``, and
    ``study.plan_unread`` with the words that mean nothing.
    """
    if plan_words.TOO_OFTEN.search(text):
        raise Refusal("study.plan_too_often")
    found: _Found = {}
    for reading in _READINGS:
        text = reading(text, found)
    text = _series(text, series, found)
    rest = plan_words.FILLERS.sub("", text)
    if rest:
        raise Refusal("study.plan_unread", rest=rest)
    return found


def _like_above(text: str, found: _Found) -> str:
    match = plan_words.LIKE_ABOVE.search(text)
    while match is not None:
        columns = plan_words.COLUMNS_BY_WORD.get(match["what"] or "")
        found |= AS_ABOVE if columns is None else dict.fromkeys(columns)
        text = _without(text, match)
        match = plan_words.LIKE_ABOVE.search(text)
    return text


def _rhythm(text: str, found: _Found) -> str:
    match = plan_words.RHYTHM.search(text)
    if match is None:
        return text
    if match["other"]:
        weeks = plan_words.OTHER_WEEK
    elif match["half"]:
        weeks = plan_words.HALF_MONTH_WEEKS
    elif match["month"]:
        weeks = plan_words.MONTH_WEEKS
    else:
        weeks = _number(match["weeks"] or match["every"] or "1")
        if match[0].startswith(plan_words.OTHER_WEEK_MARK):
            weeks = max(weeks + 1, plan_words.OTHER_WEEK)
    if weeks > plan_words.WEEKS_MOST:
        raise Refusal("study.plan_rhythm", most=plan_words.WEEKS_MOST)
    found["every_weeks"] = weeks
    return _without(text, match)


def _pieces(text: str, found: _Found) -> str:
    match = plan_words.PIECES.search(text)
    if match is None:
        return text
    count = _number(match["n"])
    if not 1 <= count <= PIECES_MOST:
        raise Refusal("study.plan_pieces", most=PIECES_MOST)
    found["pieces"] = count
    return _without(text, match)


def _hour(text: str, found: _Found) -> str:
    text = text.replace(push_words.NIGHT, push_words.NIGHT_LONG)
    match = push_words.HOUR.search(text)
    if match is None:
        return text
    hour = daywords.number(match["hour"].replace(push_words.TWO, push_words.TWO_PLAIN))
    minute = 30 if match["half"] else int(match["minute"] or 0)
    if match["part"] in plan_words.EVENING and hour == NOON:
        hour = _MIDNIGHT
    # 7点 of a digest is in the evening: in the morning nobody is written to before eight.
    in_afternoon = match["part"] in push_words.AFTERNOON or (not match["part"] and hour < 8)  # noqa: PLR2004
    if in_afternoon and 0 < hour < NOON:
        hour += NOON
    if hour >= _MIDNIGHT or minute >= _MINUTES:
        raise Refusal("study.plan_hour")
    found["hour"], found["minute"] = hour, minute
    return _without(text, match)


def _weekday(text: str, found: _Found) -> str:
    days = {plan_words.WEEKDAYS[match["day"]] for match in plan_words.WEEKDAY.finditer(text)}
    if len(days) > 1:
        raise Refusal("study.plan_too_often")
    if days:
        found["weekday"] = days.pop()
    return plan_words.WEEKDAY.sub(" ", text)


def _holidays(text: str, found: _Found) -> str:
    for pattern, skips in (
        (plan_words.HOLIDAYS_GO_ON, False), (plan_words.HOLIDAYS_SKIP, True),
    ):  # fmt: skip
        match = pattern.search(text)
        if match is not None:
            found["skips_holidays"] = skips
            text = _without(text, match)
    return text


def _stop(text: str, found: _Found) -> str:
    for pattern, stops in ((plan_words.STOP, True), (plan_words.GO, False)):
        match = pattern.search(text)
        if match is not None:
            found["is_stopped"] = stops
            text = _without(text, match)
    return text


def _form(text: str, found: _Found) -> str:
    if plan_words.VOICE.search(text):
        raise Refusal("study.plan_no_voice")
    for pattern, form in plan_words.FORMS:
        match = pattern.search(text)
        if match is not None:
            found["form"] = form.value
            text = _without(text, match)
    return text


_READINGS: tuple[Callable[[str, _Found], str], ...] = (
    _like_above, _rhythm, _pieces, _hour, _weekday, _holidays, _stop, _form,
)  # fmt: skip


def _series(text: str, known: Sequence[str], found: _Found) -> str:
    if match := plan_words.ALL_SERIES.search(text):
        found["series"] = []
        return _without(text, match)
    places = sorted((text.find(name), name) for name in known if name in text)
    chosen = [name for _, name in places]
    for name in chosen:
        text = text.replace(name, plan_words.NAMED)
    if match := plan_words.SERIES.search(text):
        words = plan_words.SERIES_BREAKS.split(match["after"] or match["before"] or "")
        named = [_named(word, known) for word in words if word.strip(plan_words.NAMED)]
        chosen += named if named or chosen else [_named("", known)]
        text = _without(text, match)
    if chosen:
        found["series"] = list(dict.fromkeys(chosen))
    text = text.replace(plan_words.NAMED, " ")
    return plan_words.SERIES_LEFT.sub(" ", text) if chosen else text


def _named(word: str, known: Sequence[str]) -> str:
    """Return the one series that ``word`` means."""
    fitting = [name for name in known if word in name]
    if len(fitting) != 1:
        raise Refusal("study.plan_series_unknown", names=plan_words.LIST_MARK.join(known))
    return fitting[0]


def _number(words: str) -> int:
    return int(words) if words.isdecimal() else plan_words.NUMBERS[words]


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
