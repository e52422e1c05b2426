"""What statistics writes: one private answer to somebody who asked in a group."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.actors import Actor
from core.conversation import Ask, Say
from core.database import transactional
from core.errors import Fault
from core.messages import Text
from core.texts import current
from models import AuditLog
from models.enums import Priority
from plugins.delivery import service as delivery

# An answer that cannot be given within a day is asked for again.
ANSWER_LIFE = timedelta(days=1)


@transactional
async def answer_privately(
    *, actor: Actor, says: Sequence[Say], ask: Ask | None, key: str, now: datetime
) -> bool:
    """Owe the asker his numbers in private chat; the same message ``key`` owes them once.

    Commits the audit row and the delivery together; returns whether it is newly owed.
    """
    if actor.person_id is None:
        raise Fault("no person to answer")
    text = "\n".join(current().render(say) for say in says)
    added = await delivery.enqueue(
        purpose="stats.answer",
        occasion=key,
        target=f"person:{actor.person_id}",
        parts=(Text(text),),
        ask=ask,
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + ANSWER_LIFE,
        in_quiet_hours=True,
    )
    if added:
        await AuditLog.create(
            at=now,
            actor_id=actor.person_id,
            action="stats.answered_privately",
            subject_kind="person",
            subject_id=actor.person_id,
            detail={},
        )
    return added
