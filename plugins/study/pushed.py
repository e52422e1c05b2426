"""What groups were shown so far: digests by their hours, and pushes that somebody ordered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import local_day
from core.config import settings
from core.database import require_tx
from models import Push
from plugins.study import slots

# A digest of several pieces has a row for each, a second apart: the first stands at the hour.
NEXT_PIECE = timedelta(seconds=1)
# An ordered push stands in the second half of its minute: a digest of the same hour, planned later,
# finds its own place free.
_ORDERED = timedelta(seconds=30)
# Groups asked for by one statement; SQLite takes 32,766 parameters.
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Past:
    """What a group had: when each piece came last, its digests, and how many messages that was."""

    latest: Mapping[str, datetime]
    slots: Collection[datetime] = ()
    ordered: Collection[datetime] = ()

    @property
    def last_week(self) -> date | None:
        """The Monday of the week of the last digest."""
        return slots.week_of(local_day(max(self.slots))) if self.slots else None

    def in_month(self, moment: datetime) -> int:
        """Return how many messages came in the month of ``moment``, ordered ones as well."""
        month = local_day(moment).replace(day=1)
        return sum(local_day(slot).replace(day=1) == month for slot in (*self.slots, *self.ordered))


NOTHING = Past({})


async def pasts(ids: Collection[int]) -> Mapping[int, Past]:
    """Return what each of the groups ``ids`` had."""
    latest: dict[int, dict[str, datetime]] = defaultdict(dict)
    digests: dict[int, set[datetime]] = defaultdict(set)
    ordered: dict[int, set[datetime]] = defaultdict(set)
    for row in await _rows(list(ids)):
        number, material, slot, is_ordered = row
        known = latest[number].get(material)
        latest[number][material] = slot if known is None else max(known, slot)
        (ordered if is_ordered else digests)[number].add(slot.replace(second=0))
    return {number: Past(latest[number], digests[number], ordered[number]) for number in ids}


async def _rows(ids: list[int]) -> list[tuple[int, str, datetime, bool]]:
    found: list[tuple[int, str, datetime, bool]] = []
    for start in range(0, len(ids), _BATCH):
        rows = Push.filter(group_id__in=ids[start : start + _BATCH])
        found += await rows.values_list("group_id", "material", "slot_at", "is_ordered")
    return found


def has_quota(platform: str, past: Past, slot: datetime) -> bool:
    """Whether the month of ``slot`` holds one more message on ``platform``."""
    most = settings().delivery.per_month.get(platform)
    return most is None or past.in_month(slot) < most


async def note_ordered(
    groups: Iterable[int], *, material: str, at: datetime, now: datetime
) -> None:
    """Write down that ``groups`` get ``material`` at ``at`` by somebody's order."""
    require_tx()
    wanted = list(groups)
    begin = at.replace(second=0, microsecond=0) + _ORDERED
    taken: dict[int, int] = defaultdict(int)
    near = Push.filter(
        group_id__in=wanted, slot_at__gte=begin, slot_at__lt=begin + _ORDERED, is_ordered=True
    )
    for number in await near.values_list("group_id", flat=True):
        taken[int(str(number))] += 1
    await Push.bulk_create(
        [
            Push(
                group_id=number, slot_at=begin + taken[number] * NEXT_PIECE, material=material,
                is_ordered=True, created_at=now,
            )
            for number in wanted
        ],
        ignore_conflicts=True,
    )  # fmt: skip


async def had(groups: Collection[int], material: str) -> tuple[int, datetime | None]:
    """Return how many of ``groups`` had or will have ``material``, and when it came last."""
    rows = await Push.filter(group_id__in=list(groups), material=material).values_list(
        "group_id", "slot_at"
    )
    latest: datetime | None = max((slot for _, slot in rows), default=None)
    return len({number for number, _ in rows}), latest
