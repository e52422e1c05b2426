"""The one question about a parcel sent long ago (收到了吗), and what still holds of parcels.

Planning only, safe to run twice; the checks are asked again at the moment of sending. A question
that a pause held back is asked when the pause is over; one that was said is never said again.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tortoise.expressions import Q

from core import clock
from core.clock import at_local, local_day
from core.config import settings
from core.database import require_tx, run_tx
from core.messages import Text
from core.texts import current
from models import Parcel
from models.enums import Priority
from plugins.delivery import once
from plugins.study import parcel_queries, parcel_views, parcels

QUESTION = "study.parcel_question"
STILL_ASKED = "study.parcel_still_asked"
LIFE = timedelta(days=7)
# A question put off by a pause is given up after so long: shorter than receipts are kept.
ASKED_WITHIN = timedelta(days=28)
_BATCH = 50


async def plan_questions(*, now: datetime) -> int:
    """Owe today's questions about parcels sent long ago; return how many are new.

    Commits batch by batch.
    """
    today = local_day(now)
    oldest = today - timedelta(days=settings().study.parcel_days)
    rows: Sequence[Any] = (
        await parcel_queries.open_rows()
        .filter(
            Q(person__paused_until__isnull=True) | Q(person__paused_until__lt=today),
            sent_on__lte=oldest,
            sent_on__gt=oldest - ASKED_WITHIN,
            missing_at__isnull=True,
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
    for row in await Parcel.filter(id__in=list(ids)).order_by("id"):
        moment = at_local(today, settings().study.parcel_hour)
        say, ask = parcel_views.came_question(parcel_queries.found(row), today)
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
            reference={"parcel": row.id},
        )
    return planned


async def still_asked(reference: dict[str, Any]) -> bool:
    """Whether somebody may be asked now about a parcel. Reads only."""
    rows = parcel_queries.open_rows().filter(sent_on__isnull=False, missing_at__isnull=True)
    row = await rows.filter(id=int(reference["parcel"])).prefetch_related("person").first()
    if row is None:
        return False
    until = row.person.paused_until
    return until is None or until < local_day(clock.now())


async def still_waits(reference: dict[str, Any]) -> bool:
    """Whether somebody still waits for a parcel to be sent. Reads only."""
    rows = parcel_queries.open_rows().filter(sent_on__isnull=True)
    return await rows.filter(id=int(reference["parcel"])).exists()


async def still_under_way(reference: dict[str, Any]) -> bool:
    """Whether a parcel was sent and nobody has said that it came. Reads only."""
    rows = parcel_queries.open_rows().filter(sent_on__isnull=False)
    return await rows.filter(id=int(reference["parcel"])).exists()


CHECKS: dict[str, Callable[[dict[str, Any]], Awaitable[bool]]] = {
    STILL_ASKED: still_asked,
    parcels.WAITS: still_waits,
    parcels.NEWS: still_under_way,
}
