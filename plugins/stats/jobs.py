"""What the clock starts in statistics: planning only, safe to run twice."""

from core import logs
from core.scheduling import Every, Job, Tick
from plugins.delivery import exports
from plugins.stats import details

log = logs.get("stats")


async def make_exports(tick: Tick) -> None:
    """Make the files that were confirmed before a restart, and remove those that have left."""
    made = await exports.make_waiting(details.MAKER, now=tick.now)
    cleared = await exports.clear_sent(details.MAKER, now=tick.now)
    if made or cleared:
        log.info("exports.kept", made=made, cleared=cleared)


JOBS = (Job("stats.make_exports", Every(60), make_exports),)
