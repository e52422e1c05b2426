"""Reading thought reports (阅汇报): the queue, the pages beside what can be said, and saying it.

The same service as in chat opens and decides; the reason goes to the author word for word.
"""

from starlette.responses import Response

from core import files
from core.errors import Refusal
from models.enums import PartKind, ReviewDecision
from plugins.console import pictures, rendering
from plugins.console import queries as own_queries
from plugins.console.visits import Visit
from plugins.thought_report import hint_views, hints, policy, review, waiting

_DECISIONS = {
    "pass": ReviewDecision.PASSED,
    "supplement": ReviewDecision.SUPPLEMENT,
    "return": ReviewDecision.RETURNED,
}


async def show_queue(visit: Visit) -> Response:
    """List what waits for somebody, the longest first."""
    found = await waiting.waiting_for(visit.actor, visit.today)
    return rendering.page(visit, "reports.html", waiting=found)


async def show(visit: Visit) -> Response:
    """Open a report: a look that its author may ask for."""
    return await _reading(visit, is_new_look=True)


async def _reading(
    visit: Visit, *, is_new_look: bool, problem: str = "", said: str = ""
) -> Response:
    report = await review.open_report(
        actor=visit.actor, uid=visit.uid(), now=visit.now, is_new_look=is_new_look
    )
    return rendering.page(
        visit,
        "report.html",
        status=409 if problem else 200,
        report=report,
        most=policy.MOST_REASON,
        problem=problem,
        said=said,
        shows=pictures.shows,
        beside=hint_views.said(
            await hints.for_reader(actor=visit.actor, report=report, now=visit.now)
        ),
    )


async def send_file(visit: Visit) -> Response:
    """Send the file of one page, to whoever may read the report.

    Beside the page it belongs to the look that is on record already; alone it is a look itself.
    """
    uid, since = visit.uid(), visit.now - policy.OPENED_LIFE
    has_looked = await own_queries.has_looked(visit.actor, uid=uid, since=since)
    report = await review.open_report(
        actor=visit.actor, uid=uid, now=visit.now, is_new_look=not has_looked
    )
    number = visit.number("page")
    page = next((one for one in report.pages if one.number == number), None)
    if page is None or page.blob_id is None or page.kind is PartKind.TEXT:
        raise Refusal("thought_report.not_waiting")
    data = await files.read(page.blob_id)
    return pictures.answer(data, number=number, suffix=page.suffix)


async def decide(visit: Visit) -> Response:
    """Take what the reader says; what was typed stays on the page when it cannot be taken."""
    decision = _DECISIONS.get(visit.form.get("decision", ""))
    said = visit.form.get("reason", "").replace("\r\n", "\n").strip()
    if decision is None:
        raise Refusal("thought_report.not_waiting")
    try:
        await review.decide(
            actor=visit.actor,
            uid=visit.uid(),
            decision=decision,
            # A pass says nothing to the author but that nothing is missing.
            reason="" if decision is ReviewDecision.PASSED else said,
            now=visit.now,
        )
    except Refusal as refusal:
        if refusal.key not in {"thought_report.reason_needed", "thought_report.reason_long"}:
            raise
        problem = rendering.say(refusal.key, **refusal.fields)
        return await _reading(visit, is_new_look=False, problem=problem, said=said)
    return rendering.go("/reports", "passed" if decision is ReviewDecision.PASSED else "told")
