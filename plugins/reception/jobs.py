"""What the clock starts in reception: forgetting events. Safe to run twice."""

from core.scheduling import Every, Job, Tick
from plugins.reception import seen


async def forget_events(tick: Tick) -> None:
    """Forget events that can no longer be delivered again."""
    await seen.prune(tick.now)


JOBS = (Job("reception.forget_events", Every(seconds=3600), forget_events),)
