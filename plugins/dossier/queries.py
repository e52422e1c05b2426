"""Scoped reads of a dossier (查档): days, reports, contacts and hours of one person, no words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.functions import Sum

from core.actors import Actor, Stage
from core.clock import local_day
from core.periods import Quarter
from models import (
    Contact,
    Inspection,
    Mentorship,
    Person,
    ReportOriginal,
    StudyRecord,
    ThoughtReport,
)
from models.enums import Evidence, ReportState
from models.mentoring import REACHED_OUTCOMES
from plugins.identity.reach import Reached, in_force

# Older reports stand in the export; a page in a chat is short (dialogues 5).
MOST_REPORTS = 6
# A year and a half of inspections, one each half-year.
MOST_INSPECTIONS = 3


@dataclass(frozen=True, slots=True)
class Filed:
    """The newest version of a report. ``original_on`` is the day its paper came in.

    ``version`` 0 is a report of which there is nothing but the paper.
    """

    quarter: Quarter
    version: int
    pages: int
    state: ReportState
    is_late: bool
    on: date
    original_on: date | None


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contact log in figures: all lines, and the last day on which they heard each other."""

    lines: int
    heard_on: date | None


@dataclass(frozen=True, slots=True)
class Inspected:
    """That an inspection was written for a day, and who said so; its words stand on paper."""

    on: date
    writer: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is kept about one person, without what anybody said.

    ``days`` are the dated steps by stage, ``hours`` tenths of study hours by kind of evidence;
    ``earlier`` counts the reports that are not among ``reports``, ``inspections_earlier`` likewise.
    """

    name: str
    unit: str
    stage: Stage
    days: Mapping[str, date]
    mentors: tuple[str, ...]
    paused_until: date | None
    reports: tuple[Filed, ...]
    earlier: int
    contacts: Contacts
    hours: Mapping[Evidence, int]
    inspections: tuple[Inspected, ...] = ()
    inspections_earlier: int = 0


async def dossier(actor: Actor, person: Reached, today: date) -> Dossier | None:
    """Return the dossier of a person whom ``actor`` may look at (``identity.reach`` settles it).

    None when he is gone meanwhile.
    """
    row = await Person.filter(id=person.person_id).exclude(id=actor.person_id or 0).first()
    if row is None:
        return None
    reports, inspections = await _reports(row.id), await _inspections(row.id)
    return Dossier(
        name=row.name,
        unit=person.unit,
        stage=row.stage,
        days=_days(row),
        mentors=await _mentors(row.id, today),
        paused_until=row.paused_until if row.paused_until and row.paused_until >= today else None,
        reports=reports[:MOST_REPORTS],
        earlier=max(0, len(reports) - MOST_REPORTS),
        contacts=await _contacts(row.id),
        hours=await _hours(row.id),
        inspections=inspections[:MOST_INSPECTIONS],
        inspections_earlier=max(0, len(inspections) - MOST_INSPECTIONS),
    )


def _days(person: Person) -> Mapping[str, date]:
    known = {
        "applied": person.applied_on,
        "talk": person.talk_on,
        "activist": person.activist_on,
        "target": person.target_on,
        "probation": person.probation_on,
    }
    return {step: day for step, day in known.items() if day is not None}


async def _mentors(person_id: int, today: date) -> tuple[str, ...]:
    rows: Sequence[Any] = await (
        Mentorship.filter(in_force(today), person_id=person_id)
        .order_by("from_on", "id")
        .values_list("mentor__name", flat=True)
    )
    return tuple(str(name) for name in rows)


async def _reports(person_id: int) -> tuple[Filed, ...]:
    rows = await (
        ThoughtReport.filter(person_id=person_id)
        .exclude(state=ReportState.SUPERSEDED)
        .order_by("id")
    )
    papers: Sequence[tuple[Any, ...]] = await ReportOriginal.filter(
        person_id=person_id, standing_key__isnull=False
    ).values_list("quarter", "received_on")
    originals = dict(papers)
    here = {row.quarter for row in rows}
    on_paper = [
        Filed(Quarter.parse(quarter), 0, 0, ReportState.DONE, is_late=False, on=on, original_on=on)
        for quarter, on in originals.items()
        if quarter not in here
    ]
    filed = [
        Filed(
            quarter=Quarter.parse(row.quarter),
            version=row.version,
            pages=row.pages,
            state=row.state,
            is_late=row.is_late,
            on=local_day(row.submitted_at),
            original_on=originals.get(row.quarter),
        )
        for row in rows
    ]
    return tuple(sorted((*filed, *on_paper), key=lambda one: one.quarter, reverse=True))


async def _contacts(person_id: int) -> Contacts:
    standing = Contact.filter(person_id=person_id, withdrawn_at__isnull=True)
    heard: Sequence[Any] = await (
        standing.filter(outcome__in=list(REACHED_OUTCOMES))
        .order_by("-contacted_on")
        .limit(1)
        .values_list("contacted_on", flat=True)
    )
    return Contacts(await standing.count(), heard[0] if heard else None)


async def _hours(person_id: int) -> Mapping[Evidence, int]:
    rows: Sequence[tuple[Any, ...]] = await (
        StudyRecord.filter(person_id=person_id)
        .annotate(tenths=Sum("hours_tenths"))
        .group_by("evidence")
        .values_list("evidence", "tenths")
    )
    return {Evidence(evidence): int(tenths) for evidence, tenths in rows}


async def _inspections(person_id: int) -> tuple[Inspected, ...]:
    rows: Sequence[tuple[Any, ...]] = await (
        Inspection.filter(person_id=person_id)
        .order_by("-inspected_on")
        .values_list("inspected_on", "entered_by__name")
    )
    return tuple(Inspected(on, str(writer)) for on, writer in rows)
