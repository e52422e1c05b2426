"""What the clock starts in mentoring: the list on Monday morning, and whether it is still owed."""

from typing import Any

from core import clock
from core.actors import Actor
from core.config import settings
from core.scheduling import Job, Tick, Weekly
from plugins.mentoring import queries, weekly
from plugins.mentoring.keeping_jobs import KEEPING_CHECKS, KEEPING_JOBS


async def owe_weekly_lists(tick: Tick) -> None:
    """Owe every mentor the list of what waits for him this week."""
    await weekly.owe_lists(fire_at=tick.fire_at, now=tick.now)


async def still_due(reference: dict[str, Any]) -> bool:
    """Whether anything still waits for the mentor whose list is about to be sent."""
    mentor = Actor(person_id=int(reference["mentor"]), is_mentor=True)
    return bool(await queries.todo(mentor, clock.local_day(clock.now())))


def _weekly() -> Weekly:
    hours = settings().mentoring
    return Weekly(hours.list_weekday, hours.list_hour)


JOBS = (
    Job("mentoring.weekly_lists", _weekly(), owe_weekly_lists),
    *KEEPING_JOBS,
)
CHECKS = {weekly.CHECK: still_due, **KEEPING_CHECKS}
