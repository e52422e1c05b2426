"""What is owed to others about a local piece: a look, and what came of it."""

from datetime import datetime, timedelta
from typing import Any

from core.actors import Actor
from core.clock import local_day
from core.conversation import Ask, Option, Say
from core.messages import Text
from core.texts import current
from models import LocalMaterial, Person, Unit
from models.enums import MaterialState, Priority
from plugins.delivery import service as delivery
from plugins.study import material_words, officers

PURPOSE = "study.local"
CHECK = "study.local_still_waiting"
OPEN = "study.local_open"
REASON_MOST = 200
_LIFE = timedelta(days=7)


async def ask_second(actor: Actor, row: LocalMaterial, now: datetime) -> Person | None:
    """Ask a second person to look at a piece; return who, None when there is nobody."""
    unit = await Unit.get(id=row.unit_id)
    second = await officers.second_person(actor, unit.path, today=local_day(now))
    if second is None:
        return None
    say = Say("study.local_asked", name=actor.name, title=row.title)
    ask = Ask(
        OPEN,
        (Option(Say("study.local_option_look"), run=material_words.REVIEW),),
        again=material_words.REVIEW,
    )
    await _tell(second.id, row, say, now, ask=ask)
    return second


async def tell_approved(actor: Actor, row: LocalMaterial, now: datetime) -> None:
    """Tell the proposer that the piece may be used."""
    key = "study.local_voice_approved" if row.voice_of else "study.local_approved"
    await _tell(row.proposed_by_id, row, Say(key, name=actor.name, title=row.title), now)


async def tell_returned(actor: Actor, row: LocalMaterial, reason: str, now: datetime) -> None:
    """Tell the proposer what is to be mended, word by word."""
    say = Say("study.local_returned", name=actor.name, title=row.title, reason=reason)
    await _tell(row.proposed_by_id, row, say, now)


async def _tell(
    person_id: int, row: LocalMaterial, say: Say, now: datetime, ask: Ask | None = None
) -> None:
    await delivery.enqueue(
        purpose=PURPOSE,
        occasion=f"{row.uid}:{row.state.value}:{int(now.timestamp())}",
        target=f"person:{person_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        ask=ask,
        expires_at=now + _LIFE,
        check=CHECK if ask is not None else None,
        reference={"uid": row.uid} if ask is not None else None,
    )


async def still_waiting(reference: dict[str, Any]) -> bool:
    """Whether a piece still waits for the look that a notice asks for."""
    waiting = LocalMaterial.filter(uid=str(reference["uid"]), state=MaterialState.WAITING)
    return await waiting.exists()
