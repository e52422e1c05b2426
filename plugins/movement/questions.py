"""The questions about a journey, one at a time with numbers: which city, is it one, which day."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.conversation import Ask, Option, Reply, Say, Takes
from core.texts import current
from plugins.movement import words
from plugins.movement.policy import CITIES_OFFERED
from plugins.movement.reading import YES, Purpose, Step, Trip

__all__ = [
    "NO",
    "OTHER",
    "YES",
    "ask_for",
    "by_words",
    "is_it_the_employer",
    "not_understood",
    "still_there",
]

TRIP = "movement.trip"
STILL_THERE = "movement.still_there"
# Answers that are none of those listed.
OTHER = "other"
NO = "no"

_WHICH_CITY = {
    Purpose.DEPARTURE: "movement.which_city",
    Purpose.ARRIVAL: "movement.which_city_arrived",
    Purpose.CITY: "movement.which_city_new",
    Purpose.EMPLOYER: "movement.which_city_now",
}
_WEEKDAYS = (
    Say("movement.weekday_0"),
    Say("movement.weekday_1"),
    Say("movement.weekday_2"),
    Say("movement.weekday_3"),
    Say("movement.weekday_4"),
    Say("movement.weekday_5"),
    Say("movement.weekday_6"),
)


def ask_for(step: Step, trip: Trip, cities: Sequence[str], today: date, *, night: bool) -> Reply:
    """Ask for what is missing in ``trip``."""
    if step is Step.CITY:
        return _which_city(trip, cities)
    if step is Step.SURE:
        return _is_it_one(trip)
    return _which_day(trip, today, night=night)


def _which_city(trip: Trip, cities: Sequence[str]) -> Reply:
    key = _WHICH_CITY[trip.purpose]
    offered = [Option(city, value=city) for city in cities[:CITIES_OFFERED]]
    if not offered:
        return _by_words(Step.CITY, trip, Say(key, options=current().render(_HINT)))
    offered.append(Option(Say("movement.option_other_city"), value=OTHER))
    return _listed(Step.CITY, trip, key, offered)


_HINT = Say("movement.city_hint")


def _is_it_one(trip: Trip) -> Reply:
    options = [
        Option(Say("movement.option_yes"), value=YES),
        Option(Say("movement.option_no"), value=NO),
    ]
    data = {"step": Step.SURE.value, "trip": trip.to_data()}
    say = Say("movement.is_it_a_city", city=trip.city, options=current().options(options))
    return Reply(says=(say,), ask=Ask(TRIP, tuple(options), data, Takes.TEXT, listed=True))


def _which_day(trip: Trip, today: date, *, night: bool) -> Reply:
    if trip.days:
        days = [date.fromisoformat(day) for day in trip.days]
        options = [Option(_labelled(day, today), value=day.isoformat()) for day in days]
    else:
        first = today - timedelta(days=1) if night else today
        near = [first + timedelta(days=step) for step in range(3)]
        options = [Option(_near(day, today, night=night), value=day.isoformat()) for day in near]
    options.append(Option(Say("movement.option_other_day"), value=OTHER))
    return _listed(Step.DAY, trip, "movement.which_day", options)


def _labelled(day: date, today: date) -> Say:
    if day < today:
        return Say("movement.option_gone", day=day, today=today)
    return Say("movement.option_day", day=day, today=today)


def _near(day: date, today: date, *, night: bool) -> Say:
    if night:
        return Say("movement.option_weekday", weekday=_WEEKDAYS[day.weekday()], day=day)
    keys = ("movement.option_today", "movement.option_tomorrow", "movement.option_day_after")
    return Say(keys[(day - today).days])


def _listed(step: Step, trip: Trip, key: str, options: Sequence[Option]) -> Reply:
    shown = tuple(options)
    data = {"step": step.value, "trip": trip.to_data()}
    say = Say(key, options=current().options(shown))
    return Reply(says=(say,), ask=Ask(TRIP, shown, data, Takes.TEXT, listed=True))


def _by_words(step: Step, trip: Trip, say: Say) -> Reply:
    data = {"step": step.value, "trip": trip.to_data()}
    return Reply(says=(say,), ask=Ask(TRIP, (), data, Takes.TEXT))


def by_words(step: Step, trip: Trip) -> Reply:
    """Ask for a city or a day that stood not among the numbers."""
    if step is Step.DAY:
        return _by_words(step, trip, Say("movement.day_by_words"))
    key = _WHICH_CITY[trip.purpose]
    return _by_words(Step.CITY, trip, Say(key, options=current().render(_HINT)))


def not_understood(step: Step, trip: Trip, *, had_address: bool) -> Reply:
    """Say that an answer was no city or no day, and what is wanted; nothing of it is kept."""
    if step is Step.DAY:
        return _by_words(step, trip, Say("movement.not_a_day"))
    if had_address:
        return _by_words(Step.CITY, trip, Say("movement.no_address"))
    return _by_words(Step.CITY, trip, Say("movement.not_a_city"))


def still_there(city: str) -> Reply:
    """Ask whether somebody who changed is still in the city he was in (dialogues 3.9)."""
    options = (
        Option(Say("movement.option_still"), value=YES),
        Option(Say("movement.option_moved"), value=NO),
    )
    say = Say("movement.still_there", city=city, options=current().options(options))
    ask = Ask(STILL_THERE, options, {"city": city}, again=words.MOVED, listed=True)
    return Reply(says=(say,), ask=ask)


def is_it_the_employer(name: str, movement_id: int) -> Reply:
    """Ask back before words are kept as the name of an employer."""
    options = (
        Option(Say("movement.option_employer"), value=YES),
        Option(Say("movement.option_no_employer"), value=NO),
    )
    say = Say("movement.is_it_the_employer", name=name, options=current().options(options))
    data = {"movement": movement_id, "name": name}
    return Reply(says=(say,), ask=Ask("movement.employer_sure", options, data, listed=True))
