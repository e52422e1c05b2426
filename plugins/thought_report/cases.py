"""A report under review, and whose turn it is: the mentor's, his deputy's, or the branch's.

Everything here runs inside the caller's transaction; nothing is written.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from core import crypto
from core.actors import Actor
from core.errors import Refusal
from core.periods import Quarter
from models import Person, ReportReview, ThoughtReport
from models.enums import ReportState, ReviewDecision
from plugins.thought_report import notices, policy, readers, waiting
from plugins.thought_report.readers import Part


@dataclass(frozen=True, slots=True)
class Case:
    """A report with its author, and what this reader is to him. ``answered`` is the last answer."""

    report: ThoughtReport
    author: Person
    part: Part
    answered: ReportReview | None = None


def reason_place(uid: str) -> str:
    """Return the place under which the words of a review are sealed."""
    return f"report_review.reason:{uid}"


def reason_of(review: ReportReview) -> str:
    """Return the words of a review; empty when it needed none."""
    if review.reason_sealed is None:
        return ""
    return crypto.unseal_text(review.reason_sealed, place=reason_place(review.uid))


async def case_of(actor: Actor, uid: str, today: date) -> Case:
    """Return the report, locked for this transaction, when the actor has to do with it.

    Raises Refusal ``thought_report.newer_version`` or ``thought_report.not_waiting``; the same
    words whether there is such a report or not.
    """
    report = await ThoughtReport.filter(uid=uid).select_for_update().first()
    author = None if report is None else await Person.get(id=report.person_id)
    part = Part() if author is None else await readers.part_of(actor, author, today)
    if report is None or author is None or not part:
        raise Refusal("thought_report.not_waiting")
    if report.state is ReportState.SUPERSEDED:
        raise Refusal("thought_report.newer_version", author=author.name)
    answered = (
        await ReportReview.filter(report_id=report.id)
        .order_by("-id")
        .first()
        .prefetch_related("reviewer")
    )
    return Case(report, author, part, answered)


def in_turn(case: Case, today: date) -> Case | None:
    """Return the case as its reader acts in it now, None when it is not his turn."""
    state, part = case.report.state, case.part
    if part.as_mentor and state is ReportState.WAITING_MENTOR:
        return case
    overdue = state is ReportState.WAITING_MENTOR and waiting.is_overdue(case.report, today)
    if part.as_branch and (overdue or state is ReportState.WAITING_SECRETARY):
        return replace(case, part=Part(as_branch=True))
    return None


def too_late(case: Case, actor: Actor, today: date) -> Refusal:
    """Return the kind no of a reader who comes too late: somebody else has just read it."""
    review = case.answered
    if review is None:
        return Refusal("thought_report.not_waiting")
    quarter = notices.quarter_say(Quarter.parse(case.report.quarter), today)
    fields = {"author": case.author.name, "quarter": quarter}
    if review.reviewer_id == actor.person_id:
        return Refusal("thought_report.read_by_you", **fields)
    fields["reviewer"] = review.reviewer.name
    if review.decision is ReviewDecision.PASSED:
        return Refusal("thought_report.just_read", **fields)
    return Refusal("thought_report.just_asked_more", **fields)


def is_said_again(
    case: Case, actor: Actor, decision: ReviewDecision, reason: str, now: datetime
) -> bool:
    """Whether the reader says what he said already: his first answer got lost on the way."""
    review = case.answered
    return (
        review is not None
        and review.reviewer_id == actor.person_id
        and review.decision is decision
        and now - review.decided_at <= policy.ANSWER_REPEATS
        and reason_of(review) == reason
    )
