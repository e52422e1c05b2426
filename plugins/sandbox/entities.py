"""What the simulated QQ is made of, and what can happen to it: plain records, no rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from plugins.sandbox.segments import Part, plain_text

Role: TypeAlias = Literal["owner", "admin", "member"]


@dataclass(frozen=True, slots=True)
class Chat:
    """A place where messages stand; the id of a private chat is the person facing the bot."""

    kind: Literal["private", "group"]
    id: int

    @property
    def key(self) -> str:
        """The chat as one word, for JSON and the page."""
        return f"{self.kind}-{self.id}"


def private(user_id: int) -> Chat:
    """Name the private chat between a person and the bot."""
    return Chat("private", user_id)


def group(group_id: int) -> Chat:
    """Name a group's chat."""
    return Chat("group", group_id)


def chat_from_key(key: str) -> Chat:
    """Read ``Chat.key``; ValueError for anything else."""
    kind, _, number = key.partition("-")
    if kind == "private":
        return private(int(number))
    if kind == "group":
        return group(int(number))
    raise ValueError("no such kind of chat")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a QQ account; ``note`` says what he is, ``featured`` puts him on the rail."""

    user_id: int
    nickname: str
    note: str = ""
    featured: bool = False


@dataclass(slots=True)
class Member:
    """A person inside one group."""

    user_id: int
    role: Role = "member"
    card: str = ""
    muted_until: datetime | None = None


@dataclass(slots=True)
class Group:
    """A group with its members, the bot among them while it belongs."""

    group_id: int
    name: str
    members: dict[int, Member] = field(default_factory=dict)
    is_whole_muted: bool = False


@dataclass(slots=True)
class Message:
    """A message as the servers keep it; ``is_shown`` is False when nobody was shown it."""

    message_id: int
    seq: int
    chat: Chat
    sender_id: int
    time: datetime
    parts: tuple[Part, ...]
    is_shown: bool = True
    recalled_by: int | None = None

    @property
    def text(self) -> str:
        """The message's words alone."""
        return plain_text(self.parts)


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """A person at the beginning of a world."""

    user_id: int
    nickname: str
    note: str = ""
    featured: bool = False
    is_friend: bool = True


@dataclass(frozen=True, slots=True)
class MemberSeed:
    """A membership at the beginning of a world; the bot takes part like anybody."""

    user_id: int
    role: Role = "member"
    card: str = ""


@dataclass(frozen=True, slots=True)
class GroupSeed:
    """A group at the beginning of a world; the bot joins as a member unless listed."""

    group_id: int
    name: str
    members: tuple[MemberSeed, ...]
    has_bot: bool = True


@dataclass(frozen=True, slots=True)
class WorldSeed:
    """A whole world at its beginning."""

    people: tuple[PersonSeed, ...]
    groups: tuple[GroupSeed, ...] = ()
    bot_nickname: str = "Yanzhen"


class Refusal(StrEnum):
    """Why a send, or a recall, is not possible."""

    MUTED = "muted"
    NOT_FRIEND = "not_friend"
    REMOVED = "removed"
    AT_ALL_USED_UP = "at_all_used_up"
    NOT_ALLOWED = "not_allowed"
    TOO_LATE = "too_late"
    UNKNOWN_MESSAGE = "unknown_message"


class NotPermitted(Exception):
    """QQ itself would not let somebody do that."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A new message stands in a chat."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageRecalled:
    """A message was taken back."""

    message: Message
    operator_id: int


@dataclass(frozen=True, slots=True)
class MemberMuted:
    """A mute began, or ended with ``duration_s`` 0; user 0 is the whole group."""

    group_id: int
    user_id: int
    operator_id: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Somebody entered a group."""

    group_id: int
    user_id: int
    operator_id: int


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Somebody left a group or was removed from it."""

    group_id: int
    user_id: int
    operator_id: int


@dataclass(frozen=True, slots=True)
class FriendChanged:
    """A friendship with the bot began or ended."""

    user_id: int
    is_friend: bool


Happening: TypeAlias = (
    MessagePosted | MessageRecalled | MemberMuted | MemberJoined | MemberLeft | FriendChanged
)
Observer: TypeAlias = Callable[[Happening], None]
