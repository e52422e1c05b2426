"""The log of contacts (联系记录) as rows: a line, its sealed note, what it makes of the pair.

Everything here joins the transaction of the use cases in ``service``.
"""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from core import crypto
from core.actors import Actor, ConsentKind
from core.clock import at_local, local_day
from core.config import settings
from core.database import require_tx
from models import AuditLog, Consent, Contact, Mentorship, Unreached
from models.enums import ConsentDecision
from models.mentoring import REACHED_OUTCOMES
from plugins.mentoring import policy, queries
from plugins.mentoring.policy import Cadence, Entry, Next, NextKind
from plugins.mentoring.topic_words import topics_of

# How it is noted that a contact ended the silence of somebody whom no message reached.
BY_CONTACT = "contact"


def line(pair: Mentorship, entry: Entry, actor: Actor, key: str, now: datetime) -> Contact:
    """Return a new line that remembers what the pair said before; not saved yet."""
    return Contact(
        uid=uuid4().hex,
        mentorship=pair,
        person=pair.person,
        entered_by_id=actor.person_id,
        contacted_on=entry.contacted_on,
        channel=entry.channel,
        direction=entry.direction,
        outcome=entry.outcome,
        previous_next_on=pair.next_contact_on,
        previous_last_on=pair.last_contact_on,
        source_key=key,
        entered_at=now,
    )


async def seal_note(contact: Contact, note: str) -> bool:
    """Put the note, sealed, and its topics into the row if the person agreed; return if it did."""
    newest = (
        await Consent.filter(person_id=contact.person.id, kind=ConsentKind.REPORTS)
        .order_by("-id")
        .first()
    )
    contact.note_sealed, contact.topics = None, ""
    if not note or newest is None or newest.decision is not ConsentDecision.GIVEN:
        return False
    contact.topics = ",".join(topics_of(note))
    contact.note_sealed = crypto.seal_text(note, place=queries.note_place(contact.uid))
    return True


def next_of(contact: Contact, said: date | None, now: datetime) -> Next:
    """Return the next day; a line about an older day than the last talk moves nothing by itself."""
    heard_on, due_on = contact.previous_last_on, contact.previous_next_on
    if said is None and heard_on and due_on and contact.contacted_on < heard_on:
        return Next(due_on, NextKind.BY)
    rules, pair = settings().mentoring, contact.mentorship
    months = None if pair.own_every else rules.cadence_months
    return policy.next_contact(
        contact.outcome,
        contacted_on=contact.contacted_on,
        said=said,
        today=local_day(now),
        cadence=Cadence(pair.cadence_months or months, rules.retry_days, pair.own_every),
    )


async def write(contact: Contact, *, said: date | None, now: datetime) -> None:
    """Save the line with its next day, and let the pair say so."""
    contact.next_on = next_of(contact, said, now).on
    await contact.save()
    await apply(contact)
    await _settle_unreached(contact)


async def _settle_unreached(contact: Contact) -> None:
    """Settle that nothing reached somebody who was heard since; a line taken back unsettles it."""
    rows = Unreached.filter(person_id=contact.person.id)
    counts = contact.withdrawn_at is None and contact.outcome in REACHED_OUTCOMES
    if not counts:
        mine = rows.filter(settled_by=BY_CONTACT, settled_at=contact.entered_at)
        if not await rows.filter(settled_at__isnull=True).exists():
            await mine.update(settled_at=None, settled_by=None)
        return
    for row in await rows.filter(settled_at__isnull=True):
        if local_day(row.since) <= contact.contacted_on:
            await Unreached.filter(id=row.id).update(
                settled_at=contact.entered_at, settled_by=BY_CONTACT
            )


async def apply(contact: Contact) -> None:
    """Let the pair say what this line makes of what it said before, unless a later one does."""
    require_tx()
    if await later_line(contact):
        return
    pair = contact.mentorship
    pair.next_contact_on = contact.previous_next_on or pair.next_contact_on
    pair.last_contact_on = contact.previous_last_on
    if contact.withdrawn_at is None:
        pair.next_contact_on = contact.next_on or pair.next_contact_on
        if contact.outcome in REACHED_OUTCOMES:
            pair.last_contact_on = max(contact.contacted_on, pair.last_contact_on or date.min)
    await pair.save(update_fields=["next_contact_on", "last_contact_on"])


async def set_withdrawn(contact: Contact, moment: datetime | None) -> None:
    """Take a line back at ``moment``, or put it back for None, and let the pair say so."""
    contact.withdrawn_at = moment
    await contact.save(update_fields=["withdrawn_at"])
    await apply(contact)
    await _settle_unreached(contact)


async def beside(old: Contact, key: str, now: datetime) -> Contact:
    """Return a new line in the place of ``old``, which stays as a row taken back."""
    later = await later_line(old)
    pair = old.mentorship
    new = Contact(
        uid=uuid4().hex,
        mentorship=pair,
        person=old.person,
        entered_by_id=old.entered_by_id,
        contacted_on=old.contacted_on,
        channel=old.channel,
        direction=old.direction,
        outcome=old.outcome,
        next_on=old.next_on,
        previous_next_on=pair.next_contact_on if later else old.previous_next_on,
        previous_last_on=pair.last_contact_on if later else old.previous_last_on,
        source_key=key,
        entered_at=now,
    )
    await seal_note(new, queries.open_note(old))
    old.withdrawn_at = now
    await old.save(update_fields=["withdrawn_at"])
    return new


async def later_line(contact: Contact) -> bool:
    """Whether somebody else has written about the same pair since."""
    return await Contact.filter(
        mentorship_id=contact.mentorship.id, withdrawn_at__isnull=True, id__gt=contact.id
    ).exists()


async def replaced(contact: Contact) -> Contact | None:
    """Return the old line that ``contact`` stands beside as its correction."""
    rows = await AuditLog.filter(
        subject_kind="contact", subject_id=contact.id, action="contact.amended"
    )
    old_id = next((row.detail["replaces"] for row in rows if "replaces" in row.detail), None)
    if old_id is None:
        return None
    return await Contact.get(id=old_id).prefetch_related("person", "mentorship")


async def wrote_before(contact: Contact) -> bool:
    """Whether the writer had written a line before this one on its day."""
    midnight = at_local(local_day(contact.entered_at), 0)
    return await Contact.filter(
        entered_by_id=contact.entered_by_id, entered_at__gte=midnight, id__lt=contact.id
    ).exists()


async def is_done(contact: Contact, key: str) -> bool:
    """Whether the same message has acted on this line already."""
    rows = await AuditLog.filter(subject_kind="contact", subject_id=contact.id)
    return any(row.detail.get("key") == key for row in rows)


async def audit(
    actor: Actor, action: str, contact: Contact, now: datetime, detail: dict[str, Any]
) -> None:
    """Note what was done to a line; ``detail`` holds ids and codes only."""
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="contact",
        subject_id=contact.id,
        detail=detail,
    )
