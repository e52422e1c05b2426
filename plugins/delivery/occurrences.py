"""What has fired, by rows: the book that core.scheduling reads and writes."""

from datetime import datetime, timedelta

from core import clock
from core.database import transactional
from models import Occurrence

# Only the newest row of a job is ever read; two days are kept for looking into a strange night.
KEPT = timedelta(days=2)


class Occurrences:
    """The FireBook of this database."""

    async def last_fired(self, job: str) -> datetime | None:
        """Return the latest moment recorded for ``job``, None when it was never seen."""
        row = await Occurrence.filter(job=job).order_by("-fire_at").first()
        return None if row is None else row.fire_at

    async def record(self, job: str, fire_at: datetime) -> None:
        """Note that ``job`` fired for ``fire_at``; noting it again changes nothing."""
        await _record(job, fire_at)


@transactional
async def _record(job: str, fire_at: datetime) -> None:
    row = Occurrence(job=job, fire_at=fire_at, recorded_at=clock.now())
    await Occurrence.bulk_create([row], ignore_conflicts=True)


@transactional
async def prune(*, now: datetime) -> int:
    """Forget old firings, never the newest of a job; return how many."""
    gone = 0
    for job in await Occurrence.all().distinct().values_list("job", flat=True):
        newest = await Occurrence.filter(job=job).order_by("-fire_at").first()
        if newest is not None:
            old = Occurrence.filter(job=job, fire_at__lt=min(now - KEPT, newest.fire_at))
            gone += await old.delete()
    return gone
