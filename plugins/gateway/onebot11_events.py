"""OneBot v11 payloads into values: message parts, notices, our own messages, and quiet events."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from nonebot.adapters.onebot.v11 import GroupMessageEvent, PrivateMessageEvent
from nonebot.adapters.onebot.v11.exception import NoLogException

from core.messages import Chat, ChatKind, InPart, Media, MediaKind, Mention, Other, Text
from plugins.gateway import gate
from plugins.gateway.adapters import ONEBOT11
from plugins.gateway.signals import Notice, NoticeKind, OwnMessage

_LONGEST_NAME = 120
_MOST_DIGITS = 15
_LONGEST_MUTE_S = 400 * 86_400
_MEDIA = {
    "image": MediaKind.IMAGE,
    "record": MediaKind.VOICE,
    "video": MediaKind.VIDEO,
    "file": MediaKind.FILE,
}
_STICKERS = frozenset({"face", "mface", "dice", "rps", "marketface", "poke", "shake"})


class _Quiet:
    """Keeps what was said out of NoneBot's own lines, which hold events in words and as repr."""

    def get_log_string(self) -> str:
        """Refuse to be logged."""
        raise NoLogException

    def get_event_description(self) -> str:
        """Return nothing of what was said."""
        return ""

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__


class QuietPrivateMessage(_Quiet, PrivateMessageEvent):
    """A private message that NoneBot does not log."""


class QuietGroupMessage(_Quiet, GroupMessageEvent):
    """A group message that NoneBot does not log."""


QuietMessage = QuietPrivateMessage | QuietGroupMessage


def event_of(message: gate.Payload) -> QuietMessage:
    """Return the NoneBot event of a message that ``gate.clean`` has made."""
    model = QuietGroupMessage if "group_id" in message else QuietPrivateMessage
    return model.model_validate(message)


def chat_of(message: gate.Payload) -> Chat:
    """Return the chat of a message that ``gate.clean`` has made."""
    is_group = "group_id" in message
    return Chat(
        ONEBOT11,
        str(message["self_id"]),
        ChatKind.GROUP if is_group else ChatKind.PRIVATE,
        str(message["group_id"] if is_group else message["user_id"]),
    )


def moment(second: int) -> datetime:
    """Return a platform's second as a moment in UTC."""
    return datetime.fromtimestamp(second, UTC)


def plain(text: str) -> str:
    """Return ``text`` without what no database and no hash can hold: NUL and half characters."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def parts_in(segments: Iterable[Any]) -> Iterator[InPart]:
    """Yield the parts of segments (anything with ``type`` and ``data``), text made plain."""
    for segment in segments:
        kind, data = segment.type, segment.data
        if kind == "text":
            if text := plain(str(data.get("text", ""))):
                yield Text(text)
        elif kind == "at":
            yield Mention(plain(str(data.get("qq", ""))))
        elif kind in _MEDIA and not _is_sticker(kind, data):
            yield _media(_MEDIA[kind], data)
        else:
            yield Other("sticker" if kind == "image" or kind in _STICKERS else kind)


def _is_sticker(kind: str, data: dict[str, Any]) -> bool:
    # QQ sends the pictures people collect as images of sub type 1 (LuckyLillia, NapCat).
    return kind == "image" and str(data.get("sub_type", "0")) not in {"0", ""}


def _media(kind: MediaKind, data: dict[str, Any]) -> Media:
    name = str(data.get("name") or data.get("file") or "")
    size = str(data.get("file_size") or data.get("size") or "")
    return Media(
        kind=kind,
        name=file_name(name),
        url=_plain_or_none(data.get("url")) or _inline(data.get("file")),
        file_id=_plain_or_none(data.get("file_id") or data.get("file")),
        size_bytes=int(size) if size.isdecimal() and len(size) <= _MOST_DIGITS else None,
    )


def _plain_or_none(value: object) -> str | None:
    return plain(str(value)) if value else None


def _inline(file: object) -> str | None:
    text = str(file or "")
    return text if text.startswith(("http://", "https://", "base64://", "data:")) else None


def file_name(name: str) -> str:
    """Return the last part of a name as a sender's end gives it, printable and not too long."""
    if name.startswith(("http://", "https://", "base64://", "data:")):
        return ""
    base = PurePosixPath(name.replace("\\", "/")).name
    return "".join(mark for mark in plain(base) if mark.isprintable())[-_LONGEST_NAME:]


def own_message(payload: gate.Payload) -> OwnMessage | None:
    """Return a message of our own account from a raw payload, or None when it is broken."""
    place = payload.get("message_type")
    # In a private chat the end says who got it as target_id; user_id is ourselves.
    partner = payload.get("group_id" if place == "group" else "target_id")
    message = payload.get("message")
    ids = gate.is_id(payload.get("message_id")) and gate.is_id(partner)
    if not ids or not gate.is_second(payload.get("time")) or place not in {"group", "private"}:
        return None
    return OwnMessage(
        chat=Chat(ONEBOT11, str(payload["self_id"]), ChatKind(place), str(partner)),
        message_id=str(payload["message_id"]),
        sent_at=moment(payload["time"]),
        parts=parts_of(message),
    )


def parts_of(message: object) -> tuple[InPart, ...]:
    """Return the parts of a raw message, in segments or in the old string form."""
    segments = gate.segments_of(message)
    return tuple(parts_in(_Segment(part) for part in gate.clean_segments(segments)))


class _Segment:
    """A raw segment that looks like an adapter's."""

    __slots__ = ("data", "type")

    def __init__(self, raw: gate.Payload) -> None:
        self.type: str = raw["type"]
        self.data: dict[str, Any] = raw["data"]


_Reader = Callable[[gate.Payload], NoticeKind | None]


def _about_us(payload: gate.Payload) -> bool:
    return bool(payload.get("user_id") == payload["self_id"])


def _joined(payload: gate.Payload) -> NoticeKind | None:
    return NoticeKind.JOINED if _about_us(payload) else None


def _left(payload: gate.Payload) -> NoticeKind | None:
    is_gone = payload.get("sub_type") in {"kick_me", "disband"} or _about_us(payload)
    return NoticeKind.REMOVED if is_gone else None


def _muted(payload: gate.Payload) -> NoticeKind | None:
    # User 0 stands for everybody in the group.
    if not _about_us(payload) and payload.get("user_id") != 0:
        return None
    return NoticeKind.UNMUTED if payload.get("sub_type") == "lift_ban" else NoticeKind.MUTED


_READERS: dict[object, _Reader] = {
    "friend_add": lambda _payload: NoticeKind.FRIEND_ADDED,
    "group_increase": _joined,
    "group_decrease": _left,
    "group_ban": _muted,
}


def notice(payload: gate.Payload) -> Notice | None:
    """Return what a raw notice means to us, or None when it means nothing or is broken."""
    name = payload.get("notice_type")
    reader = _READERS.get(name) if isinstance(name, str) else None
    kind = reader(payload) if reader else None
    is_private = kind is NoticeKind.FRIEND_ADDED
    partner = payload.get("user_id" if is_private else "group_id")
    if kind is None or not gate.is_id(partner) or not gate.is_second(payload.get("time")):
        return None
    at = moment(payload["time"])
    place = ChatKind.PRIVATE if is_private else ChatKind.GROUP
    chat = Chat(ONEBOT11, str(payload["self_id"]), place, str(partner))
    return Notice(kind, chat, at, _until(payload, at) if kind is NoticeKind.MUTED else None)


def recalled(payload: gate.Payload) -> tuple[Chat, str, datetime] | None:
    """Return chat, id and moment of a private message that its writer took back; None otherwise."""
    numbers = (payload.get("user_id"), payload.get("message_id"))
    if payload.get("notice_type") != "friend_recall" or not all(map(gate.is_id, numbers)):
        return None
    if not gate.is_second(payload.get("time")):
        return None
    writer, message = map(str, numbers)
    chat = Chat(ONEBOT11, str(payload["self_id"]), ChatKind.PRIVATE, writer)
    return chat, message, moment(payload["time"])


def _until(payload: gate.Payload, at: datetime) -> datetime | None:
    duration = payload.get("duration")
    is_known = type(duration) is int and 0 < duration < _LONGEST_MUTE_S
    return at + timedelta(seconds=duration) if is_known and type(duration) is int else None
