"""What waits for somebody in one room, as a value that the list of 待办 shows.

A room exports ``TODO``, a tuple of sources; bot.py hands them to the room that keeps the list.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.conversation import Say


@dataclass(frozen=True, slots=True)
class TodoItem:
    """One line of the list and the command that its number runs. ``count`` things wait in it.

    What ``can_wait`` comes after the people one looks after; what is not ``is_due`` stands in a
    list, but none is sent on Monday for it alone.
    """

    label: Say
    run: str
    count: int = 1
    can_wait: bool = False
    is_due: bool = True


# Returns what waits for the actor at that moment, most pressing first; reads only.
TodoSource = Callable[[Actor, datetime], Awaitable[Sequence[TodoItem]]]
