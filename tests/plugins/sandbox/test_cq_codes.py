"""CQ strings, read and written."""

import pytest

from plugins.sandbox import cq_codes


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("你好", ["text"]),
        ("[CQ:at,qq=all]", ["at"]),
        ("a[CQ:face,id=1]b", ["text", "face", "text"]),
        ("&#91;CQ:at,qq=all&#93;", ["text"]),
        ("[不是码]", ["text"]),
        ("[CQ:at,qq=1", ["text"]),
        ("", []),
    ],
)
def test_given_a_string_when_parsed_then_only_whole_codes_become_segments(
    text: str, kinds: list[str]
) -> None:
    assert [segment["type"] for segment in cq_codes.parse(text)] == kinds


def test_given_any_characters_when_written_and_read_then_they_come_back() -> None:
    segments = [
        {"type": "text", "data": {"text": "a&amp;[b],&#91;c"}},
        {"type": "image", "data": {"file": "x,y&[z].png"}},
    ]

    assert cq_codes.parse(cq_codes.encode(segments)) == segments
