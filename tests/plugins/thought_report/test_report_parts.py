"""The parts of a report as they are found in its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.thought_report.parts import Part, Parts, parts_of

BODY = "这个季度我在南港的装配厂上班，晚上学了党章，也陪老乡去问了工钱的事。"


def missing(*texts: str, author: str = "王建国") -> tuple[Part, ...]:
    found = parts_of(texts, author=author)
    assert found is not None
    return found.missing


@pytest.mark.parametrize(
    "salutation",
    ["敬爱的党组织：", "敬爱的党：", "尊敬的王家村党支部：", "亲爱的党组织，您好。", "党组织：",
     "王家村党支部：", "思想汇报\n　　敬爱的党组织:\n"],
)  # fmt: skip
@pytest.mark.parametrize(
    "close",
    [
        "此致\n敬礼\n",
        "请党组织在实践中考验我。\n",
        "请组织看我下一步。",
        "以上是我这季度的汇报。\n",
    ],
)
@pytest.mark.parametrize(
    "end",
    ["王建国\n2026年12月18日", "汇报人：王 建 国\n二〇二六年十二月十八日", "王建国 2026.12.18",
     "2026-12-18 王建国", "申请人:王建国 １２月１８日"],
)  # fmt: skip
def test_given_a_whole_report_when_it_is_read_then_every_part_is_seen(
    salutation: str, close: str, end: str
) -> None:
    assert missing(salutation + BODY, close + end) == ()


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        (f"敬爱的党组织：{BODY}此致敬礼王建国", (Part.DATE,)),
        (f"敬爱的党组织：{BODY}此致敬礼2026年12月18日", (Part.SIGNATURE,)),
        (f"敬爱的党组织：{BODY}王建国，12月18日。", (Part.CLOSE,)),
        (f"{BODY}此致敬礼，王建国，12月18日", (Part.SALUTATION,)),
        ("敬爱的党组织：此致敬礼，王建国，12月18日", (Part.BODY,)),
        (BODY, (Part.SALUTATION, Part.CLOSE, Part.SIGNATURE, Part.DATE)),
        (f"我叫王建国，2026年3月1日出门。{BODY}{BODY}{BODY}",
         (Part.SALUTATION, Part.CLOSE, Part.SIGNATURE, Part.DATE)),
    ],
)  # fmt: skip
def test_given_a_part_left_out_when_a_report_is_read_then_it_is_named(
    text: str, lacking: tuple[Part, ...]
) -> None:
    assert missing(text) == lacking


def test_given_pages_without_text_when_they_are_read_then_nothing_is_said_of_parts() -> None:
    assert parts_of([], author="王建国") is None
    assert parts_of(["", " \n　"], author="王建国") is None


@given(st.lists(st.text(max_size=200), max_size=4), st.text(max_size=6))
def test_given_any_pages_when_they_are_read_then_the_parts_are_told_in_their_order(
    texts: list[str], author: str
) -> None:
    found = parts_of(texts, author=author)
    assert isinstance(found, Parts | None)
    if found is not None:
        assert found.characters > 0
        assert list(found.missing) == [part for part in Part if part not in found.seen]
