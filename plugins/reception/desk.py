"""The desk: everything the router needs of the other rooms, as values handed over by bot.py."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.actors import Actor
from core.conversation import Command, Continuation, Handler, LineReader, Option
from core.errors import Fault
from core.messages import Chat, OutPart, SendOutcome
from plugins.gateway import outbound
from plugins.identity import policy
from plugins.reception import reading
from plugins.reception.catalogue import Catalogue

Send = Callable[[Chat, Sequence[OutPart]], Awaitable[SendOutcome]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on the desk.

    ``draft_words`` are words that belong to an open draft of a kind before they are commands,
    ``confirmed`` takes 确认导出 while a question of that kind is open.
    """

    catalogue: Catalogue
    continuations: Mapping[str, Handler]
    line_readers: tuple[LineReader, ...]
    draft_words: Mapping[str, frozenset[str]]
    send: Send
    confirmed: Mapping[str, Handler] = field(default_factory=dict)
    menus: dict[object, tuple[Option, ...]] = field(default_factory=dict)

    def command(self, word: str, actor: Actor) -> Command | None:
        """Return the command with this word, when it exists and somebody may use it."""
        found = self.catalogue.word(word)
        return found if found is not None and policy.may_use(actor, found) else None


_desk: Desk | None = None


def open_desk(
    commands: Iterable[Command],
    continuations: Iterable[Continuation],
    line_readers: Iterable[LineReader] = (),
    draft_words: Mapping[str, Sequence[str]] | None = None,
    *,
    send: Send = outbound.send,
) -> Desk:
    """Take what the doors export and begin to answer with it.

    Fault when two commands share a word or a name, or two continuations a kind.
    """
    global _desk
    handlers: dict[str, Handler] = {}
    confirmed: dict[str, Handler] = {}
    for continuation in continuations:
        if continuation.kind in handlers:
            raise Fault(f"two continuations for {continuation.kind}")
        handlers[continuation.kind] = continuation.handler
        if continuation.confirmed is not None:
            confirmed[continuation.kind] = continuation.confirmed
    _desk = Desk(
        catalogue=Catalogue(commands),
        continuations=handlers,
        line_readers=tuple(line_readers),
        draft_words={
            kind: frozenset(map(reading.bare, claimed))
            for kind, claimed in (draft_words or {}).items()
        },
        send=send,
        confirmed=confirmed,
    )
    return _desk


def current() -> Desk:
    """Return the desk of this process; Fault before it is open."""
    if _desk is None:
        raise Fault("the desk is not open")
    return _desk
