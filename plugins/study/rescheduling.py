"""Sets digests anew after a plan or a pause changed, and takes back what is not sent yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core.clock import local_day
from core.database import require_tx
from models import Delivery, Group, Push
from models.enums import DeliveryState
from plugins.delivery import service as delivery
from plugins.study import planning, plans, pushed, slots
from plugins.study.plans import Planned

_MINUTE = timedelta(minutes=1)
# What can still be taken back (plugins.delivery.states).
_NOT_WRITTEN = (DeliveryState.DUE, DeliveryState.LEASED)


async def reschedule(groups: Sequence[Group], *, now: datetime) -> int:
    """Set the next hour of ``groups`` anew after a plan or a pause changed, in the transaction.

    What was planned and not sent yet is taken back where no digest may go out today, and ends where
    a pause begins. Returns how many groups had one taken back; their pieces come at the next hour.
    """
    require_tx()
    next_at: dict[datetime, list[int]] = defaultdict(list)
    owed = await waiting()
    taken_back = 0
    for start in range(0, len(groups), planning.BATCH):
        batch = await plans.of_groups(groups[start : start + planning.BATCH], today=local_day(now))
        gone = await _without_digest(batch, owed, now)
        pasts = await pushed.pasts([planned.group.id for planned in batch])
        for planned in batch:
            last = pasts[planned.group.id].last_week
            next_at[slots.next_after(planned.plan, last=last, now=now)].append(planned.group.id)
        taken_back += len(gone)
    await planning.set_next(next_at)
    return taken_back


async def waiting() -> Mapping[int, Sequence[str]]:
    """Return the occasions of digests that were planned and not written yet, by group."""
    owed = Delivery.filter(purpose=planning.PURPOSE, state__in=list(_NOT_WRITTEN))
    found: dict[int, list[str]] = defaultdict(list)
    for target, occasion in await owed.values_list("target", "occasion"):
        found[int(str(target).partition(":")[2])].append(str(occasion))
    return found


async def _without_digest(
    batch: Sequence[Planned], planned_for: Mapping[int, Sequence[str]], now: datetime
) -> set[int]:
    """Take back the digests of paused groups, end others where a pause begins; return the first."""
    paused: dict[str, list[int]] = defaultdict(list)
    ending: dict[datetime, list[int]] = defaultdict(list)
    for planned in batch:
        number, plan = planned.group.id, planned.plan
        pause = plan.pause_after(now)
        if plan.is_paused(local_day(now)):
            for occasion in planned_for.get(number, ()):
                paused[occasion].append(number)
        elif pause is not None and number in planned_for:
            ending[pause].append(number)
    gone: set[int] = set()
    for occasion, numbers in paused.items():
        gone |= await take_back(occasion, numbers, now)
    for pause, numbers in ending.items():
        owed = Delivery.filter(purpose=planning.PURPOSE, state__in=list(_NOT_WRITTEN))
        owed = owed.filter(target__in=_targets(numbers), expires_at__gt=pause)
        await owed.update(expires_at=pause)
    return gone


def _targets(numbers: Sequence[int]) -> list[str]:
    return [f"group:{number}" for number in numbers]


async def take_back(
    occasion: str, numbers: Sequence[int], now: datetime, *, reason: str = "paused"
) -> set[int]:
    """Cancel one digest of several groups and forget that they had it; return those that did."""
    require_tx()
    known = Delivery.filter(
        purpose=planning.PURPOSE, occasion=occasion, target__in=_targets(numbers),
        state__in=list(_NOT_WRITTEN),
    )  # fmt: skip
    before = set(await known.values_list("id", flat=True))
    await delivery.cancel(
        purpose=planning.PURPOSE, occasion=occasion, targets=_targets(numbers), now=now,
        reason=reason,
    )  # fmt: skip
    rows = Delivery.filter(id__in=list(before), state=DeliveryState.CANCELLED)
    targets = await rows.values_list("target", flat=True)
    gone = {int(str(target).partition(":")[2]) for target in targets}
    slot = datetime.fromisoformat(occasion)
    had = Push.filter(group_id__in=list(gone), is_ordered=False, slot_at__gte=slot)
    await had.filter(slot_at__lt=slot + _MINUTE).delete()
    return gone
