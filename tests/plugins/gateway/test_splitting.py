"""Cutting long words."""

from hypothesis import given
from hypothesis import strategies as st

from plugins.gateway.splitting import pieces


@given(text=st.text(alphabet="甲乙。，\n a"), longest=st.integers(1, 12))
def test_given_any_words_when_they_are_cut_then_nothing_is_lost_and_nothing_too_long(text, longest):
    cut = list(pieces(text, longest))
    assert "".join(cut) == text
    assert all(0 < len(piece) <= longest for piece in cut)


def test_given_sentences_when_they_are_cut_then_none_is_broken():
    assert list(pieces("甲乙。丙丁。戊", 5)) == ["甲乙。", "丙丁。戊"]


def test_given_one_long_sentence_when_it_is_cut_then_it_is_after_a_comma():
    assert list(pieces("甲乙，丙丁戊己", 5)) == ["甲乙，", "丙丁戊己"]


def test_given_no_mark_at_all_when_it_is_cut_then_it_is_cut_anywhere():
    assert list(pieces("甲乙丙丁戊", 2)) == ["甲乙", "丙丁", "戊"]
