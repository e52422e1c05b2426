"""The one reminder of a report that waits: to its mentor, when the usual time for reading is over.

Planning only, safe to run twice. Afterwards the report stands on the branch's list as well, and
nobody is written to again (red line 3).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from core import clock
from core.clock import local_day
from core.config import settings
from core.database import require_tx, run_tx
from models import Delivery, ThoughtReport
from models.enums import Priority, ReportState
from plugins.delivery import service as delivery
from plugins.identity import reach
from plugins.thought_report import notices, policy, readers

REVIEW_DUE = "thought_report.review_due"
CHECK = "thought_report.still_to_read"
# Reports planned in one transaction: short enough not to hold anybody up.
_BATCH = 50


async def plan_review_reminders(*, now: datetime) -> int:
    """Owe every mentor one reminder of each report that came in ``review_days`` ago or before.

    Returns how many are new. Commits batch by batch.
    """
    came = policy.came_before(local_day(now), settings().thought_report.review_days)
    rows: Sequence[Any] = await (
        ThoughtReport.filter(state=ReportState.WAITING_MENTOR, submitted_at__lt=came)
        .order_by("submitted_at", "id")
        .values_list("uid", flat=True)
    )
    planned = 0
    for start in range(0, len(rows), _BATCH):
        planned += await run_tx(partial(_plan, rows[start : start + _BATCH], now))
    return planned


async def _plan(uids: Sequence[str], now: datetime) -> int:
    require_tx()
    rows: Sequence[Any] = await Delivery.filter(
        purpose=REVIEW_DUE, occasion__in=list(uids)
    ).values_list("occasion", flat=True)
    known = set(rows)
    new = [uid for uid in uids if uid not in known]
    # The longest waiting first: the same words in the same order, whatever the dice of the uids.
    reports = await (
        ThoughtReport.filter(uid__in=new, state=ReportState.WAITING_MENTOR)
        .order_by("submitted_at", "id")
        .prefetch_related("person")
    )
    return sum([await _remind(report, now) for report in reports])


async def _remind(report: ThoughtReport, now: datetime) -> int:
    today = local_day(now)
    due_on = policy.review_due_on(report.submitted_at, settings().thought_report.review_days)
    hour = settings().thought_report.review_reminder_hour
    mentors = [one.person_id for one in await readers.mentors_of(report.person_id, today)]
    deputies = await reach.deputies_of(mentors, today)
    body = notices.body(notices.review_due(report, report.person.name, today))
    owed = 0
    for mentor in mentors:
        reader = deputies.get(mentor, mentor)
        owed += await delivery.enqueue(
            purpose=REVIEW_DUE,
            occasion=report.uid,
            target=f"person:{reader}",
            parts=body,
            now=now,
            priority=Priority.REMINDER,
            not_before=policy.nudge_moment(due_on, hour=hour, today=today),
            check=CHECK,
            reference={"report": report.uid, "reader": reader},
        )
    return owed


async def still_to_read(reference: dict[str, Any]) -> bool:
    """Whether a report still waits for the reader who is about to be reminded. Reads only."""
    report = await ThoughtReport.filter(
        uid=reference["report"], state=ReportState.WAITING_MENTOR
    ).first()
    if report is None:
        return False
    today = local_day(clock.now())
    mentors = [one.person_id for one in await readers.mentors_of(report.person_id, today)]
    deputies = await reach.deputies_of(mentors, today)
    return reference["reader"] in {*mentors, *deputies.values()}
