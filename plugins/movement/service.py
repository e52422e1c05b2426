"""The rules of movement (流动): report a departure, take it back, arrive. City level only.

Each function is one transaction with its audit row, and with what mentors are owed to hear. What
changes without a journey is in ``changes``.
"""

from dataclasses import dataclass
from datetime import date, datetime

from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from models import Movement
from models.enums import MovementSource, MovementState
from models.movement import OPEN_MOVEMENTS
from plugins.movement import journeys, notices, policy, queries
from plugins.movement.queries import Told


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure as it was written. ``replaced`` is the city and day of one it takes the place of.

    ``told`` are those who hear of it.
    """

    movement_id: int
    to_city: str
    leaves_on: date
    return_on: date | None
    asks_on: date | None
    told: tuple[Told, ...]
    replaced: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where somebody is now. ``officer`` looks after those who come there, if anybody does."""

    movement_id: int
    city: str
    told: tuple[Told, ...]
    officer: Told | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A journey that does not count any more."""

    city: str
    leaves_on: date
    told: tuple[Told, ...]


@transactional
async def report_departure(
    *,
    actor: Actor,
    city: str,
    leaves_on: date,
    return_on: date | None,
    cards_version: str,
    key: str,
    now: datetime,
) -> Departure:
    """Write that somebody leaves; it takes the place of a journey that is not over.

    Told by the same message (``key``) twice it is one. Raises Refusal ``movement.not_bound``.
    Commits journeys, the person's city, audit rows and the news for mentors together.
    """
    person, today = await journeys.person_of(actor), local_day(now)
    told = await queries.told_of(actor, today)
    row = await Movement.filter(source_key=key).first()
    if row is not None:
        return _departure(row, told)
    old = await journeys.open_of(person)
    replaced = (old.to_city, old.leaves_on) if old is not None else None
    if old is not None:
        await notices.recall(old, "departure", now=now, reason="replaced")
        # Whoever has left already goes on from where he said: the city stays.
        was_away = old.state is MovementState.AWAY
        await journeys.take_back(old, person, why="replaced", now=now)
        if was_away and old.to_city != city:
            person.city, person.left_on = old.to_city, old.leaves_on
            await person.save(update_fields=["city", "left_on"])
    row = await journeys.begin(
        person,
        to_city=city,
        leaves_on=leaves_on,
        return_on=return_on,
        source=MovementSource.DEPARTURE,
        key=key,
        now=now,
        cards_version=cards_version,
    )
    await journeys.audit("movement.reported", row, now, person.id)
    await notices.tell(told, row, "departure", notices.departure(person, row, now), now=now)
    return _departure(row, told, replaced)


def _departure(
    row: Movement, told: tuple[Told, ...], replaced: tuple[str, date] | None = None
) -> Departure:
    return Departure(row.id, row.to_city, row.leaves_on, row.return_on, row.asks_on, told, replaced)


@transactional
async def stay(*, actor: Actor, movement_id: int | None, now: datetime) -> TakenBack:
    """Take a journey back that is not over: 不走了, or the answer that nobody left.

    Raises Refusal ``movement.nothing_open``, ``movement.over`` when the journey asked about ended
    meanwhile.
    """
    person, today = await journeys.person_of(actor), local_day(now)
    row = await _open(actor, movement_id)
    if row is None:
        raise Refusal("movement.nothing_open")
    told = await queries.told_of(actor, today)
    taken = TakenBack(row.to_city, row.leaves_on, told)
    unheard = await notices.recall(row, "departure", now=now, reason="taken_back")
    await journeys.take_back(row, person, why="not_gone", now=now)
    if not unheard:
        say = Say("movement.news_cancelled", name=person.name, city=row.to_city)
        await notices.tell(told, row, "cancelled", say, now=now)
    return taken


async def _open(actor: Actor, movement_id: int | None) -> Movement | None:
    """Return the actor's journey that is not over; the very one of ``movement_id`` when given."""
    mine = Movement.filter(person_id=actor.person_id or 0)
    if movement_id is None:
        still = mine.filter(state__in=list(OPEN_MOVEMENTS)).order_by("-id")
        return await still.select_for_update().first()
    row = await mine.filter(id=movement_id).select_for_update().first()
    if row is None or row.state not in OPEN_MOVEMENTS:
        raise Refusal("movement.over")
    return row


@transactional
async def arrive(
    *, actor: Actor, city: str, movement_id: int | None, key: str, now: datetime
) -> Arrival | None:
    """Write that somebody arrived: where he said he would go, or in ``city`` when it is not empty.

    Without a journey that is not over, an arrival told lately is told again; without that a city is
    needed, and None says so. Raises Refusal ``movement.over``.
    """
    person = await journeys.person_of(actor)
    row = await _open(actor, movement_id)
    if row is not None and movement_id is None and _is_later(row, city, local_day(now)):
        row = None
    if row is not None:
        # Heard of the arrival, nobody needs to hear of the departure.
        await notices.recall(row, "departure", now=now, reason="arrived")
        await journeys.arrive(row, person, city=city or row.to_city, now=now)
        return await arrived(actor, row, Say("movement.news_arrived", **who(actor, row)), now)
    last = await _told_lately(actor, city, now)
    if last is not None:
        return await _at(actor, last, now)
    if not city:
        return None
    row = await known_by(key) or await journeys.begin(
        person,
        to_city=city,
        leaves_on=local_day(now),
        source=MovementSource.ARRIVAL,
        key=key,
        now=now,
    )
    await journeys.audit("movement.arrived", row, now, person.id)
    return await arrived(actor, row, Say("movement.news_arrived", **who(actor, row)), now)


def _is_later(row: Movement, city: str, today: date) -> bool:
    """Whether a plan is for some other day, so that an arrival told now is not about it."""
    ahead = row.leaves_on - today
    return row.state is MovementState.PLANNED and ahead > policy.EARLY and city != row.to_city


async def _told_lately(actor: Actor, city: str, now: datetime) -> Movement | None:
    row = await (
        Movement.filter(person_id=actor.person_id or 0, state=MovementState.ARRIVED)
        .order_by("-id")
        .first()
    )
    if row is None or row.arrived_at is None or row.arrived_at < now - policy.SAME_ARRIVAL:
        return None
    return row if not city or city == row.to_city else None


async def known_by(key: str) -> Movement | None:
    """Return the journey that a message told of."""
    return await Movement.filter(source_key=key).first()


def who(actor: Actor, row: Movement) -> dict[str, str]:
    """Return the fields of news: who, and which city."""
    return {"name": actor.name, "city": row.to_city}


async def arrived(actor: Actor, row: Movement, say: Say, now: datetime) -> Arrival:
    """Owe those who look after the person the news of an arrival, and return it."""
    told = await queries.told_of(actor, local_day(now))
    await notices.tell(told, row, "arrived", say, now=now)
    return await _at(actor, row, now)


async def _at(actor: Actor, row: Movement, now: datetime) -> Arrival:
    today = local_day(now)
    officer = await queries.officer_in(actor, row.to_city, today)
    return Arrival(row.id, row.to_city, await queries.told_of(actor, today), officer)


@transactional
async def still_on_the_way(*, actor: Actor, movement_id: int, now: datetime) -> str:
    """Note the answer that somebody is still on the way; return the city.

    Raises Refusal ``movement.over``.
    """
    person = await journeys.person_of(actor)
    row = await _open(actor, movement_id)
    if row is None:
        raise Refusal("movement.over")
    await journeys.audit("movement.on_the_way", row, now, person.id)
    return row.to_city
