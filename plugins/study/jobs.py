"""What the clock starts in study: planning only, safe to run twice."""

from core.config import settings
from core.scheduling import Daily, Every, Job, Tick, Weekly
from plugins.study import (
    local_materials,
    local_notices,
    material_intake,
    parcel_asking,
    planning,
    review_notices,
    service,
)
from plugins.study.feed_commands import FEED_JOBS


async def plan_group_digests(tick: Tick) -> None:
    """Plan the digests of the groups whose hour has come."""
    await planning.plan_digests(now=tick.now)


async def plan_private_digests(tick: Tick) -> None:
    """Plan the digest of those who have no group of their own."""
    await service.plan_private_digests(slot_at=tick.fire_at, now=tick.now)


async def ask_about_parcels(tick: Tick) -> None:
    """Plan today's questions about parcels that were sent long ago."""
    await parcel_asking.plan_questions(now=tick.now)


def _weekly() -> Weekly:
    hours = settings().study
    return Weekly(hours.weekday, hours.hour, hours.minute)


async def prune_drafts(tick: Tick) -> None:
    """Throw away drafts nobody touched and pieces nobody may use for a month, with their files."""
    await material_intake.forget(await local_materials.prune(now=tick.now))


JOBS = (
    Job("study.group_digests", Every(seconds=60), plan_group_digests),
    Job("study.private_digests", _weekly(), plan_private_digests),
    Job("study.local_drafts", Every(seconds=24 * 3600), prune_drafts),
    Job("study.parcel_questions", Daily(0, 25), ask_about_parcels),
    *FEED_JOBS,
)
CHECKS = {
    review_notices.CHECK: review_notices.still_unread,
    local_notices.CHECK: local_notices.still_waiting,
    **parcel_asking.CHECKS,
}
