"""What the clock starts in movement: planning only, safe to run twice."""

from core import logs
from core.scheduling import Daily, Job, Tick
from plugins.movement import asking

log = logs.get("movement")


async def depart(tick: Tick) -> None:
    """Let those have left whose day has come."""
    left = await asking.depart_due(now=tick.now)
    if left:
        log.info("departed", count=left)


async def ask(tick: Tick) -> None:
    """Plan today's questions whether people arrived."""
    planned = await asking.plan_questions(now=tick.now)
    if planned:
        log.info("questions.planned", count=planned)


# Soon after midnight; who left first, so that nobody is asked about a day that has not come.
JOBS = (
    Job("movement.depart", Daily(0, 15), depart),
    Job("movement.ask", Daily(0, 20), ask),
)
CHECKS = asking.CHECKS
