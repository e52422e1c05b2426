"""The half-yearly inspection (考察): counted facts for whoever writes it, and that it was written.

The house counts and reminds; the entry itself is a person's. ``half_years`` says when it is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from core.actors import Actor, Stage
from core.clock import at_local, local_day
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from core.periods import add_months
from models import (
    AuditLog,
    Contact,
    Inspection,
    Mentorship,
    Movement,
    Person,
    ReportOriginal,
    StudyRecord,
    ThoughtReport,
)
from models.enums import Evidence, MovementState, ReportState
from models.mentoring import REACHED_OUTCOMES
from plugins.identity import looks, reach
from plugins.identity.looks import Office
from plugins.mentoring import half_years, history, queries

STAGES = frozenset({Stage.ACTIVIST, Stage.DEVELOPMENT_TARGET})
_READ = frozenset({ReportState.WAITING_SECRETARY, ReportState.DONE})


@dataclass(frozen=True, slots=True)
class Pack:
    """What is known of somebody since the last inspection, as numbers; hours are in tenths.

    Evidence of study is never added up. ``channels`` counts the talks by channel;
    ``reports_on_paper`` are those of ``reports`` that nobody could read here.
    """

    person_id: int
    name: str
    unit: str
    stage: Stage
    first_on: date
    last_on: date
    due_on: date | None
    lines: int
    reached: int
    channels: tuple[tuple[str, int], ...]
    days: tuple[date, ...]
    reports: int
    reports_on_paper: int
    reports_late: int
    reports_read: int
    hours: tuple[tuple[Evidence, int], ...]
    moves: int


@dataclass(frozen=True, slots=True)
class Due:
    """An inspection that is due on a day, and the mentors of today."""

    person_id: int
    name: str
    due_on: date
    mentors: tuple[int, ...]


async def due(today: date, person_ids: Sequence[int] | None = None) -> tuple[Due, ...]:
    """Return every inspection that is due within the first reminder's days, or over due.

    What was due before somebody was entered here is the paper's business.
    """
    ahead = timedelta(days=settings().mentoring.inspection_first_days)
    rows = Person.filter(stage__in=list(STAGES), activist_on__isnull=False)
    if person_ids is not None:
        rows = rows.filter(id__in=list(person_ids))
    people = await rows.order_by("id").values_list("id", "name", "activist_on", "created_at")
    last, mentors = await _last(person_ids), await _mentors(today, person_ids)
    found = []
    for key, name, begun, entered_at in people:
        due_on = half_years.mark(last.get(key, begun), today, ahead)
        is_known = key in last or due_on >= local_day(entered_at)
        if is_known and due_on <= today + ahead:
            found.append(Due(key, name, due_on, tuple(mentors.get(key, ()))))
    return tuple(found)


async def due_of(actor: Actor, today: date) -> tuple[Due, ...]:
    """Return the inspections due of the actor's own people, and those over due in his branch.

    The oldest first. Whoever stands in for a mentor writes none: only his own are his.
    """
    own = {one.person_id for one in await queries.own_mentees(actor, today)}
    ids = own | await _of_branch(actor)
    found = await due(today, sorted(ids)) if ids else ()
    mine = (one for one in found if one.person_id in own or one.due_on < today)
    return tuple(sorted(mine, key=lambda one: (one.due_on, one.person_id)))


async def _of_branch(actor: Actor) -> set[int]:
    paths = reach.branch_paths(actor)
    if not paths:
        return set()
    lives = Q(*(Q(home_unit__path__startswith=path) for path in paths), join_type=Q.OR)
    rows: Sequence[Any] = await (
        Person.filter(lives, stage__in=list(STAGES), activist_on__isnull=False)
        .exclude(id=actor.person_id or 0)
        .values_list("id", flat=True)
    )
    return {int(row) for row in rows}


async def due_by_mentor(today: date) -> dict[int, tuple[Due, ...]]:
    """Return the inspections due by mentor, the oldest first: three statements."""
    found: dict[int, list[Due]] = {}
    for one in sorted(await due(today), key=lambda one: (one.due_on, one.person_id)):
        for mentor in one.mentors:
            found.setdefault(mentor, []).append(one)
    return {mentor: tuple(own) for mentor, own in found.items()}


async def _last(ids: Sequence[int] | None) -> dict[int, date]:
    rows = Inspection.all()
    if ids is not None:
        rows = rows.filter(person_id__in=list(ids))
    found: Sequence[Any] = await rows.order_by("inspected_on").values_list(
        "person_id", "inspected_on"
    )
    return dict(found)


async def _mentors(today: date, ids: Sequence[int] | None) -> dict[int, list[int]]:
    pairs = Mentorship.filter(Q(until_on__isnull=True) | Q(until_on__gte=today), from_on__lte=today)
    if ids is not None:
        pairs = pairs.filter(person_id__in=list(ids))
    rows: Sequence[Any] = await pairs.order_by("from_on", "id").values_list(
        "person_id", "mentor_id"
    )
    found: dict[int, list[int]] = {}
    for person, mentor in rows:
        found.setdefault(person, []).append(mentor)
    return found


async def pack(person_id: int, today: date) -> Pack:
    """Return what is counted of somebody since his last inspection, or in the last half-year."""
    person = await Person.get(id=person_id).prefetch_related("home_unit")
    last = (await _last([person_id])).get(person_id)
    begun = last or person.activist_on
    first = max(begun or date.min, add_months(today, -half_years.MONTHS))
    span = {"gte": at_local(first, 0), "lt": at_local(today + timedelta(days=1), 0)}
    contacts = await Contact.filter(
        person_id=person_id, withdrawn_at__isnull=True, contacted_on__gte=first
    ).order_by("contacted_on", "id")
    talks = [row for row in contacts if row.outcome in REACHED_OUTCOMES]
    reports = await ThoughtReport.filter(
        person_id=person_id, submitted_at__gte=span["gte"], submitted_at__lt=span["lt"]
    ).order_by("version")
    newest = {row.quarter: row for row in reports}
    papers = await _on_paper(person_id, first, today)
    ahead = timedelta(days=settings().mentoring.inspection_first_days)
    return Pack(
        person_id=person_id,
        name=person.name,
        unit=person.home_unit.name,
        stage=person.stage,
        first_on=first,
        last_on=today,
        due_on=None if begun is None else half_years.mark(begun, today, ahead),
        lines=len(contacts),
        reached=len(talks),
        channels=_counted([row.channel.value for row in talks]),
        days=tuple(row.contacted_on for row in talks),
        reports=len(newest) + papers,
        reports_on_paper=papers,
        reports_late=sum(row.is_late for row in newest.values()),
        reports_read=sum(row.state in _READ for row in newest.values()),
        hours=await _hours(person_id, span["gte"], span["lt"]),
        moves=await Movement.filter(person_id=person_id, leaves_on__gte=first, leaves_on__lte=today)
        .exclude(state=MovementState.CANCELLED)
        .count(),
    )


async def _on_paper(person_id: int, first: date, last: date) -> int:
    """Return how many reports came in on paper alone (models.archive)."""
    papers: Sequence[Any] = await ReportOriginal.filter(
        person_id=person_id,
        standing_key__isnull=False,
        received_on__gte=first,
        received_on__lte=last,
    ).values_list("quarter", flat=True)
    here = ThoughtReport.filter(person_id=person_id, quarter__in=list(papers))
    return len({*papers} - {*await here.values_list("quarter", flat=True)})


def _counted(values: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((value, values.count(value)) for value in dict.fromkeys(values))


async def _hours(
    person_id: int, first: datetime, end: datetime
) -> tuple[tuple[Evidence, int], ...]:
    rows = await StudyRecord.filter(
        person_id=person_id, earned_at__gte=first, earned_at__lt=end
    ).values_list("evidence", "hours_tenths")
    return tuple(
        (kind, total)
        for kind in Evidence
        if (total := sum(tenths for evidence, tenths in rows if evidence == kind))
    )


@transactional
async def look(*, actor: Actor, person_id: int, now: datetime) -> Pack:
    """Return the pack of one of the actor's people and note the look. Commits the read row.

    Raises Refusal ``mentoring.history_nobody``.
    """
    people = await history.own_or_branch(actor, local_day(now))
    if person_id not in {one.person_id for one in people}:
        raise Refusal("mentoring.history_nobody")
    await looks.note(
        reader=actor,
        person_id=person_id,
        office=Office.MENTOR if actor.is_mentor else Office.SECRETARY,
        what=looks.INSPECTION,
        now=now,
    )
    return await pack(person_id, local_day(now))


@transactional
async def record(
    *, actor: Actor, person_id: int, inspected_on: date, key: str, now: datetime
) -> date:
    """Note that the inspection of a day was written, and by whom; return when the next is due.

    The same day or the same ``key`` is one row. Raises Refusal ``mentoring.history_nobody``, and
    ``mentoring.inspected_ahead`` for a day that has not come.
    """
    today = local_day(now)
    people = await history.own_or_branch(actor, today)
    if person_id not in {one.person_id for one in people}:
        raise Refusal("mentoring.history_nobody")
    if inspected_on > today:
        raise Refusal("mentoring.inspected_ahead")
    known = await Inspection.filter(
        Q(source_key=key) | Q(person_id=person_id, inspected_on=inspected_on)
    ).exists()
    if not known:
        await Inspection.create(
            person_id=person_id,
            inspected_on=inspected_on,
            entered_by_id=actor.person_id or 0,
            entered_at=now,
            source_key=key,
        )
        await AuditLog.create(
            at=now,
            actor_id=actor.person_id,
            action="inspection.recorded",
            subject_kind="person",
            subject_id=person_id,
            detail={"day": inspected_on.isoformat()},
        )
    return add_months(inspected_on, half_years.MONTHS)
