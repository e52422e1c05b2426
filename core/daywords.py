"""Days as people write them (昨天, 上周五, 20号, 腊月二十一), alone or inside a line.

Weeks begin on Monday. A log looks back, a plan looks ahead; an answer never lies on the wrong side.
What may mean several days, or lies on the wrong side, comes back as ``Ambiguous``: we ask.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from core import calendars
from core.days import Ambiguous, Asked, Day, Found, Reason, is_night
from core.periods import Span
from core.workdays import workday_from

__all__ = [
    "Ambiguous", "Day", "Found", "Reason", "find_day", "is_night", "parse_day", "parse_span",
]  # fmt: skip

_Reading = Callable[[re.Match[str], Asked], Found | None]

_DIGITS = "一二三四五六七八九"
_N = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_WIDE = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")

_NEAR_WORDS = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3,
}  # fmt: skip
_WEEKDAYS = {word: n for n, words in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7"))
             for word in words}  # fmt: skip
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_YEARS = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
_MONTHS = {"上": -1, "这": 0, "本": 0, "下": 1}
_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def number(words: str) -> int:
    """Return a number from 0 to 39 written in digits or in Chinese; 0 when it is none."""
    if words.isdecimal():
        return int(words)
    tens_word = next((word for word in "十廿卅" if word in words), None)
    if tens_word is None:
        return _DIGITS.find(words) + 1 if len(words) == 1 else 0
    before, _, after = words.partition(tens_word)
    if any(len(part) > 1 or part not in _DIGITS for part in (before, after)):
        return 0
    tens = {"十": _DIGITS.find(before) + 1 if before else 1, "廿": 2, "卅": 3}[tens_word]
    return 10 * tens + (_DIGITS.find(after) + 1 if after else 0)


def _near(match: re.Match[str], asked: Asked) -> Found:
    step = _NEAR_WORDS[match["near"]]
    if step == 0 and asked.night:
        options = (-1, 0) if asked.past else (0, 1)
        return Ambiguous(Reason.NIGHT, match[0], asked.around(*options))
    return asked.checked(asked.today + timedelta(days=step), match[0])


def _weekday(match: re.Match[str], asked: Asked) -> Found:
    weekday = _WEEKDAYS[match["weekday"]]
    if match["week"]:
        return asked.checked(
            calendars.week_day(asked.today, _WEEKS[match["week"]], weekday), match[0]
        )
    distance = asked.today.weekday() - weekday
    return asked.today + timedelta(days=-(distance % 7) if asked.past else -distance % 7)


def _full(match: re.Match[str], asked: Asked) -> Found | None:
    day = calendars.day_of(int(match["y"]), int(match["m"]), int(match["d"]))
    return None if day is None else asked.checked(day, match[0])


def _month_day(match: re.Match[str], asked: Asked) -> Found | None:
    month = _LUNAR_MONTHS.get(match["month"]) or number(match["month"])
    day = number(match["day"])
    lunar = bool(match["lunar"] or match["first"]) or match["month"] in _LUNAR_MONTHS
    lunar = lunar or match["day"][0] in "廿卅"
    year = _YEARS.get(match["year"])
    solar = asked.in_year(month, day, year, lunar=lunar, words=match[0])
    if (month, day) != (8, 15) or lunar or match["end"] or match["day"].isdecimal():
        return solar
    other = asked.in_year(month, day, year, lunar=True, words=match[0])
    options = tuple(sorted({found for found in (solar, other) if isinstance(found, date)}))
    return Ambiguous(Reason.CALENDAR, match[0], options)


def _dotted(match: re.Match[str], asked: Asked) -> Found | None:
    return asked.in_year(int(match["dm"]), int(match["dd"]), None, lunar=False, words=match[0])


def _day_of_month(match: re.Match[str], asked: Asked) -> Found | None:
    day = number(match["only"])
    if match["which"]:
        year, month = calendars.shifted(asked.today, _MONTHS[match["which"]])
        found = calendars.day_of(year, month, day)
        return None if found is None else asked.checked(found, match[0])
    days = calendars.days_of_month(day, asked.today)
    return calendars.nearest(days, asked.today, past=asked.past)


def _month_end(match: re.Match[str], asked: Asked) -> Found:
    if match["end_which"]:
        day = calendars.month_end(asked.today, _MONTHS[match["end_which"]])
        return asked.checked(day, match[0])
    this_month = calendars.month_end(asked.today)
    return calendars.month_end(asked.today, -1) if asked.past and this_month > asked.today \
        else this_month  # fmt: skip


def _year_end(match: re.Match[str], asked: Asked) -> Found | None:
    return asked.in_year(12, 31, _YEARS.get(match["end_year"]), lunar=False, words=match[0])


def _next_month(match: re.Match[str], asked: Asked) -> Found:
    first = calendars.month_end(asked.today) + timedelta(days=1)
    return asked.checked(workday_from(first), match[0])


def _feast(match: re.Match[str], asked: Asked) -> Found | None:
    month, day, lunar = _FEASTS[match["feast"]]
    return asked.in_year(month, day, _YEARS.get(match["feast_year"]), lunar=lunar, words=match[0])


def _first_days(match: re.Match[str], asked: Asked) -> Found | None:
    return asked.in_year(1, number(match["first_day"]), None, lunar=True, words=match[0])


def _days_ago(match: re.Match[str], asked: Asked) -> Found:
    step = number(match["ago"]) * (-1 if match["way"] == "前" else 1)
    return asked.checked(asked.today + timedelta(days=step), match[0])


def _weeks_ago(match: re.Match[str], asked: Asked) -> Found:
    count = number(match["weeks"].replace("两", "二"))
    return asked.checked(asked.today - timedelta(days=7 * count), match[0])


def _few_days(match: re.Match[str], asked: Asked) -> Found:
    steps = (-2, -1) if match["few"] in ("前两", "前二") else (-3, -2, -1)
    return Ambiguous(Reason.VAGUE, match[0], asked.around(*steps) if asked.past else ())


def _some_week(match: re.Match[str], asked: Asked) -> Found:
    weekdays = (5, 6) if match["weekend"] else (0, 1, 2, 3, 4)
    weeks = [_WEEKS[match["some_week"]]] if match["some_week"] else [0, -1 if asked.past else 1]
    for week in weeks:
        days = (calendars.week_day(asked.today, week, weekday) for weekday in weekdays)
        if options := asked.this_side(days):
            return Ambiguous(Reason.VAGUE, match[0], options)
    return Ambiguous(Reason.VAGUE, match[0])


def _vague(match: re.Match[str], asked: Asked) -> Found:
    del asked
    return Ambiguous(Reason.VAGUE, match[0])


_FEASTS = {
    "元旦": (1, 1, False),
    "除夕": (12, 30, True),
    "年三十": (12, 30, True),
    "元宵": (1, 15, True),
}

_READINGS: tuple[tuple[re.Pattern[str], _Reading], ...] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        (
            r"(?<!以)(?P<near>大前|大后|[前昨今明后])(?:天|日|晚|早|儿|(?<=[昨今明])(?:夜|上午|中午|下午))",
            _near,
        ),
        (
            r"(?<!每)(?:(?P<week>上上|下下|[上下这本])个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天]|[1-7](?!\d))",
            _weekday,
        ),
        (
            r"(?<!\d)(?P<y>20\d\d)[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})(?!\d)[日号]?",
            _full,
        ),
        (
            rf"(?<!\d)(?:(?P<year>[去今明后前])年)?(?P<lunar>农历|阴历)?"  # noqa: ISC004
            rf"(?P<month>[正冬腊]|{_N})月份?"
            rf"(?P<first>初)?(?P<day>{_N})(?![\d个])(?P<end>[日号])?",
            _month_day,
        ),
        (
            r"(?<![\d./-])(?P<dm>\d{1,2})[./-](?P<dd>\d{1,2})"  # noqa: ISC004
            r"(?![\d./%-]|\s*[小个元块万天斤度岁米公点倍分课学])",
            _dotted,
        ),
        (
            rf"(?<!\d)(?:(?P<which>[上下这本])个?月)?(?P<only>{_N})[号日](?![线楼门厂院店工房车机码桌宿])",
            _day_of_month,
        ),
        (r"(?:(?P<end_which>[上下这本])个?)?月[底末]", _month_end),
        (r"(?:(?P<end_year>[去今明])年)?年?(?<=年)[底末]", _year_end),
        (r"下个?月(?![底末初中\d]|份)", _next_month),
        (r"(?:(?P<feast_year>[去今明])年)?大?(?P<feast>元旦|除夕|年三十|元宵)节?", _feast),
        (rf"大年初(?P<first_day>{_N})", _first_days),
        (rf"(?<!\d)(?P<ago>{_N})天(?:之|以)?(?P<way>[前后])", _days_ago),
        (
            r"(?P<weeks>\d{1,2}|[一二两三四])个?(?:周|星期|礼拜)(?:之|以)?(?P<week_way>前)",
            _weeks_ago,
        ),
        (r"(?P<few>前两|前二|前几|这两|这几|前些|前阵)[天日子]", _few_days),
        (r"(?P<some_week>上上|下下|[上下])个?(?:周|星期|礼拜)(?P<weekend>末)?", _some_week),
        (r"(?P<some_week>[这本])?个?(?:周|星期|礼拜)(?P<weekend>末)", _some_week),
        (
            r"上个?月(?![底末\d])|月[初中](?![\d一二三四五六七八九十])|过完年|过了年|年[前后]|过年|春节|开春",
            _vague,
        ),
    )
)

# What follows a day that somebody plans, in a line that otherwise tells what happened.
_PLANNED = re.compile(r"\s*(?:再|之?前|以前|还要|准备|打算)")
_PLANNED_BEFORE = re.compile(r"(?:下次|约在|约到|约了|(?<![接找看遇碰收见])到|等)\s*$")


def parse_day(text: str, today: date, *, past: bool, night: bool = False) -> Found | None:
    """Return the day that the whole of ``text`` means; None when it is no day.

    ``past`` looks back from ``today`` (a log), else ahead (a plan); ``today`` itself is on both
    sides. ``night`` says that it is between midnight and four.
    """
    plain = text.translate(_WIDE).strip()
    asked = Asked(today, past, night)
    for pattern, reading in _READINGS:
        match = pattern.fullmatch(plain)
        if match is not None and (found := reading(match, asked)) is not None:
            return found
    return None


def find_day(
    line: str, today: date, *, past: bool, night: bool = False
) -> tuple[Found | None, str]:
    """Return the day that ``line`` speaks of, and the line without its words.

    In a log a day that is plainly planned (下周一再打) stays in the rest, and in a plan one that
    has plainly gone (昨天). A certain day goes before one that has to be asked for.
    """
    plain = line.translate(_WIDE)
    asked = Asked(today, past, night)
    question: tuple[Ambiguous, int, int] | None = None
    for start, end, found in _all(plain, asked):
        if past and _is_planned(plain, start, end):
            continue
        if isinstance(found, date):
            return found, _without(line, start, end)
        if question is None and not _is_elsewhere(found):
            question = found, start, end
    if question is None:
        return None, line
    return question[0], _without(line, question[1], question[2])


def _all(plain: str, asked: Asked) -> list[tuple[int, int, Found]]:
    """Return what days the line holds, in order, the longest where several begin."""
    places = [
        (match.start(), -match.end(), order, match)
        for order, (pattern, _) in enumerate(_READINGS)
        for match in pattern.finditer(plain)
    ]
    days: list[tuple[int, int, Found]] = []
    for start, end, order, match in sorted(places, key=lambda place: place[:3]):
        if days and start < days[-1][1]:
            continue
        found = _READINGS[order][1](match, asked)
        if found is not None:
            days.append((start, -end, found))
    return days


def _is_planned(plain: str, start: int, end: int) -> bool:
    return bool(_PLANNED.match(plain, end) or _PLANNED_BEFORE.search(plain[:start]))


def _is_elsewhere(found: Ambiguous) -> bool:
    """Whether the words belong to the other side: 昨天 in a plan, 明天 in a log."""
    return found.reason is Reason.GONE or (
        found.reason is Reason.FUTURE and len(found.options) == 1
    )


def _without(line: str, start: int, end: int) -> str:
    return f"{line[:start].rstrip()} {line[end:].lstrip()}".strip()


def parse_span(text: str, today: date) -> Span | Ambiguous | None:
    """Return the coming days that ``text`` means (1月28日到2月20日, 腊月二十一到正月十五).

    A single day is a span of one. None when it is none, or ends before it begins.
    """
    first_words, _, last_words = re.sub(r"[至~～—]+", "到", text, count=1).partition("到")
    first = parse_day(first_words, today, past=False)
    if not isinstance(first, date) or not last_words:
        return Span(first, first) if isinstance(first, date) else first
    base = today if re.match(r"[今明后]年", last_words.strip()) else first
    last = parse_day(last_words, base, past=False)
    if not isinstance(last, date):
        return last
    return Span(first, last) if first <= last else None
