"""What platforms report besides messages to us: hooks that other rooms hang themselves into.

Nothing here becomes a NoneBot event, and nothing is logged. Hooks of one kind are called in the
order in which an account heard of things.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from core import logs
from core.messages import Chat, InPart

log = logs.get("gateway")

_T = TypeVar("_T")


class NoticeKind(StrEnum):
    """Changes of what our account may do in a chat."""

    FRIEND_ADDED = "friend_added"
    JOINED = "joined"
    REMOVED = "removed"
    MUTED = "muted"
    UNMUTED = "unmuted"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something changed for our account in ``chat``; ``until`` is the end of a mute, if known."""

    kind: NoticeKind
    chat: Chat
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of our own account that stands in a chat: evidence for what was unknown."""

    chat: Chat
    message_id: str
    sent_at: datetime
    parts: tuple[InPart, ...]


@dataclass(frozen=True, slots=True)
class Recall:
    """Somebody took back what he had written to us in a private chat.

    ``keys`` are those that the message may have come in under (``Incoming.key``).
    """

    chat: Chat
    keys: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One of our accounts can be used from now on, or no longer."""

    platform: str
    self_id: str
    is_up: bool


class Hooks(Generic[_T]):
    """Listeners of one kind of report."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[_T], Awaitable[None]]] = []

    def add(self, listener: Callable[[_T], Awaitable[None]]) -> None:
        """Call ``listener`` from now on."""
        self._listeners.append(listener)

    def remove(self, listener: Callable[[_T], Awaitable[None]]) -> None:
        """Call ``listener`` no longer."""
        self._listeners.remove(listener)

    async def tell(self, report: _T) -> None:
        """Call every listener; one that fails is logged and does not keep the others from it."""
        for listener in tuple(self._listeners):
            try:
                await listener(report)
            except Exception as error:  # noqa: BLE001  # a listener's defect is not ours
                log.fault("listener.failed", error)


notices: Hooks[Notice] = Hooks()
own_messages: Hooks[OwnMessage] = Hooks()
recalls: Hooks[Recall] = Hooks()
accounts: Hooks[AccountChange] = Hooks()
