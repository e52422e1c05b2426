"""What the clock starts in the roster: imports that were confirmed, and forgetting. Run-twice."""

from core import logs
from core.scheduling import Every, Job, Tick
from plugins.delivery import exports
from plugins.roster import import_keeping, import_work, listing

log = logs.get("roster")


async def finish_imports(tick: Tick) -> None:
    """Write what was confirmed before a restart, and forget what is too old."""
    done = await import_work.carry_out_waiting()
    gone = await import_keeping.forget_old(now=tick.now)
    if done or gone:
        log.info("imports.kept", done=done, gone=gone)


async def make_exports(tick: Tick) -> None:
    """Make the rosters that were confirmed before a restart, and remove those that have left."""
    made = await exports.make_waiting(listing.MAKER, now=tick.now)
    cleared = await exports.clear_sent(listing.MAKER, now=tick.now)
    if made or cleared:
        log.info("exports.kept", made=made, cleared=cleared)


JOBS = (
    Job("roster.finish_imports", Every(60), finish_imports),
    Job("roster.make_exports", Every(60), make_exports),
)
