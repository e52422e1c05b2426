"""The one question after leaving (到了吗), and the day of leaving itself.

Planning only, safe to run twice; the check here is asked again at the moment of sending. A question
that a pause held back is asked when the pause is over; one that was said is never said again.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from tortoise.expressions import Q

from core import clock
from core.actors import LEARNER_STAGES
from core.clock import at_local, local_day
from core.config import settings
from core.database import require_tx, run_tx
from core.messages import Text
from core.texts import current
from models import Movement
from models.enums import MovementState, Priority
from models.movement import OPEN_MOVEMENTS
from plugins.delivery import once
from plugins.movement import journeys, notices, policy, views

QUESTION = "movement.arrival"
STILL_ASKED = "movement.still_asked"
# The answer of somebody who reads it later is still welcome; after this it is not sent any more.
LIFE = timedelta(days=7)
# People planned in one transaction: short enough not to hold anybody up.
_BATCH = 50


async def depart_due(*, now: datetime) -> int:
    """Let everybody have left whose day has come; return how many. Commits batch by batch."""
    today = local_day(now)
    due: Sequence[Any] = (
        await Movement.filter(state=MovementState.PLANNED, leaves_on__lte=today)
        .order_by("id")
        .values_list("id", flat=True)
    )
    for start in range(0, len(due), _BATCH):
        await run_tx(partial(_depart, due[start : start + _BATCH], now))
    return len(due)


async def _depart(ids: Sequence[Any], now: datetime) -> None:
    require_tx()
    # Held, so that somebody who takes it back this moment is not sent off all the same.
    rows = Movement.filter(id__in=list(ids), state=MovementState.PLANNED).select_for_update()
    for row in await rows.order_by("id").prefetch_related("person"):
        await journeys.depart(row, row.person, now=now, actor_id=None)


async def plan_questions(*, now: datetime) -> int:
    """Owe today's questions to those who left and have not said that they arrived.

    Returns how many are new. Who paused is asked after the pause, within ``policy.ASKED_WITHIN``.
    Commits batch by batch.
    """
    today = local_day(now)
    rows: Sequence[Any] = (
        await Movement.filter(
            Q(person__paused_until__isnull=True) | Q(person__paused_until__lt=today),
            state__in=list(OPEN_MOVEMENTS),
            asks_on__lte=today,
            asks_on__gt=today - policy.ASKED_WITHIN,
            person__stage__in=list(LEARNER_STAGES),
            person__accounts__bound_at__isnull=False,
        )
        .distinct()
        .order_by("id")
        .values_list("id", flat=True)
    )
    planned = 0
    for start in range(0, len(rows), _BATCH):
        planned += await run_tx(partial(_plan, rows[start : start + _BATCH], now))
    return planned


async def _plan(ids: Sequence[Any], now: datetime) -> int:
    require_tx()
    planned, today = 0, local_day(now)
    for row in await Movement.filter(id__in=list(ids)).order_by("id"):
        moment = at_local(max(row.asks_on or today, today), settings().movement.ask_hour)
        say, ask = views.arrival_question(row.to_city, row.id)
        planned += await once.owe(
            purpose=QUESTION,
            occasion=str(row.id),
            target=f"person:{row.person_id}",
            parts=(Text(current().render(say)),),
            ask=ask,
            now=now,
            priority=Priority.REMINDER,
            not_before=moment,
            expires_at=moment + LIFE,
            check=STILL_ASKED,
            reference={"movement": row.id},
        )
    return planned


async def still_asked(reference: dict[str, Any]) -> bool:
    """Whether somebody may be asked now if he arrived. Reads only."""
    row = await Movement.filter(id=int(reference["movement"])).prefetch_related("person").first()
    if row is None or row.state not in OPEN_MOVEMENTS:
        return False
    return row.person.stage in LEARNER_STAGES and not _is_paused(
        row.person.paused_until, local_day(clock.now())
    )


def _is_paused(until: date | None, today: date) -> bool:
    return until is not None and until >= today


CHECKS: dict[str, Callable[[dict[str, Any]], Awaitable[bool]]] = {
    STILL_ASKED: still_asked,
    notices.STILL_NEWS: notices.still_news,
}
