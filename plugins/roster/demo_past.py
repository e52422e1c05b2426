"""Writes what happened in the demo's county before the demo began: contacts and reports.

These rows belong to other rooms. Nobody can log a contact of last spring through a service, so this
module writes them directly; it alone may do so, and only ``demo_county`` calls it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from core import crypto
from core.actors import ConsentKind
from core.clock import at_local, local_day
from core.config import settings
from core.database import transactional
from core.errors import Fault
from core.messages import Chat, ChatKind
from core.periods import Quarter, add_months
from models import (
    Account,
    Contact,
    Mentorship,
    Person,
    ReportDraft,
    ReportPart,
    ReportReview,
    ThoughtReport,
)
from models.enums import Channel, DraftState, Outcome, PartKind, ReportState, ReviewDecision
from models.mentoring import REACHED_OUTCOMES
from plugins.identity import queries as known

Rows = Sequence[Mapping[str, str]]

# People write and talk after work.
_EVENING = 20


@transactional
async def write_contacts(rows: Rows, now: datetime) -> None:
    """Write earlier contacts, oldest first, and what they make of the mentorships."""
    today = local_day(now)
    for number, row in enumerate(sorted(rows, key=lambda row: -int(row["days_ago"]))):
        pair = await Mentorship.get(
            mentor__name=row["mentor"], person__name=row["person"], until_on__isnull=True
        ).prefetch_related("person")
        day, outcome = today - timedelta(days=int(row["days_ago"])), Outcome(row["outcome"])
        contact = Contact(
            uid=uuid4().hex,
            mentorship_id=pair.id,
            person_id=pair.person_id,
            entered_by_id=pair.mentor_id,
            contacted_on=day,
            channel=Channel(row["channel"]),
            outcome=outcome,
            previous_next_on=pair.next_contact_on,
            previous_last_on=pair.last_contact_on,
            next_on=_next_on(day, outcome),
            source_key=f"demo:{number}",
            entered_at=at_local(day, _EVENING),
        )
        if row["note"] and await _lets_keep(pair.person_id):
            place = f"contact.note:{contact.uid}"
            contact.note_sealed = crypto.seal_text(row["note"], place=place)
        await contact.save()
        pair.next_contact_on = contact.next_on or pair.next_contact_on
        if outcome in REACHED_OUTCOMES:
            pair.last_contact_on = day
        await pair.save(update_fields=["next_contact_on", "last_contact_on"])


def _next_on(day: date, outcome: Outcome) -> date:
    rules = settings().mentoring
    if outcome in REACHED_OUTCOMES:
        return add_months(day, rules.cadence_months)
    return day + timedelta(days=rules.retry_days)


async def _lets_keep(person_id: int) -> bool:
    """Whether the person agreed to notes being kept."""
    account = await Account.filter(person_id=person_id).first()
    if account is None:
        return False
    chat = Chat(account.platform, account.self_id, ChatKind.PRIVATE, account.account_id)
    actor = (await known.who_is(chat, account.account_id)).actor
    return ConsentKind.REPORTS in actor.consents


@transactional
async def write_reports(rows: Rows, now: datetime) -> None:
    """Write earlier reports with one page of words each, and the reviews of those that are done."""
    today = local_day(now)
    for row in rows:
        person = await Person.get(name=row["name"])
        quarter = Quarter.of(today)
        for _ in range(int(row["quarters_back"])):
            quarter = quarter.previous
        day = _handed_in_on(row, quarter, today)
        draft = await _draft(person, quarter, row["text"], at_local(day, _EVENING))
        state = ReportState(row["state"])
        reviewed_at = at_local(min(day + timedelta(days=2), today), _EVENING - 1)
        report = await ThoughtReport.create(
            uid=uuid4().hex,
            person_id=person.id,
            draft_id=draft.id,
            quarter=str(quarter),
            state=state,
            is_late=day > quarter.last_day,
            pages=1,
            submitted_at=draft.opened_at,
            reviewed_at=reviewed_at if state is ReportState.DONE else None,
        )
        if state is not ReportState.WAITING_MENTOR:
            await _review(report, reviewed_at)


def _handed_in_on(row: Mapping[str, str], quarter: Quarter, today: date) -> date:
    if row["days_ago"]:
        return today - timedelta(days=int(row["days_ago"]))
    return quarter.last_day - timedelta(days=int(row["days_before_close"]))


async def _draft(person: Person, quarter: Quarter, text: str, at: datetime) -> ReportDraft:
    draft = await ReportDraft.create(
        uid=uuid4().hex,
        person_id=person.id,
        quarter=str(quarter),
        state=DraftState.SUBMITTED,
        revision=1,
        opened_at=at,
        updated_at=at,
        closed_at=at,
    )
    uid = uuid4().hex
    await ReportPart.create(
        uid=uid,
        draft_id=draft.id,
        position=1,
        kind=PartKind.TEXT,
        source_key="demo:0",
        text_sealed=crypto.seal_text(text, place=f"report_part.text:{uid}"),
        characters=len(text),
        added_at=at,
    )
    return draft


async def _review(report: ThoughtReport, at: datetime) -> None:
    mentorship = await Mentorship.filter(person_id=report.person_id).order_by("id").first()
    if mentorship is None:
        raise Fault("a reviewed report in the demo has no mentor")
    await ReportReview.create(
        uid=uuid4().hex,
        report_id=report.id,
        reviewer_id=mentorship.mentor_id,
        as_mentor=True,
        decision=ReviewDecision.PASSED,
        decided_at=at,
    )
