"""Reminds mentors of an inspection 30 and 7 days before it is due (考察提醒), with the facts.

Planning only; one reminder and one follow-up an inspection, neither once it was written.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from core import clock
from core.clock import at_local, local_day
from core.config import settings
from core.conversation import Ask, Option, Say
from core.database import transactional
from core.messages import Text
from core.texts import current
from models import Delivery
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.mentoring import inspection_views as views
from plugins.mentoring import inspections
from plugins.mentoring.inspections import Due

PURPOSE = "mentoring.inspection"
CHECK = "mentoring.inspection_waits"
# As many occasions as one statement asks for.
_BATCH = 500


async def remind(*, now: datetime) -> int:
    """Owe mentors the reminder whose day has come; return how many are new.

    Who was down on the day of the first gets it later, but never both at once.
    """
    today, owed = local_day(now), 0
    found = [one for one in await inspections.due(today) if one.due_on >= today and one.mentors]
    known = await _owed_already([_occasion(one, today) for one in found])
    for one in found:
        # The facts are gathered for those alone who have not heard of it.
        told = known.get(_occasion(one, today), set())
        if not told.issuperset(_targets(one)):
            owed += await _owe(one, now=now)
    return owed


def _occasion(one: Due, today: date) -> str:
    return f"{one.person_id}:{one.due_on}:{_which(one.due_on, today)}"


def _targets(one: Due) -> list[str]:
    return [f"person:{mentor}" for mentor in one.mentors]


async def _owed_already(occasions: Sequence[str]) -> dict[str, set[str]]:
    """Return to whom each reminder is owed already, or was."""
    known: dict[str, set[str]] = {}
    for start in range(0, len(occasions), _BATCH):
        rows: Sequence[tuple[Any, ...]] = await Delivery.filter(
            purpose=PURPOSE, occasion__in=list(occasions[start : start + _BATCH])
        ).values_list("occasion", "target")
        for occasion, target in rows:
            known.setdefault(str(occasion), set()).add(str(target))
    return known


def _which(due_on: date, today: date) -> str:
    last = due_on - timedelta(days=settings().mentoring.inspection_last_days)
    return "last" if today >= last else "first"


@transactional
async def _owe(one: Due, *, now: datetime) -> int:
    today = local_day(now)
    found = await inspections.pack(one.person_id, today)
    options = (Option(Say("mentoring.option_word"), value=one.person_id),)
    say = Say(
        "mentoring.inspection_due",
        name=one.name,
        due=one.due_on,
        facts=views.facts(found),
        options=current().options(options),
        today=today,
    )
    return await delivery.broadcast(
        purpose=PURPOSE,
        occasion=_occasion(one, today),
        targets=_targets(one),
        parts=(Text(current().render(say)),),
        ask=Ask(views.ANSWER, options, data={"person": one.person_id}, listed=True),
        now=now,
        priority=Priority.REMINDER,
        expires_at=at_local(one.due_on + timedelta(days=1), 0),
        check=CHECK,
        reference={"person": one.person_id, "due": one.due_on.isoformat()},
    )


async def waits(reference: dict[str, Any]) -> bool:
    """Whether the inspection that a reminder is about is still to be written."""
    today = local_day(clock.now())
    found = await inspections.due(today, [int(reference["person"])])
    return any(one.due_on.isoformat() == reference["due"] for one in found)
