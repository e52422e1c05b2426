"""What comes in from a chat and what goes out to one, free of any platform's shapes.

Incoming parts describe what a person sent; media are not fetched yet. Outgoing parts carry text or
the id of a stored blob. Nothing here is ever logged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChatKind(StrEnum):
    """Where a message stands."""

    PRIVATE = "private"
    GROUP = "group"


class MediaKind(StrEnum):
    """What a file in a chat is."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation as one of our accounts sees it.

    ``platform`` is the adapter's name in lower case without blanks (``onebot11``), ``self_id`` our
    account, ``chat_id`` the group's id, or the other person's account id in a private chat.
    """

    platform: str
    self_id: str
    kind: ChatKind
    chat_id: str

    @property
    def is_private(self) -> bool:
        """Whether only one person and the bot are in it."""
        return self.kind is ChatKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words. Never parsed by anybody downstream."""

    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody is called by name; ``account_id`` is ``all`` for everybody."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Media:
    """An incoming picture, voice, video or file, not fetched yet.

    ``url`` or ``file_id`` says where the platform keeps it; ``size_bytes`` is what the sender's
    end claims and proves nothing.
    """

    kind: MediaKind
    name: str
    url: str | None = None
    file_id: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A part that carries nothing we use: a sticker (``sticker``), a card, a shared place."""

    kind: str


@dataclass(frozen=True, slots=True)
class Blob:
    """An outgoing file by the id under which core.files keeps it."""

    kind: MediaKind
    blob_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Forward:
    """Several messages sent as one card that unfolds (合并转发); never one inside another.

    ``title`` stands on the card and names every message in it.
    """

    nodes: tuple[tuple[Text | Blob, ...], ...]
    title: str


InPart = Text | Mention | Media | Other
OutPart = Text | Mention | Blob | Forward


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message that concerns us: private, or addressed to the bot in a group.

    ``parts`` no longer contain the mention of the bot, nor a quoted message. ``words`` are all text
    parts joined, stripped of blanks and of a leading ``/``. ``key`` identifies the event for
    de-duplication: platform, account, chat, message id, sender, second; for a command in a group,
    which all our accounts there hear, platform, group, sender, second and what was said.
    """

    chat: Chat
    sender_id: str
    message_id: str
    sent_at: datetime
    parts: tuple[InPart, ...]
    words: str
    key: str


class SendResult(StrEnum):
    """What is known after a send was tried. The source of the states of the ledger."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """Result of one try. ``reason`` is a short code (``muted``, ``not_friend``, ``offline`` …).

    ``further_ids`` are those of the messages after the first that a long body became.
    """

    result: SendResult
    message_id: str | None = None
    reason: str | None = None
    further_ids: tuple[str, ...] = ()


def part_to_json(part: OutPart) -> dict[str, Any]:
    """Return the JSON form in which an outgoing part is stored."""
    match part:
        case Text(text=text):
            return {"t": "text", "text": text}
        case Mention(account_id=account_id):
            return {"t": "mention", "account": account_id}
        case Blob(kind=kind, blob_id=blob_id, name=name):
            return {"t": "blob", "kind": kind.value, "blob": blob_id, "name": name}
        case Forward(nodes=nodes, title=title):
            inside = [payload_to_json(node) for node in nodes]
            return {"t": "forward", "title": title, "nodes": inside}


def part_from_json(data: Mapping[str, Any]) -> OutPart:
    """Return the outgoing part stored as ``data``; ValueError when the shape is unknown."""
    match data.get("t"):
        case "text":
            return Text(str(data["text"]))
        case "mention":
            return Mention(str(data["account"]))
        case "blob":
            return Blob(MediaKind(data["kind"]), str(data["blob"]), str(data["name"]))
        case "forward":
            return Forward(tuple(map(_node_from_json, data["nodes"])), str(data["title"]))
        case _:
            raise ValueError("unknown outgoing part")


def _node_from_json(data: Sequence[Mapping[str, Any]]) -> tuple[Text | Blob, ...]:
    parts = payload_from_json(data)
    node = tuple(part for part in parts if isinstance(part, Text | Blob))
    if len(node) != len(parts):
        raise ValueError("unknown part of a forward")
    return node


def payload_to_json(parts: Sequence[OutPart]) -> list[dict[str, Any]]:
    """Return the JSON form of a whole payload."""
    return [part_to_json(part) for part in parts]


def payload_from_json(data: Sequence[Mapping[str, Any]]) -> tuple[OutPart, ...]:
    """Return the payload stored as ``data``."""
    return tuple(part_from_json(item) for item in data)
