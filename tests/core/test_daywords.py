"""Day words: the table of the script book, and what must never come out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daywords import Ambiguous, Reason, find_day, is_night, number, parse_day, parse_span
from core.periods import Span

TODAY = date(2026, 11, 23)  # a Monday


def day(words: str) -> date:
    """Return ``11-20`` of the year, or ``2027-01-28``."""
    return date.fromisoformat(words if words.count("-") == 2 else f"2026-{words}")


# words, the day in a log, the day in a plan; - where it has to be asked for
TABLE = """
今天 11-23 11-23
今晚 11-23 11-23
昨天 11-22 -
昨晚 11-22 -
前天 11-21 -
大前天 11-20 -
三天前 11-20 -
明天 - 11-24
后天 - 11-25
大后天 - 11-26
3天后 - 11-26
周一 11-23 11-23
周三 11-18 11-25
星期天 11-22 11-29
礼拜5 11-20 11-27
上周五 11-20 -
上个星期一 11-16 -
上上周日 11-15 -
这周五 - 11-27
本周一 11-23 11-23
下周一 - 11-30
下个周五 - 12-04
11月20日 11-20 2027-11-20
11月20号 11-20 2027-11-20
11月20 11-20 2027-11-20
１１月２０日 11-20 2027-11-20
十一月二十号 11-20 2027-11-20
11.20 11-20 2027-11-20
11/20 11-20 2027-11-20
11-20 11-20 2027-11-20
2026年11月20日 11-20 -
2026-11-20 11-20 -
2027.3.2 - 2027-03-02
去年12月30日 2025-12-30 -
明年3月2日 - 2027-03-02
3月2日 03-02 2027-03-02
11月23日 11-23 11-23
2月29日 2024-02-29 2028-02-29
20号 11-20 12-20
二十号 11-20 12-20
31号 10-31 12-31
23日 11-23 11-23
上个月20号 10-20 -
下月3号 - 12-03
月底 10-31 11-30
上月底 10-31 -
下个月底 - 12-31
年底 - 12-31
去年底 2025-12-31 -
去年年底 2025-12-31 -
下月 - 12-01
下个月 - 12-01
正月十五 03-03 2027-02-20
腊月二十一 - 2027-01-28
腊月廿一 - 2027-01-28
去年腊月二十一 02-08 -
大年初三 02-19 2027-02-08
除夕 - 2027-02-05
大年三十 - 2027-02-05
农历八月十五 09-25 2027-09-15
阴历十月初一 11-09 2027-10-29
五月初五 06-19 2027-06-09
元旦 01-01 2027-01-01
八月十五号 08-15 2027-08-15
前两天 - -
前几天 - -
上周 - -
周末 - -
年前 - -
过完年 - -
月初 - -
八月十五 - -
""".strip()

NO_DAYS = [
    "",
    "建国",
    "3号楼",
    "2月30日",
    "13月1日",
    "32号",
    "3.5小时",
    "0.5",
    "通了",
    "周德厚",
    "每周一",
]


@pytest.mark.parametrize("row", TABLE.splitlines(), ids=lambda row: row.split()[0])
def test_given_a_word_when_parsed_then_a_log_looks_back_and_a_plan_ahead(row: str) -> None:
    words, *wanted = row.split()
    for past, expected in zip((True, False), wanted, strict=True):
        found = parse_day(words, TODAY, past=past)
        if expected == "-":
            assert isinstance(found, Ambiguous), (past, found)
        else:
            assert found == day(expected), past


@pytest.mark.parametrize("words", NO_DAYS)
def test_given_no_day_when_parsed_then_it_is_none(words: str) -> None:
    assert parse_day(words, TODAY, past=True) is None
    assert parse_day(words, TODAY, past=False) is None


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("前两天", Ambiguous(Reason.VAGUE, "前两天", (day("11-21"), day("11-22")))),
        ("过完年", Ambiguous(Reason.VAGUE, "过完年")),
        ("周末", Ambiguous(Reason.VAGUE, "周末", (day("11-21"), day("11-22")))),
        ("12月30日", Ambiguous(Reason.FUTURE, "12月30日", (day("2025-12-30"), TODAY),
                            day("12-30"))),
        ("明天", Ambiguous(Reason.FUTURE, "明天", (TODAY,), day("11-24"))),
        ("八月十五", Ambiguous(Reason.CALENDAR, "八月十五", (day("08-15"), day("09-25")))),
    ],
)  # fmt: skip
def test_given_words_that_must_be_asked_when_parsed_then_the_choices_are_offered(
    words: str, question: Ambiguous
) -> None:
    assert parse_day(words, TODAY, past=True) == question


def test_given_last_weeks_days_when_asked_then_its_working_days_are_offered() -> None:
    found = parse_day("上周", TODAY, past=True)
    assert isinstance(found, Ambiguous)
    assert found.options == tuple(day(f"11-{n}") for n in range(16, 21))


def test_given_january_when_a_december_day_is_logged_then_it_is_last_month() -> None:
    assert parse_day("12月30日", day("2027-01-03"), past=True) == day("12-30")
    assert parse_day("腊月二十一", day("2027-02-10"), past=True) == day("2027-01-28")


def test_given_deep_night_when_today_is_said_then_it_is_asked() -> None:
    found = parse_day("今天", TODAY, past=True, night=True)
    assert found == Ambiguous(Reason.NIGHT, "今天", (day("11-22"), TODAY))
    assert parse_day("昨天", TODAY, past=True, night=True) == day("11-22")
    moments = [datetime(2026, 11, 22, hour, 59, tzinfo=UTC) for hour in (15, 16, 19, 20)]
    assert [is_night(moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("line", "found", "rest"),
    [
        ("昨天跟建国打电话了 挺好", "11-22", "跟建国打电话了 挺好"),
        ("记联系 陈玉梅 微信 上周五 换厂了 下月再打", "11-20",
         "记联系 陈玉梅 微信 换厂了 下月再打"),
        ("玉梅今天视频 孩子上学想请人帮忙问问", "11-23", "玉梅 视频 孩子上学想请人帮忙问问"),
        ("11月18日给李强打电话没人接", "11-18", "给李强打电话没人接"),
        ("李强停机，问了他爱人，人在南港", None, "李强停机，问了他爱人，人在南港"),
        ("王建国 11.20 微信", "11-20", "王建国 微信"),
        ("3号线工地 20号电话", "11-20", "3号线工地 电话"),
        ("打电话了 下周一再打", None, "打电话了 下周一再打"),
        ("12月30日再打 昨天通了", "11-22", "12月30日再打 通了"),
        ("约在12月2日见", None, "约在12月2日见"),
        ("学了3.5小时", None, "学了3.5小时"),
        ("以后天天打", None, "以后天天打"),
    ],
)  # fmt: skip
def test_given_a_mentors_line_when_read_then_its_day_is_found(
    line: str, found: str | None, rest: str
) -> None:
    wanted = None if found is None else day(found)
    assert find_day(line, TODAY, past=True) == (wanted, rest)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("换厂了 下月再打", "12-01"),
        ("以后天天打 下周二见", "12-01"),
        ("下周一再打", "11-30"),
        ("昨天没通 12月30日再打", "12-30"),
    ],
)
def test_given_the_rest_when_a_plan_is_sought_then_it_is_found(rest: str, found: str) -> None:
    assert find_day(rest, TODAY, past=False)[0] == day(found)


def test_given_a_vague_line_when_read_then_the_question_and_the_rest_come_back() -> None:
    found, rest = find_day("那个谁前两天联系了", TODAY, past=True)
    assert isinstance(found, Ambiguous)
    assert (found.words, rest) == ("前两天", "那个谁 联系了")
    found, rest = find_day("12月30日打过", TODAY, past=True)
    assert isinstance(found, Ambiguous)
    assert (found.reason, rest) == (Reason.FUTURE, "打过")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1月28日到2月20日", "2027-01-28", "2027-02-20"),
        ("腊月二十一到正月十五", "2027-01-28", "2027-02-20"),
        ("12月1日到15日", "12-01", "12-15"),
        ("12月1日到明年11月30日", "12-01", "2027-11-30"),
        ("12月20日至1月5日", "12-20", "2027-01-05"),
        ("20号", "12-20", "12-20"),
    ],
)
def test_given_a_span_when_parsed_then_it_lies_ahead(text: str, first: str, last: str) -> None:
    assert parse_span(text, TODAY) == Span(day(first), day(last))


def test_given_no_span_when_parsed_then_it_is_asked_or_none() -> None:
    assert isinstance(parse_span("过完年", TODAY), Ambiguous)
    assert isinstance(parse_span("12月1日到过完年", TODAY), Ambiguous)
    assert parse_span("随便", TODAY) is None


@pytest.mark.parametrize(
    ("words", "value"),
    [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十一", 21), ("廿三", 23), ("卅", 30),
     ("三十一", 31), ("07", 7), ("二二", 0), ("十十", 0), ("二十一一", 0)],
)  # fmt: skip
def test_given_a_number_in_words_when_read_then_it_is_right(words: str, value: int) -> None:
    assert number(words) == value


DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
WORDS = st.one_of(
    st.sampled_from([row.split()[0] for row in TABLE.splitlines()]),
    st.builds(lambda m, d: f"{m}月{d}日", st.integers(0, 14), st.integers(0, 33)),
    st.builds(lambda m, d: f"{m}月{d}", st.sampled_from("正冬腊"), st.sampled_from(
        ["初一", "十五", "廿九", "三十", "三十一"])),
    st.builds(lambda d: f"{d}号", st.integers(0, 40)),
    st.builds(lambda y, m, d: f"{y}-{m}-{d}", st.integers(2000, 2099), st.integers(0, 13),
              st.integers(0, 32)),
)  # fmt: skip


@given(words=WORDS, today=DAYS, past=st.booleans())
def test_given_any_day_word_on_any_day_when_parsed_then_it_lies_on_its_side(
    words: str, today: date, past: bool
) -> None:
    found = parse_day(words, today, past=past)
    answers = found.options if isinstance(found, Ambiguous) else (found,) if found else ()
    assert all(answer <= today if past else answer >= today for answer in answers) or (
        isinstance(found, Ambiguous) and found.reason is Reason.CALENDAR
    )
    if isinstance(found, date) and not words.startswith("20"):
        assert abs(found - today) < timedelta(days=9 * 366)


@given(
    line=st.text(
        st.sampled_from("今昨前后天上下周一三十月日号底年正腊初0123.-/ 再打到李强，"), max_size=25
    ),
    today=DAYS,
    past=st.booleans(),
)
def test_given_any_line_when_read_then_it_never_raises_and_only_loses_the_day(
    line: str, today: date, past: bool
) -> None:
    found, rest = find_day(line, today, past=past)
    letters = iter(line)
    assert all(letter in letters for letter in rest.replace(" ", ""))
    assert found is not None or rest == line
    parse_span(line, today)
    parse_day(line, today, past=past)
