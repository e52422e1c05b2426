"""Ninety lines as mentors write them (tests/data/contact_lines.toml), read one by one."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daywords import Ambiguous
from plugins.mentoring.reading import Line, Named, called, read_line

TODAY = date(2026, 11, 23)
NAMES = {1: "王建国", 2: "陈玉梅", 3: "李强"}
PEOPLE = [Named(number, name) for number, name in NAMES.items()]
FILE = Path(__file__).parents[2] / "data" / "contact_lines.toml"
LINES = tomllib.loads(FILE.read_text("utf-8"))["line"]


def told(line: Line) -> dict[str, Any]:
    day = "?" if isinstance(line.day, Ambiguous) else line.day
    found = {
        "who": "、".join(NAMES[pair] for pair in sorted(line.pairs)),
        "stranger": line.stranger,
        "day": day,
        "channel": line.channel and line.channel.value,
        "outcome": line.outcome and line.outcome.value,
        "next": line.next_on,
        "note": line.note,
        "place": line.place,
    }
    return {key: value for key, value in found.items() if value}


def test_given_the_file_when_it_is_counted_then_there_are_at_least_eighty() -> None:
    assert len(LINES) >= 80


@pytest.mark.parametrize("expected", LINES, ids=lambda line: line["text"])
def test_given_a_line_when_it_is_read_then_exactly_what_it_says_is_found(
    expected: dict[str, Any],
) -> None:
    text = expected["text"]

    assert {"text": text} | told(read_line(text, PEOPLE, TODAY)) == expected


@given(st.text(max_size=60))
def test_given_any_text_when_it_is_read_then_the_reader_does_not_break(text: str) -> None:
    line = read_line(text, PEOPLE, TODAY)

    assert line.next_on is None or line.next_on > TODAY
    assert "\x00" not in line.note


@given(
    st.permutations(["建国", "昨天", "电话", "没人接", "下周一再打"]),
    st.sampled_from([" ", "，", "、", "  ", "\n"]),
)
def test_given_five_words_when_their_order_changes_then_the_line_says_the_same(
    pieces: list[str], mark: str
) -> None:
    line = read_line(mark.join(pieces), PEOPLE, TODAY)

    assert told(line) == {
        "who": "王建国",
        "day": date(2026, 11, 22),
        "channel": "phone",
        "outcome": "no_answer",
        "next": date(2026, 11, 30),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王建国", ("王建国", "建国")),
        ("李强", ("李强", "小强", "阿强")),
        ("欧阳小兰", ("欧阳小兰", "小兰")),
        ("欧阳兰", ("欧阳兰", "小兰", "阿兰")),
        ("强", ("强",)),
        ("阿依古丽·买买提", ("阿依古丽·买买提", "阿依古丽买买提", "阿依古丽", "古丽")),
    ],
)
def test_given_a_name_when_people_call_it_then_these_words_are_meant(
    name: str, expected: tuple[str, ...]
) -> None:
    assert called(name) == expected
