"""Commands, calls and replies: the values that pass between the router and the rooms.

A room declares ``COMMANDS`` and ``CONTINUATIONS``; the router in reception finds the one that a
message means, checks who and where, and hands it a ``Call``. A handler never touches a bot or an
event: it reads, calls its service once, and answers with a ``Reply``.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.actors import Actor, Who
from core.clock import local_day
from core.messages import Blob, Chat, InPart, Media, Text

# A numbered list is answered within a day; later the list comes anew (dialogues.md 2.1, point 4).
QUESTION_LIFE = timedelta(hours=24)


class Place(StrEnum):
    """Where a command may be used."""

    PRIVATE = "private"
    BOTH = "both"


class Reveals(StrEnum):
    """What an answer shows at most (dialogues.md 2.2, last column)."""

    NOTHING = "nothing"
    PUBLIC = "public"
    OWN = "own"
    MENTEES = "mentees"
    BRANCH = "branch"
    TOTALS = "totals"


@dataclass(frozen=True, slots=True, init=False)
class Say:
    """One sentence by its key in content/texts, with the fields that fill it.

    A field may be a str, int, date, aware datetime, or another ``Say``.
    """

    key: str
    fields: Mapping[str, object]

    def __init__(self, key: str, **fields: object) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered answer. Either ``run`` (a command line, as if typed) or ``value`` is used.

    ``value`` must be JSON. ``label`` is words shown after the number: a key or ready words.
    """

    label: Say | str
    run: str | None = None
    value: Any = None


class Takes(StrEnum):
    """What a question accepts besides a number and whole-word commands.

    Words of courtesy (好的, 嗯) are an answer only to one that takes ``WORDS``: nobody shall think
    that something was written because he was polite.
    """

    NUMBER = "number"
    TEXT = "text"
    WORDS = "words"

    @property
    def is_free(self) -> bool:
        """Whether free text is an answer."""
        return self is not Takes.NUMBER


class Slot(StrEnum):
    """The two things that may be open in one chat at once."""

    QUESTION = "question"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Ask:
    """Opens (or replaces) the question of this chat.

    ``kind`` names the continuation (``room.what``) that gets a chosen ``value`` or free text.
    ``data`` must be JSON and holds what the question is about. ``again`` is the command line that
    produces the list anew after a day; empty when there is none.
    ``listed`` says that the sentences already contain the numbered options.
    """

    kind: str
    options: tuple[Option, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    takes: Takes = Takes.NUMBER
    again: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """From now on free text, pictures and files in this chat go to continuation ``kind``."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker gets back. ``says`` become one message, a sentence a line.

    ``blobs`` are sent before the words, each as a message of its own. ``close`` ends the question
    or draft that is open. ``silent`` answers nothing at all.
    ``private`` sends the answer to private chat even when asked in a group.
    """

    says: tuple[Say, ...] = ()
    ask: Ask | None = None
    draft: OpenDraft | None = None
    close: frozenset[Slot] = frozenset()
    blobs: tuple[Blob, ...] = ()
    private: bool = False
    silent: bool = False

    @classmethod
    def of(cls, key: str, **fields: object) -> "Reply":
        """Make a reply of one sentence."""
        return cls(says=(Say(key, **fields),))


@dataclass(frozen=True, slots=True)
class Open:
    """An open question or draft as the continuation sees it."""

    kind: str
    data: Mapping[str, Any]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One thing a person wants, with everything a handler may need.

    ``words`` are the arguments as typed, without the command word. ``choice`` is the ``value`` of
    the numbered option that was picked. ``question`` and ``draft`` are what is open in this chat.
    """

    actor: Actor
    chat: Chat
    sender_id: str
    now: datetime
    words: str = ""
    parts: tuple[InPart, ...] = ()
    message_key: str = ""
    choice: Any = None
    question: Open | None = None
    draft: Open | None = None

    @property
    def today(self) -> date:
        """The calendar day of the call for people."""
        return local_day(self.now)

    @property
    def media(self) -> tuple[Media, ...]:
        """Pictures, voices and files of the message, in order."""
        return tuple(part for part in self.parts if isinstance(part, Media))

    @property
    def text(self) -> str:
        """The text parts as typed, joined (for continuations: the whole message)."""
        return "".join(part.text for part in self.parts if isinstance(part, Text)).strip()


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the catalogue.

    ``words[0]`` is the word people are told; ``words[1:]`` and ``aliases`` are understood too.
    ``pattern`` is a regular expression over the whole message for words with something inside
    (删第2页); it is tried after the words. ``while_drafting`` lets it act while a draft is open
    even with arguments; whole words always act. ``in_group`` is the text key said in a group,
    instead of running it, for what must not even be tried there. ``summary`` is a text key.
    """

    name: str
    words: tuple[str, ...]
    handler: Handler
    summary: str
    who: frozenset[Who] = frozenset({Who.ANYONE})
    place: Place = Place.PRIVATE
    reveals: Reveals = Reveals.NOTHING
    aliases: tuple[str, ...] = ()
    arguments: str = ""
    pattern: str | None = None
    while_drafting: bool = False
    in_group: str | None = None


@dataclass(frozen=True, slots=True)
class Continuation:
    """Takes what is no command while ``kind`` is open; ``kind`` is ``room.what``.

    ``confirmed`` takes 确认导出 while it is: one word for the files of all rooms.
    """

    kind: str
    handler: Handler
    confirmed: Handler | None = None


# Private lines that are no command may be claimed by a room before the router gives up: a mentor's
# line with the name of one of his people is a contact line. Returns None when it is not for it.
LineReader = Callable[[Call], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Undo:
    """What 撤销 takes back in one room: when somebody made his last entry there, and the handler.

    There is one word for all rooms; it means the newest entry of the one who says it.
    """

    made_at: Callable[[Actor], Awaitable[datetime | None]]
    handler: Handler
