"""What the clock starts in identity: forgetting. Safe to run twice."""

from core.clock import local_day
from core.scheduling import Daily, Job, Tick
from plugins.identity import dialogues, service


async def forget_tries(tick: Tick) -> None:
    """Forget wrong codes of earlier days."""
    await service.forget_tries(before=local_day(tick.now))


async def forget_questions(tick: Tick) -> None:
    """Forget questions that nobody answered for half a year."""
    await dialogues.prune(tick.now)


JOBS = (
    Job("identity.forget_tries", Daily(3, 20), forget_tries),
    Job("identity.forget_questions", Daily(3, 25), forget_questions),
)
