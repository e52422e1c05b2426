"""Who may say yes for a person: his mentors, then the branch, then whoever is above it."""

from collections.abc import Collection, Sequence
from datetime import date

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
    found = await _answering(person, day, but)
    return found[0] if found else None


async def _answering(
    person: Person, day: date, but: Collection[int]
) -> tuple[int, RoleKind, str] | None:
    """Return who answers for the person, in what office, and the tree path of its unit."""
    unit = await Unit.get(id=person.home_unit_id)
    line = unit_ids(unit.path)
    for depth in range(len(line), 0, -1):
        rows = Role.filter(in_force(day), unit_id=line[depth - 1], kind__in=list(OFFICES))
        found = await rows.order_by("from_on", "id").values_list("person_id", "kind")
        ranked = sorted(found, key=lambda row: OFFICES.index(RoleKind(row[1])))
        for holder, kind in ranked:
            able = holder not in {person.id, *but}
            if able and await Account.filter(person_id=holder).exists():
                return int(holder), RoleKind(kind), f"/{'/'.join(map(str, line[:depth]))}/"
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


async def _is_asked_above(actor: Actor, person: Person, path: str, day: date) -> bool:
    """Whether township or county answer for somebody: only when nobody below them can.

    They see totals of the branches, not names and what people say (DESIGN 1, dialogues 3.13).
    """
    mine = [
        grant.unit_path
        for grant in actor.grants
        if grant.role in _TOTALS and path.startswith(grant.unit_path)
    ]
    if not mine:
        return False
    found = await _answering(person, day, ())
    if found is None:
        return False
    _, kind, answering = found
    return kind in _TOTALS and any(own.startswith(answering) for own in mine)


async def may_decide(actor: Actor, person: Person, day: date, *, as_mentor: bool) -> bool:
    """Whether ``actor`` may say yes or no for ``person``, by office or, if so meant, as mentor."""
    if actor.person_id is None or actor.person_id == person.id:
        return False
    unit = await Unit.get(id=person.home_unit_id)
    if is_branch_of(actor, unit.path) or await _is_asked_above(actor, person, unit.path, day):
        return True
    return as_mentor and actor.person_id in await mentors_of(person.id, day)


async def near(person: Person) -> tuple[int, ...]:
    """Return everybody who may have been told something about ``person``: mentors and offices."""
    mentors = await Mentorship.filter(person_id=person.id).values_list("mentor_id", flat=True)
    units: set[int] = set()
    for unit_id in (person.home_unit_id, person.inflow_unit_id):
        if unit_id is not None:
            units |= set(unit_ids((await Unit.get(id=unit_id)).path))
    holders = await Role.filter(unit_id__in=list(units)).values_list("person_id", flat=True)
    return tuple(sorted({int(str(one)) for one in (*mentors, *holders)} - {person.id}))
