"""Handing a report in: the checks, the version, who reads it first, what is taken back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from core.actors import Actor
from core.clock import at_local, local_day
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import Person, ReportDraft, ReportPart, ReportReview, ThoughtReport
from models.enums import DraftState, ReportState
from plugins.thought_report import cycle, duties, notices, pages, policy, readers, service
from plugins.thought_report.policy import Contents, Window


@dataclass(frozen=True, slots=True)
class TooShort:
    """Few words and nothing else: worth a hint before it is handed in."""

    characters: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report as handed in. ``reader`` reads it first; None when the branch has nobody yet."""

    version: int
    pages: int
    has_pictures: bool
    is_late: bool
    submitted_at: datetime
    reader: str | None


async def submit(*, actor: Actor, now: datetime, short_is_fine: bool = False) -> Receipt | TooShort:
    """Hand the open draft in, or say again what was handed in within the last hour.

    Commits the report, the closed draft, the audit row and the reminders taken back; pages that had
    been taken out are gone after it. Raises Refusal ``thought_report.no_draft``, ``.paper``,
    ``.not_open_yet``, ``.empty``, ``.nothing_new``.
    """
    outcome, strays = await _submit(actor=actor, now=now, short_is_fine=short_is_fine)
    await service.forget_files(strays)
    return outcome


@transactional
async def _submit(
    *, actor: Actor, now: datetime, short_is_fine: bool
) -> tuple[Receipt | TooShort, list[str]]:
    person = await service.locked_person(service.writer(actor))
    draft = await service.open_one(person.id)
    if draft is None:
        return await _said_again(person, now), []
    live = await pages.live_pages(draft.id)
    contents = pages.contents_of(live)
    before = await service.newest(person.id, Quarter.parse(draft.quarter))
    window = await duties.window_of(person, Quarter.parse(draft.quarter))
    _check_ready(draft, contents, before, window, local_day(now))
    if contents.is_short and not short_is_fine:
        return TooShort(contents.characters), []
    report = await _hand_in(
        person, draft, contents, before, is_late=window.is_late(local_day(now)), now=now
    )
    await service.close(draft, DraftState.SUBMITTED, now)
    gone = await ReportPart.filter(draft_id=draft.id, removed_in__isnull=False)
    strays = await service.delete_parts(draft, gone)
    await pages.hush_receipt(actor, now)
    await cycle.take_back_reminders(person.id, draft.quarter, now=now, reason="submitted")
    detail = {"quarter": report.quarter, "version": report.version, "late": report.is_late}
    await service.note(
        "submit", actor=actor, now=now, kind="thought_report", subject=report.id, detail=detail
    )
    return await _receipt(person, report, contents), strays


def _check_ready(
    draft: ReportDraft,
    contents: Contents,
    before: ThoughtReport | None,
    window: Window,
    today: date,
) -> None:
    if contents.pages == 0:
        raise Refusal("thought_report.empty")
    if today < window.opens_on:
        say = notices.quarter_say(window.quarter, today)
        raise Refusal("thought_report.not_open_yet", quarter=say, opens=window.opens_on)
    if before is not None and draft.revision == 0:
        raise Refusal("thought_report.nothing_new")


async def _hand_in(
    person: Person,
    draft: ReportDraft,
    contents: Contents,
    before: ThoughtReport | None,
    *,
    is_late: bool,
    now: datetime,
) -> ThoughtReport:
    state = await _first_state(person, before, local_day(now))
    if before is not None:
        is_late = before.is_late
        before.state = ReportState.SUPERSEDED
        await before.save(update_fields=["state"])
    return await ThoughtReport.create(
        uid=uuid4().hex,
        person_id=person.id,
        draft_id=draft.id,
        quarter=draft.quarter,
        version=before.version + 1 if before else 1,
        state=state,
        is_late=is_late,
        pages=contents.pages,
        submitted_at=now,
    )


async def _first_state(person: Person, before: ThoughtReport | None, today: date) -> ReportState:
    """Return who has it first: whoever asked for a new version, the mentor, the branch."""
    if not await readers.mentors_of(person.id, today):
        return ReportState.WAITING_SECRETARY
    if before is not None and before.state is ReportState.RETURNED:
        review = await ReportReview.filter(report_id=before.id).order_by("-id").first()
        if review is not None and not review.as_mentor:
            return ReportState.WAITING_SECRETARY
    return ReportState.WAITING_MENTOR


async def _said_again(person: Person, now: datetime) -> Receipt:
    """Return the receipt of a report handed in today, within the hour, that nobody answered yet."""
    midnight = at_local(local_day(now), 0)
    last = (
        await ThoughtReport.filter(
            person_id=person.id,
            submitted_at__gte=max(now - policy.ANSWER_REPEATS, midnight),
            reviewed_at__isnull=True,
        )
        .order_by("-id")
        .first()
    )
    if last is None:
        raise Refusal("thought_report.no_draft")
    live = await pages.live_pages(last.draft_id)
    return await _receipt(person, last, pages.contents_of(live))


async def _receipt(person: Person, report: ThoughtReport, contents: Contents) -> Receipt:
    day = local_day(report.submitted_at)
    for_mentor = report.state is ReportState.WAITING_MENTOR
    first = await (
        readers.mentors_of(person.id, day) if for_mentor else readers.branch_of(person, day)
    )
    return Receipt(
        version=report.version,
        pages=report.pages,
        has_pictures=contents.photos > 0,
        is_late=report.is_late,
        submitted_at=report.submitted_at,
        reader=first[0].name if first else None,
    )
