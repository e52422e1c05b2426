"""Hours that a secretary enters (登记学时): what a line says, and the rows it becomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from core import daywords
from core.actors import Actor, ConsentKind
from core.clock import local_day
from core.database import transactional
from core.daywords import Ambiguous
from core.errors import Refusal
from models import AuditLog, Consent, StudyRecord
from models.enums import ConsentDecision, Evidence
from plugins.identity import queries as identity
from plugins.identity.policy import named_units
from plugins.identity.queries import PersonFound
from plugins.study import words

PREFIX = "attended:"
# Somebody who was at a course for three days has 24 hours (domain notes 1.4); a week is too much.
HOURS_MOST = 40
TITLE_MOST = 30
PEOPLE_MOST = 20
UNDO_LIFE = timedelta(days=1)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. ``on`` is the day it happened."""

    names: tuple[str, ...]
    tenths: int
    title: str
    on: date


@dataclass(frozen=True, slots=True)
class Entered:
    """What was written down, or taken back."""

    names: tuple[str, ...]
    tenths: int
    title: str
    on: date


def read_line(text: str, today: date, *, night: bool = False) -> Line:
    """Read 「姓名 2小时 内容 日期」; without a day it was today.

    Raises Refusal ``study.attended_how`` when something is missing, ``study.attended_day`` when
    the day cannot be told, ``study.attended_future``, ``study.attended_hours``.
    """
    found = words.DURATION.search(text)
    names = tuple(filter(None, words.NAME_BREAKS.split(text[: found.start()]))) if found else ()
    if found is None or not names or len(names) > PEOPLE_MOST:
        raise Refusal("study.attended_how", most=PEOPLE_MOST)
    day, rest = daywords.find_day(text[found.end() :], today, past=True, night=night)
    if isinstance(day, Ambiguous):
        if day.day is not None and day.day > today:
            raise Refusal("study.attended_future", on=day.day, today=today)
        raise Refusal("study.attended_day")
    if isinstance(daywords.find_day(rest, today, past=False)[0], date):
        raise Refusal("study.attended_day")
    title = rest.strip(words.TITLE_EDGES)
    if not title or len(title) > TITLE_MOST:
        raise Refusal("study.attended_how", most=PEOPLE_MOST)
    return Line(tuple(dict.fromkeys(names)), _tenths(found), title, day or today)


def _tenths(found: re.Match[str]) -> int:
    if found["day"]:
        hours = float(words.DAY_HOURS[found["day"]])
    else:
        said = found["n"]
        hours = float(words.NUMBERS[said]) if said in words.NUMBERS else float(said)
        hours += 0.5 if found["half"] else 0.0
    if not 0 < hours <= HOURS_MOST:
        raise Refusal("study.attended_hours", most=HOURS_MOST)
    return round(hours * _TENTHS)


async def people_of(actor: Actor, names: Sequence[str]) -> tuple[PersonFound, ...]:
    """Return the people of the actor's own branch by name.

    Raises Refusal ``study.attended_unknown`` or ``study.attended_two``.
    """
    found = []
    for name in names:
        people = await identity.find_people(named_units(actor), name)
        if not people:
            raise Refusal("study.attended_unknown", name=name)
        if len(people) > 1:
            units = words.LIST_MARK.join(person.unit for person in people)
            raise Refusal("study.attended_two", name=name, units=units)
        found.append(people[0])
    return tuple({person.person_id: person for person in found}.values())


@transactional
async def enter(
    *, actor: Actor, people: Sequence[PersonFound], line: Line, now: datetime
) -> Entered:
    """Write one row a person, all of one event; whoever has this event already is left out.

    Only for people whose first consent is in force. Raises Refusal ``study.attended_consent``,
    ``study.attended_twice``.
    """
    await _require_consent(people)
    rows = await StudyRecord.filter(
        person_id__in=[person.person_id for person in people],
        evidence=Evidence.ATTENDED,
        title=line.title,
        happened_on=line.on,
    ).only("person_id")
    known = {row.person_id for row in rows}
    fresh = [person for person in people if person.person_id not in known]
    if not fresh:
        raise Refusal("study.attended_twice")
    event = PREFIX + uuid4().hex
    for person in fresh:
        await StudyRecord.create(
            person_id=person.person_id,
            material=event,
            evidence=Evidence.ATTENDED,
            hours_tenths=line.tenths,
            earned_at=now,
            title=line.title,
            happened_on=line.on,
            entered_by_id=actor.person_id,
        )
        await _audit(actor, "study.attended", person.person_id, event, now)
    return Entered(tuple(person.name for person in fresh), line.tenths, line.title, line.on)


async def _require_consent(people: Sequence[PersonFound]) -> None:
    rows = await (
        Consent.filter(person_id__in=[p.person_id for p in people], kind=ConsentKind.BASICS)
        .order_by("id")
        .values_list("person_id", "decision")
    )
    latest = dict(rows)
    for person in people:
        if latest.get(person.person_id) != ConsentDecision.GIVEN:
            raise Refusal("study.attended_consent", name=person.name)


@transactional
async def take_back(*, actor: Actor, now: datetime) -> Entered:
    """Remove the actor's last event, within a day of entering it.

    Raises Refusal ``study.attended_none``.
    """
    newest = await (
        StudyRecord.filter(
            entered_by_id=actor.person_id or 0,
            evidence=Evidence.ATTENDED,
            earned_at__gt=now - UNDO_LIFE,
        )
        .order_by("-earned_at", "-id")
        .first()
    )
    if newest is None:
        raise Refusal("study.attended_none")
    rows = await StudyRecord.filter(material=newest.material).prefetch_related("person")
    for row in rows:
        await _audit(actor, "study.attended_undone", row.person_id, row.material, now)
    await StudyRecord.filter(material=newest.material).delete()
    names = tuple(row.person.name for row in rows)
    return Entered(names, newest.hours_tenths, newest.title, newest.happened_on or local_day(now))


async def _audit(actor: Actor, action: str, person_id: int, event: str, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail={"event": event},
    )
