"""What the clock starts in mentoring: the list on Monday morning, and whether it is still owed."""

from typing import Any

from core import clock
from core.actors import Actor
from core.config import settings
from core.scheduling import Daily, Job, Tick, Weekly
from plugins.mentoring import queries, standing_in, standing_in_lists, weekly


async def owe_weekly_lists(tick: Tick) -> None:
    """Owe every mentor the list of what waits for him this week."""
    await weekly.owe_lists(fire_at=tick.fire_at, now=tick.now)


async def still_due(reference: dict[str, Any]) -> bool:
    """Whether anything still waits for the mentor whose list is about to be sent."""
    mentor = Actor(person_id=int(reference["mentor"]), is_mentor=True)
    return bool(await queries.todo(mentor, clock.local_day(clock.now())))


async def owe_stand_in_lists(tick: Tick) -> None:
    """Owe mentors who are back the list of what was done meanwhile."""
    await standing_in_lists.owe_lists(now=tick.now)


def _weekly() -> Weekly:
    hours = settings().mentoring
    return Weekly(hours.list_weekday, hours.list_hour)


JOBS = (
    Job("mentoring.weekly_lists", _weekly(), owe_weekly_lists),
    Job("mentoring.stand_in_lists", Daily(0, 30), owe_stand_in_lists),
)
CHECKS = {weekly.CHECK: still_due, standing_in.CHECK: standing_in_lists.stand_in_waits}
