"""What a reader's messages do: the handlers of the waiting list, of reading and answering."""

from core.conversation import Call, Reply
from core.errors import Refusal
from models.enums import ReviewDecision
from plugins.identity.reach import Reached
from plugins.thought_report import (
    archive,
    hints,
    paper_views,
    reading_views,
    review,
    waiting,
    words,
)
from plugins.thought_report.hint_views import OVERLAP
from plugins.thought_report.review import ToRead

PURPOSE = "read"
# Said of a report that is not the reader's to answer: he may look at it all the same.
_TO_LOOK_AT = {
    "thought_report.not_waiting",
    "thought_report.just_read",
    "thought_report.just_asked_more",
    "thought_report.read_by_you",
}

_DECISIONS = {
    "pass": ReviewDecision.PASSED,
    "supplement": ReviewDecision.SUPPLEMENT,
    "return": ReviewDecision.RETURNED,
}


async def handle_list(call: Call) -> Reply:
    """Show what waits for the reader; with a name open that person's report."""
    if call.words:
        return await _open_named(call)
    return await _list(call)


async def _list(call: Call) -> Reply:
    return reading_views.waiting(await waiting.waiting_for(call.actor, call.today), call.today)


async def handle_next(call: Call) -> Reply:
    """Open the report that has waited longest."""
    found = await waiting.waiting_for(call.actor, call.today)
    if not found:
        return reading_views.waiting((), call.today)
    report = await review.open_report(actor=call.actor, uid=found[0].uid, now=call.now)
    return await _shown(call, report)


async def _open_named(call: Call) -> Reply:
    said = words.about(call.words, call.today)
    if not said.name:
        return await _list(call)
    found = await archive.people_called(call.actor, said.name, call.today)
    if len(found) > 1:
        return paper_views.whose(found, PURPOSE, call.words)
    return await go_on(call, found[0], call.words)


async def go_on(call: Call, person: Reached, said: str) -> Reply:
    """Open the report of a known person: to answer it when it waits, else to look at it."""
    line = words.about(said, call.today)
    report = await archive.newest_of(person.person_id, line.quarter)
    if report is None:
        return reading_views.nothing_of(person.name)
    try:
        waits = await review.open_report(actor=call.actor, uid=report.uid, now=call.now)
    except Refusal as refusal:
        if refusal.key not in _TO_LOOK_AT:
            raise
        opened = await archive.open_read(actor=call.actor, uid=report.uid, now=call.now)
        return reading_views.looking(opened, call.today)
    return await _shown(call, waits)


async def open_chosen(call: Call) -> Reply:
    """Open the report that was chosen from the list."""
    report = await review.open_report(actor=call.actor, uid=str(call.choice), now=call.now)
    return await _shown(call, report)


async def _shown(call: Call, report: ToRead, start: int = 0) -> Reply:
    beside = await hints.for_reader(actor=call.actor, report=report, now=call.now)
    return reading_views.reading(report, beside, call.today, start)


async def answer_review(call: Call) -> Reply:
    """Take the number chosen under an opened report."""
    data = call.question.data if call.question else {}
    uid = str(data.get("report", ""))
    if call.choice == "aside":
        return reading_views.laid_aside()
    if call.choice == "go_on" and data.get("looking"):
        opened = await archive.open_read(actor=call.actor, uid=uid, now=call.now, is_new_look=False)
        return reading_views.looking(opened, call.today, int(data["next"]))
    if call.choice in {"go_on", OVERLAP}:
        return await _read_on(call, uid, int(data.get("next", 0)))
    return await _decide(call, uid, str(call.choice), "")


async def _read_on(call: Call, uid: str, start: int) -> Reply:
    """Show the next pages, or what the report shares with others."""
    report = await review.open_report(actor=call.actor, uid=uid, now=call.now, is_new_look=False)
    if call.choice == OVERLAP:
        found = await hints.side_by_side(actor=call.actor, report=report, now=call.now)
        return reading_views.side_by_side(report, found, call.today)
    return await _shown(call, report, start)


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
    uid = await waiting.opened_last(call.actor, call.now)
    if uid is None:
        return await _list(call)
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
