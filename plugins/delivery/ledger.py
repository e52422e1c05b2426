"""Moves deliveries between states: every change of ``Delivery.state`` after planning is made here.

Each step is one conditional UPDATE: it moves only rows that still are what the caller took them
for, so that two processes, or a withdrawal in between, never move one row twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from core.database import require_tx, transactional
from models import Delivery
from models.enums import DeliveryState
from plugins.delivery import states

# Longer than the slowest call of the gateway: a lease that ended belongs to a dead process.
LEASE = timedelta(minutes=5)

ORDER = ("priority", "not_before", "id")

# What has to be known of a claimed delivery to judge, send and settle it.
_CLAIMED = (
    "id", "message_id", "target", "self_id", "check", "reference", "expires_at", "attempts",
)  # fmt: skip

_CLAIM = """
WITH chosen AS (
    SELECT id FROM delivery
    WHERE state = 'due' AND not_before <= $1 AND self_id = $2 AND (in_quiet_hours OR NOT $6)
    ORDER BY priority, not_before, id LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE delivery SET state = 'leased', lease_owner = $4, lease_until = $5, updated_at = $1
FROM chosen WHERE delivery.id = chosen.id RETURNING delivery.id
"""


def is_shared() -> bool:
    """Whether other processes may work on the same ledger (PostgreSQL)."""
    return _is_postgres()


def _is_postgres() -> bool:
    return str(get_connection("default").capabilities.dialect) == "postgres"


async def move(
    ids: Sequence[int],
    *,
    old: DeliveryState,
    new: DeliveryState,
    now: datetime,
    owner: str | None = None,
    **columns: Any,
) -> int:
    """Move those of ``ids`` that still are ``old`` (and leased by ``owner``); return how many.

    ``columns`` are set along. Fault when the table of states does not know the step.
    """
    require_tx()
    states.require(old, new)
    rows = Delivery.filter(id__in=ids, state=old)
    if owner is not None:
        rows = rows.filter(lease_owner=owner)
    return await rows.update(state=new, updated_at=now, **columns)


def _due(now: datetime, *, is_quiet: bool) -> QuerySet[Delivery]:
    rows = Delivery.filter(state=DeliveryState.DUE, not_before__lte=now)
    return rows.filter(in_quiet_hours=True) if is_quiet else rows


async def expire(*, now: datetime) -> int:
    """Let go of everything due whose time has passed; return how many."""
    require_tx()
    states.require(DeliveryState.DUE, DeliveryState.EXPIRED)
    rows = Delivery.filter(state=DeliveryState.DUE, expires_at__lte=now)
    return await rows.update(state=DeliveryState.EXPIRED, reason="expired", updated_at=now)


async def unrouted(*, now: datetime, most: int, is_quiet: bool) -> list[Delivery]:
    """Return due deliveries for which no voice of ours was chosen yet."""
    rows = _due(now, is_quiet=is_quiet).filter(self_id__isnull=True)
    return await rows.order_by(*ORDER).limit(most).only("id", "target")


@transactional
async def route(voices: Mapping[str, Sequence[int]]) -> None:
    """Note by which voice deliveries will probably go out; decided anew when they are sent."""
    for voice, ids in voices.items():
        await Delivery.filter(id__in=ids, state=DeliveryState.DUE).update(self_id=voice)


@transactional
async def unroute(connected: Sequence[str]) -> None:
    """Forget the voice of what is due where that voice is not ``connected``."""
    rows = Delivery.filter(state=DeliveryState.DUE, self_id__not_in=list(connected))
    await rows.exclude(self_id="").update(self_id=None)


@transactional
async def claim(
    *, owner: str, quotas: Mapping[str, int], now: datetime, most: int, is_quiet: bool = False
) -> list[Delivery]:
    """Lease due deliveries for ``owner``: at most so many a voice, at most ``most`` in all.

    In quiet hours only what answers somebody who is writing right now.
    """
    ids: list[int] = []
    for voice, quota in quotas.items():
        limit = min(quota, most - len(ids))
        if limit > 0:
            ids += await _claim_of(voice, limit, owner=owner, now=now, is_quiet=is_quiet)
    if not ids:
        return []
    return await Delivery.filter(id__in=ids).order_by(*ORDER).only(*_CLAIMED)


async def _claim_of(
    voice: str, limit: int, *, owner: str, now: datetime, is_quiet: bool
) -> list[int]:
    if _is_postgres():
        values = [now, voice, limit, owner, now + LEASE, is_quiet]
        _, rows = await get_connection("default").execute_query(_CLAIM, values)
        return [int(row["id"]) for row in rows]
    due = _due(now, is_quiet=is_quiet).filter(self_id=voice)
    chosen = await due.order_by(*ORDER).limit(limit).values_list("id", flat=True)
    ids = [int(str(number)) for number in chosen]
    if ids:
        await move(
            ids,
            old=DeliveryState.DUE,
            new=DeliveryState.LEASED,
            now=now,
            lease_owner=owner,
            lease_until=now + LEASE,
        )
    return ids


async def leased_now(ids: Iterable[int], *, state: DeliveryState, owner: str) -> set[int]:
    """Return those of ``ids`` that are in ``state`` and held by ``owner``."""
    rows = Delivery.filter(id__in=list(ids), state=state, lease_owner=owner)
    return {int(str(number)) for number in await rows.values_list("id", flat=True)}


async def name_messages(names: Mapping[int, str]) -> None:
    """Keep under which id the platform knows each delivery, cut to what the column takes."""
    require_tx()
    if not names:
        return
    first, second = ("$1", "$2") if _is_postgres() else ("?", "?")
    await get_connection(
        "default"
    ).execute_many(
        f"UPDATE delivery SET platform_message_id = {first} WHERE id = {second}",  # noqa: S608
        [[name[:64], number] for number, name in names.items()],
    )


async def held(*, owner: str, state: DeliveryState) -> list[int]:
    """Return what ``owner`` holds in ``state``."""
    rows = Delivery.filter(state=state, lease_owner=owner)
    return [int(str(number)) for number in await rows.values_list("id", flat=True)]
