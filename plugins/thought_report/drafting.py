"""What an author's messages do: the handlers of writing, arranging and handing in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.conversation import Call, Handler, Reply, Slot
from core.errors import Fault, Refusal
from core.messages import InPart, Text
from core.periods import Quarter
from plugins.thought_report import (
    arranging,
    doubts,
    intake,
    paper_views,
    queries,
    receipts,
    service,
    sheets,
    submission,
    views,
    words,
)
from plugins.thought_report.words import PageAct


async def handle_write(call: Call) -> Reply:
    """Open a draft; words after the command that name no quarter are its first page."""
    quarter = words.quarter_word(call.words, call.today)
    outcome = await service.open_draft(actor=call.actor, quarter=quarter, now=call.now)
    written = "" if quarter else call.words.strip()
    if isinstance(outcome, service.WhichQuarter):
        return views.which_quarter(outcome, {"key": call.message_key, "words": written})
    first: tuple[InPart, ...] = (Text(written), *call.media) if written else call.media
    return await _opened(replace(call, parts=first), outcome)


async def choose_quarter(call: Call) -> Reply:
    """Open the draft of the quarter that was chosen, with what was written before the question."""
    quarter = Quarter.parse(str(call.choice))
    outcome = await service.open_draft(actor=call.actor, quarter=quarter, now=call.now)
    if isinstance(outcome, service.WhichQuarter):
        raise Fault("a chosen quarter is asked about again")
    data = call.question.data if call.question else {}
    first = (Text(str(data["words"])),) if data.get("words") else ()
    key = str(data.get("key", call.message_key))
    reply = await _opened(replace(call, parts=first, message_key=key, question=None), outcome)
    return replace(reply, close=frozenset({Slot.QUESTION}))


async def _opened(call: Call, draft: service.Opened) -> Reply:
    reply = views.opened(draft, call.today)
    if not call.parts:
        return reply
    more = await _take(call, draft.uid)
    return replace(reply, says=reply.says + more.says, ask=more.ask)


async def handle_supplement(call: Call) -> Reply:
    """Open a draft with the pages of the report handed in last."""
    quarter = words.quarter_word(call.words, call.today)
    draft = await service.open_supplement(actor=call.actor, quarter=quarter, now=call.now)
    return views.supplement(draft, call.today)


async def handle_mine(call: Call) -> Reply:
    """Show how one's own reports stand; with a quarter how that one went."""
    if (quarter := words.quarter_word(call.words, call.today)) is not None:
        return paper_views.trail(await queries.own_trail(call.actor, quarter), call.today)
    reports = await queries.own_reports(call.actor, call.today)
    papers = await queries.own_papers(call.actor)
    return receipts.mine(reports, papers, await queries.own_draft(call.actor), call.today)


async def handle_look(call: Call) -> Reply:
    """Show the pages of the draft, small and side by side."""
    draft = await queries.require_draft(call.actor)
    return views.look(draft, call.today, await sheets.sheet_of(call.actor))


async def handle_page(call: Call) -> Reply:
    """Take a page out, move it, or wait for the one that replaces it."""
    word = words.page_word(call.text) or words.page_word(call.words)
    if word is None:
        raise Refusal("thought_report.which_page")
    if word.act is PageAct.REMOVE:
        change = await arranging.remove_page(actor=call.actor, page=word.page, now=call.now)
        return views.removed(change)
    if word.act is PageAct.REPLACE:
        change = await arranging.await_replacement(actor=call.actor, page=word.page, now=call.now)
        return views.replacing(change)
    change = await arranging.move_page(actor=call.actor, page=word.page, to=word.to, now=call.now)
    return views.moved(change)


async def handle_restore(call: Call) -> Reply:
    """Put back the page that was taken out last."""
    return views.restored(await arranging.restore_page(actor=call.actor, now=call.now))


async def handle_finish(call: Call) -> Reply:
    """Hand in; words that are still held are asked about first."""
    held = _held(call)
    draft = await queries.own_draft(call.actor)
    if held and draft and held["draft"] == draft.uid and not held.get("finish"):
        return views.hold({**held, "finish": True}, 0)
    outcome = await submission.submit(actor=call.actor, now=call.now)
    return _sparing(call, receipts.submitted(outcome))


def _sparing(call: Call, reply: Reply) -> Reply:
    """Leave a question of another room open."""
    if call.question is None or call.question.kind.startswith("thought_report."):
        return reply
    return replace(reply, close=reply.close - {Slot.QUESTION})


async def ask_sure(call: Call) -> Reply:
    """Ask back once after a near word."""
    await queries.require_draft(call.actor)
    return receipts.sure()


async def handle_cancel(call: Call) -> Reply:
    """Drop an empty draft; ask before pages are lost."""
    draft = await queries.require_draft(call.actor)
    if draft.pages:
        return receipts.cancel(draft)
    outcome = await service.drop(actor=call.actor, now=call.now)
    return _sparing(call, receipts.dropped(outcome))


_WORDS: dict[str, Handler] = {
    **dict.fromkeys(words.FINISH_WORDS, handle_finish),
    **dict.fromkeys(words.NEAR_FINISH_WORDS, ask_sure),
    **dict.fromkeys(words.LOOK_WORDS, handle_look),
    **dict.fromkeys(words.RESTORE_WORDS, handle_restore),
    **dict.fromkeys(words.CANCEL_WORDS, handle_cancel),
}


async def continue_draft(call: Call) -> Reply:
    """Take what comes while a draft is open: a word of ours, a page word, else pages."""
    said = "" if call.media else words.plain(call.words or call.text)
    handler = _WORDS.get(said)
    if handler is not None:
        return await handler(call)
    if words.page_word(said) is not None:
        return await handle_page(call)
    try:
        return await _take(call, str(call.draft.data["draft"]) if call.draft else "")
    except Refusal as refusal:
        if refusal.key != "thought_report.no_draft":
            raise
        return Reply(says=Reply.of("thought_report.no_draft").says, close=frozenset({Slot.DRAFT}))


async def _take(call: Call, draft_uid: str) -> Reply:
    result = await intake.take(call, draft_uid)
    draft = await queries.require_draft(call.actor, draft_uid)
    question = _question(call, draft_uid, result.held) if result.held else None
    return views.taken(result, draft, question, may_ask=call.question is None)


def _held(call: Call) -> Mapping[str, Any] | None:
    """Return what the open question holds, if it asks about held words."""
    question = call.question
    if question is None or question.kind != views.HOLD:
        return None
    return question.data


def _question(call: Call, draft_uid: str, held: str) -> dict[str, Any]:
    """Return the question about held words, together with those held before."""
    before = _held(call)
    texts = list(before["texts"]) if before and before["draft"] == draft_uid else []
    if not texts or texts[-1][0] != call.message_key:
        texts.append([call.message_key, held])
    return {"draft": draft_uid, "texts": texts}


async def answer_hold(call: Call) -> Reply:
    """Put held words in, or leave them out; then hand in when that was meant."""
    data = _held(call)
    if data is None:
        raise Refusal("thought_report.no_draft")
    reply = await _put_in(call, data) if call.choice == "put" else views.held_out()
    if not data.get("finish"):
        return reply
    return receipts.submitted(await submission.submit(actor=call.actor, now=call.now))


async def _put_in(call: Call, data: Mapping[str, Any]) -> Reply:
    text = "\n".join(str(held) for _, held in data["texts"])
    page = intake.words_page(str(data["texts"][0][0]), text)
    added = await intake.add(call, str(data["draft"]), [page])
    return views.held_in(added.contents.pages)


async def answer_flaw(call: Call) -> Reply:
    """Wait for a better photo of a page, or take it as it is."""
    if call.choice != "retake":
        return doubts.kept()
    page = str((call.question.data if call.question else {})["page"])
    change = await arranging.await_replacement(actor=call.actor, page=page, now=call.now)
    return replace(views.replacing(change), close=frozenset({Slot.QUESTION}))


async def answer_sure(call: Call) -> Reply:
    """Hand in after a near word, or not yet."""
    if call.choice == "hand_in":
        return receipts.submitted(await submission.submit(actor=call.actor, now=call.now))
    draft = await queries.require_draft(call.actor)
    return receipts.not_yet(len(draft.pages))


async def answer_short(call: Call) -> Reply:
    """Hand in a short report as it is, or go on writing."""
    if call.choice != "as_it_is":
        return receipts.write_on()
    outcome = await submission.submit(actor=call.actor, now=call.now, short_is_fine=True)
    return receipts.submitted(outcome)


async def answer_cancel(call: Call) -> Reply:
    """Keep the pages for another day, or drop them."""
    if call.choice == "drop":
        return receipts.dropped(await service.drop(actor=call.actor, now=call.now))
    return receipts.kept(await queries.require_draft(call.actor))
