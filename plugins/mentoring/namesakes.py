"""People of one name: whoever is meant is offered by number, with what tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.actors import LEARNER_STAGES, Actor
from core.conversation import Say
from core.texts import current
from models import Person
from plugins.identity import queries as identity
from plugins.identity import words as names
from plugins.identity.policy import named_units
from plugins.mentoring import history
from plugins.mentoring.pair_words import COMMA


@dataclass(frozen=True, slots=True)
class Namesake:
    """Somebody who may be meant. ``traits`` are what tells him apart, the plainest first."""

    person_id: int
    name: str
    traits: tuple[str, ...]


async def own(actor: Actor, name: str, today: date) -> tuple[Namesake, ...]:
    """Return those of this name among the actor's own people and his branch's."""
    wanted = names.bare_name(name)
    people = await history.own_or_branch(actor, today)
    ids = [one.person_id for one in people if wanted and names.bare_name(one.name) == wanted]
    return await _namesakes(ids)


async def in_branch(actor: Actor, name: str, *, learners: bool) -> tuple[Namesake, ...]:
    """Return those of this name in the secretary's branch; ``learners`` are who may be mentored."""
    found = await identity.find_people(named_units(actor), name)
    ids = [one.person_id for one in found if not learners or one.stage in LEARNER_STAGES]
    return await _namesakes(ids)


async def _namesakes(ids: Sequence[int]) -> tuple[Namesake, ...]:
    rows = await Person.filter(id__in=list(ids)).order_by("id").prefetch_related("home_unit")
    return tuple(Namesake(row.id, row.name, _traits(row)) for row in rows)


def _traits(row: Person) -> tuple[str, ...]:
    since = row.applied_on or row.activist_on
    applied = current().render(Say("mentoring.applied_on", day=since)) if since else ""
    return (row.home_unit.name, row.city or "", applied)


def told_apart(traits: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a label for each that no other has: the village, else with the city, else the day.

    What is still alike gets its place in the list.
    """
    most = max((len(one) for one in traits), default=0)
    for count in range(1, most + 1):
        labels = tuple(COMMA.join(piece for piece in one[:count] if piece) for one in traits)
        if len(set(labels)) == len(labels) and all(labels):
            return labels
    return tuple(
        COMMA.join([*(piece for piece in one if piece), str(place)])
        for place, one in enumerate(traits, 1)
    )
