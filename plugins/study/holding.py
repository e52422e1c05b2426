"""Holding a piece back (先不发): decided for a unit and below, and what is owed of it taken back.

What was written to a chat already stays there; 撤回推送 is for that.
"""

from collections.abc import Collection
from datetime import datetime

from core.actors import Actor
from core.database import require_tx, transactional
from models import Delivery, Group, Person, Push, PushOrder
from models.enums import DeliveryState, MaterialDecision, OrderState
from plugins.delivery import service as delivery
from plugins.study import officers, orders, planning, reviews, service
from plugins.study.library import Material

_REASON = "held"


@transactional
async def hold(*, actor: Actor, slug: str, sha256: str, now: datetime) -> tuple[Material, int]:
    """Hold a piece back; return it, and how many messages with it are no longer owed.

    Raises the refusals of ``reviews.decide``. Commits the row, an audit row and the ledger.
    """
    piece = await reviews.enter(actor, slug, sha256, MaterialDecision.HOLD, now)
    path = officers.office(actor).unit_path
    return piece, sum(
        (await _digests(slug, path, now), await _pushes(slug, path, now),
         await _private(slug, path, now))
    )  # fmt: skip


async def _digests(slug: str, path: str, now: datetime) -> int:
    recent = Push.filter(
        material=slug, slot_at__gte=now - planning.LIFE, group__unit__path__startswith=path
    )
    groups = {f"group:{group}" for group in await recent.values_list("group_id", flat=True)}
    return await _cancel(planning.PURPOSE, groups, now) if groups else 0


async def _pushes(slug: str, path: str, now: datetime) -> int:
    taken = 0
    rows = PushOrder.filter(material=slug, state=OrderState.CONFIRMED)
    below = Group.filter(unit__path__startswith=path)
    for order in await rows.filter(send_at__gte=now - orders.LIFE):
        inside = await below.filter(id__in=order.groups).values_list("id", flat=True)
        targets = {f"group:{group}" for group in inside}
        taken += await _cancel(orders.PURPOSE, targets, now, occasion=order.uid)
    return taken


async def _private(slug: str, path: str, now: datetime) -> int:
    rows = Delivery.filter(purpose=service.PRIVATE_DIGEST, state=DeliveryState.DUE)
    owed = await rows.values_list("target", "reference")
    holding = {str(target) for target, reference in owed if (reference or {})["material"] == slug}
    people = [int(target.partition(":")[2]) for target in holding]
    inside = Person.filter(id__in=people, home_unit__path__startswith=path)
    targets = {f"person:{person}" for person in await inside.values_list("id", flat=True)}
    return await _cancel(service.PRIVATE_DIGEST, targets, now)


async def _cancel(
    purpose: str, targets: Collection[str], now: datetime, *, occasion: str | None = None
) -> int:
    """Take back what is due to ``targets``; most of it has long been sent, and is not asked for."""
    require_tx()
    due = Delivery.filter(purpose=purpose, state=DeliveryState.DUE)
    owed = {str(target) for target in await due.values_list("target", flat=True)}
    taken = 0
    for target in sorted(owed.intersection(targets)):
        taken += await delivery.cancel(
            purpose=purpose, occasion=occasion, target=target, now=now, reason=_REASON
        )
    return taken
