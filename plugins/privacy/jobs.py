"""What the clock starts in privacy: letting go of what is past its time, asking on. Repeatable."""

from core.scheduling import Daily, Every, Job, Tick
from plugins.privacy import doomed, exporting, rebinding, retention, strays


async def let_go(tick: Tick) -> None:
    """Take away what is past its time in every room."""
    await retention.run(now=tick.now)


async def clear(tick: Tick) -> None:
    """Remove copies that were fetched, and files that an erasure left noted."""
    await exporting.remove_old(now=tick.now)
    await doomed.purge()


async def sweep(tick: Tick) -> None:
    """Remove sealed files that no row names."""
    await strays.sweep(now=tick.now)


async def follow_up(tick: Tick) -> None:
    """Ask the branch about new accounts where the mentor was silent."""
    await rebinding.follow_up(now=tick.now)


JOBS = (
    Job("privacy.clear", Every(seconds=600), clear),
    Job("privacy.let_go", Daily(3, 40), let_go),
    Job("privacy.sweep", Daily(4, 10), sweep),
    Job("privacy.follow_up", Daily(9, 0), follow_up),
)
