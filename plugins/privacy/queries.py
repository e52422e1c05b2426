"""Reads of privacy: what is held of the asker, who looked at it, what waits for his yes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.personal import CorrectionItem, Held
from models import Correction, Person, ReadLog, Rebinding
from plugins.identity import words as identity_words
from plugins.privacy import deciders, rooms
from plugins.privacy.corrections import right_of

LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Look:
    """One look of somebody else. ``name`` is empty when he had himself erased since."""

    on: date
    name: str
    role: str
    what: Say


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the asker's yes: a new account, or a correction."""

    uid: str
    name: str
    tail: str = ""
    item: CorrectionItem | None = None
    right: str = ""


async def held(actor: Actor, today: date) -> Held:
    """Return what every room holds of the asker, facts from the bottom up, counts by rank."""
    person_id = actor.person_id or 0
    told = {id(room): await room.describe(person_id, today) for _, room in rooms.bottom_up()}
    facts = [fact for _, room in rooms.bottom_up() for fact in told[id(room)].facts]
    counts = [count for room in rooms.by_rank() for count in told[id(room)].counts]
    details = [line for _, room in rooms.bottom_up() for line in told[id(room)].details]
    return Held(tuple(facts), tuple(counts), tuple(details))


async def looks(actor: Actor, now: datetime) -> tuple[Look, ...]:
    """Return who else looked at the asker's dossier within a year, the oldest first.

    The same person at the same thing on one day is one look.
    """
    person_id = actor.person_id or 0
    rows = await (
        ReadLog.filter(person_id=person_id, at__gte=now - LOOKS_BACK)
        .exclude(reader_id=person_id)
        .order_by("at", "id")
    )
    readers = {row.reader_id for row in rows}
    names = dict(await Person.filter(id__in=list(readers)).values_list("id", "name"))
    today = local_day(now)
    found = {
        (local_day(row.at), row.reader_id, row.reader_role, row.what): Look(
            on=local_day(row.at),
            name=str(names.get(row.reader_id, "")),
            role=row.reader_role,
            what=_what(row.what, today),
        )
        for row in rows
    }
    return tuple(found.values())


def _what(what: str, today: date) -> Say:
    prefix, _, code = what.partition(":")
    for _, room in rooms.bottom_up():
        if prefix in room.looks:
            return room.looks[prefix](code, today)
    return Say("privacy.looked_at_something")


async def waiting(actor: Actor, today: date) -> tuple[Waiting, ...]:
    """Return what waits for a yes that the asker may give, new accounts first, then by age.

    A fixed number of statements, however many wait.
    """
    accounts = await (
        Rebinding.filter(decided_at__isnull=True, account__person_id__isnull=True)
        .order_by("asked_at", "id")
        .prefetch_related("person", "account")
    )
    asked = await (
        Correction.filter(decided_at__isnull=True)
        .order_by("asked_at", "id")
        .prefetch_related("person")
    )
    phones = await deciders.decidable(
        actor, [row.person for row in accounts], today, as_mentor=True
    )
    names = await deciders.decidable(actor, [one.person for one in asked], today, as_mentor=False)
    return (
        *(
            Waiting(
                row.uid,
                row.person.name,
                tail=identity_words.account_tail(row.account.account_id),
            )
            for row in accounts
            if row.person_id in phones
        ),
        *(
            Waiting(one.uid, one.person.name, item=one.item, right=right_of(one))
            for one in asked
            if one.person_id in names
        ),
    )
