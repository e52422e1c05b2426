"""Owes what is said once (只说一次): planned anew only when what was planned never went out.

A reminder that a pause or a changed mind took back at the moment of sending was not said; it may be
owed again later, under an occasion of its own. What was said, or may have been, never is.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from core.conversation import Ask
from core.database import require_tx
from core.messages import OutPart
from models import Delivery
from models.enums import DeliveryState
from plugins.delivery import service


async def open_occasions(*, purpose: str, occasion: str, targets: Sequence[str]) -> dict[str, str]:
    """Return under which occasion each of ``targets`` may be owed this; one statement.

    Left out is whoever heard it, is about to, or whose delivery ended in any other way than being
    taken back.
    """
    rows: Sequence[tuple[Any, ...]] = await Delivery.filter(
        Q(occasion=occasion) | Q(occasion__startswith=f"{occasion}:"),
        purpose=purpose,
        target__in=list(targets),
    ).values_list("target", "state")
    tried: dict[str, list[DeliveryState]] = defaultdict(list)
    for target, state in rows:
        tried[str(target)].append(DeliveryState(str(state)))
    return {
        target: f"{occasion}:{len(tried[target])}" if tried[target] else occasion
        for target in dict.fromkeys(targets)
        if all(state is DeliveryState.CANCELLED for state in tried[target])
    }


async def owe(
    *,
    purpose: str,
    occasion: str,
    target: str,
    parts: Sequence[OutPart],
    now: datetime,
    priority: int,
    not_before: datetime,
    expires_at: datetime,
    check: str,
    reference: dict[str, Any],
    ask: Ask | None = None,
) -> bool:
    """Owe one body to one target unless it was said; return False when nothing new is owed.

    Joins the caller's transaction. The fields are those of ``service.enqueue``.
    """
    require_tx()
    found = await open_occasions(purpose=purpose, occasion=occasion, targets=(target,))
    if target not in found:
        return False
    return await service.enqueue(
        purpose=purpose,
        occasion=found[target],
        target=target,
        parts=parts,
        now=now,
        priority=priority,
        ask=ask,
        not_before=not_before,
        expires_at=expires_at,
        check=check,
        reference=reference,
    )
