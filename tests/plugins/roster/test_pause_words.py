"""Odd ways to say until when one wants to be left alone (夜班到)."""

from datetime import date

import pytest

from plugins.roster.pause_words import last_day

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("20号", date(2026, 12, 20)),
        ("20", date(2026, 12, 20)),
        ("２５ 号", date(2026, 11, 25)),
        ("20号之后", date(2026, 12, 20)),
        ("12月20号晚上吧", date(2026, 12, 20)),
        ("明天早上", date(2026, 11, 24)),
        ("月初", date(2026, 12, 1)),
        ("下月初", date(2026, 12, 1)),
        ("下个月初", date(2026, 12, 1)),
        ("下月中旬", date(2026, 12, 15)),
        ("月中", date(2026, 12, 15)),
        ("月底", date(2026, 11, 30)),
        ("下月底", date(2026, 12, 31)),
        ("下周一", date(2026, 11, 30)),
        ("正月十五", date(2027, 2, 20)),
    ],
)
def test_given_a_day_in_an_odd_form_when_read_then_it_is_that_day(said: str, day: date) -> None:
    assert last_day(said, MONDAY, night=False) == day


@pytest.mark.parametrize("said", ["过完年", "那几天", "昨天", "之后", "99", "老板说的那天"])
def test_given_no_day_when_read_then_it_is_asked_about(said: str) -> None:
    assert not isinstance(last_day(said, MONDAY, night=False), date)
