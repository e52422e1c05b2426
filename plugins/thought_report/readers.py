"""Who reads a report: the mentors of its author, then the branch. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.actors import Actor, RoleKind
from models import Mentorship, Person, Role
from plugins.identity import reach
from plugins.identity.looks import Office
from plugins.identity.reach import in_force

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


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody is to the author of a report: his mentor or deputy, his branch, or nothing.

    ``for_mentor`` is the mentor in whose place a deputy reads.
    """

    as_mentor: bool = False
    for_mentor: Reader | None = None
    as_branch: bool = False

    def __bool__(self) -> bool:
        return self.as_mentor or self.as_branch

    @property
    def office(self) -> Office:
        """The office in which the report is read."""
        if not self.as_mentor:
            return Office.SECRETARY
        return Office.MENTOR if self.for_mentor is None else Office.DEPUTY


async def part_of(actor: Actor, author: Person, day: date) -> Part:
    """Return what the actor is to ``author`` on ``day``; nobody reads his own report."""
    if actor.person_id in (None, author.id):
        return Part()
    mentors = await mentors_of(author.id, day)
    own = any(mentor.person_id == actor.person_id for mentor in mentors)
    stood = () if own else await reach.stood_for(actor, day)
    absent = next((mentor for mentor in mentors if mentor.person_id in stood), None)
    unit = await author.home_unit
    return Part(
        as_mentor=own or absent is not None,
        for_mentor=absent,
        as_branch=any(unit.path.startswith(path) for path in reach.branch_paths(actor)),
    )


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
