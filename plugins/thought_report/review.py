"""Reading a report and answering it: every look leaves a row, the author hears in kind words.

The mentor reads first, or whoever stands in for him, then the branch. Nothing here judges: a person
decides, by name and day, and the trail names the one who really did.
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
from models import AuditLog, Person, ReportReview, ThoughtReport
from models.enums import Priority, ReportState, ReviewDecision
from plugins.delivery import service as delivery
from plugins.identity import looks
from plugins.thought_report import notices, pages, policy, queries, readers
from plugins.thought_report.cases import (
    Case,
    case_of,
    in_turn,
    is_said_again,
    reason_place,
    too_late,
)
from plugins.thought_report.queries import Page

REVIEWED = "thought_report.reviewed"


@dataclass(frozen=True, slots=True)
class ToRead:
    """A report opened by somebody who may read it. ``since_last`` are days since the one before.

    ``for_mentor`` is the mentor in whose place it is read.
    """

    uid: str
    author: str
    quarter: Quarter
    version: int
    is_late: bool
    since_last: int | None
    pages: tuple[Page, ...]
    for_mentor: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said to a report. ``next_reader`` goes on with it; None when nobody is left.

    ``is_both`` says that the one who read is mentor and branch in one, so that one look is enough.
    """

    author: str
    quarter: Quarter
    version: int
    decision: ReviewDecision
    next_reader: str | None
    is_both: bool = False


@transactional
async def open_report(*, actor: Actor, uid: str, now: datetime, is_new_look: bool = True) -> ToRead:
    """Open a report for reading; a new look is a row that its author may ask for.

    Raises Refusal ``thought_report.not_waiting``, ``.newer_version``, ``.just_read``,
    ``.just_asked_more``, ``.read_by_you``.
    """
    today = local_day(now)
    asked = await case_of(actor, uid, today)
    case = in_turn(asked, today)
    if case is None:
        raise too_late(asked, actor, today)
    if is_new_look:
        await looks.note(
            reader=actor,
            person_id=case.author.id,
            office=case.part.office,
            what=looks.at_report(case.report.quarter),
            now=now,
        )
    for_mentor = case.part.for_mentor
    return await shown(case.report, case.author, for_mentor.name if for_mentor else None)


async def shown(report: ThoughtReport, author: Person, for_mentor: str | None = None) -> ToRead:
    """Return a report with its pages opened. Who may see it was settled by the caller."""
    return ToRead(
        uid=report.uid,
        author=author.name,
        quarter=Quarter.parse(report.quarter),
        version=report.version,
        is_late=report.is_late,
        since_last=await _days_since_last(report),
        pages=queries.shown(await pages.live_pages(report.draft_id)),
        for_mentor=for_mentor,
    )


async def _days_since_last(report: ThoughtReport) -> int | None:
    before = (
        await ThoughtReport.filter(person_id=report.person_id, submitted_at__lt=report.submitted_at)
        .exclude(quarter=report.quarter)
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
    Commits the state, the review, the audit row and the author's message; said again within the
    hour it changes nothing and answers the same. Raises Refusal ``thought_report.not_waiting``,
    ``.newer_version``, ``.just_read``, ``.just_asked_more``, ``.read_by_you``, ``.reason_needed``,
    ``.reason_long``.
    """
    if not reason and decision is not ReviewDecision.PASSED:
        raise Refusal("thought_report.reason_needed")
    if len(reason) > policy.MOST_REASON:
        raise Refusal("thought_report.reason_long", most=policy.MOST_REASON)
    today = local_day(now)
    asked = await case_of(actor, uid, today)
    case = in_turn(asked, today)
    if case is None:
        if is_said_again(asked, actor, decision, reason, now):
            return await _outcome(asked, actor, decision, today)
        raise too_late(asked, actor, today)
    case.report.state = await _next_state(case, actor, decision, today)
    case.report.reviewed_at = now
    await case.report.save(update_fields=["state", "reviewed_at"])
    review = await _write_review(case, actor, decision, reason, now)
    await _audit(case, actor, decision, now)
    outcome = await _outcome(case, actor, decision, today)
    await delivery.enqueue(
        purpose=REVIEWED,
        occasion=review.uid,
        target=f"person:{case.author.id}",
        parts=notices.body((_told(outcome, case.report.pages, actor.name, reason, today),)),
        now=now,
        priority=Priority.NOTICE,
    )
    return outcome


async def _is_both(case: Case, actor: Actor, today: date) -> bool:
    """Whether mentor and branch are one person here, as in a small branch."""
    branch = await readers.branch_of(case.author, today)
    return case.part.as_mentor and any(one.person_id == actor.person_id for one in branch)


async def _next_state(
    case: Case, actor: Actor, decision: ReviewDecision, today: date
) -> ReportState:
    if decision is not ReviewDecision.PASSED:
        return ReportState.RETURNED
    if not case.part.as_mentor or await _is_both(case, actor, today):
        return ReportState.DONE
    return ReportState.WAITING_SECRETARY


async def _outcome(case: Case, actor: Actor, decision: ReviewDecision, today: date) -> Decided:
    """Return what was said, by the state it led to."""
    report = case.report
    branch = await readers.branch_of(case.author, today)
    goes_on = report.state is ReportState.WAITING_SECRETARY and bool(branch)
    done = report.state is ReportState.DONE
    return Decided(
        author=case.author.name,
        quarter=Quarter.parse(report.quarter),
        version=report.version,
        decision=decision,
        next_reader=branch[0].name if goes_on else None,
        is_both=done and await _is_both(case, actor, today),
    )


async def _write_review(
    case: Case, actor: Actor, decision: ReviewDecision, reason: str, now: datetime
) -> ReportReview:
    uid = uuid4().hex
    for_mentor = case.part.for_mentor
    return await ReportReview.create(
        uid=uid,
        report_id=case.report.id,
        reviewer_id=actor.person_id or 0,
        as_mentor=case.part.as_mentor,
        for_mentor_id=for_mentor.person_id if for_mentor else None,
        decision=decision,
        reason_sealed=crypto.seal_text(reason, place=reason_place(uid)) if reason else None,
        decided_at=now,
    )


async def _audit(case: Case, actor: Actor, decision: ReviewDecision, now: datetime) -> None:
    detail: dict[str, object] = {"decision": decision.value, "as_mentor": case.part.as_mentor}
    if case.part.for_mentor is not None:
        detail["for_mentor"] = case.part.for_mentor.person_id
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="thought_report.review",
        subject_kind="thought_report",
        subject_id=case.report.id,
        detail=detail,
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
