"""Reads the line behind 推送 新建: what, to which groups, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import daywords
from core.actors import Actor
from core.clock import at_local, local_day
from core.errors import Refusal
from models import Unit
from plugins.study import library, officers, orders, plans, push_words, shelves, slots
from plugins.study.library import Material
from plugins.study.search import plain_form

_NOON = 12
_MINUTES = 60
_MIDNIGHT = 24


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. ``words`` name the piece, ``rest`` is the line without them.

    ``was_night`` says that the hour lay in the quiet hours and was moved to their end, ``is_night``
    that it is such an hour now.
    """

    words: str
    rest: str
    groups: tuple[int, ...]
    at: datetime
    was_night: bool
    is_night: bool


async def read(actor: Actor, text: str, *, now: datetime) -> Line:
    """Return what ``text`` says: without groups all in scope, without a time the plan's next hour.

    Raises Refusal ``study.push_when`` for a time that is past or cannot be told.
    """
    known = await orders.groups_of(actor)
    named = [group for group in known if group.name and group.name in text]
    bare = text
    for group in named:
        bare = bare.replace(group.name, " ")
    at, words = _time(bare, now)
    rest = " ".join(filter(None, (" ".join(group.name for group in named), _left(bare, words))))
    wanted = at or await _plan_hour(actor, now)
    moved = orders.out_of_the_night(wanted)
    chosen = tuple(group.id for group in (named or known))
    is_night = orders.out_of_the_night(now) != now
    return Line(words, rest, chosen, moved, moved != wanted, is_night)


def _left(text: str, words: str) -> str:
    """Return what of ``text`` is no title: the words of its time."""
    return " ".join(piece for piece in text.split() if piece not in words.split())


def _time(text: str, now: datetime) -> tuple[datetime | None, str]:
    line = text.replace(push_words.NIGHT, push_words.NIGHT_LONG)
    found = push_words.HOUR.search(line)
    if found is None:
        return None, text.strip(push_words.ENDS)
    hour = daywords.number(found["hour"].replace(push_words.TWO, push_words.TWO_PLAIN))
    minute = 30 if found["half"] else int(found["minute"] or 0)
    if found["part"] in push_words.AFTERNOON and 0 < hour < _NOON:
        hour += _NOON
    line = f"{line[: found.start()]} {line[found.end() :].lstrip(push_words.AT_END)}"
    day, words = daywords.find_day(line, local_day(now), past=False)
    if hour >= _MIDNIGHT or minute >= _MINUTES or isinstance(day, daywords.Ambiguous):
        raise Refusal("study.push_when")
    at = at_local(day or local_day(now), hour, minute)
    if day is None and at <= now:
        at = at_local(local_day(now) + timedelta(days=1), hour, minute)
    if at <= now:
        raise Refusal("study.push_when")
    return at, " ".join(words.split()).strip(push_words.ENDS)


async def _plan_hour(actor: Actor, now: datetime) -> datetime:
    """Return the next time the clock shows the hour of the plan of the actor's unit."""
    unit = await Unit.get(id=officers.office(actor).unit_id)
    plan = await plans.of_unit(unit, today=slots.week_of(local_day(now)))
    at = at_local(local_day(now), plan.hour, plan.minute)
    return at if at > now else at_local(local_day(now) + timedelta(days=1), plan.hour, plan.minute)


async def pieces(actor: Actor, words: str, today: date) -> tuple[Material, ...]:
    """Return the pieces whose title holds all of ``words``; one whose title it is comes alone.

    Those that must not go out are found too, so that the refusal says why.
    """
    wanted = [plain_form(word) for word in words.split()]
    shelf = await shelves.of_unit(officers.office(actor).unit_path, today)
    known = [*library.current().all, *(piece for piece in shelf.all if piece.is_local)]
    titled = [(plain_form(piece.title), piece) for piece in known]
    exact = tuple(piece for title, piece in titled if title == "".join(wanted))
    return exact or tuple(p for title, p in titled if all(word in title for word in wanted))


async def offered(actor: Actor, today: date) -> Sequence[Material]:
    """Return what may be pushed on ``today``: what was brought in, then in teaching order."""
    return (await shelves.of_unit(officers.office(actor).unit_path, today)).public(today)
