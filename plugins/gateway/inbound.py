"""Events of any adapter into ``Incoming``: the one shape that the rest of the house knows.

The only matcher stands in reception; it calls ``to_incoming`` and hands the result to its router.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import MessageEvent
from nonebot_plugin_alconna import uniseg

from core import clock
from core.messages import (
    Chat,
    ChatKind,
    Incoming,
    InPart,
    Media,
    MediaKind,
    Mention,
    Other,
    Text,
)
from plugins.gateway import adapters, event_keys, gate, onebot11_events
from plugins.gateway.onebot11_events import plain

_UNISEG_MEDIA = (
    (uniseg.Image, MediaKind.IMAGE),
    (uniseg.Voice, MediaKind.VOICE),
    (uniseg.Audio, MediaKind.VOICE),
    (uniseg.Video, MediaKind.VIDEO),
    (uniseg.File, MediaKind.FILE),
)
_MILLISECONDS = 100_000_000_000


async def to_incoming(bot: Bot, event: Event) -> Incoming | None:
    """Return the message in ``event``, or None when it holds none that we could answer."""
    if isinstance(event, MessageEvent):
        return _from_onebot11(event)
    return _from_uniseg(bot, event) if event.get_type() == "message" else None


def _from_onebot11(event: MessageEvent) -> Incoming:
    group_id = getattr(event, "group_id", None)
    chat = Chat(
        adapters.ONEBOT11,
        str(event.self_id),
        ChatKind.PRIVATE if group_id is None else ChatKind.GROUP,
        str(event.user_id if group_id is None else group_id),
    )
    return _incoming(
        chat,
        sender_id=str(event.user_id),
        message_id=str(event.message_id),
        sent_at=onebot11_events.moment(event.time),
        parts=onebot11_events.parts_in(event.message),
    )


def _from_uniseg(bot: Bot, event: Event) -> Incoming | None:
    try:
        target = uniseg.get_target(event, bot)
        message_id = uniseg.get_message_id(event, bot)
        sender_id = event.get_user_id()
        parts = tuple(_uniseg_parts(uniseg.UniMessage.of(event.get_message(), bot=bot)))
    except (uniseg.SerializeFailed, NotImplementedError, ValueError):
        return None
    chat = Chat(
        adapters.name_of(bot.adapter.get_name()),
        bot.self_id,
        ChatKind.PRIVATE if target.private else ChatKind.GROUP,
        target.id,
    )
    return _incoming(
        chat,
        sender_id=sender_id,
        message_id=str(message_id),
        sent_at=_sent_at(event),
        parts=parts,
    )


def _sent_at(event: Event) -> datetime:
    """Return when an event happened as its adapter tells: seconds, milliseconds, datetime."""
    for field in ("time", "timestamp", "create_time", "created_at"):
        told = getattr(event, field, None)
        if isinstance(told, datetime) and told.tzinfo is not None:
            return told
        if isinstance(told, int | float) and told > 0:
            return onebot11_events.moment(int(told / 1000 if told > _MILLISECONDS else told))
    return clock.now()


def _uniseg_parts(message: uniseg.UniMessage) -> Iterator[InPart]:  # type: ignore[type-arg]
    for segment in message:
        if isinstance(segment, uniseg.Text):
            if text := plain(segment.text):
                yield Text(text)
        elif isinstance(segment, uniseg.At):
            yield Mention(segment.target)
        elif isinstance(segment, uniseg.AtAll):
            yield Mention("all")
        elif not isinstance(segment, uniseg.Reply):
            yield _uniseg_other(segment)


def _uniseg_other(segment: uniseg.Segment) -> InPart:
    kind = next((kind for type_, kind in _UNISEG_MEDIA if isinstance(segment, type_)), None)
    if kind is None or not isinstance(segment, uniseg.segment.Media):
        return Other("sticker" if isinstance(segment, uniseg.Emoji) else segment.type)
    name = "" if segment.name == segment.__default_name__ else segment.name
    return Media(kind, onebot11_events.file_name(name), url=segment.url, file_id=segment.id)


def _incoming(
    chat: Chat, *, sender_id: str, message_id: str, sent_at: datetime, parts: Iterable[InPart]
) -> Incoming:
    said = tuple(parts)
    kept = _without_us(said, chat)
    words = "".join(part.text for part in kept if isinstance(part, Text)).strip()
    second = str(int(sent_at.timestamp()))
    if not chat.is_private and words.startswith(gate.SLASHES) and not _calls_us(said, chat):
        event = _to_all_of_us(chat, sender_id, second, said)
    else:
        event = event_keys.event(chat, message_id, sender_id, second)
    if words.startswith(gate.SLASHES):
        words = words[1:].strip()
    return Incoming(chat, sender_id, message_id, sent_at, kept, words, event_keys.key_of(event))


def _to_all_of_us(
    chat: Chat, sender_id: str, second: str, said: Iterable[InPart]
) -> tuple[str, ...]:
    """Return what identifies a command that every account of ours in a group hears.

    Each hears it under a message id of its own, so that has no part in it. The price: the same
    words of the same person within the same second are one command. Of files only the kind counts,
    since each end names and addresses them in its own way.
    """
    what = " ".join(" ".join(map(_said, said)).split())
    return (chat.platform, "any", chat.kind.value, chat.chat_id, sender_id, second, what)


def _said(part: InPart) -> str:
    match part:
        case Text(text=text):
            return text
        case Mention(account_id=account_id):
            return "@" + account_id
        case Media(kind=kind):
            return kind.value
        case Other(kind=kind):
            return kind


def _calls_us(said: tuple[InPart, ...], chat: Chat) -> bool:
    """Whether our mention stands first or last: then nobody but this account is meant."""
    solid = [part for part in said if not _is_blank(part)]
    return bool(solid) and Mention(chat.self_id) in (solid[0], solid[-1])


def _without_us(parts: tuple[InPart, ...], chat: Chat) -> tuple[InPart, ...]:
    """Take off our own mention at both ends, with the blanks around it."""
    begin, end = 0, len(parts)
    us = Mention(chat.self_id)
    while begin < end and (parts[begin] == us or _is_blank(parts[begin])):
        begin += 1
    while begin < end and (parts[end - 1] == us or _is_blank(parts[end - 1])):
        end -= 1
    return parts[begin:end]


def _is_blank(part: InPart) -> bool:
    return isinstance(part, Text) and not part.text.strip()
