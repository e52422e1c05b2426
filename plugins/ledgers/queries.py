"""Scoped reads of the lists (台账): activists, contacts and journeys by name.

Where a scope shows totals only, nothing comes out of here; the numbers are in ``tallies``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q

from core.actors import Actor, Stage
from core.clock import local_day
from core.periods import add_months
from models import Contact, Movement, Person
from models.enums import Channel, Direction, Evidence, MovementState, Outcome
from plugins.ledgers import facts
from plugins.ledgers.scoping import Area, people_of

# An activist is inspected every half-year (2026 细则 art. 11; domain notes 1.4 INSPECT_6M), and may
# be listed as a development target after a year (TARGET_12M).
INSPECT_MONTHS = 6
YEAR_MONTHS = 12
ON_THE_LIST = (Stage.ACTIVIST, Stage.DEVELOPMENT_TARGET)
_ORDER = ("home_unit__path", "id")


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody on a list: ``mentors`` are those of today."""

    person_id: int
    name: str
    unit: str
    stage: Stage
    mentors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activist:
    """One line of the list of activists (积极分子台账); counts are those of the period.

    ``hours`` are tenths of study hours by kind of evidence, never added up.
    """

    who: Who
    applied_on: date | None
    talk_on: date | None
    activist_on: date | None
    target_on: date | None
    year_on: date | None
    inspections: int
    inspected_on: date | None
    inspect_by: date | None
    reports: int
    talks: int
    heard_on: date | None
    hours: Mapping[Evidence, int]
    city: str


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One line of the list of contacts (联系台账).

    ``note`` is empty unless the person agrees to words being kept.
    """

    who: Who
    mentor: str
    contacted_on: date
    channel: Channel
    direction: Direction
    outcome: Outcome
    topics: tuple[str, ...]
    note: str
    next_on: date | None
    writer: str
    entered_on: date


@dataclass(frozen=True, slots=True)
class Journey:
    """One line of the list of movement (流动台账); city level only, no employer."""

    who: Who
    from_city: str
    to_city: str
    leaves_on: date | None
    return_on: date | None
    state: MovementState | None
    reported_on: date | None
    arrived_on: date | None
    talk_on: date | None
    city: str
    inflow: str
    heard_on: date | None


async def activists(actor: Actor, area: Area, today: date) -> tuple[Activist, ...]:
    """Return the activists and development targets of an area; nobody where names are hidden."""
    if not area.names:
        return ()
    mine = people_of(actor, area, "person__")
    people = await _people(actor, area, Q(stage__in=list(ON_THE_LIST)))
    mentors = await facts.mentors(mine, today)
    inspected = await facts.inspections(mine, today)
    reports, talks = await facts.reports(mine, area.span), await facts.talks(mine, area.span)
    heard, hours = await facts.heard(mine, today), await facts.hours(mine, area.span)
    return tuple(
        _activist(
            person,
            mentors.get(person.id, ()),
            inspected.get(person.id, ()),
            reports=reports.get(person.id, 0),
            talks=talks.get(person.id, 0),
            heard_on=heard.get(person.id),
            hours=hours.get(person.id, {}),
        )
        for person in people
    )


def _activist(
    person: Person, mentors: tuple[str, ...], inspected: Sequence[date], **counted: Any
) -> Activist:
    begun = inspected[-1] if inspected else person.activist_on
    since = person.activist_on
    return Activist(
        who=_who(person, mentors),
        applied_on=person.applied_on,
        talk_on=person.talk_on,
        activist_on=since,
        target_on=person.target_on,
        year_on=None if since is None else add_months(since, YEAR_MONTHS),
        inspections=len(inspected),
        inspected_on=inspected[-1] if inspected else None,
        inspect_by=None if begun is None else add_months(begun, INSPECT_MONTHS),
        city=person.city or "",
        **counted,
    )


async def contacts(actor: Actor, area: Area, today: date) -> tuple[ContactLine, ...]:
    """Return the log of an area by person and day, as it stands; no line where names are hidden."""
    if not area.names:
        return ()
    mine = people_of(actor, area, "person__")
    mentors, agreed = await facts.mentors(mine, today), await facts.agreed(mine)
    rows = await (
        Contact.filter(mine, withdrawn_at__isnull=True)
        .filter(contacted_on__gte=area.span.first, contacted_on__lte=area.span.last)
        .order_by("person__home_unit__path", "person_id", "contacted_on", "id")
        .prefetch_related("person__home_unit", "mentorship__mentor", "entered_by")
    )
    return tuple(
        ContactLine(
            who=_who(row.person, mentors.get(row.person_id, ())),
            mentor=row.mentorship.mentor.name,
            contacted_on=row.contacted_on,
            channel=row.channel,
            direction=row.direction,
            outcome=row.outcome,
            topics=tuple(topic for topic in row.topics.split(",") if topic),
            note=facts.note_of(row) if row.person_id in agreed else "",
            next_on=row.next_on,
            writer=row.entered_by.name,
            entered_on=local_day(row.entered_at),
        )
        for row in rows
    )


async def silent(actor: Actor, area: Area, today: date) -> tuple[Who, ...]:
    """Return who of an area has a mentor and no line in the period: gaps stand in the list too."""
    if not area.names:
        return ()
    mentors = await facts.mentors(people_of(actor, area, "person__"), today)
    logged = Contact.filter(
        people_of(actor, area, "person__"),
        withdrawn_at__isnull=True,
        contacted_on__gte=area.span.first,
        contacted_on__lte=area.span.last,
    )
    rows: Sequence[Any] = await logged.distinct().values_list("person_id", flat=True)
    seen = {int(row) for row in rows}
    people = await _people(actor, area, Q())
    return tuple(
        _who(person, mentors[person.id])
        for person in people
        if person.id in mentors and person.id not in seen
    )


async def journeys(actor: Actor, area: Area, today: date) -> tuple[Journey, ...]:
    """Return journeys of the period, and who is away without one, by person and day."""
    if not area.names:
        return ()
    mine = people_of(actor, area, "person__")
    mentors, heard = await facts.mentors(mine, today), await facts.heard(mine, today)
    rows = (
        await Movement.filter(mine, leaves_on__gte=area.span.first, leaves_on__lte=area.span.last)
        .exclude(state=MovementState.CANCELLED)
        .order_by("leaves_on", "id")
    )
    by_person: dict[int, list[Movement]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    found: list[Journey] = []
    for person in await _people(actor, area, Q()):
        own: Sequence[Movement | None] = by_person.get(person.id, ())
        if not own and (person.left_on is not None or person.inflow_unit_id is not None):
            own = (None,)
        who = _who(person, mentors.get(person.id, ()))
        found += [_journey(who, person, row, heard.get(person.id)) for row in own]
    return tuple(found)


def _journey(who: Who, person: Person, row: Movement | None, heard_on: date | None) -> Journey:
    return Journey(
        who=who,
        from_city=row.from_city or "" if row else "",
        to_city=row.to_city if row else "",
        leaves_on=row.leaves_on if row else person.left_on,
        return_on=row.return_on if row else None,
        state=row.state if row else None,
        reported_on=local_day(row.reported_at) if row else None,
        arrived_on=local_day(row.arrived_at) if row and row.arrived_at else None,
        talk_on=local_day(row.talk_at) if row and row.talk_at else None,
        city=person.city or "",
        inflow=person.inflow_unit.name if person.inflow_unit else "",
        heard_on=heard_on,
    )


async def _people(actor: Actor, area: Area, more: Q) -> list[Person]:
    rows = Person.filter(people_of(actor, area), more).order_by(*_ORDER)
    return await rows.prefetch_related("home_unit", "inflow_unit")


def _who(person: Person, mentors: tuple[str, ...]) -> Who:
    return Who(person.id, person.name, person.home_unit.name, person.stage, mentors)
