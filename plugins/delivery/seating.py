"""Which of our accounts speaks in a group where several of them sit. Pure.

The regular speaker is the account by which the group was bound. Another takes over while it cannot
speak, and keeps speaking until it has been well for a while: nobody sees two voices take turns.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# A speaker that could not speak is trusted again after this long.
SETTLED = timedelta(minutes=10)

# What is owed waits this long for another account that is merely off line, rather than being
# refused by the regular one. Longer than the pause between two looks at who sits where.
WAITED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One account of ours in a group; the lower its ``place``, the longer it sits there.

    ``silent_until`` is the end of a mute, in the past when it is over. ``known_at`` is when this
    was last known to be so.
    """

    self_id: str
    place: int
    is_member: bool = True
    silent_until: datetime | None = None
    known_at: datetime | None = None

    def may_speak(self, now: datetime) -> bool:
        """Whether the platform would let it speak, as far as we know."""
        return self.is_member and (self.silent_until is None or self.silent_until <= now)

    def is_settled(self, now: datetime) -> bool:
        """Whether nothing has been in its way for a while."""
        return self.silent_until is None or self.silent_until + SETTLED <= now

    def was_seen(self, now: datetime) -> bool:
        """Whether it sat there not long ago."""
        return self.known_at is not None and now - self.known_at < WAITED_FOR


def sitting(row: Mapping[str, Any]) -> Sitting:
    """Return a row of the table of seats, of either database, as a value."""
    return Sitting(
        str(row["self_id"]),
        int(row["id"]),
        bool(row["is_member"]),
        moment(row["silent_until"]),
        moment(row["checked_at"]),
    )


def moment(value: datetime | str | None) -> datetime | None:
    """Return a moment as either database gives it in a raw row."""
    known = datetime.fromisoformat(value) if isinstance(value, str) else value
    return known if known is None or known.tzinfo is not None else known.replace(tzinfo=UTC)


def choose(regular: str, sittings: Iterable[Sitting], *, up: Container[str], now: datetime) -> str:
    """Return the account that speaks; ``up`` are ours that are connected.

    When none can, it is one that is merely off line (what is owed waits for it), else a silent one,
    so that the platform's refusal says what is wrong.
    """
    known = _with_regular(regular, sittings)
    return min(known, key=lambda one: _rank(one, regular, up, now)).self_id


def is_replaced(
    refused: str, regular: str, sittings: Iterable[Sitting], *, up: Container[str], now: datetime
) -> bool:
    """Whether another account than ``refused``, which may not speak now, can do it instead."""
    others = (one for one in _with_regular(regular, sittings) if one.self_id != refused)
    return any(one.may_speak(now) and (one.self_id in up or one.was_seen(now)) for one in others)


def _with_regular(regular: str, sittings: Iterable[Sitting]) -> Sequence[Sitting]:
    """Return the sittings, with the regular speaker taken for well when nothing is known of it."""
    known = list(sittings)
    if all(one.self_id != regular for one in known):
        known.append(Sitting(regular, 0))
    return known


def _rank(one: Sitting, regular: str, up: Container[str], now: datetime) -> tuple[int, bool, int]:
    return (_step(one, regular, up, now), one.self_id != regular, one.place)


def _step(one: Sitting, regular: str, up: Container[str], now: datetime) -> int:
    """Return how far down the list of hopes an account stands; 0 is the best."""
    is_up = one.self_id in up
    if one.may_speak(now):
        if is_up:
            return 0 if one.is_settled(now) else 1
        return 2 if one.self_id == regular or one.was_seen(now) else 5
    if is_up:
        return 3 if one.is_member else 4
    return 5
