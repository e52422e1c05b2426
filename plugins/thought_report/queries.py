"""Scoped reads of thought reports: one's own draft and one's own reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.actors import Actor
from core.errors import Refusal
from core.periods import Quarter
from models import (
    Person,
    ReportDraft,
    ReportOriginal,
    ReportPart,
    ReportReview,
    ThoughtReport,
)
from models.enums import PartKind, ReportState
from plugins.thought_report import pages, readers, trail
from plugins.thought_report.trail import Original, Trail


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it is shown. ``text`` is empty for files."""

    number: int
    kind: PartKind
    text: str
    blob_id: str | None
    suffix: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """One's own open draft with its pages. ``is_supplement``: a version was handed in before."""

    uid: str
    quarter: Quarter
    pages: tuple[Page, ...]
    is_supplement: bool


@dataclass(frozen=True, slots=True)
class OwnReport:
    """The newest version of one's own report for a quarter. ``reader`` has it now, or had.

    ``original`` is the paper, once it came in.
    """

    quarter: Quarter
    version: int
    pages: int
    state: ReportState
    submitted_at: datetime
    reader: str | None
    original: Original | None


def shown(parts: Sequence[ReportPart]) -> tuple[Page, ...]:
    """Return pages as they are shown, their texts opened."""
    return tuple(
        Page(number, part.kind, pages.text_of(part), part.blob_id, part.suffix)
        for number, part in enumerate(parts, 1)
    )


async def own_draft(actor: Actor) -> DraftView | None:
    """Return the actor's open draft, if there is one."""
    draft = await ReportDraft.filter(open_key=actor.person_id or 0).first()
    if draft is None:
        return None
    before = ThoughtReport.filter(person_id=draft.person_id, quarter=draft.quarter)
    return DraftView(
        uid=draft.uid,
        quarter=Quarter.parse(draft.quarter),
        pages=shown(await pages.live_pages(draft.id)),
        is_supplement=await before.exists(),
    )


async def require_draft(actor: Actor, uid: str | None = None) -> DraftView:
    """Return the actor's open draft; Refusal ``thought_report.no_draft`` when it is not ``uid``."""
    draft = await own_draft(actor)
    if draft is None or uid not in (None, draft.uid):
        raise Refusal("thought_report.no_draft")
    return draft


async def known_sources(actor: Actor, draft_uid: str) -> frozenset[str]:
    """Return which parts of messages are in the actor's draft already."""
    rows = await ReportPart.filter(
        draft__uid=draft_uid, draft__person_id=actor.person_id or 0
    ).values_list("source_key", flat=True)
    return frozenset(str(key) for key in rows)


async def own_reports(actor: Actor, today: date, *, most: int = 4) -> tuple[OwnReport, ...]:
    """Return the actor's newest reports, one a quarter, the last quarter first."""
    person = await Person.filter(id=actor.person_id or 0).first()
    if person is None:
        return ()
    rows = await (
        ThoughtReport.filter(person_id=person.id)
        .exclude(state=ReportState.SUPERSEDED)
        .order_by("-submitted_at", "-id")
        .limit(2 * most)
    )
    # Not by their keys: a branch may have gone from quarters to months.
    newest = sorted(rows, key=lambda row: Quarter.parse(row.quarter), reverse=True)[:most]
    return tuple([await _own(person, row, today) for row in newest])


async def own_papers(actor: Actor, *, most: int = 4) -> tuple[tuple[Quarter, date], ...]:
    """Return the actor's reports that came in on paper alone, and when, the last quarter first."""
    rows: Sequence[Any] = await ReportOriginal.filter(
        person_id=actor.person_id or 0, standing_key__isnull=False
    ).values_list("quarter", "received_on")
    here = ThoughtReport.filter(
        person_id=actor.person_id or 0, quarter__in=[quarter for quarter, _ in rows]
    )
    known = {str(quarter) for quarter in await here.values_list("quarter", flat=True)}
    found = [(Quarter.parse(quarter), on) for quarter, on in rows if quarter not in known]
    return tuple(sorted(found, reverse=True)[:most])


async def own_trail(actor: Actor, quarter: Quarter) -> Trail:
    """Return how the actor's own report of a quarter went."""
    person = await Person.filter(id=actor.person_id or 0).first()
    if person is None:
        raise Refusal("thought_report.not_bound")
    return await trail.trail_of(person, quarter)


async def _own(person: Person, report: ThoughtReport, today: date) -> OwnReport:
    return OwnReport(
        quarter=Quarter.parse(report.quarter),
        version=report.version,
        pages=report.pages,
        state=report.state,
        submitted_at=report.submitted_at,
        reader=await _reader_of(person, report, today),
        original=await trail.original_of(person.id, Quarter.parse(report.quarter)),
    )


async def _reader_of(person: Person, report: ThoughtReport, day: date) -> str | None:
    if report.state is ReportState.RETURNED:
        reviews = ReportReview.filter(report_id=report.id).order_by("-id")
        review = await reviews.first().prefetch_related("reviewer")
        return None if review is None else str(review.reviewer.name)
    if report.state is ReportState.WAITING_MENTOR:
        found = await readers.mentors_of(person.id, day)
    else:
        found = await readers.branch_of(person, day)
    return found[0].name if found else None
