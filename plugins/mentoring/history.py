"""What was logged with somebody before (联系记录), for his mentor of today and his branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.actors import Actor, ConsentKind
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from models import Consent, Contact
from models.enums import ConsentDecision
from plugins.identity import looks, reach
from plugins.identity import words as names
from plugins.identity.looks import Office
from plugins.mentoring import queries
from plugins.mentoring.queries import Mentee

MOST = 6


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier contact; ``note`` is empty unless the person agrees to words being kept."""

    contacted_on: date
    channel: str
    outcome: str
    writer: str
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """The newest contacts with somebody, and how many there are."""

    name: str
    count: int
    newest: tuple[Past, ...]
    notes_kept: bool


async def own_or_branch(actor: Actor, today: date) -> tuple[Mentee, ...]:
    """Return those whose past the actor may see: his own people, and those of his branch.

    Whoever only stands in for a mentor sees what waits, not what was before (dialogues 3.11);
    whoever looks after people away from home sees not what was said there (3.10).
    """
    people = await queries.own_people(actor, today)
    branch = await reach.of_branch(actor, [one.person_id for one in people])
    return tuple(
        one for one in people if one.person_id in branch or one.mentor_id == actor.person_id
    )


@transactional
async def look(*, actor: Actor, name: str, now: datetime) -> History:
    """Return the newest contacts with one of the actor's people, and note the look.

    A mentor of today and the branch see that there were contacts, by whoever they were written;
    notes only while the person agrees to them. Raises Refusal ``mentoring.history_nobody``.
    """
    wanted = names.bare_name(name)
    people = await own_or_branch(actor, local_day(now))
    found = [one for one in people if wanted and wanted in (one.name, names.bare_name(one.name))]
    if len(found) != 1:
        raise Refusal("mentoring.history_nobody")
    person_id = found[0].person_id
    agrees = await _agrees(person_id)
    lines = Contact.filter(person_id=person_id, withdrawn_at__isnull=True)
    rows = await lines.order_by("-contacted_on", "-id").limit(MOST).prefetch_related("entered_by")
    await looks.note(
        reader=actor,
        person_id=person_id,
        office=Office.MENTOR if found[0].mentor_id == actor.person_id else Office.SECRETARY,
        what=looks.CONTACTS,
        now=now,
    )
    return History(found[0].name, await lines.count(), _past(rows, agrees=agrees), agrees)


def _past(rows: Sequence[Contact], *, agrees: bool) -> tuple[Past, ...]:
    return tuple(
        Past(
            row.contacted_on,
            row.channel.value,
            row.outcome.value,
            row.entered_by.name,
            queries.open_note(row) if agrees else "",
        )
        for row in rows
    )


async def _agrees(person_id: int) -> bool:
    newest = (
        await Consent.filter(person_id=person_id, kind=ConsentKind.REPORTS).order_by("-id").first()
    )
    return newest is not None and newest.decision is ConsentDecision.GIVEN
