"""The list on Monday for mentors and officers (每周单子): once a week, not when nothing waits."""

from datetime import datetime, timedelta

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.messages import Text
from core.texts import current
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.mentoring import officers, views, waiting
from plugins.mentoring.waiting import Waiting

PURPOSE = "mentoring.weekly"
CHECK = "mentoring.still_due"
# The next list comes after seven days; this one does not go out beside it.
LIST_LIFE = timedelta(days=6)


async def owe_lists(*, fire_at: datetime, now: datetime) -> int:
    """Owe the list of the week of ``fire_at`` to whoever has something due; return how many.

    Mentors, deputies, secretaries, officers away and clerks get one list each, whatever they are.
    Each list commits on its own; the unique key of the ledger makes a second run harmless.
    """
    if now >= fire_at + LIST_LIFE:
        return 0
    owed = 0
    in_office = await officers.officers(local_day(now))
    for person_id, found in (await waiting.of_mentors(now)).items():
        if person_id not in in_office:
            owed += await _owe_list(person_id, found, fire_at=fire_at, now=now)
    for person_id, actor in in_office.items():
        found = await waiting.on_monday(actor, now)
        if found.is_due:
            owed += await _owe_list(person_id, found, fire_at=fire_at, now=now)
    return owed


async def is_due(person_id: int, now: datetime) -> bool:
    """Whether anything still waits for somebody whose list is about to be sent."""
    plain = Actor(person_id=person_id, is_mentor=True)
    in_office = await officers.officers(local_day(now), person_id)
    return await waiting.is_due(in_office.get(person_id, plain), now)


@transactional
async def _owe_list(person_id: int, found: Waiting, *, fire_at: datetime, now: datetime) -> bool:
    say, ask = views.todo_list(found, local_day(now))
    year, week, _ = local_day(fire_at).isocalendar()
    return await delivery.enqueue(
        purpose=PURPOSE,
        occasion=f"{year}-W{week:02d}",
        target=f"person:{person_id}",
        parts=(Text(current().render(say)),),
        ask=ask,
        now=now,
        priority=Priority.REMINDER,
        not_before=fire_at,
        expires_at=fire_at + LIST_LIFE,
        check=CHECK,
        reference={"mentor": person_id},
    )
