"""What the clock starts in delivery: letting go of what came too late, and of old rows."""

from core.scheduling import Daily, Every, Job, Tick
from plugins.delivery import lifecycle, occurrences, retention


async def sweep(tick: Tick) -> None:
    """Expire what nobody sent in time, and take over what a dead process held."""
    await lifecycle.sweep(now=tick.now)


async def prune(tick: Tick) -> None:
    """Forget old receipts and old firings."""
    await retention.prune(now=tick.now)
    await occurrences.prune(now=tick.now)


JOBS = (
    Job("delivery.sweep", Every(seconds=60), sweep),
    Job("delivery.prune", Daily(3, 30), prune),
)
