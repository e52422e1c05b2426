"""What a reader's messages do: the handlers of the waiting list, of reading and answering."""

from core.conversation import Call, Reply
from core.errors import Refusal
from models.enums import ReviewDecision
from plugins.thought_report import hints, queries, reading_views, review
from plugins.thought_report.hint_views import OVERLAP

_DECISIONS = {
    "pass": ReviewDecision.PASSED,
    "supplement": ReviewDecision.SUPPLEMENT,
    "return": ReviewDecision.RETURNED,
}


async def handle_list(call: Call) -> Reply:
    """Show what waits for the reader."""
    return reading_views.waiting(await queries.waiting_for(call.actor, call.today), call.today)


async def open_chosen(call: Call) -> Reply:
    """Open the report that was chosen from the list."""
    report = await review.open_report(actor=call.actor, uid=str(call.choice), now=call.now)
    beside = await hints.for_reader(actor=call.actor, report=report, now=call.now)
    return reading_views.reading(report, beside, call.today)


async def answer_review(call: Call) -> Reply:
    """Take the number chosen under an opened report."""
    data = call.question.data if call.question else {}
    uid = str(data.get("report", ""))
    if call.choice == "aside":
        return reading_views.laid_aside()
    if call.choice in {"go_on", OVERLAP}:
        return await _read_on(call, uid, int(data.get("next", 0)))
    return await _decide(call, uid, str(call.choice), "")


async def _read_on(call: Call, uid: str, start: int) -> Reply:
    """Show the next pages, or what the report shares with others."""
    report = await review.open_report(actor=call.actor, uid=uid, now=call.now, is_new_look=False)
    if call.choice == OVERLAP:
        found = await hints.side_by_side(actor=call.actor, report=report, now=call.now)
        return reading_views.side_by_side(report, found, call.today)
    beside = await hints.for_reader(actor=call.actor, report=report, now=call.now)
    return reading_views.reading(report, beside, call.today, start)


async def take_reason(call: Call) -> Reply:
    """Take the sentence that the author is to read."""
    data = call.question.data if call.question else {}
    uid, decision = str(data.get("report", "")), str(data.get("decision", ""))
    return await _decide(call, uid, decision, call.text or call.words)


async def handle_pass(call: Call) -> Reply:
    """Say of the report opened last that nothing is missing."""
    return await _decide_last(call, "pass", "")


async def handle_supplement(call: Call) -> Reply:
    """Ask the author of the report opened last for a little more."""
    return await _decide_last(call, "supplement", call.words)


async def handle_return(call: Call) -> Reply:
    """Give the report opened last back to its author."""
    return await _decide_last(call, "return", call.words)


async def _decide_last(call: Call, decision: str, reason: str) -> Reply:
    uid = await queries.opened_last(call.actor, call.now)
    if uid is None:
        return await handle_list(call)
    return await _decide(call, uid, decision, reason)


async def _decide(call: Call, uid: str, decision: str, reason: str) -> Reply:
    if decision not in _DECISIONS:
        raise Refusal("thought_report.not_waiting")
    said = reason.strip()
    if decision != "pass" and not said:
        return reading_views.ask_reason(uid, decision)
    outcome = await review.decide(
        actor=call.actor, uid=uid, decision=_DECISIONS[decision], reason=said, now=call.now
    )
    return reading_views.decided(outcome, call.today)
