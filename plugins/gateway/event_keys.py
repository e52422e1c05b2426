"""The key of a message (``Incoming.key``): one event has one key, however often it is told."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from core.messages import Chat

# QQ lets a person take a message back for two minutes; our lanes and a slow end may add to it.
RECALLABLE = timedelta(minutes=10)


def event(chat: Chat, message_id: str, sender_id: str, second: str) -> tuple[str, ...]:
    """Return what identifies a message in its chat; ``second`` is when it was written."""
    place = (chat.platform, chat.self_id, chat.kind.value, chat.chat_id)
    return (*place, message_id, sender_id, second)


def key_of(identity: Iterable[str]) -> str:
    """Return the key of what identifies a message."""
    return hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[:64]


def keys_until(chat: Chat, message_id: str, at: datetime) -> frozenset[str]:
    """Return every key under which a private message taken back at ``at`` may have come in.

    Whoever tells of it does not say when the message was written, and that is part of its key:
    all seconds are tried in which it can have been (``RECALLABLE``).
    """
    last = int(at.timestamp())
    first = last - int(RECALLABLE.total_seconds())
    return frozenset(
        key_of(event(chat, message_id, chat.chat_id, str(second)))
        for second in range(first, last + 1)
    )
