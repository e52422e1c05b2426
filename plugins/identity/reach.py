"""Whom somebody may look at by name: a mentor his people, a branch its own. Nothing is written.

Wider lists (a liaison office and those who came to it) are ``queries.find_people``; papers and
reports are the business of the home branch alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, Stage, Who
from models import Mentorship, Person, StandIn
from models.enums import StandInState
from plugins.identity import words
from plugins.identity.looks import Office


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody the asker may look at, and in what office."""

    person_id: int
    name: str
    stage: Stage
    unit: str
    office: Office


def branch_paths(actor: Actor) -> tuple[str, ...]:
    """Return the tree paths of the units for which the actor acts as the branch."""
    return tuple(grant.unit_path for grant in actor.grants if ROLE_WHO[grant.role] is Who.SECRETARY)


def in_force(day: date) -> Q:
    """Return the condition that an office or mentorship holds on ``day``."""
    return Q(from_on__lte=day) & (Q(until_on__isnull=True) | Q(until_on__gte=day))


async def of_branch(actor: Actor, people: Collection[int]) -> frozenset[int]:
    """Return those of ``people`` at home in a unit for which the actor acts as the branch.

    Somebody who came to a place from elsewhere is at home elsewhere: what was said to him there is
    not for whoever looks after him here (dialogues 3.10).
    """
    paths = branch_paths(actor)
    if not paths or not people:
        return frozenset()
    inside = Q(*(Q(home_unit__path__startswith=path) for path in paths), join_type=Q.OR)
    found = Person.filter(inside, id__in=list(people))
    return frozenset(int(str(number)) for number in await found.values_list("id", flat=True))


async def stood_for(actor: Actor, day: date) -> tuple[int, ...]:
    """Return the ids of the mentors for whom the actor stands in on ``day`` (代班)."""
    if actor.person_id is None:
        return ()
    rows: Sequence[Any] = await (
        StandIn.filter(
            deputy_id=actor.person_id,
            state=StandInState.AGREED,
            from_on__lte=day,
            until_on__gte=day,
        )
        .order_by("id")
        .values_list("mentor_id", flat=True)
    )
    return tuple(int(mentor) for mentor in rows)


async def deputies_of(mentors: Sequence[int] | None, day: date) -> dict[int, int]:
    """Return who stands in on ``day`` for those of ``mentors`` who are away, by mentor.

    Of all mentors when ``mentors`` is None.
    """
    standing = StandIn.filter(state=StandInState.AGREED, from_on__lte=day, until_on__gte=day)
    if mentors is not None:
        standing = standing.filter(mentor_id__in=list(mentors))
    rows: Sequence[tuple[Any, ...]] = await standing.order_by("id").values_list(
        "mentor_id", "deputy_id"
    )
    return {int(mentor): int(deputy) for mentor, deputy in rows}


async def acting_for(mentors: Sequence[int], day: date) -> tuple[int, ...]:
    """Return who does the work of ``mentors`` on ``day``, each once: himself, or his deputy."""
    deputies = await deputies_of(mentors, day)
    return tuple(dict.fromkeys(deputies.get(mentor, mentor) for mentor in mentors))


async def people(actor: Actor, name: str, day: date) -> tuple[Reached, ...]:
    """Return those called ``name`` who are the actor's own people, or of a branch he acts for.

    Never the actor himself, and never the people he only stands in for: a deputy sees what waits,
    not what was said before (dialogues 3.11). Empty for a name that nobody has, and for one that is
    out of reach: who asks cannot tell which.
    """
    wanted = words.bare_name(name)
    if not wanted or actor.person_id is None:
        return ()
    rows = await (
        Person.filter(_within(actor, await _mentees(actor, day)))
        .filter(Q(name=name.strip()) | Q(name=wanted))
        .exclude(id=actor.person_id)
        .order_by("id")
        .prefetch_related("home_unit")
    )
    return await _reached(actor, rows, day)


async def own_people(actor: Actor, day: date) -> tuple[Reached, ...]:
    """Return the people the actor is mentor of on ``day``, without those he only stands in for."""
    rows = await (
        Person.filter(id__in=await _mentees(actor, day))
        .order_by("id")
        .prefetch_related("home_unit")
    )
    return await _reached(actor, rows, day)


async def person(actor: Actor, person_id: int, day: date) -> Reached | None:
    """Return one person if the actor may look at him, as ``people`` does; else None."""
    if actor.person_id in (None, person_id):
        return None
    rows = await Person.filter(
        _within(actor, await _mentees(actor, day)), id=person_id
    ).prefetch_related("home_unit")
    found = await _reached(actor, rows, day)
    return found[0] if found else None


async def _mentees(actor: Actor, day: date) -> list[int]:
    rows: Sequence[Any] = await Mentorship.filter(
        in_force(day), mentor_id=actor.person_id
    ).values_list("person_id", flat=True)
    return [int(row) for row in rows]


def _within(actor: Actor, mentees: list[int]) -> Q:
    return Q(
        Q(id__in=mentees),
        *(Q(home_unit__path__startswith=path) for path in branch_paths(actor)),
        join_type=Q.OR,
    )


async def _reached(actor: Actor, rows: list[Person], day: date) -> tuple[Reached, ...]:
    own = set(await _mentees(actor, day))
    return tuple(
        Reached(
            person_id=row.id,
            name=row.name,
            stage=row.stage,
            unit=row.home_unit.name,
            office=Office.MENTOR if row.id in own else Office.SECRETARY,
        )
        for row in rows
    )
