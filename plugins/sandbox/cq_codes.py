"""CQ codes: the old string form of a OneBot message, read and written."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_CODE = re.compile(r"\[CQ:(?P<kind>[A-Za-z0-9_.-]+)(?P<fields>(?:,[^,\]\[]+)*)\]")


def parse(text: str) -> list[dict[str, Any]]:
    """Read a CQ string into array segments, as ends do with a message given as a string."""
    segments: list[dict[str, Any]] = []
    position = 0
    for code in _CODE.finditer(text):
        _append_text(segments, text[position : code.start()])
        segments.append({"type": code["kind"], "data": _fields(code["fields"])})
        position = code.end()
    _append_text(segments, text[position:])
    return segments


def encode(segments: Sequence[Mapping[str, Any]]) -> str:
    """Write array segments as a CQ string."""
    return "".join(_encoded(segment) for segment in segments)


def _append_text(segments: list[dict[str, Any]], escaped: str) -> None:
    if escaped:
        segments.append({"type": "text", "data": {"text": _unescape(escaped)}})


def _fields(text: str) -> dict[str, str]:
    pairs = (field.partition("=") for field in text.split(",") if field)
    return {name.strip(): _unescape(value) for name, _, value in pairs}


def _encoded(segment: Mapping[str, Any]) -> str:
    data: Mapping[str, Any] = segment["data"]
    if segment["type"] == "text":
        return _escape(str(data["text"]))
    fields = "".join(
        f",{name}={_escape(str(value)).replace(',', '&#44;')}"
        for name, value in data.items()
        if isinstance(value, str | int)
    )
    return f"[CQ:{segment['type']}{fields}]"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;")


def _unescape(text: str) -> str:
    for escaped, plain in (("&#44;", ","), ("&#91;", "["), ("&#93;", "]"), ("&amp;", "&")):
        text = text.replace(escaped, plain)
    return text
