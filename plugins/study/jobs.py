"""What the clock starts in study: planning only, safe to run twice."""

from core.config import settings
from core.scheduling import Every, Job, Tick, Weekly
from plugins.study import planning, service


async def plan_group_digests(tick: Tick) -> None:
    """Plan the digests of the groups whose hour has come."""
    await planning.plan_digests(now=tick.now)


async def plan_private_digests(tick: Tick) -> None:
    """Plan the digest of those who have no group of their own."""
    await service.plan_private_digests(slot_at=tick.fire_at, now=tick.now)


def _weekly() -> Weekly:
    hours = settings().study
    return Weekly(hours.weekday, hours.hour, hours.minute)


JOBS = (
    Job("study.group_digests", Every(seconds=60), plan_group_digests),
    Job("study.private_digests", _weekly(), plan_private_digests),
)
