"""What the clock starts in mentoring: the list on Monday morning, and whether it is still owed."""

from typing import Any

from core import clock
from core.config import settings
from core.scheduling import Daily, Job, Tick, Weekly
from plugins.mentoring import standing_in, standing_in_lists, weekly
from plugins.mentoring.keeping_jobs import KEEPING_CHECKS, KEEPING_JOBS


async def owe_weekly_lists(tick: Tick) -> None:
    """Owe mentors and officers the list of what waits for them this week."""
    await weekly.owe_lists(fire_at=tick.fire_at, now=tick.now)


async def still_due(reference: dict[str, Any]) -> bool:
    """Whether anything still waits for the mentor whose list is about to be sent."""
    return await weekly.is_due(int(reference["mentor"]), clock.now())


async def owe_stand_in_lists(tick: Tick) -> None:
    """Owe mentors who are back the list of what was done meanwhile."""
    await standing_in_lists.owe_lists(now=tick.now)


def _weekly() -> Weekly:
    hours = settings().mentoring
    return Weekly(hours.list_weekday, hours.list_hour)


JOBS = (
    Job("mentoring.weekly_lists", _weekly(), owe_weekly_lists),
    Job("mentoring.stand_in_lists", Daily(0, 30), owe_stand_in_lists),
    *KEEPING_JOBS,
)
CHECKS = {
    weekly.CHECK: still_due,
    standing_in.CHECK: standing_in_lists.stand_in_waits,
    **KEEPING_CHECKS,
}
