"""Decides on the raw OneBot v11 payload what concerns us, before anything is made of it.

Never raises, whatever the other end sends. What is not for us is not parsed further, not counted,
not kept. Addressed means: the bot is mentioned first or last, or the text begins with a slash, or
the chat is private. A reply to the bot alone is not; quoted messages are taken off.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from nonebot.adapters.onebot.v11 import Message

Payload = dict[str, Any]

SLASHES = ("/", "\uff0f")

# More parts than any chat client can put into one message.
MOST_SEGMENTS = 500
_LAST_SECOND = 4_102_444_800  # the year 2100; later ones are nonsense and break datetime
_ID_LIMIT = 1 << 63

# What is read later from the parts; the rest is left behind here.
_FIELDS = frozenset(
    {"text", "qq", "file", "file_id", "url", "name", "file_size", "size", "sub_type", "summary"}
)
_PLAIN = frozenset({str, int})
_KINDS = frozenset({"text", "at", "image", "record", "video", "file", "face", "mface"})


class Kind(Enum):
    """What a payload is to us."""

    GARBAGE = auto()
    REFUSED = auto()
    ANSWER = auto()
    MESSAGE = auto()
    OWN = auto()
    NOTICE = auto()
    BEAT = auto()


_POSTS = {
    "message_sent": Kind.OWN,
    "notice": Kind.NOTICE,
    "meta_event": Kind.BEAT,
    "request": Kind.REFUSED,
}


# As every end in use writes it (JSON.stringify, json.Marshal); written otherwise it is parsed.
_CHATTER = ('"post_type":"message"', '"message_type":"group"')
# Quotation marks inside what people write are escaped, so none of these is somebody's words but for
# the slashes. An escape may hide a slash; an answer or a private message may hold other messages.
_OTHER_POSTS = ('"message_sent"', '"notice"')
_PERHAPS_NOT = ('"at"', "[CQ:", *SLASHES, "\\u", '"private"', '"echo"', *_OTHER_POSTS)


def is_chatter(frame: str) -> bool:
    """Whether an unparsed frame is certainly a group message that is not for us.

    Only a short cut: what is not certain is parsed and judged by ``kind_of``.
    """
    return all(mark in frame for mark in _CHATTER) and not any(
        mark in frame for mark in _PERHAPS_NOT
    )


def kind_of(payload: object, self_id: str, self_number: int) -> Kind:
    """Return what ``payload`` is to our account ``self_id`` (the same as a number)."""
    if type(payload) is not dict:
        return Kind.GARBAGE
    post = payload.get("post_type")
    if post is None:
        return Kind.ANSWER if "echo" in payload else Kind.GARBAGE
    # An end speaks for its own account only.
    if payload.get("self_id") != self_number or type(post) is not str:
        return Kind.GARBAGE
    if post != "message" or payload.get("user_id") == self_number:
        return _POSTS.get(post, Kind.REFUSED)
    place = payload.get("message_type")
    if place == "group":
        return _group_message(payload.get("message"), self_id)
    return Kind.MESSAGE if place == "private" else Kind.GARBAGE


def _group_message(message: object, self_id: str) -> Kind:
    if type(message) is list:
        return Kind.MESSAGE if is_addressed(message, self_id) else Kind.REFUSED
    if type(message) is not str:
        return Kind.GARBAGE
    # Ends may be set to write one string with codes in it; only a likely one is taken apart.
    if f"[CQ:at,qq={self_id}" not in message and not _may_begin_with_slash(message):
        return Kind.REFUSED
    return Kind.MESSAGE if is_addressed(_taken_apart(message), self_id) else Kind.REFUSED


def _may_begin_with_slash(message: str) -> bool:
    return message.lstrip().startswith((*SLASHES, "[CQ:reply"))


def is_addressed(segments: list[Any], self_id: str) -> bool:
    """Whether a group message in raw segments is meant for account ``self_id``."""
    ends = _ends(segments)
    if ends is None:
        return False
    first, last = ends
    return _calls(first, self_id) or _calls(last, self_id) or _begins_with_slash(first)


def is_called(segments: list[Any], self_id: object) -> bool:
    """Whether account ``self_id`` is mentioned first or last."""
    return any(_calls(end, str(self_id)) for end in _ends(segments) or ())


def _ends(segments: list[Any]) -> tuple[Payload, Payload] | None:
    """Return the first and the last segment that are neither a quoted message nor blank text.

    None when there are none, or when any segment is broken.
    """
    first = last = None
    for segment in segments:
        if type(segment) is not dict or type(segment.get("data")) is not dict:
            return None
        kind = segment.get("type")
        if type(kind) is not str:
            return None
        if kind == "reply" or (kind == "text" and _is_blank(segment)):
            continue
        first = first or segment
        last = segment
    return None if first is None or last is None else (first, last)


def _is_blank(segment: Payload) -> bool:
    text = _text_of(segment)
    return not text or text.isspace()


def _begins_with_slash(segment: Payload) -> bool:
    return segment["type"] == "text" and _text_of(segment).lstrip().startswith(SLASHES)


def _text_of(segment: Payload) -> str:
    text = segment["data"].get("text")
    return text if type(text) is str else ""


def _calls(segment: Payload, self_id: str) -> bool:
    return segment.get("type") == "at" and str(segment["data"].get("qq")) == self_id


def _taken_apart(message: str) -> list[Any]:
    return [{"type": part.type, "data": part.data} for part in Message(message)]


def segments_of(message: object) -> list[Any]:
    """Return a raw message as segments; empty when it is neither a list nor a string."""
    if isinstance(message, str):
        return _taken_apart(message)
    return message[:MOST_SEGMENTS] if isinstance(message, list) else []


def clean(payload: Payload) -> Payload | None:
    """Return a fresh message payload with only what we read, or None when its shape is broken.

    Names of people and the quoted message do not get past here.
    """
    message = payload.get("message")
    segments = _taken_apart(message) if isinstance(message, str) else message
    numbers = ("user_id", "message_id", "self_id")
    if not isinstance(segments, list) or not all(is_id(payload.get(key)) for key in numbers):
        return None
    if not 0 < len(segments) <= MOST_SEGMENTS or not is_second(payload.get("time")):
        return None
    place = payload["message_type"]
    if place == "group" and not is_id(payload.get("group_id")):
        return None
    parts = list(clean_segments(segments))
    fresh = {key: payload[key] for key in (*numbers, "time", "post_type", "message_type")}
    if place == "group":
        fresh["group_id"] = payload["group_id"]
    return fresh | {
        "message": parts or [{"type": "text", "data": {"text": ""}}],
        "sub_type": "normal", "raw_message": "", "font": 0, "sender": {},
    }  # fmt: skip


def clean_segments(segments: list[Any]) -> Iterator[Payload]:
    """Yield fresh segments with only what we read; quoted messages and broken parts are left out.

    A kind that is not read keeps its name (cut to a plain word) and nothing else.
    """
    for segment in segments:
        kind = segment.get("type") if type(segment) is dict else None
        if type(kind) is not str or kind == "reply":
            continue
        data = segment.get("data")
        if kind not in _KINDS or type(data) is not dict:
            word = kind[:24] if kind.isascii() and kind.isidentifier() else "unknown"
            yield {"type": word, "data": {}}
        elif kind != "text" or type(data.get("text")) is str:
            read = {key: data[key] for key in _FIELDS & data.keys()}
            yield {"type": kind, "data": {k: v for k, v in read.items() if type(v) in _PLAIN}}


def is_id(value: object) -> bool:
    """Whether ``value`` is a number as ends use them for people, groups and messages."""
    return type(value) is int and -_ID_LIMIT < value < _ID_LIMIT and value != 0


def is_second(value: object) -> bool:
    """Whether ``value`` is a moment in whole seconds that can be a date."""
    return type(value) is int and 0 < value < _LAST_SECOND
