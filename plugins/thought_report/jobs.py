"""What the clock starts in thought reports: planning only, safe to run twice."""

from core import logs
from core.scheduling import Daily, Every, Job, Tick
from plugins.thought_report import cycle, due, exporting, fingerprints

log = logs.get("thought_report")


async def open_cycles(tick: Tick) -> None:
    """Open the windows that are to be open today."""
    opened = await cycle.open_cycles(now=tick.now)
    if opened:
        log.info("windows.opened", count=opened)


async def plan_reminders(tick: Tick) -> None:
    """Plan the reminders of today."""
    planned = await cycle.plan_reminders(now=tick.now)
    if planned:
        log.info("reminders.planned", count=planned)


async def make_fingerprints(tick: Tick) -> None:
    """Take reports that were just handed in up into the index of clause hashes."""
    made = await fingerprints.make_new(now=tick.now)
    if made:
        log.info("fingerprints.made", count=made)


async def fill_fingerprints(tick: Tick) -> None:
    """Take up what is not in the index yet: from before there was one, or by another method."""
    made = await fingerprints.make_missing(now=tick.now)
    if made:
        log.info("fingerprints.filled", count=made)


async def plan_review_reminders(tick: Tick) -> None:
    """Plan the one reminder of reports that have waited as long as they usually do."""
    planned = await due.plan_review_reminders(now=tick.now)
    if planned:
        log.info("review_reminders.planned", count=planned)


async def make_exports(tick: Tick) -> None:
    """Make the files that were confirmed before a restart, and remove those that have left."""
    made = await exporting.make_waiting(now=tick.now)
    cleared = await exporting.clear_sent(now=tick.now)
    if made or cleared:
        log.info("exports.kept", made=made, cleared=cleared)


# Soon after midnight, the window first: a reminder is planned only for a unit that collects.
JOBS = (
    Job("thought_report.open_cycles", Daily(0, 5), open_cycles),
    Job("thought_report.plan_reminders", Daily(0, 10), plan_reminders),
    Job("thought_report.make_fingerprints", Every(60), make_fingerprints),
    Job("thought_report.fill_fingerprints", Every(3600), fill_fingerprints),
    Job("thought_report.plan_review_reminders", Daily(0, 20), plan_review_reminders),
    Job("thought_report.make_exports", Every(60), make_exports),
)

READING_CHECKS = {due.CHECK: due.still_to_read}
