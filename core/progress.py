"""How far long work has come (进度), for whoever waits for it: in memory, of this process alone.

Nothing rests on it: work of another process, or begun before a restart, is simply not known here.
"""

from dataclasses import dataclass

# Work that was never said to be over: the oldest is forgotten.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Come:
    """So many ``done`` of a ``total``, people or rows or files as the work counts them."""

    done: int
    total: int


_known: dict[str, Come] = {}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of some work, at whose beginning ``before`` of the ``total`` are done."""

    work: str
    before: int
    total: int

    def note(self, done: int) -> None:
        """Note that so many of this stretch are done."""
        note(self.work, self.before + done, self.total)


def note(work: str, done: int, total: int) -> None:
    """Note how far the work called ``work`` (a uid) has come; never more than all of it."""
    _known.pop(work, None)
    while len(_known) >= _MOST:
        del _known[next(iter(_known))]
    _known[work] = Come(min(done, total), total)


def of(work: str) -> Come | None:
    """Return how far it has come; None when that is not known here."""
    return _known.get(work)


def over(work: str) -> None:
    """Forget work that is done, or that came to nothing."""
    _known.pop(work, None)
