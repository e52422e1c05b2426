"""The list every mentor gets on Monday (每周单子): owed once a week, and not when nothing waits."""

from datetime import datetime, timedelta

from core.clock import local_day
from core.database import transactional
from core.messages import Text
from core.texts import current
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.mentoring import queries, views
from plugins.mentoring.queries import Todo

PURPOSE = "mentoring.weekly"
CHECK = "mentoring.still_due"
# The next list comes after seven days; this one does not go out beside it.
LIST_LIFE = timedelta(days=6)


async def owe_lists(*, fire_at: datetime, now: datetime) -> int:
    """Owe the list of the week of ``fire_at`` to every mentor with something due; return how many.

    Each mentor's list commits on its own; the unique key of the ledger makes a second run harmless.
    """
    if now >= fire_at + LIST_LIFE:
        return 0
    due = await queries.mentors_due(queries.EVERYWHERE, local_day(now))
    owed = 0
    for mentor_id, todo in due.items():
        owed += await _owe_list(mentor_id=mentor_id, todo=todo, fire_at=fire_at, now=now)
    return owed


@transactional
async def _owe_list(*, mentor_id: int, todo: Todo, fire_at: datetime, now: datetime) -> bool:
    say, ask = views.todo_list(todo, local_day(now))
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
