"""Holding a piece back (先不发): decided for a unit and below, and what is owed of it taken back.

What was written to a chat already stays there; 撤回推送 is for that.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from core.actors import Actor
from core.database import require_tx, transactional
from models import Delivery, Group, Person, Push, PushOrder
from models.enums import DeliveryState, MaterialDecision, OrderState
from plugins.delivery import service as delivery
from plugins.study import officers, orders, planning, rescheduling, reviews, service
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
        material=slug,
        is_ordered=False,
        slot_at__gte=now - planning.LIFE,
        group__unit__path__startswith=path,
    )
    groups: set[object] = set(await recent.values_list("group_id", flat=True))
    owed: dict[str, list[int]] = defaultdict(list)
    for group, occasions in (await rescheduling.waiting()).items():
        for occasion in occasions if group in groups else ():
            owed[occasion].append(group)
    gone = [
        await rescheduling.take_back(occasion, numbers, now, reason=_REASON)
        for occasion, numbers in owed.items()
    ]
    return sum(map(len, gone))


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
    require_tx()
    return await delivery.cancel(
        purpose=purpose, occasion=occasion, targets=sorted(targets), now=now, reason=_REASON
    )
