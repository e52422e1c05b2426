"""What the clock starts in thought reports: planning only, safe to run twice."""

from core.scheduling import Daily, Job, Tick
from plugins.thought_report import cycle


async def open_cycles(tick: Tick) -> None:
    """Open the windows that are to be open today."""
    await cycle.open_cycles(now=tick.now)


async def plan_reminders(tick: Tick) -> None:
    """Plan the reminders of today."""
    await cycle.plan_reminders(now=tick.now)


# Soon after midnight, the window first: a reminder is planned only for a unit that collects.
JOBS = (
    Job("thought_report.open_cycles", Daily(0, 5), open_cycles),
    Job("thought_report.plan_reminders", Daily(0, 10), plan_reminders),
)
