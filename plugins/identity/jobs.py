"""What the clock starts in identity: forgetting. Safe to run twice."""

from core import logs
from core.clock import local_day
from core.scheduling import Daily, Job, Tick
from plugins.identity import dialogues, rotation, service

log = logs.get("identity")


async def forget_tries(tick: Tick) -> None:
    """Forget wrong codes of earlier days."""
    await service.forget_tries(before=local_day(tick.now))


async def forget_questions(tick: Tick) -> None:
    """Forget questions that nobody answered for half a year."""
    await dialogues.prune(tick.now)


async def reseal(tick: Tick) -> None:
    """Seal with the newest key what a rotation has left."""
    del tick
    done = await rotation.reseal_rest()
    if done.rows or done.files or done.broken:
        log.info("resealed", rows=done.rows, files=done.files, broken=done.broken)


JOBS = (
    Job("identity.forget_tries", Daily(3, 20), forget_tries),
    Job("identity.forget_questions", Daily(3, 25), forget_questions),
    Job("identity.reseal", Daily(3, 40), reseal),
)
