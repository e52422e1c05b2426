"""How fast one of our accounts speaks, and how long a refused try rests. Pure: no clock, no rows.

Spacing is real time: seconds of a clock that never jumps (``time.monotonic``), so that the demo may
leap over a week without all accounts chattering at once. ``not_before`` and quiet hours are clock
time and none of this module's business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.config import Delivery

# A window holds what goes out within the next second, never more (docs/adr/0004).
HORIZON_S = 1.0

# A try that was certainly not sent rests half a minute, then twice as long each time, an hour at
# most, each a quarter up or down so that a crowd of them does not come back at once.
FIRST_RETRY_S = 30.0
LONGEST_RETRY_S = 3600.0
RETRY_JITTER = 0.25

Between = Callable[[float, float], float]
"""Draws a number between two (``random.uniform``)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Shortest and longest pause between two sends of one account, in seconds."""

    shortest_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class Slots:
    """The moments at which an account may speak within the horizon, and when again after them."""

    at: tuple[float, ...]
    next_at: float

    def used(self, count: int) -> "Slots":
        """Return what is left to remember when only the first ``count`` slots were taken."""
        after = self.at[count] if count < len(self.at) else self.next_at
        return Slots(self.at[:count], after)


def pace(limits: Delivery, *, platform: str, factor: float) -> Pace:
    """Return the pauses of an account on ``platform``, ``factor`` times as long as usual.

    A platform with a limit a minute gets pauses that can never break it.
    """
    per_minute = limits.per_minute.get(platform)
    least = 0.0 if per_minute is None else 60 / per_minute
    shortest = max(limits.min_interval_s * factor, least)
    return Pace(shortest, max(limits.max_interval_s * factor, shortest))


def slots(*, next_at: float, now: float, most: int, pace: Pace, between: Between) -> Slots:
    """Return at most ``most`` moments from ``now`` to ``now`` + HORIZON_S, in real seconds.

    ``next_at`` is the earliest moment at which the account may speak again.
    """
    moments: list[float] = []
    moment = max(next_at, now)
    while moment <= now + HORIZON_S and len(moments) < most:
        moments.append(moment)
        moment += between(pace.shortest_s, pace.longest_s)
    return Slots(tuple(moments), moment)


def resumed(*, stored: datetime | None, clock_now: datetime, now: float, pace: Pace) -> float:
    """Return in real seconds what was stored as a moment: the pause outlives a restart.

    A moment further away than the longest pause comes from a clock that was wrong, and is cut.
    """
    if stored is None:
        return now
    left = (stored - clock_now).total_seconds()
    return now + min(max(left, 0.0), pace.longest_s)


def stored(*, next_at: float, now: float, clock_now: datetime) -> datetime:
    """Return the moment at which the account may speak next, for the row that outlives us."""
    return clock_now + timedelta(seconds=max(next_at - now, 0.0))


def retry_after(attempts: int, *, between: Between) -> timedelta:
    """Return how long a delivery rests after its ``attempts``-th vain try."""
    doubled = FIRST_RETRY_S * 2.0 ** min(max(attempts, 1) - 1, 30)
    rest = min(doubled, LONGEST_RETRY_S)
    return timedelta(seconds=rest * between(1 - RETRY_JITTER, 1 + RETRY_JITTER))


def is_quiet(at: time, *, start: time, end: time) -> bool:
    """Whether the time of day ``at`` lies in the quiet hours; equal bounds mean none."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end
