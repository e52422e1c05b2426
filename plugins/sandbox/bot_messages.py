"""What a bot sends, read into parts: array, one segment, or a string with CQ codes."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from plugins.sandbox import cq_codes
from plugins.sandbox.failures import BAD_REQUEST, ActionError, unreadable
from plugins.sandbox.media import MediaStore, UnreadableSource
from plugins.sandbox.segments import (
    At,
    Attachment,
    Face,
    Forward,
    Node,
    Part,
    Picture,
    Quote,
    Text,
    Unknown,
    Voice,
)

_STORED: Mapping[str, type[Picture] | type[Voice] | type[Attachment]] = {
    "image": Picture,
    "record": Voice,
    "file": Attachment,
}


async def read_message(
    message: Any, media: MediaStore, *, auto_escape: bool = False
) -> tuple[Part, ...]:
    """Read the ``message`` parameter of a send; ActionError when it says nothing.

    A string is parsed for CQ codes unless ``auto_escape``, as real ends do: a bot that passes on
    what people wrote as a string is visibly wrong here too.
    """
    if isinstance(message, str):
        as_text = [{"type": "text", "data": {"text": message}}]
        message = as_text if auto_escape else cq_codes.parse(message)
    elif isinstance(message, Mapping):
        message = [message]
    if not isinstance(message, Sequence) or isinstance(message, bytes) or not message:
        raise ActionError(BAD_REQUEST, "message is empty")
    try:
        parts = [await _part(str(s["type"]), s.get("data") or {}, media) for s in message]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ActionError(BAD_REQUEST, f"message is malformed: {error}") from error
    return tuple(part for part in parts if part != Text(""))


async def read_nodes(messages: Any, media: MediaStore, bot_name: str) -> Forward:
    """Read the node list of a merged forward."""
    if not isinstance(messages, Sequence) or isinstance(messages, str) or not messages:
        raise ActionError(BAD_REQUEST, "messages is empty")
    nodes = [await _node(entry.get("data") or {}, media, bot_name) for entry in messages]
    return Forward(secrets.token_hex(16), tuple(nodes))


async def _part(  # noqa: PLR0911 - one return a segment type
    kind: str, data: Mapping[str, Any], media: MediaStore
) -> Part:
    match kind:
        case "text":
            return Text(str(data["text"]))
        case "at":
            return At(None if str(data["qq"]) == "all" else int(data["qq"]))
        case "face":
            return Face(str(data["id"]))
        case "reply":
            return Quote(int(data["id"]))
        case "image" | "record" | "file":
            return await _stored(kind, data, media)
        case "node":
            return Forward(secrets.token_hex(16), (await _node(data, media, ""),))
        case _:
            return Unknown(kind)


async def _stored(kind: str, data: Mapping[str, Any], media: MediaStore) -> Part:
    source = data.get("file") or data.get("url") or data.get("path") or ""
    kept = media.find_named(str(source))
    try:
        piece = kept or await media.take(
            str(source), str(data.get("name") or _base_name(kind, data))
        )
    except UnreadableSource as error:
        raise unreadable(str(source)[:80]) from error
    return _STORED[kind](piece.media_id, piece.name, len(piece.content))


def _base_name(kind: str, data: Mapping[str, Any]) -> str:
    source = str(data.get("file") or "")
    return source.rpartition("/")[2] if kind == "file" and not source.startswith("base64:") else ""


async def _node(data: Mapping[str, Any], media: MediaStore, bot_name: str) -> Node:
    user_id = int(data.get("user_id") or data.get("uin") or 0)
    nickname = str(data.get("nickname") or data.get("name") or bot_name)
    content = data.get("content")
    if isinstance(content, list) and content and content[0].get("type") == "node":
        inner = await read_nodes(content, media, bot_name)
        return Node(user_id, nickname, (inner,))
    return Node(user_id, nickname, await read_message(content, media))
