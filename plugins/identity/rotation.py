"""Changing the key that texts and files are sealed with: at the console, and on every night after.

A new key seals from now on, the old ones still open; what is old is sealed anew in batches. Keys go
only by a word of their own, since copies of the database need them too.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from core import crypto, resealing, texts
from core.config import settings
from core.resealing import Resealed
from models import Worker
from models.sealed import sealed_columns

Errand = Callable[[Sequence[str], datetime], Awaitable[tuple[str, ...]]]

_DROP = "drop"
# A process that has shown itself within so long still runs (it does so every few seconds).
_AT_WORK = timedelta(minutes=2)


async def reseal_rest() -> Resealed:
    """Go on where a rotation stopped; nothing to do while there is one key only."""
    # Another process may have added the key: its number decides what is old.
    if not crypto.open_keys(settings().data_dir).has_older:
        return Resealed()
    return await resealing.reseal(sealed_columns())


async def rotate(arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Seal everything with a new key: ``rotate``; ``rotate drop`` takes the old keys away.

    A rotation that was interrupted is finished first, without another key.
    """
    if list(arguments) not in ([], [_DROP]):
        return (texts.render("identity.usage_rotate"),)
    if arguments:
        return await _drop(now)
    data_dir, columns = settings().data_dir, sealed_columns()
    if await resealing.is_done(columns):
        crypto.add_key(data_dir)
    done = await resealing.reseal(columns)
    lines = [
        texts.render(
            "identity.rotated", number=crypto.current().current, rows=done.rows, files=done.files
        )
    ]
    if done.broken:
        lines.append(texts.render("identity.rotated_broken", count=done.broken))
    lines.append(texts.render("identity.rotated_next"))
    return tuple(lines)


async def _drop(now: datetime) -> tuple[str, ...]:
    # One process has SQLite for itself, by its lock; others on PostgreSQL hold the keys in memory.
    is_shared = settings().database.url != "sqlite"
    if is_shared and await Worker.filter(beat_at__gt=now - _AT_WORK).exists():
        return (texts.render("identity.still_running"),)
    columns = sealed_columns()
    done = await resealing.reseal(columns)
    dropped = await resealing.drop_older_keys(settings().data_dir, columns)
    if dropped is None:
        return (texts.render("identity.keys_needed", count=max(1, done.broken)),)
    return (texts.render("identity.keys_dropped", count=dropped),)


ERRANDS: Mapping[str, Errand] = {"rotate": rotate}
