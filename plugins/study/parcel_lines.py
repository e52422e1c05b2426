"""What a line of 寄送登记 says: who, what, on which day. An address in it is refused."""

from dataclasses import dataclass
from datetime import date

from core import daywords, placewords
from core.actors import Actor
from core.daywords import Ambiguous
from core.errors import Refusal
from plugins.identity import queries as identity
from plugins.identity.policy import named_units
from plugins.identity.queries import PersonFound
from plugins.study import parcel_words

ITEMS_MOST = 6
ITEM_MOST = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """What a line of 寄送登记 says. Without ``items`` what was asked for is meant."""

    person: PersonFound
    items: tuple[str, ...]
    on: date


async def read_line(actor: Actor, text: str, today: date, *, night: bool = False) -> Sent:
    """Read 「姓名 东西 日期」; without a day it was today.

    Raises Refusal ``study.parcel_address``, ``study.parcel_how``, ``study.parcel_unknown``,
    ``study.parcel_two``, ``study.parcel_day``, ``study.parcel_future``.
    """
    if placewords.has_address(text):
        raise Refusal("study.parcel_address")
    name, _, rest = text.strip().partition(" ")
    if not name:
        raise Refusal("study.parcel_how")
    people = await identity.find_people(named_units(actor), name)
    if not people:
        raise Refusal("study.parcel_unknown")
    if len(people) > 1:
        units = parcel_words.LIST_MARK.join(person.unit for person in people)
        raise Refusal("study.parcel_two", name=name, units=units)
    day, left = daywords.find_day(rest, today, past=True, night=night)
    if isinstance(day, Ambiguous):
        if day.day is not None and day.day > today:
            raise Refusal("study.parcel_future", on=day.day, today=today)
        raise Refusal("study.parcel_day")
    return Sent(people[0], _items(left), day or today)


def _items(text: str) -> tuple[str, ...]:
    pieces = parcel_words.ITEM_BREAKS.split(text.strip(parcel_words.EDGES))
    plain = (parcel_words.AROUND.sub("", piece.strip(parcel_words.EDGES)) for piece in pieces)
    items = tuple(dict.fromkeys(item for item in plain if item))
    if len(items) > ITEMS_MOST or any(len(item) > ITEM_MOST for item in items):
        raise Refusal("study.parcel_how")
    return items
