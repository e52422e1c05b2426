"""What mentoring keeps of a person: who his mentors are, and the log of contacts with him."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.actors import ConsentKind
from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Keeping, Leaving, PersonalData
from models import Contact, Escalation, Inspection, Mentorship, StandIn
from models.rows import as_json
from plugins.identity import looks, trail
from plugins.mentoring import queries, words


async def _describe(person_id: int, today: date) -> Held:
    pairs = await _pairs(person_id)
    contacts = await _contacts(person_id)
    details = [Say("mentoring.detail_mentor", name=pair.mentor.name) for pair in pairs]
    details += [_contact_say(row, today) for row in contacts]
    details += [
        Say(
            "mentoring.detail_inspection",
            on=row.inspected_on,
            writer=row.entered_by.name,
            today=today,
        )
        for row in await _inspections(person_id)
    ]
    counts = (Say("mentoring.held_contacts", count=len(contacts)),) if contacts else ()
    facts = (Say("mentoring.held_mentor"),) if pairs else ()
    return Held(facts, counts, tuple(details))


async def _pairs(person_id: int) -> list[Mentorship]:
    return await Mentorship.filter(person_id=person_id).order_by("id").prefetch_related("mentor")


def _mentor_of(person_id: int) -> QuerySet[Mentorship]:
    return Mentorship.filter(mentor_id=person_id).order_by("id")


def _silences(person_id: int) -> QuerySet[Escalation]:
    return Escalation.filter(person_id=person_id).order_by("id")


def _stand_ins(person_id: int) -> QuerySet[StandIn]:
    return StandIn.filter(Q(mentor_id=person_id) | Q(deputy_id=person_id)).order_by("id")


async def _contacts(person_id: int) -> list[Contact]:
    return await Contact.filter(person_id=person_id).order_by("contacted_on", "id")


async def _inspections(person_id: int) -> list[Inspection]:
    rows = Inspection.filter(person_id=person_id).order_by("inspected_on")
    return await rows.prefetch_related("entered_by")


def _contact_say(row: Contact, today: date) -> Say:
    fields = {
        "on": row.contacted_on,
        "today": today,
        "channel": words.CHANNEL_LABELS[row.channel.value],
        "outcome": words.OUTCOME_LABELS[row.outcome.value],
    }
    note = queries.open_note(row)
    if note:
        return Say("mentoring.detail_contact_note", note=note, **fields)
    return Say("mentoring.detail_contact", **fields)


async def _export(person_id: int, today: date) -> Copied:
    pairs, contacts = await _pairs(person_id), await _contacts(person_id)
    data = {
        "mentors": [as_json(row) | {"mentor": row.mentor.name} for row in pairs],
        "mentor_of": [as_json(row) for row in await _mentor_of(person_id)],
        "contacts": [as_json(row) | {"note": queries.open_note(row)} for row in contacts],
        "stand_ins": [as_json(row) for row in await _stand_ins(person_id)],
        "silences": [as_json(row) for row in await _silences(person_id)],
        "inspections": [as_json(row) for row in await _inspections(person_id)],
    }
    return Copied(data, (await _describe(person_id, today)).details)


async def _erase(leaving: Leaving) -> Sequence[str]:
    """Delete his mentors and what was logged; end his own mentoring, whose log is others'."""
    require_tx()
    person_id, today = leaving.person_id, local_day(leaving.now)
    contacts = await Contact.filter(person_id=person_id).values_list("id", flat=True)
    await Contact.filter(person_id=person_id).delete()
    await Escalation.filter(person_id=person_id).delete()
    await Inspection.filter(person_id=person_id).delete()
    await Mentorship.filter(person_id=person_id).delete()
    await StandIn.filter(Q(mentor_id=person_id) | Q(deputy_id=person_id)).delete()
    await trail.blank("contact", [int(str(number)) for number in contacts])
    running = Mentorship.filter(mentor_id=person_id, until_on__isnull=True)
    await running.update(until_on=today - timedelta(days=1))
    await Mentorship.filter(mentor_id=person_id, until_on__gte=today).update(
        until_on=today - timedelta(days=1)
    )
    return ()


async def _forget(person_id: int, kind: ConsentKind) -> Sequence[str]:
    """Drop the words of every line; that there was a contact stays."""
    require_tx()
    if kind is ConsentKind.REPORTS:
        await Contact.filter(person_id=person_id).update(note_sealed=None)
    return ()


def _parted(now: datetime) -> QuerySet[Contact]:
    before = local_day(now) - timedelta(days=settings().privacy.contact_days)
    return Contact.filter(mentorship__until_on__lt=before)


def _contacts_look(_code: str, _today: date) -> Say:
    return Say("mentoring.looked_at_contacts")


def _inspection_look(_code: str, _today: date) -> Say:
    return Say("mentoring.looked_at_facts")


PERSONAL = PersonalData(
    title=Say("mentoring.personal_title"),
    tables=frozenset({"mentorship", "contact", "stand_in", "escalation", "inspection"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=20,
    forget=_forget,
    looks={looks.CONTACTS: _contacts_look, looks.INSPECTION: _inspection_look},
    keepings=(Keeping("contacts", _parted),),
)
