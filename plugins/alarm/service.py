"""What the operator has to know is a row before it is a message: raised, told, cleared, told.

``raise_alarm`` and ``clear_alarm`` add to their caller's transaction. Everything else here is for
the teller: it takes rows, says them outside any transaction, and notes what came of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.connection import get_connection
from tortoise.expressions import F, Q

from core.database import require_tx, transactional
from models import Alarm

# What ends by itself within a minute is not worth a message.
SETTLING = timedelta(seconds=60)
# Pauses between tries double from one minute to an hour; after so many (two days) nobody tries on.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 60
# Rows told in one go.
_BATCH = 20
# So long are rows kept of which nothing is to be done any more.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Matter:
    """An alarm that is to be told: that it began, or (``is_over``) that it ended."""

    id: int
    kind: str
    key: str
    detail: dict[str, Any]
    raised_at: datetime
    cleared_at: datetime | None
    tries: int

    @property
    def is_over(self) -> bool:
        """Whether it has ended meanwhile."""
        return self.cleared_at is not None


async def raise_alarm(*, kind: str, key: str, detail: dict[str, object], now: datetime) -> bool:
    """Owe the operator word of something; return False when it is known already.

    ``detail`` holds numbers and ids of accounts of ours, never names of people nor words of theirs.
    """
    await _alone(kind, key)
    if await Alarm.filter(kind=kind, key=key, cleared_at__isnull=True).exists():
        return False
    await Alarm.create(kind=kind, key=key, detail=detail, raised_at=now, next_try_at=now + SETTLING)
    return True


async def clear_alarm(*, kind: str, key: str, now: datetime) -> bool:
    """Note that the matter has ended; return False when nothing was open.

    The operator hears of it when he heard of the matter, or may have.
    """
    await _alone(kind, key)
    row = await Alarm.filter(kind=kind, key=key, cleared_at__isnull=True).first()
    if row is None:
        return False
    is_told = row.told_at is not None or row.tries > 0
    await Alarm.filter(id=row.id).update(
        cleared_at=now, next_try_at=now if is_told else None, tries=0
    )
    return True


async def open_alarms() -> frozenset[tuple[str, str]]:
    """Return kind and key of everything that has not ended."""
    rows = await Alarm.filter(cleared_at__isnull=True).values_list("kind", "key")
    return frozenset((str(kind), str(key)) for kind, key in rows)


async def _alone(kind: str, key: str) -> None:
    """Keep other processes from deciding about the same matter until the transaction ends."""
    require_tx()
    client = get_connection("default")
    if client.capabilities.dialect == "postgres":
        lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
        await client.execute_query(lock, [f"alarm:{kind}:{key}"])


@transactional
async def take(*, now: datetime) -> list[Matter]:
    """Return what is to be told now; a try is counted, the next one is later. Commits.

    Another process takes none of them meanwhile. What was tried in vain often enough is let go.
    """
    rows = await Alarm.filter(next_try_at__lte=now).order_by("id").limit(_BATCH)
    taken = []
    for row in rows:
        still = Alarm.filter(id=row.id, next_try_at=row.next_try_at, tries=row.tries)
        following = now + pause_after(row.tries + 1) if row.tries + 1 < MOST_TRIES else None
        if await still.update(next_try_at=following, tries=F("tries") + 1):
            taken.append(_matter(row))
    return taken


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after the ``tries``-th vain try."""
    return min(FIRST_PAUSE * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE)


@transactional
async def note_told(matters: Sequence[Matter], *, now: datetime) -> None:
    """Note that a channel took ``matters``; one that ended meanwhile is told once more. Commits."""
    for matter in matters:
        row = Alarm.filter(id=matter.id)
        if matter.is_over:
            await row.update(cleared_told_at=now, next_try_at=None)
        else:
            began = row.filter(cleared_at__isnull=True)
            if not await began.update(told_at=now, next_try_at=None, tries=0):
                await row.update(told_at=now)


@transactional
async def note_wait(matters: Sequence[Matter], *, until: datetime) -> None:
    """Give ``matters`` back untried: no channel had room for them. Commits."""
    for matter in matters:
        still = Alarm.filter(id=matter.id, tries=matter.tries + 1)
        await still.update(tries=matter.tries, next_try_at=until)


@transactional
async def prune(*, now: datetime) -> int:
    """Forget what ended three months ago; return how many. Commits."""
    old = Q(cleared_at__lt=now - KEPT)
    return await Alarm.filter(old).delete()


def _matter(row: Alarm) -> Matter:
    return Matter(
        id=row.id,
        kind=row.kind,
        key=row.key,
        detail=row.detail,
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
        tries=row.tries,
    )
