"""The list on Monday for mentors and officers (每周单子): once a week, not when nothing waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.messages import Text
from core.texts import current
from core.todo import TodoItem
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.mentoring import officers, queries, todo_sources, views
from plugins.mentoring.queries import Todo

PURPOSE = "mentoring.weekly"
CHECK = "mentoring.still_due"
# The next list comes after seven days; this one does not go out beside it.
LIST_LIFE = timedelta(days=6)


async def owe_lists(*, fire_at: datetime, now: datetime) -> int:
    """Owe the list of the week of ``fire_at`` to whoever has something due; return how many.

    Mentors, secretaries, officers away and clerks get one list each, whatever they are.

    Each mentor's list commits on its own; the unique key of the ledger makes a second run harmless.
    """
    if now >= fire_at + LIST_LIFE:
        return 0
    today, owed = local_day(now), 0
    in_office = await officers.officers(today)
    for mentor_id, todo in (await queries.mentors_due(queries.EVERYWHERE, today)).items():
        if mentor_id not in in_office:
            mentor = Actor(person_id=mentor_id, is_mentor=True)
            more = await todo_sources.elsewhere(mentor, now)
            owed += await _owe_list(mentor_id, todo, more, fire_at=fire_at, now=now)
    for person_id, actor in in_office.items():
        todo, more = await _waiting(actor, now)
        if todo or more:
            owed += await _owe_list(person_id, todo, more, fire_at=fire_at, now=now)
    return owed


async def _waiting(actor: Actor, now: datetime) -> tuple[Todo, tuple[TodoItem, ...]]:
    todo = await queries.todo(actor, local_day(now))
    return todo, await todo_sources.elsewhere(actor, now)


async def is_due(person_id: int, now: datetime) -> bool:
    """Whether anything still waits for somebody whose list is about to be sent."""
    plain = Actor(person_id=person_id, is_mentor=True)
    in_office = await officers.officers(local_day(now), person_id)
    todo, more = await _waiting(in_office.get(person_id, plain), now)
    return bool(todo or more)


@transactional
async def _owe_list(
    mentor_id: int, todo: Todo, more: Sequence[TodoItem], *, fire_at: datetime, now: datetime
) -> bool:
    say, ask = views.todo_list(todo, local_day(now), more)
    year, week, _ = local_day(fire_at).isocalendar()
    return await delivery.enqueue(
        purpose=PURPOSE,
        occasion=f"{year}-W{week:02d}",
        target=f"person:{mentor_id}",
        parts=(Text(current().render(say)),),
        ask=ask,
        now=now,
        priority=Priority.REMINDER,
        not_before=fire_at,
        expires_at=fire_at + LIST_LIFE,
        check=CHECK,
        reference={"mentor": mentor_id},
    )
