"""What the clock starts about keeping contact: rhythms, silence that goes up, inspections."""

from core import logs
from core.scheduling import Daily, Job, Tick
from plugins.mentoring import clusters, escalation, inspection_reminders, rhythm
from plugins.mentoring import escalation_notices as notices

log = logs.get("mentoring")


async def keep_rhythms(tick: Tick) -> None:
    """Let every pair say the rhythm that holds today."""
    await rhythm.keep(now=tick.now)


async def climb(tick: Tick) -> None:
    """Ask the offices whose day has come, and tell of half a year and of whole groups."""
    asked = await escalation.climb(now=tick.now)
    told = await escalation.tell_long(now=tick.now)
    grouped = await clusters.tell(now=tick.now)
    if asked or told or grouped:
        log.info("silence.told", asked=asked, long=told, groups=grouped)


async def remind_inspections(tick: Tick) -> None:
    """Owe mentors what they need for the inspections that come."""
    await inspection_reminders.remind(now=tick.now)


# At the hour of the weekly list (dialogues 3.12), when people are at work and awake.
KEEPING_JOBS = (
    Job("mentoring.rhythms", Daily(0, 40), keep_rhythms),
    Job("mentoring.climb", Daily(9), climb),
    Job("mentoring.inspections", Daily(9, 5), remind_inspections),
)
KEEPING_CHECKS = {
    notices.WAITS: escalation.waits,
    inspection_reminders.CHECK: inspection_reminders.waits,
}
