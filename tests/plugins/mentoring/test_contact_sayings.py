"""Lines of mentors (tests/data/contact_sayings*.toml): what would be made of each.

Understood is a line that is written rightly, rightly asked about, rightly left alone, or shown
rightly before it is written; a line shown with something false in it is missed, not wrong, because
nothing is written before the yes.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.mentoring import bare_lines, steps
from plugins.mentoring.doubts import FAR_BACK
from plugins.mentoring.reading import Named, read_line
from plugins.mentoring.steps import Facts, Step

DATA = Path(__file__).parents[2] / "data"
LEAST_UNDERSTOOD = 0.98
LEAST_AT_ONCE = 0.7


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


def _lot(file: str) -> Corpus:
    """A lot that says itself who is looked after and when."""
    read = tomllib.loads((DATA / file).read_text("utf-8"))
    return Corpus(file, tuple(read["people"]), read["today"])


LOTS = tuple(
    _lot(f"contact_sayings_{number}.toml") for number in ("fourth", "fifth", "sixth", "seventh")
)
ALL = (SAYINGS, HELD_OUT, FRESH, SECOND, THIRD, *LOTS)


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
    # Of a line of the later lots that has to be asked about only what stands there is judged.
    unjudged = {"who"} if corpus not in LOTS or not asks else {*found}
    false = [
        part
        for part, value in found.items()
        if expected.get(part) not in {"?", value} and part not in unjudged - {*expected}
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


@pytest.mark.parametrize("corpus", ALL, ids=lambda corpus: corpus.file)
def test_given_lines_of_mentors_when_they_are_read_then_nothing_is_logged_wrongly(
    corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    by_verdict = _judged(corpus)

    counts = {name: len(texts) for name, texts in by_verdict.items()}
    share = counts["understood"] / sum(counts.values())
    with capsys.disabled():
        sys.stdout.write(f"\n{corpus.file}: {share:.1%} understood, {counts}\n")
    assert by_verdict["wrong"] == []


def test_given_all_lots_when_they_are_read_then_nearly_all_is_understood() -> None:
    counts: Counter[str] = Counter()
    missed: list[str] = []
    for corpus in ALL:
        by_verdict = _judged(corpus)
        counts.update({name: len(texts) for name, texts in by_verdict.items()})
        missed += by_verdict["missed"]

    assert counts["understood"] / counts.total() >= LEAST_UNDERSTOOD, missed


def test_given_clear_lines_when_they_are_read_then_most_are_written_without_a_question() -> None:
    """Nobody shall be asked about everything: of lines that need no question few have one."""
    lines = [(one, corpus) for corpus in ALL for one in corpus.lines if not one.get("ask")]
    read = [facts_of(one["text"], corpus) for one, corpus in lines]
    at_once = [facts for facts in read if facts is not None and steps.missing(facts) is None]

    assert len(at_once) / len(lines) >= LEAST_AT_ONCE


def _judged(corpus: Corpus) -> dict[str, list[str]]:
    by_verdict: dict[str, list[str]] = {"understood": [], "missed": [], "wrong": []}
    for expected in corpus.lines:
        by_verdict[verdict(expected, corpus)].append(expected["text"])
    return by_verdict


def test_given_the_file_when_it_is_counted_then_no_line_stands_there_twice() -> None:
    lots = [corpus.lines for corpus in ALL]
    texts = [line["text"] for lot in lots for line in lot]

    assert len(set(texts)) == len(texts) >= 1100
    assert len(SAYINGS.lines) >= 400


def test_given_a_contact_of_months_ago_when_it_is_read_then_it_is_shown_before_it_is_kept() -> None:
    old, near = (facts_of(f"{day} 建国 电话 通了", SAYINGS) for day in ("9月3日", "10月3日"))

    assert old is not None
    assert near is not None
    assert (steps.missing(old), old.doubts) == (Step.CONFIRM, ("day",))
    assert steps.missing(near) is None


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


TALES = st.sampled_from(
    [
        *["昨天", "后天", "上个月", "下周三", "下次", "再打", "12月30日", "20号", "2月3日"],
        *["没", "不", "没人接", "通了", "接了", "打过去", "电话", "微信", "上门", "又", "后来"],
        *["王建国", "陈玉梅", "玉梅", "李强", "张三丰", "刘海燕", "小周", "老王", "他老婆", "工友"],
        *["他说", "让我", "想", "可能", "欠薪", "住院", "换厂了", "搬到南港了", "挺好"],
        *["发工资", "晚上", "8点", "第一遍", "票", "生日", "两遍", "老板", "过几天", "说"],
    ]
)  # fmt: skip
# Words of his life that say nothing of the contact: the note keeps them.
OF_HIS_LIFE = ("票", "生日", "发工资")


@settings(max_examples=300)
@given(
    st.lists(TALES, min_size=1, max_size=9), st.sampled_from(["", " ", "，", "。"]), st.booleans()
)
def test_given_any_shuffled_tale_when_it_is_read_then_nothing_foreign_or_to_come_is_written(
    pieces: list[str], mark: str, night: bool
) -> None:
    text = mark.join(pieces)
    line = read_line(text, SAYINGS.people, SAYINGS.today, night=night)
    facts = steps.settled(steps.merged(Facts(), line), SAYINGS.today, night=night)

    if steps.missing(facts) is not None:
        return
    entry = steps.entry(facts)
    name = SAYINGS.names[entry.pair_id - 1]
    assert any(word in text for word in (name, name[1:]))
    assert SAYINGS.today - FAR_BACK <= entry.contacted_on <= SAYINGS.today
    assert entry.next_on is None or entry.next_on > SAYINGS.today
    assert all(word in entry.note for word in OF_HIS_LIFE if word in pieces)
