"""The chat face of movement: 出发, 不走了, 到了, 换地方, 换城市."""

from core import placewords
from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.daywords import is_night
from core.errors import Fault
from plugins.movement import (
    cards,
    changes,
    policy,
    queries,
    questions,
    reading,
    service,
    views,
    words,
)
from plugins.movement.card_commands import CARD_COMMANDS, CARD_CONTINUATIONS
from plugins.movement.reading import Purpose, Step, Trip

_WORKER = frozenset({Who.WORKER})


async def handle_leave(call: Call) -> Reply:
    """Take a departure in one line, or ask for city and day (出发)."""
    return await _read_and_go(call, Purpose.DEPARTURE)


async def handle_arrived(call: Call) -> Reply:
    """Take an arrival, at the end of a journey or in a city that is named (到了)."""
    if not call.words:
        return await _arrive(call, "")
    return await _read_and_go(call, Purpose.ARRIVAL)


async def handle_new_city(call: Call) -> Reply:
    """Take a change of city (换城市)."""
    return await _read_and_go(call, Purpose.CITY)


async def handle_moved(call: Call) -> Reply:
    """Ask whether somebody who changed is still in the same city (换地方, 换厂了)."""
    if call.words:
        return await _read_and_go(call, Purpose.CITY)
    city = await queries.current_city(call.actor)
    if not city:
        return await _read_and_go(call, Purpose.EMPLOYER)
    return questions.still_there(city)


async def continue_still_there(call: Call) -> Reply:
    """Take the answer: another employer in the same city, or another city."""
    if call.choice == questions.NO:
        return await _go_on(call, Trip(Purpose.CITY))
    city = str((call.question.data if call.question else {})["city"])
    return await _go_on(call, Trip(Purpose.EMPLOYER, city, is_sure=True))


async def read_line(call: Call) -> Reply | None:
    """Take a worker's line that says he has come to a city (到南港了)."""
    if Who.WORKER not in call.actor.roles or not reading.may_be_arrival(call.words):
        return None
    city = reading.came_to(call.words, await queries.known_cities(call.actor))
    return await _arrive(call, city) if city else None


async def _read_and_go(call: Call, purpose: Purpose) -> Reply:
    return await _go_on(call, await _read(call, purpose))


async def _read(call: Call, purpose: Purpose) -> Trip:
    known = await queries.known_cities(call.actor)
    night = is_night(call.now)
    return reading.read(call.words, purpose, call.today, known=known, night=night)


async def _go_on(call: Call, trip: Trip) -> Reply:
    """Ask for the next thing that is missing, or write it down."""
    step = reading.missing(trip)
    if step is not None:
        cities = await queries.known_cities(call.actor)
        return questions.ask_for(step, trip, cities, call.today, night=is_night(call.now))
    if trip.purpose is Purpose.DEPARTURE:
        return await _depart(call, trip)
    if trip.purpose is Purpose.ARRIVAL:
        return await _arrive(call, trip.city)
    change = changes.change_city if trip.purpose is Purpose.CITY else changes.change_employer
    done = await change(actor=call.actor, city=trip.city, key=call.message_key, now=call.now)
    if trip.purpose is Purpose.CITY:
        return views.arrived(done, "movement.city_changed")
    return views.employer_changed(done)


async def _depart(call: Call, trip: Trip) -> Reply:
    if trip.leaves_on is None:
        raise Fault("a departure without a day")
    newest = cards.shelf().newest
    done = await service.report_departure(
        actor=call.actor,
        city=trip.city,
        leaves_on=trip.leaves_on,
        return_on=trip.return_on,
        cards_version=newest.version,
        key=call.message_key,
        now=call.now,
    )
    return views.reported(done, newest, call.today, had_more=trip.had_more)


async def continue_trip(call: Call) -> Reply:
    """Take the answer to one question about a journey."""
    data = call.question.data if call.question else {}
    trip, step = Trip.from_data(data["trip"]), Step(data["step"])
    if call.choice is None:
        return await _typed(call, trip, step)
    if call.choice == questions.OTHER:
        return questions.by_words(step, trip)
    return await _go_on(call, reading.chosen(trip, step, str(call.choice)))


async def _typed(call: Call, trip: Trip, step: Step) -> Reply:
    """Take a typed answer; to 「is it a city」 another city is one."""
    base = reading.without_city(trip) if step is Step.SURE else trip
    line = reading.merged(base, await _read(call, trip.purpose))
    if not reading.says_more(base, line, step):
        had_address = placewords.has_address(call.words)
        return questions.not_understood(step, base, had_address=had_address)
    return await _go_on(call, line)


async def _arrive(call: Call, city: str, movement_id: int | None = None) -> Reply:
    done = await service.arrive(
        actor=call.actor, city=city, movement_id=movement_id, key=call.message_key, now=call.now
    )
    if done is None:
        return await _go_on(call, Trip(Purpose.ARRIVAL))
    return views.arrived(done)


async def continue_arrival(call: Call) -> Reply:
    """Take the answer to the one question after leaving."""
    movement_id = _movement(call)
    if call.choice == views.ARRIVED:
        return await _arrive(call, "", movement_id)
    if call.choice == views.ON_THE_WAY:
        city = await service.still_on_the_way(
            actor=call.actor, movement_id=movement_id, now=call.now
        )
        return views.on_the_way(city)
    return await _stay(call, movement_id)


def _movement(call: Call) -> int:
    return int((call.question.data if call.question else {})["movement"])


async def handle_stay(call: Call) -> Reply:
    """Take back a journey that is not over (不走了)."""
    return await _stay(call, None)


async def _stay(call: Call, movement_id: int | None) -> Reply:
    done = await service.stay(actor=call.actor, movement_id=movement_id, now=call.now)
    return views.taken_back(done, call.today)


async def continue_office(call: Call) -> Reply:
    """Tell the officer in the city that somebody came, or do not."""
    if call.choice is not True:
        return views.officer_not_told()
    name = await changes.tell_officer(actor=call.actor, movement_id=_movement(call), now=call.now)
    return views.officer_told(name)


async def continue_employer(call: Call) -> Reply:
    """Keep the name of an employer that is offered, or none; what may be none is asked back."""
    if reading.is_not_told(call.words):
        return views.employer_not_kept()
    asked_at = call.question.asked_at if call.question else call.now
    if call.now - asked_at > policy.EMPLOYER_ASKED:
        return views.employer_late()
    name = changes.employer_name(call.words)
    if not reading.is_employer(name):
        return questions.is_it_the_employer(name, _movement(call))
    return await _keep_employer(call, name)


async def continue_employer_sure(call: Call) -> Reply:
    """Keep what was asked back as the name of an employer, or drop it."""
    if call.choice != questions.YES:
        return views.employer_not_kept()
    return await _keep_employer(call, str((call.question.data if call.question else {})["name"]))


async def _keep_employer(call: Call, name: str) -> Reply:
    told = await changes.keep_employer(
        actor=call.actor, movement_id=_movement(call), name=name, now=call.now
    )
    return views.employer_kept(told)


COMMANDS = (
    Command(
        name="movement.leave",
        words=(words.LEAVE,),
        aliases=words.LEAVE_ALIASES,
        handler=handle_leave,
        summary="movement.help_leave",
        who=_WORKER,
        reveals=Reveals.OWN,
        arguments=words.TRIP,
    ),
    Command(
        name="movement.stay",
        words=(words.STAY,),
        aliases=words.STAY_ALIASES,
        handler=handle_stay,
        summary="movement.help_stay",
        who=_WORKER,
        reveals=Reveals.OWN,
    ),
    Command(
        name="movement.arrived",
        words=(words.ARRIVED,),
        aliases=words.ARRIVED_ALIASES,
        handler=handle_arrived,
        summary="movement.help_arrived",
        who=_WORKER,
        reveals=Reveals.OWN,
        arguments=words.CITY,
    ),
    Command(
        name="movement.moved",
        words=(words.MOVED,),
        aliases=words.MOVED_ALIASES,
        handler=handle_moved,
        summary="movement.help_moved",
        who=_WORKER,
        reveals=Reveals.OWN,
        arguments=words.CITY,
    ),
    Command(
        name="movement.new_city",
        words=(words.NEW_CITY,),
        aliases=words.NEW_CITY_ALIASES,
        handler=handle_new_city,
        summary="movement.help_new_city",
        who=_WORKER,
        reveals=Reveals.OWN,
        arguments=words.CITY,
    ),
    *CARD_COMMANDS,
)

CONTINUATIONS = (
    Continuation(questions.TRIP, continue_trip),
    Continuation(questions.STILL_THERE, continue_still_there),
    Continuation(views.ARRIVAL, continue_arrival),
    Continuation(views.OFFICE, continue_office),
    Continuation("movement.employer", continue_employer),
    Continuation("movement.employer_sure", continue_employer_sure),
    *CARD_CONTINUATIONS,
)

LINE_READERS = (read_line,)
