"""Reads what goes into a file that is taken out (导出): reports, their way, and who handed in.

Everything is read for the one who confirmed, within the branch he acts for at that moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

from core.actors import Actor, Stage
from core.clock import local_day
from core.periods import Quarter
from models import Person, ReportOriginal, ReportPart, ReportReview, ThoughtReport
from models.enums import ReportState, ReviewDecision
from models.report import OWING_STAGES
from plugins.identity import reach
from plugins.thought_report import pages, trail
from plugins.thought_report.trail import Trail

# So many bytes of pages in one file: what is made is held in memory, and a chat carries it.
VOLUME_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One version of a report with its pages, not read yet."""

    person_id: int
    name: str
    unit: str
    quarter: Quarter
    version: int
    is_late: bool
    submitted_at: datetime
    trail: Trail
    parts: tuple[ReportPart, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some pages of a report in one file; ``first`` is the number of the first of them."""

    source: Source
    first: int
    parts: tuple[ReportPart, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """How somebody stands in a quarter, for the list. Days are None while nothing happened."""

    name: str
    unit: str
    stage: Stage
    version: int | None = None
    pages: int | None = None
    submitted_on: date | None = None
    is_late: bool = False
    state: ReportState | None = None
    mentor: str = ""
    mentor_on: date | None = None
    branch: str = ""
    branch_on: date | None = None
    returned: int = 0
    original_on: date | None = None
    receiver: str = ""


def branch_people(actor: Actor) -> Q:
    """Return the condition that a person belongs to a branch the actor acts for, not himself."""
    paths = [Q(home_unit__path__startswith=path) for path in reach.branch_paths(actor)]
    inside = Q(*paths, join_type="OR") if paths else Q(id=0)
    return Q(inside, ~Q(id=actor.person_id or 0))


async def sources(
    actor: Actor, *, person_id: int | None, quarter: Quarter | None, all_versions: bool
) -> tuple[Source, ...]:
    """Return reports of the actor's branch by person and time; ``None`` leaves a condition out."""
    people = Person.filter(branch_people(actor))
    if person_id is not None:
        people = people.filter(id=person_id)
    ids: Sequence[Any] = await people.values_list("id", flat=True)
    reports = ThoughtReport.filter(person_id__in=list(ids))
    if quarter is not None:
        reports = reports.filter(quarter=str(quarter))
    if not all_versions:
        reports = reports.exclude(state=ReportState.SUPERSEDED)
    rows = await reports.order_by("person_id", "quarter", "version").prefetch_related(
        "person__home_unit"
    )
    return tuple([await _source(row) for row in rows])


async def _source(row: ThoughtReport) -> Source:
    quarter = Quarter.parse(row.quarter)
    return Source(
        person_id=row.person_id,
        name=row.person.name,
        unit=row.person.home_unit.name,
        quarter=quarter,
        version=row.version,
        is_late=row.is_late,
        submitted_at=row.submitted_at,
        trail=await trail.trail_of(row.person, quarter),
        parts=tuple(await pages.live_pages(row.draft_id)),
    )


def volumes(found: Sequence[Source], most: int = VOLUME_BYTES) -> Iterator[tuple[Slice, ...]]:
    """Cut reports into files of at most ``most`` bytes of pages, a larger page by itself."""
    volume: list[Slice] = []
    size = 0
    for source in found:
        taken: list[ReportPart] = []
        first = 1
        for number, part in enumerate(source.parts, 1):
            if size and size + part.size_bytes > most:
                volume += [Slice(source, first, tuple(taken))] if taken else []
                yield tuple(volume)
                volume, taken, size, first = [], [], 0, number
            taken.append(part)
            size += part.size_bytes
        volume.append(Slice(source, first, tuple(taken)))
    if volume:
        yield tuple(volume)


async def ledger(actor: Actor, quarter: Quarter) -> tuple[Row, ...]:
    """Return everybody of the actor's branch who owes, or handed in, the report of a quarter."""
    people = await (
        Person.filter(branch_people(actor))
        .order_by("home_unit__path", "id")
        .prefetch_related("home_unit")
    )
    ids = [person.id for person in people]
    reports = {
        row.person_id: row
        for row in await ThoughtReport.filter(person_id__in=ids, quarter=str(quarter)).exclude(
            state=ReportState.SUPERSEDED
        )
    }
    originals = {
        row.person_id: row
        for row in await ReportOriginal.filter(
            person_id__in=ids, quarter=str(quarter), standing_key__isnull=False
        ).prefetch_related("received_by")
    }
    reviews = await _reviews(ids, quarter)
    return tuple(
        _row(
            person,
            reports.get(person.id),
            originals.get(person.id),
            reviews.get(person.id, ()),
        )
        for person in people
        if person.stage in OWING_STAGES or person.id in reports or person.id in originals
    )


async def _reviews(ids: Sequence[int], quarter: Quarter) -> dict[int, list[ReportReview]]:
    rows = await (
        ReportReview.filter(report__person_id__in=list(ids), report__quarter=str(quarter))
        .order_by("id")
        .prefetch_related("reviewer", "report")
    )
    found: dict[int, list[ReportReview]] = {}
    for row in rows:
        found.setdefault(row.report.person_id, []).append(row)
    return found


def _row(
    person: Person,
    report: ThoughtReport | None,
    original: ReportOriginal | None,
    reviews: Sequence[ReportReview],
) -> Row:
    passed = [review for review in reviews if review.decision is ReviewDecision.PASSED]
    mentor = next((review for review in reversed(passed) if review.as_mentor), None)
    branch = next((review for review in reversed(passed) if not review.as_mentor), None)
    return Row(
        name=person.name,
        unit=person.home_unit.name,
        stage=person.stage,
        version=report.version if report else None,
        pages=report.pages if report else None,
        submitted_on=local_day(report.submitted_at) if report else None,
        is_late=report.is_late if report else False,
        state=report.state if report else None,
        mentor=mentor.reviewer.name if mentor else "",
        mentor_on=local_day(mentor.decided_at) if mentor else None,
        branch=branch.reviewer.name if branch else "",
        branch_on=local_day(branch.decided_at) if branch else None,
        returned=len(reviews) - len(passed),
        original_on=original.received_on if original else None,
        receiver=original.received_by.name if original else "",
    )
