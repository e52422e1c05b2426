"""One message on its way through the router: who, where, what is open, what was typed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.conversation import Call, Reply
from core.messages import Chat, ChatKind, Incoming, InPart, Media, Text
from plugins.identity.queries import Known, who_is
from plugins.reception.desk import Desk


@dataclass(frozen=True, slots=True)
class Visit:
    """A message with everything known about it. ``chat`` is where it is talked about."""

    desk: Desk
    incoming: Incoming
    chat: Chat
    known: Known
    now: datetime

    @property
    def said(self) -> str:
        """All words of the message."""
        return self.incoming.words

    @property
    def has_media(self) -> bool:
        """Whether there is a picture, a voice or a file."""
        return any(isinstance(part, Media) for part in self.incoming.parts)

    def call(
        self, words: str, *, parts: tuple[InPart, ...] | None = None, choice: Any = None
    ) -> Call:
        """Return the call that a handler gets."""
        known = self.known
        return Call(
            actor=known.actor,
            chat=self.chat,
            sender_id=self.incoming.sender_id,
            now=self.now,
            words=words,
            parts=self.incoming.parts if parts is None else parts,
            message_key=self.incoming.key,
            choice=choice,
            question=known.question.as_open() if known.question else None,
            draft=known.draft.as_open() if known.draft else None,
        )

    def typed(self, words: str) -> "Visit":
        """Return the same visit as if ``words`` had been typed."""
        parts = (Text(words),)
        return replace(self, incoming=replace(self.incoming, words=words, parts=parts))

    async def in_private(self) -> "Visit":
        """Return the same visit in private chat, with what is open there."""
        chat = private_chat(self.incoming)
        known = await who_is(chat, self.incoming.sender_id, self.now)
        return replace(self, chat=chat, known=known)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and the visit to which it belongs, which may have moved to private chat."""

    reply: Reply
    visit: Visit


def private_chat(incoming: Incoming) -> Chat:
    """Return the private chat with the sender of a message."""
    chat = incoming.chat
    return Chat(chat.platform, chat.self_id, ChatKind.PRIVATE, incoming.sender_id)
