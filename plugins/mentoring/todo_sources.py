"""What waits for somebody in other rooms, as bot.py handed it over."""

from collections.abc import Iterable
from datetime import datetime

from core.actors import Actor
from core.todo import TodoItem, TodoSource

_sources: list[TodoSource] = []


def use_todo(sources: Iterable[TodoSource]) -> None:
    """Take the sources of the other rooms (called once, by bot.py)."""
    _sources[:] = sources


async def elsewhere(actor: Actor, now: datetime) -> tuple[TodoItem, ...]:
    """Return what waits for the actor in other rooms, room by room."""
    found: list[TodoItem] = []
    for source in _sources:
        found += await source(actor, now)
    return tuple(found)
