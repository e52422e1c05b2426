"""The rules of mentoring (培养联系): log a contact, correct it, take it back, note a new number.

Each function is one transaction with its audit row. What was said is sealed, and kept only when the
person agreed to it (second consent); audit rows hold ids and codes.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from models import AuditLog, Contact, Mentorship
from plugins.mentoring import logbook, queries
from plugins.mentoring.policy import Change, Entry, Next, NextKind
from plugins.mentoring.queries import LogLine

# A line may be taken back within a day (dialogues 2.4); later it is corrected by a new one.
UNDO_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Logged:
    """A line as it was written.

    ``is_first`` says that it is the writer's first of the day, ``note_refused`` that the person
    wants no words kept, ``is_added`` that it stands beside the old line it corrects.
    """

    line: LogLine
    next: Next
    is_first: bool = False
    note_refused: bool = False
    is_added: bool = False


class Undone(StrEnum):
    """What taking back came to."""

    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@transactional
async def log_contact(*, actor: Actor, entry: Entry, key: str, now: datetime) -> Logged:
    """Write one line and move the pair's next day; the same ``key`` writes one line.

    Raises Refusal ``mentoring.not_yours`` when the pair is not the writer's or his branch's.
    Commits line, pair and audit row together.
    """
    contact = await Contact.filter(source_key=key).prefetch_related("person", "mentorship").first()
    if contact is None:
        pair = await _own_pair(actor, entry.pair_id, local_day(now))
        contact = logbook.line(pair, entry, actor, key, now)
        await logbook.seal_note(contact, entry.note)
        await logbook.write(contact, said=entry.next_on, now=now)
        await logbook.audit(actor, "contact.logged", contact, now, {"key": key})
    refused = bool(entry.note) and contact.note_sealed is None
    return await _logged(contact, contact.entered_at, note_refused=refused)


async def _logged(
    contact: Contact, now: datetime, *, note_refused: bool = False, is_added: bool = False
) -> Logged:
    """Return a written line with how its next day is meant, the same whenever it is asked."""
    ruled = logbook.next_of(contact, None, now)
    said = contact.next_on if contact.next_on != ruled.on else None
    due = Next(said, NextKind.SAID) if said else ruled
    is_first = not await logbook.wrote_before(contact)
    return Logged(queries.log_line(contact), due, is_first, note_refused, is_added)


@transactional
async def amend(
    *, actor: Actor, contact_id: int, change: Change, key: str, now: datetime
) -> Logged:
    """Correct the writer's own last line; after a day by a new line, the old one is kept beside it.

    Raises Refusal ``mentoring.nothing_to_amend``, ``mentoring.note_not_kept``, and after a day
    ``mentoring.not_yours`` of somebody whom the writer does not look after any more. The same
    ``key`` changes nothing twice.
    """
    contact = await _own_last(actor)
    if await logbook.is_done(contact, key):
        return await _logged(contact, now, is_added=await logbook.replaced(contact) is not None)
    if contact.id != contact_id or contact.withdrawn_at is not None:
        raise Refusal("mentoring.nothing_to_amend")
    before: dict[str, Any] = {
        "day": contact.contacted_on.isoformat(),
        "channel": contact.channel.value,
        "outcome": contact.outcome.value,
        "key": key,
    }
    is_old = now - contact.entered_at > UNDO_LIFE
    if is_old:
        await _own_pair(actor, contact.mentorship_id, local_day(now))
        before |= {"replaces": contact.id}
        contact = await logbook.beside(contact, key, now)
    said = await _change(contact, change)
    await logbook.write(contact, said=said, now=now)
    await logbook.audit(actor, "contact.amended", contact, now, before)
    return await _logged(contact, now, is_added=is_old)


async def _change(contact: Contact, change: Change) -> date | None:
    """Put ``change`` into the row; return the next day that was named now or before, if any."""
    ruled = logbook.next_of(contact, None, contact.entered_at)
    said = contact.next_on if contact.next_on != ruled.on else None
    if change.note and not await logbook.seal_note(contact, change.note):
        raise Refusal("mentoring.note_not_kept", name=contact.person.name)
    contact.contacted_on = change.contacted_on or contact.contacted_on
    contact.channel = change.channel or contact.channel
    contact.outcome = change.outcome or contact.outcome
    return change.next_on or said


@transactional
async def take_back(*, actor: Actor, key: str, now: datetime) -> tuple[Undone, LogLine]:
    """Take the writer's last line back, or put it back when it is taken; once for each ``key``.

    Raises Refusal ``mentoring.nothing_to_undo`` and, a day later, ``mentoring.undo_too_late``. The
    pair says again exactly what it said before.
    """
    contact = await _own_last(actor)
    if not await logbook.is_done(contact, key):
        if now - contact.entered_at > UNDO_LIFE:
            raise Refusal("mentoring.undo_too_late")
        taken = contact.withdrawn_at is None
        await logbook.set_withdrawn(contact, now if taken else None)
        if (old := await logbook.replaced(contact)) is not None:
            await logbook.set_withdrawn(old, None if taken else now)
        action = "contact.withdrawn" if taken else "contact.restored"
        await logbook.audit(actor, action, contact, now, {"key": key})
    undone = Undone.RESTORED if contact.withdrawn_at is None else Undone.WITHDRAWN
    return undone, queries.log_line(contact)


@transactional
async def note_new_number(*, actor: Actor, pair_id: int, now: datetime) -> str:
    """Note that somebody has a new number, and nothing of the number; return the name.

    Raises Refusal ``mentoring.not_yours``.
    """
    pair = await _own_pair(actor, pair_id, local_day(now))
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="mentoring.number_changed",
        subject_kind="person",
        subject_id=pair.person_id,
        detail={},
    )
    return pair.person.name


async def _own_pair(actor: Actor, pair_id: int, today: date) -> Mentorship:
    mine = {mentee.pair_id for mentee in await queries.own_people(actor, today)}
    if pair_id not in mine:
        raise Refusal("mentoring.not_yours")
    return await Mentorship.get(id=pair_id).prefetch_related("person")


async def _own_last(actor: Actor) -> Contact:
    contact = await (
        Contact.filter(entered_by_id=actor.person_id)
        .order_by("-id")
        .prefetch_related("person", "mentorship")
        .first()
    )
    if contact is None:
        raise Refusal("mentoring.nothing_to_undo")
    return contact
