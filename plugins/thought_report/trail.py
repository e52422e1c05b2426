"""The way of a report (经过): every version, who said what to it and when, and the paper original.

Reads only. Who may see it is settled by the caller; author, mentor and branch see the same.
"""

from dataclasses import dataclass
from datetime import date

from core.clock import local_day
from core.periods import Quarter
from models import Person, ReportOriginal, ReportReview, ThoughtReport
from models.enums import ReviewDecision
from plugins.thought_report.cases import reason_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said to a version. ``in_place_of`` is the mentor for whom he stood in."""

    on: date
    reviewer: str
    in_place_of: str | None
    decision: ReviewDecision
    reason: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it was handed in, and what was said to it."""

    number: int
    on: date
    pages: int
    is_late: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Original:
    """The signed original: when it was received, and by whose hand."""

    on: date
    receiver: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that happened to somebody's report of a quarter."""

    author: str
    quarter: Quarter
    versions: tuple[Version, ...]
    original: Original | None


async def trail_of(person: Person, quarter: Quarter) -> Trail:
    """Return the trail of a person's report for a quarter; without versions when there is none."""
    reports = await ThoughtReport.filter(person_id=person.id, quarter=str(quarter)).order_by(
        "version"
    )
    return Trail(
        author=person.name,
        quarter=quarter,
        versions=tuple([await _version(report) for report in reports]),
        original=await original_of(person.id, quarter),
    )


async def _version(report: ThoughtReport) -> Version:
    reviews = await (
        ReportReview.filter(report_id=report.id).order_by("id").prefetch_related("reviewer")
    )
    return Version(
        number=report.version,
        on=local_day(report.submitted_at),
        pages=report.pages,
        is_late=report.is_late,
        answers=tuple([await _answer(review) for review in reviews]),
    )


async def _answer(review: ReportReview) -> Answer:
    absent = None
    if review.for_mentor_id is not None:
        absent = await Person.get_or_none(id=review.for_mentor_id)
    return Answer(
        on=local_day(review.decided_at),
        reviewer=review.reviewer.name,
        in_place_of=absent.name if absent else None,
        decision=review.decision,
        reason=reason_of(review),
    )


async def original_of(person_id: int, quarter: Quarter) -> Original | None:
    """Return the standing paper original of a person's report; None while it is outstanding."""
    row = await (
        ReportOriginal.filter(person_id=person_id, quarter=str(quarter), standing_key__isnull=False)
        .first()
        .prefetch_related("received_by")
    )
    return None if row is None else Original(row.received_on, row.received_by.name)
