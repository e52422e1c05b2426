"""Stops a push (暂停发送) and lets it go on (继续发送), in the groups of whoever says so."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from core.actors import Actor
from core.database import require_tx, transactional
from models import AuditLog, Delivery
from models.enums import DeliveryState as S
from plugins.delivery import bell, pushes, queries

_BATCH = 500


@transactional
async def pause(
    *,
    actor: Actor,
    purpose: str,
    occasion: str,
    now: datetime,
    messages: Collection[int] | None = None,
) -> int:
    """Hold what is due of a push in the actor's groups; return how many groups wait now.

    ``messages`` narrows it to these bodies. What a process holds already goes out; should it come
    back unsent, it is held as well. What expires meanwhile expires. Commits the marks and one audit
    row.
    """
    ids = await _ids(actor, purpose, occasion, messages)
    stopped = 0
    for some in _batches(ids):
        rows = Delivery.filter(id__in=some, is_held=False)
        await rows.filter(state__in=[S.LEASED, S.SENDING]).update(is_held=True)
        stopped += await rows.filter(state=S.DUE).update(is_held=True, updated_at=now)
    if stopped:
        detail = {"purpose": purpose, "occasion": occasion, "groups": stopped}
        await _audit("delivery.paused", actor, messages, detail, now)
    return stopped


@transactional
async def resume(
    *,
    actor: Actor,
    purpose: str,
    occasion: str,
    now: datetime,
    messages: Collection[int] | None = None,
) -> int:
    """Let go on what was held of a push in the actor's groups; return to how many groups.

    Commits the marks and one audit row.
    """
    ids = await _ids(actor, purpose, occasion, messages)
    freed = 0
    for some in _batches(ids):
        rows = Delivery.filter(id__in=some, is_held=True)
        await rows.filter(state__in=[S.LEASED, S.SENDING]).update(is_held=False)
        freed += await rows.filter(state=S.DUE).update(is_held=False, updated_at=now)
    if freed:
        detail = {"purpose": purpose, "occasion": occasion, "groups": freed}
        await _audit("delivery.resumed", actor, messages, detail, now)
        bell.ring()
    return freed


async def _ids(
    actor: Actor, purpose: str, occasion: str, messages: Collection[int] | None
) -> list[int]:
    groups = await queries.groups(actor)
    rows = await pushes.rows_of(groups, purpose, occasion, messages)
    return [row.id for row in rows if row.state in pushes.MOVING and row.recall_at is None]


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


async def _audit(
    action: str,
    actor: Actor,
    messages: Collection[int] | None,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    require_tx()
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="message",
        subject_id=max(messages) if messages else None,
        detail=detail,
    )
