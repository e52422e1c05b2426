"""What the clock starts for alarms: a look at the disk, and forgetting."""

from core.scheduling import Daily, Every, Job, Tick
from plugins.alarm import disk_room, service


async def watch_disk(tick: Tick) -> None:
    """Look whether the disk has room."""
    await disk_room.watch(now=tick.now)


async def prune(tick: Tick) -> None:
    """Forget what ended long ago."""
    await service.prune(now=tick.now)


JOBS = (
    Job("alarm.disk", Every(seconds=600), watch_disk),
    Job("alarm.prune", Daily(3, 40), prune),
)
