"""What the clock starts for lists and forms: make what was confirmed, remove what has left."""

from core import logs
from core.scheduling import Every, Job, Tick
from plugins.delivery import exports
from plugins.ledgers.making import MAKER

log = logs.get("ledgers")


async def make_exports(tick: Tick) -> None:
    """Make the files that were confirmed before a restart, and remove those that have left."""
    made = await exports.make_waiting(MAKER, now=tick.now)
    cleared = await exports.clear_sent(MAKER, now=tick.now)
    if made or cleared:
        log.info("exports.kept", made=made, cleared=cleared)


JOBS = (Job("ledgers.make_exports", Every(60), make_exports),)
