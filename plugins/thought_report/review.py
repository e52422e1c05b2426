"""Reading a report and answering it: every look leaves a row, the author hears in kind words.

The mentor reads first, then the branch. Nothing here judges: a person decides, by name and day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from core import crypto
from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import AuditLog, Person, ReadLog, ReportReview, ThoughtReport
from models.enums import Priority, ReportState, ReviewDecision
from plugins.delivery import service as delivery
from plugins.thought_report import notices, pages, policy, queries, readers
from plugins.thought_report.queries import Page

REVIEWED = "thought_report.reviewed"


@dataclass(frozen=True, slots=True)
class ToRead:
    """A report opened by somebody who may read it. ``since_last`` are days since the one before."""

    uid: str
    author: str
    quarter: Quarter
    version: int
    is_late: bool
    since_last: int | None
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said to a report. ``next_reader`` goes on with it; None when nobody is left."""

    author: str
    quarter: Quarter
    version: int
    decision: ReviewDecision
    next_reader: str | None


@dataclass(frozen=True, slots=True)
class _Case:
    """A report under review with its author, as far as this reader may see it."""

    report: ThoughtReport
    author: Person
    as_mentor: bool


async def _case(actor: Actor, uid: str, today: date) -> _Case:
    """Return the report if it waits for the actor, locked for this transaction.

    Raises Refusal ``thought_report.newer_version`` or ``thought_report.not_waiting``; the same
    words whether there is such a report or not.
    """
    report = await ThoughtReport.filter(uid=uid).select_for_update().first()
    if report is None or report.person_id == actor.person_id:
        raise Refusal("thought_report.not_waiting")
    author = await Person.get(id=report.person_id)
    unit = await author.home_unit
    mentors = await readers.mentors_of(author.id, today)
    is_mentor = any(mentor.person_id == actor.person_id for mentor in mentors)
    is_branch = any(unit.path.startswith(path) for path in readers.branch_paths(actor))
    if (is_mentor or is_branch) and report.state is ReportState.SUPERSEDED:
        raise Refusal("thought_report.newer_version", author=author.name)
    if is_mentor and report.state is ReportState.WAITING_MENTOR:
        return _Case(report, author, as_mentor=True)
    if is_branch and report.state is ReportState.WAITING_SECRETARY:
        return _Case(report, author, as_mentor=False)
    raise Refusal("thought_report.not_waiting")


@transactional
async def open_report(*, actor: Actor, uid: str, now: datetime, is_new_look: bool = True) -> ToRead:
    """Open a report for reading; a new look is a row that its author may ask for.

    Raises Refusal ``thought_report.not_waiting``, ``thought_report.newer_version``.
    """
    case = await _case(actor, uid, local_day(now))
    report = case.report
    if is_new_look:
        await ReadLog.create(
            at=now,
            person_id=case.author.id,
            reader_id=actor.person_id or 0,
            reader_role="mentor" if case.as_mentor else "secretary",
            what=f"{queries.READ_PREFIX}{report.quarter}",
        )
    return ToRead(
        uid=report.uid,
        author=case.author.name,
        quarter=Quarter.parse(report.quarter),
        version=report.version,
        is_late=report.is_late,
        since_last=await _days_since_last(report),
        pages=queries.shown(await pages.live_pages(report.draft_id)),
    )


async def _days_since_last(report: ThoughtReport) -> int | None:
    before = (
        await ThoughtReport.filter(person_id=report.person_id, quarter__lt=report.quarter)
        .order_by("-submitted_at")
        .first()
    )
    if before is None:
        return None
    return (local_day(report.submitted_at) - local_day(before.submitted_at)).days


@transactional
async def decide(
    *, actor: Actor, uid: str, decision: ReviewDecision, reason: str, now: datetime
) -> Decided:
    """Say something to a report that waits for the actor, and tell its author.

    ``reason`` are the reviewer's own words, passed on as they are; empty only with a pass.
    Commits the state, the review, the audit row and the author's message. Raises Refusal
    ``thought_report.not_waiting``, ``.newer_version``, ``.reason_needed``, ``.reason_long``.
    """
    if not reason and decision is not ReviewDecision.PASSED:
        raise Refusal("thought_report.reason_needed")
    if len(reason) > policy.MOST_REASON:
        raise Refusal("thought_report.reason_long", most=policy.MOST_REASON)
    today = local_day(now)
    case = await _case(actor, uid, today)
    outcome = Decided(
        author=case.author.name,
        quarter=Quarter.parse(case.report.quarter),
        version=case.report.version,
        decision=decision,
        next_reader=await _pass_on(case, actor, decision, today),
    )
    case.report.reviewed_at = now
    await case.report.save(update_fields=["state", "reviewed_at"])
    review = await _write_review(case, actor, decision, reason, now)
    await _audit(case, actor, decision, now)
    await delivery.enqueue(
        purpose=REVIEWED,
        occasion=review.uid,
        target=f"person:{case.author.id}",
        parts=notices.body((_told(outcome, case.report.pages, actor.name, reason, today),)),
        now=now,
        priority=Priority.NOTICE,
    )
    return outcome


async def _pass_on(case: _Case, actor: Actor, decision: ReviewDecision, today: date) -> str | None:
    """Set the next state; return who goes on reading, None when nobody is named."""
    if decision is not ReviewDecision.PASSED:
        case.report.state = ReportState.RETURNED
        return None
    branch = await readers.branch_of(case.author, today)
    # In a small branch the mentor is the secretary: one look is both.
    if not case.as_mentor or any(reader.person_id == actor.person_id for reader in branch):
        case.report.state = ReportState.DONE
        return None
    case.report.state = ReportState.WAITING_SECRETARY
    return branch[0].name if branch else None


def reason_place(uid: str) -> str:
    """Return the place to which the words of review ``uid`` are sealed."""
    return f"report_review.reason:{uid}"


async def _write_review(
    case: _Case, actor: Actor, decision: ReviewDecision, reason: str, now: datetime
) -> ReportReview:
    uid = uuid4().hex
    return await ReportReview.create(
        uid=uid,
        report_id=case.report.id,
        reviewer_id=actor.person_id or 0,
        as_mentor=case.as_mentor,
        decision=decision,
        reason_sealed=crypto.seal_text(reason, place=reason_place(uid)) if reason else None,
        decided_at=now,
    )


async def _audit(case: _Case, actor: Actor, decision: ReviewDecision, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="thought_report.review",
        subject_kind="thought_report",
        subject_id=case.report.id,
        detail={"decision": decision.value, "as_mentor": case.as_mentor},
    )


def _told(outcome: Decided, pages: int, reviewer: str, reason: str, today: date) -> Say:
    """Return what the author hears; never the words passed or returned."""
    quarter = notices.quarter_say(outcome.quarter, today)
    reader = outcome.next_reader
    if outcome.decision is ReviewDecision.PASSED and reader is not None:
        return Say("thought_report.told_passed_on", reviewer=reviewer, reader=reader)
    if outcome.decision is ReviewDecision.PASSED:
        return Say("thought_report.told_passed", reviewer=reviewer, quarter=quarter)
    fields = {"reviewer": reviewer, "quarter": quarter, "reason": reason, "pages": pages}
    if outcome.decision is ReviewDecision.SUPPLEMENT:
        return Say("thought_report.told_supplement", **fields)
    return Say("thought_report.told_returned", **fields)
