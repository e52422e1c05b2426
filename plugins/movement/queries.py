"""Scoped reads of movement: one's own journeys, cities one may mean, who of the branch leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.expressions import Q

from core import crypto
from core.actors import Actor, RoleKind
from core.clock import local_day
from core.placewords import bare_city
from models import Mentorship, Movement, Person, Role, Unit
from models.enums import MovementSource, MovementState, UnitKind
from models.movement import OPEN_MOVEMENTS
from plugins.identity import reach
from plugins.identity.policy import named_units

# Units away from home, whose officer looks after those who come to their city.
_AWAY_KINDS = (UnitKind.LIAISON_OFFICE, UnitKind.MOBILE_PARTY_ORG)
_AWAY_OFFICES = (RoleKind.LIAISON_OFFICER, RoleKind.BRANCH_SECRETARY)
_HOME_OFFICES = (RoleKind.BRANCH_SECRETARY, RoleKind.DEPUTY_SECRETARY)
# How long a departure stays on the branch's list after its day.
LISTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey as its person may see it."""

    movement_id: int
    to_city: str
    leaves_on: date
    state: MovementState
    cards_version: str

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state in OPEN_MOVEMENTS


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is told of journeys, with an account to be told on.

    ``stands_for`` is the name of the mentor in whose place a deputy is told (代班), else empty.
    """

    person_id: int
    name: str
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody of the branch who reported that he leaves. ``talk_on`` is when a talk was ticked."""

    movement_id: int
    name: str
    to_city: str
    leaves_on: date
    talk_on: date | None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the cards of a journey are filled with, and their version."""

    version: str
    mentors: tuple[Told, ...]
    secretaries: tuple[Told, ...]
    unit: str
    on: date


def employer_place(uid: str) -> str:
    """Return the place under which the employer of movement ``uid`` is sealed."""
    return f"movement.employer:{uid}"


def open_employer(row: Movement) -> str:
    """Return the name of the employer of a row; empty when none was offered."""
    if row.employer_sealed is None:
        return ""
    return crypto.unseal_text(row.employer_sealed, place=employer_place(row.uid))


async def latest(actor: Actor) -> Journey | None:
    """Return the actor's journey that is not over, else the last one that counts."""
    rows = Movement.filter(person_id=actor.person_id or 0).order_by("-id")
    row = await rows.filter(state__in=list(OPEN_MOVEMENTS)).first()
    row = row or await rows.exclude(state=MovementState.CANCELLED).first()
    if row is None:
        return None
    return Journey(row.id, row.to_city, row.leaves_on, row.state, row.cards_version)


async def card_facts(actor: Actor, movement_id: int, today: date) -> CardFacts:
    """Return what fills the actor's cards; without such a journey those in use, as of today."""
    mine = Movement.filter(person_id=actor.person_id or 0)
    row = await mine.filter(id=movement_id).first() if movement_id else None
    unit = await Unit.filter(id=actor.home_unit_id or 0).only("id", "name").first()
    return CardFacts(
        version=row.cards_version if row else "",
        mentors=await _mentors(actor, today),
        secretaries=await _in_office(actor, today),
        unit=unit.name if unit else "",
        on=max(row.leaves_on, today) if row else today,
    )


async def current_city(actor: Actor) -> str:
    """Return the city in which the actor is known to be; empty when it is not known."""
    person = await Person.filter(id=actor.person_id or 0).only("id", "city").first()
    return bare_city(person.city) if person is not None and person.city else ""


async def own_cities(actor: Actor) -> tuple[str, ...]:
    """Return cities the actor was in or told of, the newest first."""
    rows = (
        await Movement.filter(person_id=actor.person_id or 0)
        .exclude(state=MovementState.CANCELLED)
        .order_by("-id")
        .limit(20)
        .values_list("to_city", flat=True)
    )
    found = [*(str(city) for city in rows), await current_city(actor)]
    return tuple(dict.fromkeys(city for city in found if city))


async def known_cities(actor: Actor) -> tuple[str, ...]:
    """Return the actor's own cities, then those in which there is a unit of ours."""
    rows = (
        await Unit.filter(city__isnull=False, path__startswith=_root(actor.home_path))
        .order_by("id")
        .values_list("city", flat=True)
    )
    cities = [*await own_cities(actor), *(bare_city(str(city)) for city in rows)]
    return tuple(dict.fromkeys(cities))


def _root(path: str) -> str:
    """Return the path of the outermost unit above ``path``: nobody is sent to another county."""
    pieces = path.split("/")
    return f"/{pieces[1]}/" if len(pieces) > 1 and pieces[1] else "/"


async def officer_in(actor: Actor, city: str, today: date) -> Told | None:
    """Return who looks after those who come to ``city``; None without any, or without account."""
    roles = (
        await Role.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            from_on__lte=today,
            kind__in=list(_AWAY_OFFICES),
            unit__kind__in=list(_AWAY_KINDS),
            unit__path__startswith=_root(actor.home_path),
            unit__city__isnull=False,
            person__accounts__bound_at__isnull=False,
        )
        .exclude(person_id=actor.person_id)
        .order_by("id")
        .values_list("person_id", "person__name", "unit__city")
    )
    found = (row for row in roles if bare_city(str(row[2])) == bare_city(city))
    one = next(found, None)
    return None if one is None else Told(int(one[0]), str(one[1]))


async def told_of(actor: Actor, today: date) -> tuple[Told, ...]:
    """Return who is told of the actor's journeys: his mentors, without any the branch's secretary.

    In the place of a mentor who is away his deputy is told, as he gets the weekly list; the mentor
    reads of it when he is back. Only those who have an account: a promise that somebody will know
    is kept.
    """
    found = await _acting(await _mentors(actor, today), actor, today)
    if found:
        return found
    bound = Q(person__accounts__bound_at__isnull=False)
    return (await _in_office(actor, today, bound))[:1]


async def _acting(mentors: Sequence[Told], actor: Actor, today: date) -> tuple[Told, ...]:
    """Return those of ``mentors`` who can be told, each away one's deputy before himself."""
    deputies = await reach.deputies_of([one.person_id for one in mentors], today)
    ids = {one.person_id for one in mentors} | set(deputies.values()) - {actor.person_id}
    rows = Person.filter(id__in=list(ids), accounts__bound_at__isnull=False).distinct()
    names = {int(number): str(name) for number, name in await rows.values_list("id", "name")}
    found: dict[int, Told] = {}
    for mentor in mentors:
        deputy = deputies.get(mentor.person_id)
        if deputy in names and deputy is not None:
            found.setdefault(deputy, Told(deputy, names[deputy], mentor.name))
        elif mentor.person_id in names:
            found[mentor.person_id] = mentor
    return tuple(found.values())


async def _mentors(actor: Actor, today: date) -> tuple[Told, ...]:
    rows = (
        await Mentorship.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            from_on__lte=today,
            person_id=actor.person_id or 0,
        )
        .order_by("from_on", "id")
        .values_list("mentor_id", "mentor__name")
    )
    return _told(rows)


async def _in_office(actor: Actor, today: date, more: Q | None = None) -> tuple[Told, ...]:
    rows = (
        await Role.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            more or Q(),
            from_on__lte=today,
            unit_id=actor.home_unit_id or 0,
            kind__in=list(_HOME_OFFICES),
        )
        .exclude(person_id=actor.person_id)
        .order_by("kind", "id")
        .values_list("person_id", "person__name")
    )
    return _told(rows)


def _told(rows: Iterable[tuple[object, ...]]) -> tuple[Told, ...]:
    return tuple(Told(int(str(number)), str(name)) for number, name in dict.fromkeys(rows))


async def leavers(actor: Actor, today: date) -> tuple[Leaver, ...]:
    """Return who of the actor's branch reported a departure lately: talks not held first."""
    scope = named_units(actor)
    if not scope.paths:
        return ()
    inside = Q(
        *(Q(person__home_unit__path__startswith=path) for path in scope.paths),
        *(Q(person__inflow_unit__path__startswith=path) for path in scope.paths),
        join_type=Q.OR,
    )
    rows = (
        await Movement.filter(
            inside, source=MovementSource.DEPARTURE, leaves_on__gte=today - LISTED_FOR
        )
        .exclude(state=MovementState.CANCELLED)
        .order_by("leaves_on", "id")
        .prefetch_related("person")
    )
    found = [leaver(row) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.talk_on is not None, one.leaves_on)))


def leaver(row: Movement) -> Leaver:
    """Return a row with its person at hand as the branch sees it."""
    talk_on = local_day(row.talk_at) if row.talk_at else None
    return Leaver(row.id, row.person.name, row.to_city, row.leaves_on, talk_on)
