"""Remembers for hours which events were taken, so that one delivered again is dropped silently."""

from datetime import UTC, datetime, timedelta

from plugins.identity import statements

# Protocol ends deliver again after a reconnect, minutes later at most; a day is ample.
REMEMBERED = timedelta(hours=24)

_TAKE = """
INSERT INTO seen_event (key, seen_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING id"""
_PRUNE = "DELETE FROM seen_event WHERE seen_at < $1 RETURNING id"


async def take(key: str, now: datetime) -> bool:
    """Take an event; False when it was taken before. Commits by itself.

    Not flushed at once: whatever the event leads to is committed after it, in the same log.
    """
    return bool(await statements.quick_rows(_TAKE, key, now.astimezone(UTC)))


async def prune(now: datetime) -> int:
    """Forget events of more than a day ago; return how many."""
    return len(await statements.rows(_PRUNE, (now - REMEMBERED).astimezone(UTC)))
