"""What the clock starts in the console: forgetting. Safe to run twice."""

from datetime import timedelta

from core.scheduling import Daily, Job, Tick
from plugins.console import service

# A day is kept, so that "used already" can be told from "never was" by whoever looks into a matter.
_KEPT = timedelta(days=1)


async def forget_spent(tick: Tick) -> None:
    """Forget links and sessions that are over."""
    await service.forget_spent(before=tick.now - _KEPT)


JOBS = (Job("console.forget_spent", Daily(3, 30), forget_spent),)
