"""Cutting long words."""

from hypothesis import given
from hypothesis import strategies as st

from core.messages import Blob, Forward, MediaKind, Text
from plugins.gateway.splitting import LONGEST_TEXT, pieces, runs


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


def test_given_words_that_are_quoted_when_they_are_cut_then_the_quotation_closes_first():
    assert list(pieces("甲。乙说：「丙。」丁", 8)) == ["甲。", "乙说：「丙。」丁"]
    assert list(pieces("甲。乙「丙。」丁戊己", 7)) == ["甲。乙「丙。」", "丁戊己"]


FORWARD = Forward(((Text("一"),), (Text("二"),)), "题")


def test_given_a_forward_when_it_goes_out_then_it_stands_alone():
    assert list(runs([Text("前"), FORWARD, Text("后")], most_images=20)) == [
        [Text("前")],
        [FORWARD],
        [Text("后")],
    ]


def test_given_a_platform_without_forwards_when_one_goes_out_then_its_words_do():
    (run,) = runs([FORWARD], most_images=0)
    assert "".join(part.text for part in run if isinstance(part, Text)) == "一\n\n二"


@given(
    parts=st.lists(
        st.text(alphabet="甲。 ", min_size=1, max_size=9000).map(Text)
        | st.sampled_from([FORWARD, *(Blob(kind, "a" * 32, "a") for kind in MediaKind)]),
        max_size=12,
    ),
    most=st.sampled_from([0, 2, 20]),
)
def test_given_any_parts_when_they_are_cut_then_limits_hold_and_order_stays(parts, most):
    cut = list(runs(parts, most_images=most))
    assert all(run for run in cut)
    flat = [part for run in cut for part in run]
    things = [part for part in flat if not isinstance(part, Text)]
    assert things == [p for p in parts if isinstance(p, Blob) or (most and p == FORWARD)]
    for run in cut:
        assert sum(len(part.text) for part in run if isinstance(part, Text)) <= LONGEST_TEXT
        alone = [
            p for p in run if isinstance(p, Forward) or (isinstance(p, Blob) and p.kind != "image")
        ]
        assert not alone or len(run) == 1
        assert sum(isinstance(part, Blob) for part in run) <= max(most, 1)
