"""What a room above answers in identity's place, as values handed over by bot.py.

A withdrawal reaches into every room that keeps something, and a new account for somebody who has
one already needs a message to his mentor: both are more than identity may know.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.conversation import Call, Handler, Reply
from core.errors import Fault


@dataclass(frozen=True, slots=True)
class Handed:
    """Handlers of the room above. ``rebind`` gets the id of an invitation that fits.

    ``released`` joins the transaction that takes accounts off their person: nothing more is owed to
    them.
    """

    rebind: Callable[[Call, int], Awaitable[Reply]]
    withdraw_reports: Handler
    leave: Handler
    released: Callable[[Sequence[int], datetime], Awaitable[object]]


_handed: Handed | None = None


def use(handed: Handed) -> None:
    """Take the handlers of this process."""
    global _handed
    _handed = handed


def current() -> Handed:
    """Return the handlers; Fault before they were handed over."""
    if _handed is None:
        raise Fault("identity was handed nothing")
    return _handed
