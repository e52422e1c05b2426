"""Words for periods and places, read without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Quarter
from plugins.stats.periods import (
    Period,
    PeriodKind,
    current_quarter,
    find_days,
    find_period,
    quarter_period,
    unit_word,
)

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def said(text: str, today: date = TODAY) -> tuple[date, date] | None:
    period, _ = find_period(text, today)
    return None if period is None else (period.first, period.last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("本月", date(2026, 11, 1), date(2026, 11, 30)),
        ("这个月", date(2026, 11, 1), date(2026, 11, 30)),
        ("上月", date(2026, 10, 1), date(2026, 10, 31)),
        ("上个月", date(2026, 10, 1), date(2026, 10, 31)),
        ("本季", date(2026, 10, 1), date(2026, 12, 31)),
        ("这个季度", date(2026, 10, 1), date(2026, 12, 31)),
        ("上季", date(2026, 7, 1), date(2026, 9, 30)),
        ("上季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("三季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("第3季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("四季度", date(2026, 10, 1), date(2026, 12, 31)),
        ("2025年四季度", date(2025, 10, 1), date(2025, 12, 31)),
        ("去年一季度", date(2025, 1, 1), date(2025, 3, 31)),
        ("上半年", date(2026, 1, 1), date(2026, 6, 30)),
        ("去年下半年", date(2025, 7, 1), date(2025, 12, 31)),
        ("今年", date(2026, 1, 1), date(2026, 12, 31)),
        ("去年", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024年", date(2024, 1, 1), date(2024, 12, 31)),
        ("3月到5月", date(2026, 3, 1), date(2026, 5, 31)),
        ("三月至五月", date(2026, 3, 1), date(2026, 5, 31)),
        ("11月到2月", date(2026, 11, 1), date(2027, 2, 28)),
        ("12月", date(2025, 12, 1), date(2025, 12, 31)),
        ("8月", date(2026, 8, 1), date(2026, 8, 31)),
        ("十一月份", date(2026, 11, 1), date(2026, 11, 30)),
        ("近30天", date(2026, 10, 25), TODAY),
        ("最近三十天", date(2026, 10, 25), TODAY),
        ("近3个月", date(2026, 8, 24), TODAY),
    ],
)
def test_given_words_of_a_period_when_they_are_read_then_these_days_are_meant(
    text: str, first: date, last: date
) -> None:
    assert said(text) == (first, last)
    assert said(f"柳河乡 {text}") == (first, last)


@pytest.mark.parametrize("text", ["", "柳河乡", "13月", "0月", "近0天", "谁", "五季度"])
def test_given_words_that_name_no_period_when_they_are_read_then_there_is_none(text: str) -> None:
    assert said(text) is None


def test_given_the_fourth_quarter_in_january_when_it_is_named_then_last_years_is_meant() -> None:
    assert said("四季度", date(2027, 1, 3)) == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("三季度 柳河乡", "柳河乡"),
        ("柳河乡三季度", "柳河乡"),
        ("只看驻东莞", "驻东莞"),
        ("全部 本月", ""),
        ("王家村的", "王家村"),
        ("近30天 驻南港", "驻南港"),
        ("", ""),
    ],
)
def test_given_words_with_a_unit_when_the_period_is_taken_out_then_the_unit_is_left(
    text: str, unit: str
) -> None:
    _, rest = find_period(text, TODAY)

    assert unit_word(rest) == unit


@pytest.mark.parametrize(
    ("text", "days", "unit"),
    [
        ("60天 王家村", 60, "王家村"),
        ("王家村 六十天", 60, "王家村"),
        ("30", 30, ""),
        ("", None, ""),
    ],
)
def test_given_days_of_silence_when_they_are_read_then_the_rest_is_the_unit(
    text: str, days: int | None, unit: str
) -> None:
    found, rest = find_days(text)

    assert (found, unit_word(rest)) == (days, unit)


@given(
    st.text(
        alphabet="本上这个月季度一二三四五六七八九十半年今去到至近天0123456789 柳河乡", max_size=14
    ),
    DAYS,
)
def test_given_any_words_when_they_are_read_then_a_period_is_whole_and_has_begun(
    text: str, today: date
) -> None:
    period, _ = find_period(text, today)

    if period is None:
        return
    assert period.first <= period.last
    assert period.quarters
    assert period.previous.last == period.first - timedelta(days=1)
    assert Period.from_text(period.to_text()) == period


@given(DAYS)
def test_given_any_day_when_nothing_is_said_then_its_own_quarter_is_meant(today: date) -> None:
    period = current_quarter(today)

    assert period.first <= today <= period.last
    assert period.quarters == (Quarter.of(today),)
    assert period.previous == quarter_period(Quarter.of(today).previous)


@given(DAYS, st.integers(1, 12))
def test_given_a_month_without_a_year_when_it_is_named_then_it_has_begun(
    today: date, month: int
) -> None:
    period, _ = find_period(f"{month}月", today)

    assert period is not None
    assert period.kind is PeriodKind.MONTH
    assert period.first <= today < period.first.replace(year=period.first.year + 1)


@pytest.mark.parametrize(
    ("first", "last", "quarters"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), ["2026Q1", "2026Q2"]),
        (date(2026, 11, 1), date(2026, 11, 30), ["2026Q4"]),
        (date(2026, 3, 1), date(2026, 5, 31), ["2026Q1"]),
        (date(2026, 1, 1), date(2026, 12, 31), ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]),
    ],
)
def test_given_a_span_when_reports_are_counted_then_the_quarters_that_fall_due_in_it_count(
    first: date, last: date, quarters: list[str]
) -> None:
    period = Period(PeriodKind.MONTHS, first, last)

    assert [str(quarter) for quarter in period.quarters] == quarters
