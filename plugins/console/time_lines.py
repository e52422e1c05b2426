"""A person's time line: dated facts of the way, reports, contacts, meetings attended.

Opening one is a look at a dossier and leaves a row that its owner may ask for. What a report says
is not in it: that is read where reports are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core import crypto
from core.actors import Actor, Stage
from core.clock import at_local, local_day
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import (
    Contact,
    Inspection,
    Mentorship,
    Person,
    ReportReview,
    StudyRecord,
    ThoughtReport,
)
from models.enums import Evidence
from plugins.console import policy, queries
from plugins.identity import looks
from plugins.mentoring.queries import note_place

# Facts of a person's way and the key of their sentence (发展党员工作细则 2026, ch. 2-4).
_FACTS = {
    "applied_on": "console.event_applied",
    "talk_on": "console.event_talk",
    "activist_on": "console.event_activist",
    "target_on": "console.event_target",
    "probation_on": "console.event_probation",
    "left_on": "console.event_left",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day: the key of its sentence, what fills it, and a note if there is one.

    ``at`` orders what happened on one day; None where only the day is known.
    """

    on: date
    key: str
    fields: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A person and what happened, the newest first. ``reports`` are uids of what was handed in."""

    person_id: int
    name: str
    stage: Stage
    unit: str
    inflow: str
    city: str
    paused_until: date | None
    mentors: tuple[str, ...]
    reports: frozenset[str]
    events: tuple[Event, ...]


@transactional
async def open_person(*, actor: Actor, person_id: int, now: datetime) -> TimeLine:
    """Return the time line of somebody; the look is noted in the same transaction.

    Raises Refusal ``console.nobody``, the same whether there is such a person or not.
    """
    today = local_day(now)
    person = await Person.filter(id=person_id).prefetch_related("home_unit", "inflow_unit").first()
    if person is None or not await queries.may_meet(actor, person_id, today):
        raise Refusal("console.nobody")
    is_mentor = await queries.is_mentee(actor, person_id, today)
    home = person.home_unit
    office = policy.office_of(actor, home.path, is_mentor=is_mentor)
    await looks.note(reader=actor, person_id=person_id, office=office, what=looks.DOSSIER, now=now)
    notes = is_mentor or policy.reads_notes(actor, home.path)
    events = [
        *_facts(person),
        *await _reports(person_id),
        *await _contacts(person_id, notes=notes),
        *await _attended(person_id),
        *await _inspections(person_id),
    ]
    return TimeLine(
        person_id=person.id,
        name=person.name,
        stage=person.stage,
        unit=home.name,
        inflow=person.inflow_unit.name if person.inflow_unit else "",
        city=person.city or "",
        paused_until=person.paused_until,
        mentors=await _mentors(person_id, today),
        reports=frozenset(await _uids(person_id)),
        events=tuple(sorted(events, key=_order, reverse=True)),
    )


def _order(event: Event) -> tuple[date, datetime]:
    return event.on, event.at or at_local(event.on, 0)


def _facts(person: Person) -> list[Event]:
    days = ((getattr(person, name), key) for name, key in _FACTS.items())
    return [Event(on, key) for on, key in days if on is not None]


async def _mentors(person_id: int, today: date) -> tuple[str, ...]:
    rows = (
        await Mentorship.filter(person_id=person_id, from_on__lte=today)
        .order_by("from_on", "id")
        .prefetch_related("mentor")
    )
    return tuple(row.mentor.name for row in rows if row.until_on is None or row.until_on >= today)


async def _uids(person_id: int) -> list[str]:
    rows = ThoughtReport.filter(person_id=person_id)
    return [str(uid) for uid in await rows.values_list("uid", flat=True)]


async def _reports(person_id: int) -> list[Event]:
    events = []
    for row in await ThoughtReport.filter(person_id=person_id):
        key = "console.event_report_late" if row.is_late else "console.event_report"
        fields = {"quarter": Quarter.parse(row.quarter), "pages": row.pages, "version": row.version}
        at = row.submitted_at
        events.append(Event(local_day(at), key, fields, at=at))
    rows = ReportReview.filter(report__person_id=person_id).prefetch_related("report", "reviewer")
    for review in await rows:
        quarter = Quarter.parse(review.report.quarter)
        fields = {"quarter": quarter, "reviewer": review.reviewer.name}
        events.append(Event(local_day(review.decided_at), _DECIDED[review.decision.value], fields))
    return events


_DECIDED = {
    "passed": "console.event_passed",
    "supplement": "console.event_supplement",
    "returned": "console.event_returned",
}


async def _contacts(person_id: int, *, notes: bool) -> list[Event]:
    rows: Sequence[Contact] = await (
        Contact.filter(person_id=person_id, withdrawn_at__isnull=True)
        .order_by("id")
        .prefetch_related("entered_by")
    )
    return [
        Event(
            row.contacted_on,
            "console.event_contact",
            {"mentor": row.entered_by.name, "channel": row.channel, "outcome": row.outcome},
            _note(row) if notes else "",
        )
        for row in rows
    ]


def _note(row: Contact) -> str:
    if row.note_sealed is None:
        return ""
    return crypto.unseal_text(row.note_sealed, place=note_place(row.uid))


async def _attended(person_id: int) -> list[Event]:
    """Return what a secretary entered; quizzes are for the person's own eyes (dialogues 3.2)."""
    rows = await StudyRecord.filter(person_id=person_id, evidence=Evidence.ATTENDED)
    return [
        Event(
            row.happened_on or local_day(row.earned_at),
            "console.event_attended",
            {"title": row.title, "hours": f"{row.hours_tenths / 10:g}"},
        )
        for row in rows
    ]


async def _inspections(person_id: int) -> list[Event]:
    """Return when an inspection was written, and who noted it; its words are on paper."""
    rows = Inspection.filter(person_id=person_id).order_by("inspected_on")
    return [
        Event(row.inspected_on, "console.event_inspection", {"writer": row.entered_by.name})
        for row in await rows.prefetch_related("entered_by")
    ]
