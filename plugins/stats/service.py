"""What statistics writes: private answers that do not go straight back, each of them once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.actors import Actor
from core.conversation import Ask, Reply, Say
from core.database import require_tx, transactional
from core.errors import Fault
from core.messages import OutPart, Text
from core.texts import current, render
from models import AuditLog
from models.enums import Priority
from plugins.delivery import service as delivery

# An answer that cannot be given within a day is asked for again.
ANSWER_LIFE = timedelta(days=1)
# Nothing that is counted takes as long.
LONGEST = timedelta(minutes=10)
ANSWER = "stats.answer"
PROMISED = "stats.promised"


@transactional
async def answer_privately(
    *, actor: Actor, says: Sequence[Say], ask: Ask | None, key: str, now: datetime
) -> bool:
    """Owe the asker his numbers in private chat; the same message ``key`` owes them once.

    Commits the audit row and the delivery together; returns whether it is newly owed.
    """
    return await _owe(actor, says=says, ask=ask, key=key, now=now)


async def _owe(
    actor: Actor,
    *,
    says: Sequence[Say],
    ask: Ask | None,
    key: str,
    now: datetime,
    blobs: Sequence[OutPart] = (),
) -> bool:
    require_tx()
    text = "\n".join(current().render(say) for say in says)
    added = await delivery.enqueue(
        purpose=ANSWER,
        occasion=key,
        target=_private(actor),
        parts=(*blobs, Text(text)),
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


def _private(actor: Actor) -> str:
    if actor.person_id is None:
        raise Fault("no person to answer")
    return f"person:{actor.person_id}"


@transactional
async def promise(*, actor: Actor, line: str, key: str, now: datetime) -> None:
    """Owe the asker that he hears of it should the answer to ``line`` never come.

    Commits a delivery that is due after ten minutes, unless ``keep_promise`` takes it back.
    """
    await delivery.enqueue(
        purpose=PROMISED,
        occasion=key,
        target=_private(actor),
        parts=(Text(render("stats.slow_failed", line=line)),),
        now=now,
        priority=Priority.NOTICE,
        not_before=now + LONGEST,
        expires_at=now + ANSWER_LIFE,
        in_quiet_hours=True,
    )


@transactional
async def keep_promise(*, actor: Actor, reply: Reply, key: str, now: datetime) -> bool:
    """Owe the asker the answer that was promised, and take back that it did not come.

    Commits both together, the answer to one message once; returns whether it is newly owed.
    """
    await delivery.cancel(
        purpose=PROMISED, occasion=key, target=_private(actor), now=now, reason="answered"
    )
    return await _owe(actor, says=reply.says, ask=reply.ask, key=key, now=now, blobs=reply.blobs)
