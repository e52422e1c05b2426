"""Eight hundred lines of mentors (tests/data/contact_sayings*.toml): what would be made of each."""

import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.mentoring import bare_lines, steps
from plugins.mentoring.reading import Named, read_line
from plugins.mentoring.steps import Facts, Step

DATA = Path(__file__).parents[2] / "data"
LEAST_UNDERSTOOD = 0.98


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of lines, who the mentor looks after, and the day on which he writes."""

    file: str
    names: tuple[str, ...]
    today: date

    @property
    def people(self) -> list[Named]:
        return [Named(number, name) for number, name in enumerate(self.names, 1)]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(tomllib.loads((DATA / self.file).read_text("utf-8"))["said"])


SAYINGS = Corpus(
    "contact_sayings.toml",
    ("王建国", "陈玉梅", "李强", "马小军", "赵春生"),
    date(2026, 11, 23),
)
HELD_OUT = Corpus(
    "contact_sayings_held_out.toml",
    ("张伟", "刘秀英", "欧阳小兰", "何平", "阿依古丽·买买提"),
    date(2027, 3, 3),
)
FRESH = Corpus(
    "contact_sayings_fresh.toml",
    ("李平安", "周小燕", "黄志强", "吴志强", "孙建设", "龙海"),
    date(2027, 5, 12),
)
SECOND = Corpus(
    "contact_sayings_second.toml",
    ("宋春华", "马高峰", "郭丰收", "唐玲", "周国庆"),
    date(2026, 12, 21),
)
THIRD = Corpus(
    "contact_sayings_third.toml",
    ("郑海霞", "罗小波", "高永安", "丁丽", "邓春来"),
    date(2027, 7, 8),
)


def facts_of(text: str, corpus: Corpus) -> Facts | None:
    """What the bot holds after the line; None when it leaves the line alone."""
    line = read_line(text, corpus.people, corpus.today)
    if not bare_lines.is_told(text, line):
        return None
    return steps.settled(steps.merged(Facts(), line), corpus.today, night=False)


def held(facts: Facts, corpus: Corpus) -> dict[str, Any]:
    found = {
        "who": corpus.names[facts.pair - 1] if facts.pair else None,
        "day": facts.on,
        "channel": facts.channel,
        "outcome": facts.outcome,
        "next": date.fromisoformat(facts.next_on) if facts.next_on else None,
    }
    return {part: value for part, value in found.items() if value is not None}


def verdict(expected: Mapping[str, Any], corpus: Corpus) -> str:
    """Judge one line: understood, missed (a needless question, silence), or wrong.

    Wrong is what would be written though it is not so: at once, or after a question about
    something else. A day that is asked for although it may be known is only missed.
    """
    facts, asks = facts_of(expected["text"], corpus), expected.get("ask", ())
    may_ask = expected.get("may_ask", ())
    if facts is None:
        return "understood" if "not" in asks else "missed"
    found, step = held(facts, corpus), steps.missing(facts)
    false = [
        part
        for part, value in found.items()
        if expected.get(part) not in {"?", value} and not (part == "who" and part not in expected)
    ]
    lost = expected.get("next", "?") != "?" and "next" not in found
    if step is None:
        return "wrong" if asks or false or lost else "understood"
    if false and "not" not in asks:
        # What is shown before it is written, at once or after this question, is only missed.
        return "missed" if facts.doubts else "wrong"
    if step is Step.CONFIRM:
        # A line shown for a doubt of just the part that has to be asked for asks for it as well.
        answered = not asks or bool({*asks} & {*facts.doubts})
        return "understood" if answered and not lost else "missed"
    # What stands open to either side in the file nobody can know from the line.
    open_part = expected.get(step.value) == "?"
    return "understood" if step.value in {*asks, *may_ask} or open_part else "missed"


@pytest.mark.parametrize(
    "corpus", [SAYINGS, HELD_OUT, FRESH, SECOND, THIRD], ids=lambda corpus: corpus.file
)
def test_given_lines_of_mentors_when_they_are_read_then_nothing_is_logged_wrongly(
    corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    by_verdict: dict[str, list[str]] = {"understood": [], "missed": [], "wrong": []}
    for expected in corpus.lines:
        by_verdict[verdict(expected, corpus)].append(expected["text"])

    counts = Counter({name: len(lines) for name, lines in by_verdict.items()})
    share = counts["understood"] / counts.total()
    with capsys.disabled():
        sys.stdout.write(f"\n{corpus.file}: {share:.1%} understood, {dict(counts)}\n")
    assert by_verdict["wrong"] == []
    if corpus not in {HELD_OUT, THIRD}:
        assert share >= LEAST_UNDERSTOOD, by_verdict["missed"]


def test_given_the_file_when_it_is_counted_then_no_line_stands_there_twice() -> None:
    lots = [corpus.lines for corpus in (SAYINGS, HELD_OUT, FRESH, SECOND, THIRD)]
    texts = [line["text"] for lot in lots for line in lot]

    assert len(set(texts)) == len(texts) >= 840
    assert len(SAYINGS.lines) >= 400


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_given_nonsense_when_it_is_read_then_nothing_is_written_without_a_question(
    text: str,
) -> None:
    facts = facts_of(text, SAYINGS)

    assert facts is None or steps.missing(facts) is not None


PIECES = {
    "day": [("昨天", date(2026, 11, 22)), ("上周五", date(2026, 11, 20)), ("11月18日", None)],
    "channel": [("电话", "phone"), ("视频", "video"), ("微信", "text"), ("语音", "voice")],
    "outcome": [("没人接", "no_answer"), ("通了", "reached"), ("换厂了", "employer_changed")],
    "next": [("下周一再打", date(2026, 11, 30)), ("三天后再打", date(2026, 11, 26))],
}


@given(
    st.permutations(["who", *PIECES]),
    st.fixed_dictionaries({part: st.sampled_from(words) for part, words in PIECES.items()}),
    st.sampled_from(["建国", "王建国", "跟建国", "给王建国"]),
    st.sampled_from([" ", "，", "、", "。", "\n", "  "]),
)
def test_given_pieces_when_their_order_changes_then_the_same_is_written(
    order: list[str], chosen: dict[str, tuple[str, Any]], name: str, mark: str
) -> None:
    said = {part: words for part, (words, _) in chosen.items()} | {"who": name}

    facts = facts_of(mark.join(said[part] for part in order), SAYINGS)

    meant = {part: value or date(2026, 11, 18) for part, (_, value) in chosen.items()}
    assert facts is not None
    assert steps.missing(facts) is None
    assert held(facts, SAYINGS) == meant | {"who": "王建国"}
