"""What changes without a journey: another city or employer, and who there is told (换地方, 换厂了).

Each function is one transaction with its audit row. The name of an employer is kept sealed, and
only when the person offers it.
"""

from collections.abc import Sequence
from datetime import datetime

from core import crypto, placewords
from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from models import Movement
from models.enums import MovementSource, MovementState
from plugins.movement import journeys, notices, policy, queries
from plugins.movement.queries import Told
from plugins.movement.service import Arrival, arrived, known_by, who


@transactional
async def change_city(*, actor: Actor, city: str, key: str, now: datetime) -> Arrival:
    """Write that somebody is in another city now.

    Whoever is on the way came somewhere else than he said; that journey ends there.
    """
    person = await journeys.person_of(actor)
    row = await known_by(key)
    if row is None:
        away = await journeys.open_of(person)
        if away is not None and away.state is MovementState.AWAY:
            await notices.recall(away, "departure", now=now, reason="arrived")
            await journeys.arrive(away, person, city=city, now=now)
            row = away
        else:
            row = await _begin(actor, city, MovementSource.CITY, key, now)
    return await arrived(actor, row, Say("movement.news_city", **who(actor, row)), now)


async def _begin(
    actor: Actor, city: str, source: MovementSource, key: str, now: datetime
) -> Movement:
    person = await journeys.person_of(actor)
    row = await journeys.begin(
        person, to_city=city, leaves_on=local_day(now), source=source, key=key, now=now
    )
    await journeys.audit(f"movement.{source.value}_changed", row, now, person.id)
    return row


@transactional
async def change_employer(*, actor: Actor, city: str, key: str, now: datetime) -> Arrival:
    """Write that somebody has another employer in the city he is in; the name is not asked for."""
    row = await known_by(key) or await _begin(actor, city, MovementSource.EMPLOYER, key, now)
    told = await queries.told_of(actor, local_day(now))
    say = Say("movement.news_employer", **who(actor, row))
    await notices.tell(told, row, "employer", say, now=now)
    return Arrival(row.id, row.to_city, told)


def employer_name(text: str) -> str:
    """Return the name of an employer as it would be kept.

    Raises Refusal ``movement.employer_address``, ``movement.employer_long``.
    """
    plain = " ".join(text.split())
    if placewords.has_address(plain):
        raise Refusal("movement.employer_address")
    if not plain or len(plain) > policy.EMPLOYER_MOST:
        raise Refusal("movement.employer_long", most=policy.EMPLOYER_MOST)
    return plain


@transactional
async def keep_employer(
    *, actor: Actor, movement_id: int, name: str, now: datetime
) -> Sequence[Told]:
    """Keep the name of an employer, sealed, and tell it those who look after the person.

    Raises Refusal ``movement.employer_address``, ``movement.employer_long``, ``movement.over``.
    """
    plain = employer_name(name)
    row = await Movement.filter(id=movement_id, person_id=actor.person_id or 0).first()
    if row is None:
        raise Refusal("movement.over")
    place = queries.employer_place(row.uid)
    row.employer_sealed = crypto.seal_text(plain, place=place)
    await row.save(update_fields=["employer_sealed"])
    await journeys.audit("movement.employer_kept", row, now, actor.person_id)
    await notices.recall(row, "employer", now=now, reason="told_whole")
    told = await queries.told_of(actor, local_day(now))
    say = Say("movement.news_employer_named", **who(actor, row), employer=plain)
    await notices.tell(told, row, "employer_named", say, now=now)
    return told


@transactional
async def tell_officer(*, actor: Actor, movement_id: int, now: datetime) -> str:
    """Tell the officer in the city that the person came, as he asked; return the officer's name.

    The officer hears name, branch and stage, nothing else. Raises Refusal ``movement.over``.
    """
    person = await journeys.person_of(actor)
    row = await Movement.filter(id=movement_id, person_id=person.id).first()
    if row is None or row.state is not MovementState.ARRIVED:
        raise Refusal("movement.over")
    officer = await queries.officer_in(actor, row.to_city, local_day(now))
    if officer is None:
        raise Refusal("movement.no_officer", city=row.to_city)
    say = notices.to_officer(person, row)
    if await notices.tell_officer(officer, row, say, now=now):
        await journeys.audit("movement.officer_told", row, now, person.id)
    return officer.name
