"""What mentors, the secretary and an officer away hear of a journey: rows of the ledger, once each.

Everything here joins the caller's transaction. News that was not sent yet is taken back when it no
longer holds, so that nobody hears of a journey and of its end in one night.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.actors import Stage
from core.clock import local_day
from core.conversation import Say
from core.messages import Text
from core.texts import current
from models import Movement, Person
from models.enums import MovementState, Priority
from plugins.delivery import service as delivery
from plugins.movement.queries import Told

NEWS = "movement.news"
OFFICE = "movement.office"
STILL_NEWS = "movement.still_news"
# Told later than this it is no news any more.
LIFE = timedelta(days=14)


def departure(person: Person, row: Movement, now: datetime) -> Say:
    """Say who leaves for where, and ask for the talk before leaving while there is time."""
    today = local_day(now)
    fields: dict[str, Any] = {
        "name": person.name,
        "city": row.to_city,
        "on": row.leaves_on,
        "asks": row.asks_on,
        "today": today,
    }
    if row.leaves_on < today:
        return Say("movement.news_left", **fields)
    return Say("movement.news_departure", **fields)


_STAGES = {
    Stage.APPLICANT: Say("movement.stage_applicant"),
    Stage.ACTIVIST: Say("movement.stage_activist"),
    Stage.DEVELOPMENT_TARGET: Say("movement.stage_target"),
    Stage.PROBATIONARY_MEMBER: Say("movement.stage_probationary"),
    Stage.FULL_MEMBER: Say("movement.stage_member"),
}


def to_officer(person: Person, row: Movement) -> Say:
    """Say who came: name, branch and stage, what the person was told the officer hears."""
    return Say(
        "movement.news_office",
        name=person.name,
        unit=person.home_unit.name,
        stage=_STAGES[person.stage],
        city=row.to_city,
    )


async def tell(
    people: Sequence[Told], row: Movement, what: str, say: Say, *, now: datetime
) -> None:
    """Owe ``say`` to each of ``people``, once for a journey and what happened (``what``)."""
    for one in people:
        await delivery.enqueue(
            purpose=NEWS,
            occasion=f"{row.id}:{what}",
            target=f"person:{one.person_id}",
            parts=(Text(current().render(say)),),
            now=now,
            priority=Priority.NOTICE,
            expires_at=now + LIFE,
            check=STILL_NEWS,
            reference={"movement": row.id, "what": what},
        )


async def recall(row: Movement, what: str, *, now: datetime, reason: str) -> bool:
    """Take back news that was not sent yet; return whether there was any."""
    taken = await delivery.cancel(purpose=NEWS, occasion=f"{row.id}:{what}", now=now, reason=reason)
    return taken > 0


async def tell_officer(officer: Told, row: Movement, say: Say, *, now: datetime) -> bool:
    """Owe an officer away the word that somebody came who wants him to know."""
    return await delivery.enqueue(
        purpose=OFFICE,
        occasion=str(row.id),
        target=f"person:{officer.person_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + LIFE,
        check=STILL_NEWS,
        reference={"movement": row.id, "what": "office"},
    )


async def still_news(reference: dict[str, Any]) -> bool:
    """Whether news of a journey still holds: of a departure not when it was taken back."""
    row = await Movement.get_or_none(id=int(reference["movement"]))
    if row is None:
        return False
    is_over = row.state is MovementState.CANCELLED
    return is_over is (str(reference["what"]) == "cancelled")
