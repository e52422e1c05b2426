"""Orders that a push be taken back (撤回): rows only, the far end is asked by ``recalls``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.database import transactional
from core.errors import Refusal
from models import AuditLog, Delivery
from models.enums import DeliveryState as S
from plugins.delivery import ledger, pushes, queries
from plugins.delivery.ledger import FREE
from plugins.delivery.pushes import Push

ASKED = "delivery.recall_asked"
REASON = "recalled"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was ordered: in how many groups it is taken back, to how many it will not go."""

    recalling: int
    cancelled: int


def can_recall(push: Push) -> bool:
    """Whether anything of a push stands in a group, or is still to go out."""
    return push.count(*pushes.OUT, *pushes.WAITING) > 0


@transactional
async def order(*, actor: Actor, message_id: int, now: datetime) -> Ordered:
    """Cancel what has not gone out in the actor's groups, and have the rest taken back.

    What was refused there is not offered for 补发 any more. Raises Refusal
    ``delivery.nothing_to_recall``. Commits the rows and one audit row that says which.
    """
    push = await pushes.find(actor, message_id)
    if push is None:
        raise Refusal("delivery.nothing_to_recall")
    groups = await queries.groups(actor)
    rows = await pushes.rows_of(groups, push.purpose, push.occasion, push.messages)
    ids = [row.id for row in rows if row.recall_at is None and row.recalled is None]
    cancelled, recalling = 0, list[int]()
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        cancelled += await _order(some, now)
        asked = Delivery.filter(id__in=some, recall_at__isnull=False)
        recalling += [int(str(number)) for number in await asked.values_list("id", flat=True)]
    if not cancelled and not recalling:
        raise Refusal("delivery.nothing_to_recall")
    await _audit(actor, push, recalling, cancelled, now)
    return Ordered(len(recalling), cancelled)


async def _order(ids: Sequence[int], now: datetime) -> int:
    """Mark rows and return how many were cancelled.

    All are marked first: whatever another process begins to send in between is taken back.
    """
    rows = Delivery.filter(id__in=list(ids))
    await rows.filter(state__in=[*pushes.OUT, *pushes.WAITING]).update(recall_at=now)
    # What is taken back is rightly missing from the history: it must not be found vanished.
    await rows.filter(state=S.SENT).update(look_at=None)
    await rows.filter(state__in=list(pushes.MOVING)).update(is_held=True)
    await rows.filter(state=S.REJECTED).update(recalled=True)
    cancelled = 0
    for old in pushes.WAITING:
        cancelled += await ledger.move(
            ids, old=old, new=S.CANCELLED, now=now, reason=REASON, recall_at=None, **FREE
        )
    return cancelled


async def _audit(
    actor: Actor, push: Push, recalling: Sequence[int], cancelled: int, now: datetime
) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=ASKED,
        subject_kind="message",
        subject_id=push.message_id,
        detail={
            "purpose": push.purpose,
            "occasion": push.occasion,
            "deliveries": list(recalling),
            "cancelled": cancelled,
        },
    )
