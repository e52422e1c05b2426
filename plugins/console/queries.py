"""Scoped reads that no other room has: whom somebody may meet on the pages, what is on record.

The rule of who is seen is the one of chat: ``identity.policy.named_units``, and a mentor's own.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from core.actors import Actor, Stage, UnitScope
from models import AuditLog, Mentorship, Person, ReadLog, Role, ThoughtReport, Unit
from plugins.identity import words
from plugins.identity.looks import REPORT_PREFIX
from plugins.identity.policy import named_units, visible_units

PAGE = 50


@dataclass(frozen=True, slots=True)
class Someone:
    """One line of the list of people."""

    person_id: int
    name: str
    stage: Stage
    unit: str
    city: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how long the whole of it is."""

    rows: tuple[Any, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit log. ``who`` is a name, or a unit where names are not shown."""

    at: datetime
    who: str
    action: str
    about: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look of somebody at something personal of somebody of the scope."""

    at: datetime
    reader: str
    role: str
    person: str
    what: str


def _near(scope: UnitScope) -> Q:
    """Return the condition that a person lives in the scope, at home or away."""
    if not scope.paths:
        return Q(id=-1)
    fields = ("home_unit__path__startswith", "inflow_unit__path__startswith")
    return Q(*(Q(**{field: path}) for path in scope.paths for field in fields), join_type=Q.OR)


async def _mentees(actor: Actor, today: date) -> list[int]:
    rows = Mentorship.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        mentor_id=-1 if actor.person_id is None else actor.person_id,
        from_on__lte=today,
    )
    return [int(str(number)) for number in await rows.values_list("person_id", flat=True)]


async def _meets(actor: Actor, today: date) -> QuerySet[Person]:
    mine = await _mentees(actor, today)
    seen = _near(named_units(actor))
    return Person.filter(seen | Q(id__in=mine) if mine else seen)


async def people(actor: Actor, *, word: str, page: int, today: date) -> Listed:
    """Return a page of the people somebody may meet by name, those called like ``word`` alone."""
    rows = await _meets(actor, today)
    if wanted := words.bare_name(word):
        rows = rows.filter(name__contains=wanted)
    total = await rows.count()
    found = await (
        rows.order_by("home_unit__path", "name", "id")
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .values_list("id", "name", "stage", "home_unit__name", "city")
    )
    lines = tuple(
        Someone(number, name, Stage(stage), unit, city or "")
        for number, name, stage, unit, city in found
    )
    return Listed(lines, total, page)


async def may_meet(actor: Actor, person_id: int, today: date) -> bool:
    """Whether somebody may open the page of that person."""
    return await (await _meets(actor, today)).filter(id=person_id).exists()


async def is_mentee(actor: Actor, person_id: int, today: date) -> bool:
    """Whether somebody is the person's mentor today."""
    return person_id in await _mentees(actor, today)


async def has_looked(actor: Actor, *, uid: str, since: datetime) -> bool:
    """Whether somebody's look at that report is on record since then."""
    report = await ThoughtReport.filter(uid=uid).first()
    if report is None:
        return False
    return await ReadLog.filter(
        person_id=report.person_id,
        reader_id=actor.person_id or 0,
        what=f"{REPORT_PREFIX}{report.quarter}",
        at__gte=since,
    ).exists()


async def acts(actor: Actor, *, page: int) -> Listed:
    """Return what those in charge, and mentors, did in the units somebody sees, the newest first.

    Who is named stands in ``named_units``; of the others only the unit is said. What workers do
    with their own things is nobody's list.
    """
    scope = visible_units(actor)
    if not scope.paths:
        return Listed((), 0, page)
    rows = AuditLog.filter(
        Q(actor_id__in=Subquery(_offices(scope).values("person_id")))
        | Q(actor_id__in=Subquery(_mentors(scope).values("mentor_id")))
    )
    total = await rows.count()
    found = await rows.order_by("-id").offset((page - 1) * PAGE).limit(PAGE)
    doers = await _doers(scope, {row.actor_id for row in found if row.actor_id})
    subjects = [row.subject_id for row in found if row.subject_kind == "person" and row.subject_id]
    known = await _names(actor, [*doers, *subjects])
    lines = tuple(
        Act(
            row.at,
            known.get(row.actor_id or 0) or doers[row.actor_id or 0],
            row.action,
            known.get(row.subject_id or 0, "") if row.subject_kind == "person" else "",
        )
        for row in found
    )
    return Listed(lines, total, page)


def _offices(scope: UnitScope) -> QuerySet[Role]:
    """Return the offices that somebody holds or held in the scope."""
    return Role.filter(Q(*(Q(unit__path__startswith=path) for path in scope.paths), join_type=Q.OR))


def _mentors(scope: UnitScope) -> QuerySet[Mentorship]:
    """Return the mentorships of mentors whose home is in the scope."""
    homes = (Q(mentor__home_unit__path__startswith=path) for path in scope.paths)
    return Mentorship.filter(Q(*homes, join_type=Q.OR))


async def _doers(scope: UnitScope, ids: set[int]) -> dict[int, str]:
    """Return the unit of each of ``ids`` in the scope: of the office, else where a mentor lives."""
    offices = _offices(scope).filter(person_id__in=list(ids)).order_by("id")
    pairs = _mentors(scope).filter(mentor_id__in=list(ids))
    rows = [
        *await pairs.values_list("mentor_id", "mentor__home_unit__name"),
        *await offices.values_list("person_id", "unit__name"),
    ]
    return {int(number): str(unit) for number, unit in rows}


async def _names(actor: Actor, ids: list[int]) -> dict[int, str]:
    """Return the names of those whom somebody may name, himself among them."""
    seen = _near(named_units(actor)) | Q(id=actor.person_id or -1)
    rows = await Person.filter(seen, id__in=ids).values_list("id", "name") if ids else []
    return {int(number): str(name) for number, name in rows}


async def looks(actor: Actor, *, page: int) -> Listed:
    """Return who looked at the things of the people somebody may name, the newest first."""
    scope = named_units(actor)
    if not scope.paths:
        return Listed((), 0, page)
    rows = ReadLog.filter(person_id__in=Subquery(Person.filter(_near(scope)).values("id")))
    total = await rows.count()
    found = await rows.order_by("-id").offset((page - 1) * PAGE).limit(PAGE)
    known = await _names(actor, [row.person_id for row in found])
    readers = await Person.filter(id__in=[row.reader_id for row in found]).values_list("id", "name")
    names = {int(number): str(name) for number, name in readers}
    lines = tuple(
        Look(row.at, names.get(row.reader_id, ""), row.reader_role, known[row.person_id], row.what)
        for row in found
    )
    return Listed(lines, total, page)


async def units_above(scope: UnitScope, path: str) -> tuple[tuple[str, str], ...]:
    """Return name and tree path of the units above one that are in somebody's scope, top down."""
    steps = path.strip("/").split("/")
    chain = ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps) - 1)]
    rows = await Unit.filter(path__in=[one for one in chain if scope.covers(one)]).order_by("path")
    return tuple((unit.name, unit.path) for unit in rows)
