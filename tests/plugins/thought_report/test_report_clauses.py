"""Clauses, their hashes, and passages side by side: the pure part of comparing reports."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.thought_report import passages
from plugins.thought_report.clauses import (
    LEAST_LETTERS,
    MOST_CLAUSES,
    clauses_of,
    hash_of,
    hashes_of,
    packed,
    unpacked,
)

KEY = b"k" * 32
LETTERS = "".join(map(chr, range(0x4E00, 0x4E00 + 2000)))
sentences = st.text(LETTERS, min_size=LEAST_LETTERS, max_size=24)
reports = st.lists(sentences, min_size=8, max_size=30, unique=True)


def prose(clauses: list[str]) -> str:
    return "".join(f"{clause}{'。' if n % 3 == 2 else '，'}" for n, clause in enumerate(clauses))


def equal(one: str, other: str) -> int:
    ours = hashes_of(clauses_of(one), key=KEY)
    return len(set(ours) & set(hashes_of(clauses_of(other), key=KEY)))


@given(reports, reports)
def test_given_unrelated_texts_when_they_are_compared_then_nothing_is_shared(
    one: list[str], other: list[str]
) -> None:
    other = [clause for clause in other if clause not in one]
    assert equal(prose(one), prose(other)) == 0
    assert passages.shared(prose(one), prose(other), most=5) == ()


@given(reports, reports, st.randoms(use_true_random=False))
def test_given_half_a_text_copied_in_any_order_when_they_are_compared_then_half_is_found(
    one: list[str], other: list[str], chance: random.Random
) -> None:
    half = one[: len(one) // 2]
    mixed = half + [clause for clause in other if clause not in one]
    chance.shuffle(mixed)
    assert equal(prose(one), prose(mixed)) == len(half)
    found = passages.shared(prose(one), prose(mixed), most=100)
    # A passage may step over one clause that stands elsewhere in the other text.
    assert len(half) / 2 <= sum(passage.clauses for passage in found) <= len(half)


@given(reports)
def test_given_a_copy_in_other_clothes_when_they_are_compared_then_it_is_the_same(
    one: list[str],
) -> None:
    dressed = "；\n".join(" ".join(clause) for clause in one)
    assert equal(prose(one), dressed) == len(one)


def test_given_width_case_and_blanks_when_a_clause_is_read_then_they_do_not_count() -> None:
    (one,) = clauses_of("　２０２６年 Ｗord 学了 三课")
    (other,) = clauses_of("2026年word学了三课，短句不算")
    assert one.letters == other.letters


@given(st.text(max_size=400))
def test_given_any_text_when_it_is_cut_then_every_clause_stands_where_it_says(text: str) -> None:
    before = 0
    for clause in clauses_of(text):
        assert before <= clause.start < clause.end <= len(text)
        assert len(clause.letters) >= LEAST_LETTERS
        before = clause.end


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_given_hashes_when_they_are_packed_then_they_come_back(hashes: list[int]) -> None:
    assert unpacked(packed(hashes)) == tuple(hashes)
    assert len(packed(hashes)) == 8 * len(hashes)


def test_given_a_book_when_it_is_cut_then_its_beginning_is_compared() -> None:
    book = "。".join(f"这一页写的是第{number}件事" for number in range(3000))
    found = clauses_of(book)
    assert len(found) == MOST_CLAUSES
    assert found[-1].letters == "这一页写的是第999件事"


def test_given_another_key_when_a_clause_is_hashed_then_the_hash_says_nothing() -> None:
    assert hash_of("母亲说再也不用挑水上坡", key=KEY) != hash_of(
        "母亲说再也不用挑水上坡", key=b"x" * 32
    )


def test_given_a_changed_clause_when_passages_are_shown_then_both_sides_have_it() -> None:
    ours = "今年村里修通了水泥路，我母亲说再也不用踩泥，地里的麦子也卖上了好价钱。"
    theirs = "先说家里的事。今年村里修通了水泥路，我父亲说再也不用踩泥，地里的麦子也卖上了好价钱。"
    (passage,) = passages.shared(ours, theirs, most=5)
    assert passage.here == "今年村里修通了水泥路，我母亲说再也不用踩泥，地里的麦子也卖上了好价钱"
    assert passage.there == "今年村里修通了水泥路，我父亲说再也不用踩泥，地里的麦子也卖上了好价钱"
    assert passage.clauses == 2


@pytest.mark.parametrize("most", [1, 3, 5])
def test_given_many_passages_when_they_are_shown_then_the_longest_few_are_in_order(
    most: int,
) -> None:
    rng = random.Random(7)  # noqa: S311  # a text, no secret
    blocks = [["".join(rng.choices(LETTERS, k=10)) for _ in range(n + 1)] for n in range(6)]
    others = [["".join(rng.choices(LETTERS, k=10)) for _ in range(3)] for _ in range(6)]
    ours = prose([clause for block in blocks for clause in block])
    theirs = prose(
        [c for pair in zip(reversed(blocks), others, strict=True) for block in pair for c in block]
    )
    found = passages.shared(ours, theirs, most=most)
    assert [passage.clauses for passage in found] == list(range(7 - most, 7))
    assert all(len(p.here) <= passages.MOST_CHARACTERS + 2 for p in found)
