"""Moves deliveries between states: every change of ``Delivery.state`` after planning is made here.

Each step is one conditional UPDATE: it moves only rows that still are what the caller took them
for, so that two processes, or a withdrawal in between, never move one row twice. Searches name the
state as a literal: only then does SQLite use the partial index, and what is over costs nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.connection import get_connection

from core.database import require_tx, transactional
from models import Delivery
from models.enums import DeliveryState, Priority
from plugins.delivery import states
from plugins.delivery.claims import Claimed, claimed
from plugins.identity import statements

# Longer than the slowest call of the gateway. Only for owners that never had a heartbeat; the
# leases of the others are as good as their heartbeat (workers.py).
LEASE = timedelta(minutes=5)

# Columns of a row that nobody holds.
FREE: Mapping[str, Any] = {"lease_owner": None, "lease_until": None}

PRIORITIES = (Priority.NOTICE, Priority.REMINDER, Priority.DIGEST)

# A push of 10,000 groups has its last place this far behind its first at most: places further on
# belong to what is planned for later, and are not searched.
HORIZON = timedelta(hours=12)

_READY = "not_before <= $1 AND order_at <= $2 AND NOT is_held AND (in_quiet_hours OR NOT $3)"
_UNROUTED = f"""
SELECT id, target FROM delivery
WHERE state = 'due' AND self_id IS NULL AND priority = $4 AND {_READY}
ORDER BY order_at, id LIMIT $5
"""  # noqa: S608  # no values in it
_CLAIM = f"""
WITH chosen AS MATERIALIZED (
    SELECT id FROM delivery
    WHERE state = 'due' AND self_id = $4 AND {_READY}
    ORDER BY priority, order_at, id LIMIT $5 %(lock)s
)
UPDATE delivery SET state = 'leased', lease_owner = $6, lease_until = $7, updated_at = $1
WHERE state = 'due' AND id IN (SELECT id FROM chosen)
RETURNING id, message_id, target, self_id, "check", reference, expires_at, attempts,
    priority, not_before, order_at, in_quiet_hours, purpose
"""  # noqa: S608  # no values in it
_BACKLOG = """
SELECT count(*) AS n FROM (
    SELECT 1 FROM delivery WHERE state = 'due' AND self_id = $1 AND order_at <= $2
    AND not_before <= $3 AND NOT is_held LIMIT $4
) AS waiting
"""
_EXPIRE = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM delivery WHERE state = 'due' AND expires_at <= $1 ORDER BY id %(lock)s
)
UPDATE delivery SET state = 'expired', reason = 'expired', updated_at = $1
WHERE state = 'due' AND id IN (SELECT id FROM chosen) RETURNING id
"""
_SIBLINGS = """
SELECT id FROM delivery WHERE state = 'due' AND target = $1 AND self_id = $2
AND not_before <= $3 AND NOT is_held AND (in_quiet_hours OR NOT $4)
ORDER BY priority, order_at, id LIMIT $5
"""
_TAKE = """
UPDATE delivery SET state = 'leased', lease_owner = $2, lease_until = $3, updated_at = $4
WHERE state = 'due' AND NOT is_held AND id = $1
RETURNING id, message_id, target, self_id, "check", reference, expires_at, attempts,
    priority, not_before, order_at, in_quiet_hours, purpose
"""


# One parameter for all ids of a window: the statement is the same whatever the window holds.
_ROUTE = """
UPDATE delivery SET self_id = $1
WHERE state = 'due' AND id IN (SELECT * FROM %(ids)s AS chosen) RETURNING id
"""
_UNROUTE = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM delivery WHERE state = 'due' AND self_id <> ''
    AND self_id NOT IN (SELECT * FROM %(names)s AS names) ORDER BY id %(lock)s
)
UPDATE delivery SET self_id = NULL
WHERE state = 'due' AND id IN (SELECT id FROM chosen) RETURNING id
"""
_START = """
UPDATE delivery SET state = 'sending', updated_at = $1, written_at = $1
WHERE state = 'leased' AND lease_owner = $2 AND id IN (SELECT * FROM %(ids)s AS chosen)
RETURNING id
"""
_CONFIRM = """
UPDATE delivery SET state = 'sent', updated_at = $1, look_at = $3, looks = 0, shown = NULL,
    reason = NULL, lease_owner = NULL, lease_until = NULL,
    platform_message_id = CASE WHEN named.name = '' THEN NULL ELSE named.name END
FROM %s
WHERE delivery.id = named.id AND state = 'sending' AND lease_owner = $2 RETURNING delivery.id
"""
_CONFIRM_SQLITE = (
    _CONFIRM
    % "(SELECT CAST(key AS INTEGER) AS id, CAST(value AS TEXT) AS name FROM json_each($4)) AS named"
)
_CONFIRM_POSTGRES = _CONFIRM % "unnest($4::int[], $5::text[]) AS named(id, name)"


def is_shared() -> bool:
    """Whether other processes may work on the same ledger (PostgreSQL)."""
    return str(get_connection("default").capabilities.dialect) == "postgres"


def lock() -> dict[str, str]:
    """Return how a search takes the rows it finds and passes over those that others have.

    Whoever changes many rows takes them first, in order: so two processes never wait crosswise.
    """
    return {"lock": "FOR UPDATE SKIP LOCKED" if is_shared() else ""}


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


async def expire(*, now: datetime) -> int:
    """Let go of everything due whose time has passed; return how many."""
    require_tx()
    states.require(DeliveryState.DUE, DeliveryState.EXPIRED)
    return len(await statements.rows(_EXPIRE % lock(), now.astimezone(UTC)))


async def unrouted(*, now: datetime, most: int, is_quiet: bool) -> list[tuple[int, str]]:
    """Return id and target of due deliveries for which no voice of ours was chosen yet."""
    found: list[tuple[int, str]] = []
    moment = now.astimezone(UTC)
    for priority in PRIORITIES:
        if len(found) < most:
            left = most - len(found)
            rows = await statements.rows(
                _UNROUTED, moment, moment + HORIZON, is_quiet, priority, left
            )
            found += [(int(row["id"]), str(row["target"])) for row in rows]
    return found


async def route(voices: Mapping[str, Sequence[int]]) -> None:
    """Note by which voice deliveries will probably go out; decided anew when they are sent.

    A commit for each voice, without waiting for the disk.
    """
    for voice, ids in voices.items():
        await statements.quick_rows(_ROUTE % _lists("$2"), voice, _numbers(ids))


@transactional
async def unroute(connected: Sequence[str]) -> None:
    """Forget the voice of what is due where that voice is not ``connected``."""
    here = list(connected) if is_shared() else json.dumps(list(connected))
    names = "unnest($1::text[])" if is_shared() else "(SELECT value FROM json_each($1))"
    await statements.rows(_UNROUTE % {"names": names, **lock()}, here)


async def backlog(voice: str, *, now: datetime, most: int) -> int:
    """Return how many deliveries wait for ``voice`` now, counted up to ``most``."""
    moment = now.astimezone(UTC)
    (row,) = await statements.rows(_BACKLOG, voice, moment + HORIZON, moment, most)
    return int(row["n"])


async def claim(
    *, owner: str, quotas: Mapping[str, int], now: datetime, most: int, is_quiet: bool = False
) -> list[Claimed]:
    """Lease due deliveries for ``owner``: at most so many a voice, at most ``most`` in all.

    In quiet hours only what answers somebody who is writing right now. Every voice is a commit of
    its own, on SQLite without waiting for the disk: what a power cut undoes is due.
    """
    states.require(DeliveryState.DUE, DeliveryState.LEASED)
    statement = _CLAIM % lock()
    moment = now.astimezone(UTC)
    found: list[Claimed] = []
    for voice, quota in quotas.items():
        limit = min(quota, most - len(found))
        if limit > 0:
            rows = await statements.quick_rows(
                statement, moment, moment + HORIZON, is_quiet, voice, limit, owner, moment + LEASE
            )
            found += map(claimed, rows)
    return sorted(found, key=lambda row: row.place)


async def siblings(
    row: Claimed, *, owner: str, before: datetime, now: datetime, most: int, is_quiet: bool
) -> list[Claimed]:
    """Lease at most ``most`` more that the target of ``row`` was owed ``before``, see ``claim``.

    An answer by night does not bring along what the night holds.
    """
    if row.self_id is None:
        return []
    found = await statements.rows(
        _SIBLINGS, row.target, row.self_id, before.astimezone(UTC), is_quiet, most
    )
    taken: list[Claimed] = []
    moment = now.astimezone(UTC)
    for other in found:
        rows = await statements.quick_rows(_TAKE, other["id"], owner, moment + LEASE, moment)
        taken += map(claimed, rows)
    return taken


async def leased_now(ids: Iterable[int], *, state: DeliveryState, owner: str) -> set[int]:
    """Return those of ``ids`` that are in ``state`` and held by ``owner``."""
    rows = Delivery.filter(id__in=list(ids), state=state, lease_owner=owner)
    return {int(str(number)) for number in await rows.values_list("id", flat=True)}


async def start_sending(ids: Sequence[int], *, owner: str, now: datetime) -> set[int]:
    """Move leased ``ids`` of ``owner`` to sending; return those that still were."""
    require_tx()
    states.require(DeliveryState.LEASED, DeliveryState.SENDING)
    rows = await statements.rows(_START % _lists("$3"), now.astimezone(UTC), owner, _numbers(ids))
    return {int(row["id"]) for row in rows}


async def confirm(
    names: Mapping[int, str], *, owner: str, look_at: datetime, now: datetime
) -> None:
    """Move what ``owner`` is sending to sent; ``names`` are the ids the platform gave, by row."""
    require_tx()
    states.require(DeliveryState.SENDING, DeliveryState.SENT)
    if names:
        values: tuple[Any, ...] = (json.dumps({key: name[:255] for key, name in names.items()}),)
        if is_shared():
            values = (list(names), [name[:255] for name in names.values()])
        statement = _CONFIRM_POSTGRES if is_shared() else _CONFIRM_SQLITE
        await statements.rows(
            statement, now.astimezone(UTC), owner, look_at.astimezone(UTC), *values
        )


async def name_messages(names: Mapping[int, str]) -> None:
    """Keep under which ids the platform knows each delivery, cut to what the column takes."""
    require_tx()
    for number, name in names.items():
        await Delivery.filter(id=number).update(platform_message_id=name[:255])


def _numbers(ids: Sequence[int]) -> Any:
    """Return ``ids`` as one parameter: a list on PostgreSQL, JSON on SQLite."""
    return list(ids) if is_shared() else json.dumps(list(ids))


def _lists(place: str) -> dict[str, str]:
    """Return the SQL of a list of ids that stands in parameter ``place``."""
    if is_shared():
        return {"ids": f"unnest({place}::int[])"}
    return {"ids": f"(SELECT value FROM json_each({place}))"}  # noqa: S608  # a parameter's name


async def held(*, owner: str, state: DeliveryState) -> list[int]:
    """Return what ``owner`` holds in ``state``."""
    rows = Delivery.filter(state=state, lease_owner=owner)
    return [int(str(number)) for number in await rows.values_list("id", flat=True)]
