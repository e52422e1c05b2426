"""The parts a message is made of, and their OneBot array and saved forms. No bytes, no network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from plugins.sandbox import cq_codes

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class At:
    """A mention; ``None`` is everybody."""

    user_id: int | None


@dataclass(frozen=True, slots=True)
class Face:
    """A built-in emoticon by number."""

    face_id: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A reference to an earlier message."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture kept in the media store."""

    media_id: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice recording kept in the media store."""

    media_id: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept in the media store."""

    media_id: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Node:
    """One message inside a merged forward."""

    user_id: int
    nickname: str
    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Forward:
    """Several messages sent as one card (合并转发)."""

    forward_id: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A segment type the page cannot show; kept so that nothing vanishes silently."""

    kind: str


Part: TypeAlias = Text | At | Face | Quote | Picture | Voice | Attachment | Forward | Unknown
Stored: TypeAlias = Picture | Voice | Attachment

_STORED: Mapping[str, type[Picture] | type[Voice] | type[Attachment]] = {
    "image": Picture,
    "record": Voice,
    "file": Attachment,
}


def plain_text(parts: Iterable[Part]) -> str:
    """Join the words of ``parts``; mentions, pictures and files leave no trace."""
    return "".join(part.text for part in parts if isinstance(part, Text))


def mentions_everybody(parts: Iterable[Part]) -> bool:
    """Tell whether any of ``parts`` is a mention of the whole group."""
    return any(isinstance(part, At) and part.user_id is None for part in parts)


def to_onebot(parts: Sequence[Part], media_url: Callable[[str], str]) -> list[Json]:
    """Build the OneBot v11 array form, with the fields NapCat fills."""
    return [_onebot_segment(part, media_url) for part in parts]


def raw_message(segments: Sequence[Json]) -> str:
    """Build the CQ string that ends put beside the array."""
    return cq_codes.encode(segments)


def to_json(part: Part) -> Json:  # noqa: PLR0911 - one return a segment type
    """Build the form that is saved and shown to the page."""
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case At(user_id):
            return {"type": "at", "user": user_id}
        case Face(face_id):
            return {"type": "face", "face": face_id}
        case Quote(message_id):
            return {"type": "reply", "message": message_id}
        case Forward(forward_id, nodes):
            return {"type": "forward", "id": forward_id, "nodes": [_node_json(n) for n in nodes]}
        case Unknown(kind):
            return {"type": "unknown", "kind": kind}
        case Picture() | Voice() | Attachment():
            return {
                "type": _kind_of(part),
                "media": part.media_id,
                "name": part.name,
                "size": part.size_bytes,
            }


def from_json(data: Mapping[str, Any]) -> Part:  # noqa: PLR0911 - one return a segment type
    """Read what ``to_json`` wrote; KeyError when a field is missing."""
    kind = str(data["type"])
    if kind in _STORED:
        return _STORED[kind](str(data["media"]), str(data["name"]), int(data["size"]))
    match kind:
        case "text":
            return Text(str(data["text"]))
        case "at":
            return At(None if data["user"] is None else int(data["user"]))
        case "face":
            return Face(str(data["face"]))
        case "reply":
            return Quote(int(data["message"]))
        case "forward":
            return Forward(str(data["id"]), tuple(_node_from_json(n) for n in data["nodes"]))
        case _:
            return Unknown(str(data.get("kind", kind)))


def media_ids(parts: Iterable[Part]) -> set[str]:
    """Collect the stored media that ``parts`` show, those inside forwards too."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Picture | Voice | Attachment):
            found.add(part.media_id)
        elif isinstance(part, Forward):
            for node in part.nodes:
                found |= media_ids(node.parts)
    return found


def _kind_of(part: Stored) -> str:
    return next(kind for kind, shape in _STORED.items() if isinstance(part, shape))


def _node_json(node: Node) -> Json:
    return {
        "user": node.user_id,
        "name": node.nickname,
        "parts": [to_json(part) for part in node.parts],
    }


def _node_from_json(data: Mapping[str, Any]) -> Node:
    parts = tuple(from_json(part) for part in data["parts"])
    return Node(int(data["user"]), str(data["name"]), parts)


def _onebot_segment(  # noqa: PLR0911 - one return a segment type
    part: Part, media_url: Callable[[str], str]
) -> Json:
    match part:
        case Text(text):
            return {"type": "text", "data": {"text": text}}
        case At(user_id):
            return {"type": "at", "data": {"qq": "all" if user_id is None else str(user_id)}}
        case Face(face_id):
            return {"type": "face", "data": {"id": face_id}}
        case Quote(message_id):
            return {"type": "reply", "data": {"id": str(message_id)}}
        case Forward(forward_id, nodes):
            content = [_onebot_node(node, media_url) for node in nodes]
            return {"type": "forward", "data": {"id": forward_id, "content": content}}
        case Unknown(kind):
            return {"type": kind, "data": {}}
        case Picture() | Voice() | Attachment():
            return {"type": _kind_of(part), "data": _onebot_media(part, media_url)}


def _onebot_media(part: Stored, media_url: Callable[[str], str]) -> Json:
    data: Json = {
        "file": part.name,
        "file_id": part.media_id,
        "file_size": str(part.size_bytes),
        "url": media_url(part.media_id),
    }
    if isinstance(part, Picture):
        data |= {"sub_type": 0, "summary": ""}
    return data


def _onebot_node(node: Node, media_url: Callable[[str], str]) -> Json:
    data = {
        "user_id": str(node.user_id),
        "nickname": node.nickname,
        "content": to_onebot(node.parts, media_url),
    }
    return {"type": "node", "data": data}
