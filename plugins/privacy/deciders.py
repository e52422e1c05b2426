"""Who may say yes for a person: his mentors, then the branch, then whoever is above it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q

from core.actors import Actor, RoleKind
from models import Account, Mentorship, Person, Role, Unit
from plugins.identity import reach

# Within a unit the first comes first; a unit above is asked when nobody below can answer.
OFFICES = (
    RoleKind.BRANCH_SECRETARY,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.ORGANIZATION_COMMISSIONER,
    RoleKind.LIAISON_OFFICER,
    RoleKind.TOWNSHIP_CLERK,
    RoleKind.COUNTY_CLERK,
)

_TOTALS = frozenset({RoleKind.TOWNSHIP_CLERK, RoleKind.COUNTY_CLERK})


def in_force(day: date) -> Q:
    """Return the condition that an office or mentorship holds on ``day``."""
    return Q(Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day)


async def mentors_of(person_id: int, day: date) -> list[int]:
    """Return the mentors of a person on ``day``, the longest-serving first."""
    rows = Mentorship.filter(in_force(day), person_id=person_id).order_by("from_on", "id")
    return [int(str(one)) for one in await rows.values_list("mentor_id", flat=True)]


async def mentor_who_answers(person_id: int, day: date) -> int | None:
    """Return the first mentor who has an account and wants to be written to; None without one.

    Whoever is away with a deputy (代班) is not asked, and neither is the deputy: he reads lists, he
    does not say who somebody is.
    """
    mentors = await mentors_of(person_id, day)
    stood_for = await reach.deputies_of(mentors, day)
    for mentor_id in mentors:
        mentor = await Person.get(id=mentor_id)
        is_paused = mentor.paused_until is not None and mentor.paused_until >= day
        is_away = is_paused or mentor_id in stood_for
        if not is_away and await Account.filter(person_id=mentor_id).exists():
            return mentor_id
    return None


async def branch_of(person: Person, day: date, *, but: Collection[int] = ()) -> int | None:
    """Return who answers for the branch of ``person``, or for the unit above; None without one.

    Never the person himself nor one of ``but``; only somebody with an account.
    """
    path = (await Unit.get(id=person.home_unit_id)).path
    found = _answering(person.id, path, await _in_office([path], day), but)
    return None if found is None else found.person_id


@dataclass(frozen=True, slots=True)
class _Holder:
    """Somebody with an account who holds an office of a unit."""

    person_id: int
    kind: RoleKind
    unit_id: int


async def _in_office(paths: Collection[str], day: date) -> list[_Holder]:
    """Return who can answer in the units of ``paths`` and above, the longest first; two reads."""
    units = {unit_id for path in paths for unit_id in unit_ids(path)}
    rows: Sequence[tuple[Any, ...]] = await (
        Role.filter(in_force(day), unit_id__in=sorted(units), kind__in=list(OFFICES))
        .order_by("from_on", "id")
        .values_list("person_id", "kind", "unit_id")
    )
    holders = sorted({int(row[0]) for row in rows})
    able = {*await Account.filter(person_id__in=holders).values_list("person_id", flat=True)}
    return [_Holder(int(row[0]), RoleKind(row[1]), int(row[2])) for row in rows if row[0] in able]


def _answering(
    person_id: int, path: str, holders: Sequence[_Holder], but: Collection[int] = ()
) -> _Holder | None:
    """Return who answers for a person of the unit at ``path``: the nearest unit, the first kind."""
    others = [one for one in holders if one.person_id not in {person_id, *but}]
    for unit_id in reversed(unit_ids(path)):
        here = [one for one in others if one.unit_id == unit_id]
        if here:
            return min(here, key=lambda one: OFFICES.index(one.kind))
    return None


def unit_ids(path: str) -> Sequence[int]:
    """Return the ids from the root down to the unit with tree path ``path``."""
    return [int(number) for number in path.strip("/").split("/")]


def is_branch_of(actor: Actor, path: str) -> bool:
    """Whether somebody holds an office that answers by name for people of the unit at ``path``."""
    return any(
        grant.role in OFFICES and grant.role not in _TOTALS and path.startswith(grant.unit_path)
        for grant in actor.grants
    )


async def _asked_above(actor: Actor, homes: Mapping[int, str], day: date) -> set[int]:
    """Return for whom township or county answer: only where nobody below them can.

    They see totals of the branches, not names and what people say (DESIGN 1, dialogues 3.13).
    """
    mine = [grant.unit_path for grant in actor.grants if grant.role in _TOTALS]
    below = {
        person_id: path
        for person_id, path in homes.items()
        if any(path.startswith(own) for own in mine)
    }
    if not below:
        return set()
    holders = await _in_office(set(below.values()), day)
    found = set()
    for person_id, path in below.items():
        first = _answering(person_id, path, holders)
        if first is None or first.kind not in _TOTALS:
            continue
        own = [unit_ids(grant) for grant in mine if path.startswith(grant)]
        found |= {person_id} if any(first.unit_id in line for line in own) else set()
    return found


async def decidable(
    actor: Actor, people: Collection[Person], day: date, *, as_mentor: bool
) -> set[int]:
    """Return for whom of ``people`` ``actor`` may say yes or no; at most four reads for all.

    By office or, if so meant, as mentor; never for himself.
    """
    if actor.person_id is None or not people:
        return set()
    homes = {one.id: one.home_unit_id for one in people if one.id != actor.person_id}
    units: Sequence[tuple[Any, ...]] = await Unit.filter(
        id__in=sorted(set(homes.values()))
    ).values_list("id", "path")
    paths = {int(unit): str(path) for unit, path in units}
    at = {person_id: paths[unit] for person_id, unit in homes.items()}
    found = {person_id for person_id, path in at.items() if is_branch_of(actor, path)}
    found |= await _asked_above(actor, at, day)
    if as_mentor:
        own = Mentorship.filter(in_force(day), mentor_id=actor.person_id, person_id__in=sorted(at))
        found |= {int(str(one)) for one in await own.values_list("person_id", flat=True)}
    return found


async def may_decide(actor: Actor, person: Person, day: date, *, as_mentor: bool) -> bool:
    """Whether ``actor`` may say yes or no for ``person``, by office or, if so meant, as mentor."""
    return person.id in await decidable(actor, [person], day, as_mentor=as_mentor)


async def near(person: Person) -> tuple[int, ...]:
    """Return everybody who may have been told something about ``person``: mentors and offices."""
    mentors = await Mentorship.filter(person_id=person.id).values_list("mentor_id", flat=True)
    units: set[int] = set()
    for unit_id in (person.home_unit_id, person.inflow_unit_id):
        if unit_id is not None:
            units |= set(unit_ids((await Unit.get(id=unit_id)).path))
    holders = await Role.filter(unit_id__in=list(units)).values_list("person_id", flat=True)
    return tuple(sorted({int(str(one)) for one in (*mentors, *holders)} - {person.id}))
