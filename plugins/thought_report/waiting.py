"""Scoped reads of what waits for a reader: his people's reports, and those of his branch.

A report that its mentor has not read within the usual time (``review_days``) waits for the branch
as well: it stands on the secretary's list, nobody is written to again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

from core.actors import Actor
from core.clock import local_day
from core.config import settings
from core.periods import Quarter
from models import ReadLog, ThoughtReport
from models.enums import ReportState
from plugins.identity import looks, reach
from plugins.thought_report import policy, readers


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that waits for the asker. ``days`` since it was handed in.

    ``mentor`` is who has not read it in time, when it waits for the branch because of that, or
    with ``stands_in`` the one in whose place the asker reads.
    """

    uid: str
    author: str
    quarter: Quarter
    pages: int
    days: int
    mentor: str | None = None
    stands_in: bool = False


def is_overdue(report: ThoughtReport, today: date) -> bool:
    """Whether the mentor's usual time for reading is over."""
    days = settings().thought_report.review_days
    return today > policy.review_due_on(report.submitted_at, days)


async def _condition(actor: Actor, day: date) -> Q:
    """Return the condition that a report waits for this reader, never one's own."""
    mentors = [actor.person_id or 0, *await reach.stood_for(actor, day)]
    conditions = [Q(_mentee_of(mentors, day), state=ReportState.WAITING_MENTOR)]
    late = policy.came_before(day, settings().thought_report.review_days + 1)
    for path in reach.branch_paths(actor):
        inside = Q(person__home_unit__path__startswith=path)
        conditions.append(Q(inside, state=ReportState.WAITING_SECRETARY))
        conditions.append(Q(inside, state=ReportState.WAITING_MENTOR, submitted_at__lt=late))
    return Q(*conditions, join_type="OR")


def _mentee_of(mentors: Sequence[int], day: date) -> Q:
    """Return the condition that the author is looked after by one of ``mentors`` on ``day``."""
    return Q(
        Q(person__mentorships__until_on__isnull=True) | Q(person__mentorships__until_on__gte=day),
        person__mentorships__mentor_id__in=list(mentors),
        person__mentorships__from_on__lte=day,
    )


async def waiting_for(actor: Actor, today: date) -> tuple[Waiting, ...]:
    """Return what waits for the actor as mentor, deputy or branch, the longest first."""
    rows: Sequence[Any] = await (
        ThoughtReport.filter(await _condition(actor, today))
        .exclude(person_id=actor.person_id or 0)
        .order_by("submitted_at", "id")
        .distinct()
        .prefetch_related("person")
    )
    # What is not shown in the list is only counted.
    shown, rest = rows[: policy.MOST_OPTIONS], rows[policy.MOST_OPTIONS :]
    detailed = [await _with_mentor(actor, row, today) for row in shown]
    return (*detailed, *(_plain(row, today) for row in rest))


def _plain(row: Any, today: date) -> Waiting:
    return Waiting(
        uid=row.uid,
        author=row.person.name,
        quarter=Quarter.parse(row.quarter),
        pages=row.pages,
        days=(today - local_day(row.submitted_at)).days,
    )


async def _with_mentor(actor: Actor, row: Any, today: date) -> Waiting:
    plain = _plain(row, today)
    if row.state is not ReportState.WAITING_MENTOR:
        return plain
    part = await readers.part_of(actor, row.person, today)
    if part.for_mentor is not None:
        return replace(plain, mentor=part.for_mentor.name, stands_in=True)
    if part.as_mentor:
        return plain
    found = await readers.mentors_of(row.person_id, today)
    return replace(plain, mentor=found[0].name if found else None)


async def opened_last(actor: Actor, now: datetime) -> str | None:
    """Return the uid of the waiting report that the actor opened last, within two hours."""
    rows = await (
        ThoughtReport.filter(await _condition(actor, local_day(now)))
        .exclude(person_id=actor.person_id or 0)
        .distinct()
        .values_list("person_id", "quarter", "uid")
    )
    uids = {(person, looks.at_report(str(quarter))): str(uid) for person, quarter, uid in rows}
    if not uids:
        return None
    seen = await (
        ReadLog.filter(
            person_id__in=sorted({person for person, _ in uids}),
            reader_id=actor.person_id or 0,
            at__gte=now - policy.OPENED_LIFE,
        )
        .order_by("-at", "-id")
        .values_list("person_id", "what")
    )
    return next((uids[look] for look in seen if look in uids), None)
