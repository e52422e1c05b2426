"""What is known of many people at once, by person: mentors, inspections, talks, hours, consents.

Every function takes the condition on ``person`` that the caller's scope allows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Count, Max, Sum
from tortoise.queryset import QuerySet

from core import crypto
from core.actors import ConsentKind
from core.periods import Span
from models import (
    Consent,
    Contact,
    Inspection,
    Mentorship,
    ReportOriginal,
    StudyRecord,
    ThoughtReport,
)
from models.enums import ConsentDecision, Evidence
from models.mentoring import REACHED_OUTCOMES
from plugins.identity.reach import in_force


async def mentors(mine: Q, today: date) -> dict[int, tuple[str, ...]]:
    """Return the names of the mentors of today, the older one first."""
    rows: Sequence[Any] = await (
        Mentorship.filter(in_force(today), mine)
        .order_by("from_on", "id")
        .values_list("person_id", "mentor__name")
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, name in rows:
        found[int(person_id)] = (*found.get(int(person_id), ()), str(name))
    return found


async def inspections(mine: Q, today: date) -> dict[int, tuple[date, ...]]:
    """Return the days of the inspections up to ``today``, the newest last."""
    rows: Sequence[Any] = await (
        Inspection.filter(mine, inspected_on__lte=today)
        .order_by("inspected_on", "id")
        .values_list("person_id", "inspected_on")
    )
    found: dict[int, tuple[date, ...]] = {}
    for person_id, day in rows:
        found[int(person_id)] = (*found.get(int(person_id), ()), day)
    return found


async def reports(mine: Q, span: Span) -> dict[int, int]:
    """Count the reports that were handed in within ``span``, versions of one as one.

    What came in on paper alone counts by the day of the paper (models.archive).
    """
    found = await _counted(
        ThoughtReport.filter(
            mine, version=1, submitted_at__gte=span.first_moment, submitted_at__lt=span.end_moment
        )
    )
    papers: Sequence[Any] = await ReportOriginal.filter(
        mine,
        standing_key__isnull=False,
        received_on__gte=span.first,
        received_on__lte=span.last,
    ).values_list("person_id", "quarter")
    quarters = {quarter for _, quarter in papers}
    here: Sequence[Any] = await ThoughtReport.filter(
        mine, quarter__in=sorted(quarters)
    ).values_list("person_id", "quarter")
    for person_id, _ in {*papers} - {*here}:
        found[int(person_id)] = found.get(int(person_id), 0) + 1
    return found


async def talks(mine: Q, span: Span) -> dict[int, int]:
    """Count the contacts within ``span`` in which they heard each other."""
    return await _counted(
        _heard_lines(mine).filter(contacted_on__gte=span.first, contacted_on__lte=span.last)
    )


async def heard(mine: Q, until: date) -> dict[int, date]:
    """Return the last day up to ``until`` on which somebody was heard."""
    rows: Sequence[Any] = await (
        _heard_lines(mine)
        .filter(contacted_on__lte=until)
        .annotate(day=Max("contacted_on"))
        .group_by("person_id")
        .values_list("person_id", "day")
    )
    return {int(person_id): _as_day(day) for person_id, day in rows}


async def hours(mine: Q, span: Span) -> dict[int, Mapping[Evidence, int]]:
    """Add up tenths of study hours within ``span`` by kind of evidence, never across kinds."""
    rows: Sequence[Any] = await (
        StudyRecord.filter(mine, earned_at__gte=span.first_moment, earned_at__lt=span.end_moment)
        .annotate(tenths=Sum("hours_tenths"))
        .group_by("person_id", "evidence")
        .values_list("person_id", "evidence", "tenths")
    )
    found: dict[int, dict[Evidence, int]] = {}
    for person_id, evidence, tenths in rows:
        found.setdefault(int(person_id), {})[Evidence(evidence)] = int(tenths)
    return dict(found)


async def agreed(mine: Q) -> frozenset[int]:
    """Return who agrees, as of now, to words of talks being kept."""
    rows: Sequence[Any] = await (
        Consent.filter(mine, kind=ConsentKind.REPORTS)
        .order_by("id")
        .values_list("person_id", "decision")
    )
    newest = {int(person_id): ConsentDecision(decision) for person_id, decision in rows}
    return frozenset(key for key, said in newest.items() if said is ConsentDecision.GIVEN)


def note_of(contact: Contact) -> str:
    """Return the sealed note of a line; empty when none was kept."""
    if contact.note_sealed is None:
        return ""
    return crypto.unseal_text(contact.note_sealed, place=f"contact.note:{contact.uid}")


def _heard_lines(mine: Q) -> QuerySet[Contact]:
    return Contact.filter(mine, withdrawn_at__isnull=True, outcome__in=list(REACHED_OUTCOMES))


async def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    counted: Sequence[Any] = await (
        rows.annotate(lines=Count("id")).group_by("person_id").values_list("person_id", "lines")
    )
    return {int(person_id): int(lines) for person_id, lines in counted}


def _as_day(value: object) -> date:
    """Return a day from an aggregate, which SQLite gives as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
