"""Whose last entry 撤销 means: a contact line of ours, or what was entered later in another room.

The other rooms are handed in by bot.py; this room knows none of them.
"""

from collections.abc import Sequence

from core.actors import Actor
from core.conversation import Undo
from plugins.mentoring import queries

_others: tuple[Undo, ...] = ()


def use_undos(undos: Sequence[Undo]) -> None:
    """Let 撤销 reach these rooms as well."""
    global _others
    _others = tuple(undos)


async def newer_entry(actor: Actor) -> Undo | None:
    """Return what to undo when the actor's newest entry is not a contact line; else None."""
    line = await queries.last_line(actor)
    newest = line.entered_at if line is not None else None
    found: Undo | None = None
    for other in _others:
        made_at = await other.made_at(actor)
        if made_at is not None and (newest is None or made_at > newest):
            newest, found = made_at, other
    return found
