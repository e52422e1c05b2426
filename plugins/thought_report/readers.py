"""Who reads a report: the mentors of its author, then the branch. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, RoleKind, Who
from models import Mentorship, Person, Role

# The secretary is named first; the others stand in (章程 and 细则 name the branch, not the office).
_OFFICES = (
    RoleKind.BRANCH_SECRETARY,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.ORGANIZATION_COMMISSIONER,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads a report."""

    person_id: int
    name: str


def in_force(day: date) -> Q:
    """Return the condition that an office or mentorship holds on ``day``."""
    return Q(from_on__lte=day) & (Q(until_on__isnull=True) | Q(until_on__gte=day))


async def mentors_of(person_id: int, day: date) -> tuple[Reader, ...]:
    """Return the mentors of a person on ``day``, the longest-serving first."""
    rows: Sequence[tuple[int, str]] = await (
        Mentorship.filter(in_force(day), person_id=person_id)
        .order_by("from_on", "id")
        .values_list("mentor_id", "mentor__name")
    )
    return tuple(Reader(mentor, name) for mentor, name in rows)


async def branch_of(person: Person, day: date) -> tuple[Reader, ...]:
    """Return those who read for the branch of ``person`` on ``day``, the secretary first."""
    rows: Sequence[tuple[int, str, RoleKind]] = await (
        Role.filter(in_force(day), unit_id=person.home_unit_id, kind__in=list(_OFFICES))
        .order_by("from_on", "id")
        .values_list("person_id", "person__name", "kind")
    )
    ranked = sorted(rows, key=lambda row: _OFFICES.index(row[2]))
    return tuple(Reader(holder, name) for holder, name, _ in ranked if holder != person.id)


def branch_paths(actor: Actor) -> tuple[str, ...]:
    """Return the tree paths of the units for which the actor reads as the branch."""
    return tuple(grant.unit_path for grant in actor.grants if ROLE_WHO[grant.role] is Who.SECRETARY)
