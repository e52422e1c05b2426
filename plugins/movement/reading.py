"""What a line about a journey says (出发 南港 11月25日), and what is still missing. Pure.

A ``Trip`` lives as JSON in the open question; it holds a city and days, never an address.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from core import daywords, placewords
from core.daywords import Ambiguous
from core.placewords import Place
from plugins.movement import policy, words


class Purpose(StrEnum):
    """What a city is asked for."""

    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    CITY = "city"
    EMPLOYER = "employer"


# The answer that a word is a city.
YES = "yes"


class Step(StrEnum):
    """What is asked next."""

    CITY = "city"
    SURE = "sure"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Trip:
    """What is known so far; days as ISO text.

    ``is_sure`` says that the city is one we know, or that the person confirmed it. ``had_more``
    says that something finer than the city was dropped. ``days`` are those to choose from.
    """

    purpose: Purpose
    city: str = ""
    is_sure: bool = False
    had_more: bool = False
    day: str = ""
    days: tuple[str, ...] = ()
    back: str = ""

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self) | {"purpose": self.purpose.value, "days": list(self.days)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Trip":
        """Return the trip kept as JSON."""
        known = {key: value for key, value in data.items() if key in cls.__slots__}
        return cls(**known | {"purpose": Purpose(data["purpose"]), "days": tuple(data["days"])})

    @property
    def leaves_on(self) -> date | None:
        """The day of leaving."""
        return date.fromisoformat(self.day) if self.day else None

    @property
    def return_on(self) -> date | None:
        """The day on which the person means to be back, when it comes after leaving."""
        on = date.fromisoformat(self.back) if self.back else None
        return on if on and self.leaves_on and on > self.leaves_on else None


def read(
    text: str, purpose: Purpose, today: date, *, known: Iterable[str] = (), night: bool = False
) -> Trip:
    """Return what a line says of a journey, its pieces in any order."""
    trip = Trip(purpose)
    plain = placewords.without_houses(text)
    had_house = plain != text
    if purpose is Purpose.DEPARTURE:
        plain, trip = _with_back(plain, trip, today)
        plain, trip = _with_day(plain, trip, today, night=night)
    else:
        plain = daywords.find_day(plain, today, past=True)[1]
    found = placewords.find_city(plain, known)
    if found is None:
        return trip
    return with_place(trip, replace(found, had_more=found.had_more or had_house))


def _with_back(text: str, trip: Trip, today: date) -> tuple[str, Trip]:
    found = words.BACK.search(text)
    day = daywords.parse_day(found["day"], today, past=False) if found else None
    if found is None or not isinstance(day, date):
        return text, trip
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return rest, replace(trip, back=day.isoformat())


def _with_day(text: str, trip: Trip, today: date, *, night: bool) -> tuple[str, Trip]:
    ahead, rest = daywords.find_day(text, today, past=False, night=night)
    behind, rest_behind = daywords.find_day(text, today, past=True, night=night)
    if isinstance(ahead, Ambiguous):
        days = tuple(day.isoformat() for day in ahead.options[: policy.MOST_OPTIONS - 1])
        return rest, replace(trip, days=days)
    meant = policy.leaving(ahead, behind if isinstance(behind, date) else None, today)
    return (rest if ahead else rest_behind), replace(
        trip,
        day=meant.on.isoformat() if meant.on else "",
        days=tuple(day.isoformat() for day in meant.days),
    )


def with_place(trip: Trip, place: Place) -> Trip:
    """Return the trip with a city."""
    had_more = trip.had_more or place.had_more
    return replace(trip, city=place.city, is_sure=place.is_known, had_more=had_more)


def merged(trip: Trip, line: Trip) -> Trip:
    """Return the trip with what a typed answer adds; what was known already stays."""
    if not trip.city and line.city:
        trip = replace(trip, city=line.city, is_sure=line.is_sure)
    if not trip.day:
        trip = replace(trip, day=line.day, days=line.days or trip.days)
    return replace(trip, back=trip.back or line.back, had_more=trip.had_more or line.had_more)


def missing(trip: Trip) -> Step | None:
    """Return what has to be asked next, None when everything is known."""
    if not trip.city:
        return Step.CITY
    if not trip.is_sure:
        return Step.SURE
    if trip.purpose is Purpose.DEPARTURE and not trip.day:
        return Step.DAY
    return None


def may_be_arrival(text: str) -> bool:
    """Whether a line has the shape of somebody saying where he has come to."""
    plain = text.strip(words.ENDS)
    return plain.endswith(words.CAME_END) and words.CAME.fullmatch(plain) is not None


def came_to(text: str, known: Iterable[str]) -> str | None:
    """Return the city that a line says somebody has come to (到南港了), None when it says none."""
    found = words.CAME.fullmatch(text.strip(words.ENDS))
    if found is None or not may_be_arrival(text):
        return None
    place = placewords.find_city(found["place"], known)
    return place.city if place is not None and place.is_known else None


def chosen(trip: Trip, step: Step, value: str) -> Trip:
    """Return the trip with a numbered answer."""
    if step is Step.DAY:
        return replace(trip, day=value, days=())
    if step is Step.SURE:
        return replace(trip, is_sure=True) if value == YES else without_city(trip)
    return replace(trip, city=value, is_sure=True)


def without_city(trip: Trip) -> Trip:
    """Return the trip without the city that turned out to be none."""
    return replace(trip, city="", is_sure=False)


def says_more(before: Trip, after: Trip, step: Step) -> bool:
    """Whether a typed answer said anything about what was asked."""
    if step is Step.DAY:
        return bool(after.day) or after.days != before.days
    return bool(after.city)


def is_not_told(text: str) -> bool:
    """Whether somebody says that an employer is not to be told."""
    return text.strip(words.ENDS) in words.NOT_TOLD


def is_employer(name: str) -> bool:
    """Whether words are plainly the name of an employer."""
    return words.EMPLOYER.search(name) is not None and words.SENTENCE.search(name) is None
