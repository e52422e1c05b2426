"""The chat face of local pieces: 加材料, its four questions, the second look, 我的材料."""

from dataclasses import replace
from datetime import date

from core import daywords
from core.actors import Who
from core.conversation import Call, Command, Continuation, Handler, Reply, Reveals, Say, Slot
from core.errors import Refusal
from core.messages import Text
from core.texts import render
from models.enums import MaterialState
from plugins.study import (
    library,
    local_materials,
    local_views,
    material_intake,
    material_words,
    order_lines,
)
from plugins.study.local_pieces import Brought

_IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP})


async def handle_add(call: Call) -> Reply:
    """Open a draft, or the one that was left; words behind the command are its first part."""
    voice = material_words.VOICE.fullmatch(call.words.strip())
    if voice:
        return await _open_voice(call, voice["title"].strip(material_words.QUOTES))
    piece = await local_materials.open_draft(actor=call.actor, now=call.now)
    opened = local_views.opened(piece)
    if not call.words.strip():
        return opened
    first = replace(call, parts=(Text(call.words.strip()), *call.media))
    taken = await material_intake.take(first, piece.uid)
    return replace(local_views.taken(taken.piece, taken.problems), draft=opened.draft)


async def _open_voice(call: Call, title: str) -> Reply:
    found = await order_lines.pieces(call.actor, title, call.today) if title else ()
    found = tuple(piece for piece in found if not piece.is_local)
    if len(found) != 1:
        raise Refusal("study.local_voice_which")
    piece = await local_materials.open_draft(actor=call.actor, now=call.now, voice_of=found[0].slug)
    return local_views.opened(piece, found[0].title)


async def continue_draft(call: Call) -> Reply:
    """Take what comes while a draft is open: a word of ours, else a part of it."""
    uid = str(call.draft.data["uid"]) if call.draft else ""
    said = "" if call.media else (call.words or call.text).strip(material_words.QUOTES)
    try:
        handler = _WORDS.get(said)
        if handler is not None:
            return await handler(call)
        taken = await material_intake.take(call, uid)
    except Refusal as refusal:
        if refusal.key != "study.local_no_draft":
            raise
        return Reply(says=(Say(refusal.key),), close=frozenset({Slot.DRAFT}))
    return local_views.taken(taken.piece, taken.problems)


async def _draft(call: Call) -> Brought:
    uid = str(call.draft.data["uid"]) if call.draft else ""
    return await local_materials.draft(call.actor, uid)


async def handle_look(call: Call) -> Reply:
    """Show what is in the draft."""
    return local_views.look(await _draft(call))


async def handle_finish(call: Call) -> Reply:
    """Begin the questions; a recording has none and goes to the second person."""
    piece = await _draft(call)
    if piece.is_empty:
        raise Refusal("study.local_empty")
    if piece.voice_of:
        return await _propose_voice(call, piece)
    return local_views.ask_title(piece.uid, local_materials.TITLE_MOST)


async def _propose_voice(call: Call, piece: Brought) -> Reply:
    read = library.current().find(piece.voice_of)
    if read is None:
        raise Refusal("study.piece_gone")
    name = await local_materials.propose(
        actor=call.actor, uid=piece.uid, title=read.title, source=read.source,
        source_on=read.source_date, until=read.effective_until, now=call.now,
    )  # fmt: skip
    return local_views.closed(Say("study.local_proposed", reviewer=name))


async def handle_cancel(call: Call) -> Reply:
    """Throw the draft away."""
    piece = await _draft(call)
    strays = await local_materials.drop(actor=call.actor, uid=piece.uid, now=call.now)
    await material_intake.forget(strays)
    return local_views.closed(Say("study.local_dropped"))


_WORDS: dict[str, Handler] = {
    **dict.fromkeys(material_words.LOOK_WORDS, handle_look),
    **dict.fromkeys(material_words.FINISH_WORDS, handle_finish),
    **dict.fromkeys(material_words.CANCEL_WORDS, handle_cancel),
}


def _data(call: Call) -> dict[str, object]:
    return dict(call.question.data) if call.question else {}


async def continue_title(call: Call) -> Reply:
    """Take the title."""
    title = call.text.strip(material_words.QUOTES)
    if not title or "\n" in title or len(title) > local_materials.TITLE_MOST:
        raise Refusal("study.local_which_title", most=local_materials.TITLE_MOST)
    return local_views.ask_source(_data(call) | {"title": title})


async def continue_source(call: Call) -> Reply:
    """Take where it comes from; what one's own unit wrote is of today."""
    piece = await local_materials.draft(call.actor, str(_data(call)["uid"]))
    if call.choice == "own":
        source = render("study.local_own_source", unit=piece.unit)
        data = _data(call) | {"source": source, "on": call.today.isoformat()}
        return local_views.ask_until(data, call.today)
    source = " ".join(call.text.split())
    if not 0 < len(source) <= local_materials.SOURCE_MOST:
        raise Refusal("study.local_source_long", most=local_materials.SOURCE_MOST)
    return local_views.ask_day(_data(call) | {"source": source})


async def continue_day(call: Call) -> Reply:
    """Take the day of the source, or that it has none."""
    said = call.text.strip(material_words.QUOTES)
    if call.choice == "none" or (call.choice is None and said in material_words.NO_DAY):
        return local_views.ask_until(_data(call) | {"on": None}, call.today)
    day = call.today if call.choice == "today" else _day(said, call.today, past=True)
    return local_views.ask_until(_data(call) | {"on": day.isoformat()}, call.today)


def _day(said: str, today: date, *, past: bool) -> date:
    found = daywords.parse_day(said, today, past=past)
    if found is None or isinstance(found, daywords.Ambiguous):
        raise Refusal("study.local_day_unknown")
    return found


async def continue_until(call: Call) -> Reply:
    """Take the last day, and repeat everything."""
    said = str(call.choice) if call.choice else ""
    until = date.fromisoformat(said) if said else _day(call.text, call.today, past=False)
    if not call.today <= until <= call.today + local_materials.LONGEST:
        raise Refusal("study.local_day_unknown")
    data = _data(call) | {"until": until.isoformat()}
    piece = await local_materials.draft(call.actor, str(data["uid"]))
    return local_views.ready(data, piece, until, call.today)


async def continue_ready(call: Call) -> Reply:
    """Ask the second person, go on adding, or leave it for another day."""
    data = _data(call)
    if call.choice == "more":
        piece = await local_materials.draft(call.actor, str(data["uid"]))
        return local_views.opened(piece)
    if call.choice == "keep":
        return local_views.closed(Say("study.local_kept"))
    on = data.get("on")
    name = await local_materials.propose(
        actor=call.actor, uid=str(data["uid"]), title=str(data["title"]),
        source=str(data["source"]), source_on=date.fromisoformat(str(on)) if on else None,
        until=date.fromisoformat(str(data["until"])), now=call.now,
    )  # fmt: skip
    return local_views.closed(Say("study.local_proposed", reviewer=name))


async def next_waiting(call: Call) -> Reply | None:
    """Show the piece of somebody else that waits longest for one's look, if there is one."""
    waiting = await local_materials.waiting_for(call.actor)
    return await show_waiting(call, waiting[0].uid) if waiting else None


async def show_waiting(call: Call, uid: str) -> Reply:
    """Show one piece that waits for a second person."""
    piece = await local_materials.to_review(call.actor, uid)
    read = library.current().find(piece.voice_of) if piece.voice_of else None
    return local_views.review(piece, call.today, read.title if read else "")


async def continue_review(call: Call) -> Reply:
    """Take what the second person says, in a number or in one go with the reason."""
    uid = str(_data(call).get("uid"))
    back = material_words.BACK.fullmatch(call.text) if call.choice is None else None
    if back:
        return await _send_back(call, uid, back["reason"])
    if call.choice == "return":
        return local_views.ask_why(uid)
    if call.choice == "later":
        return local_views.closed_question(Say("study.local_later"))
    if call.choice != "pass":
        raise Refusal("study.local_say_number")
    piece = await local_materials.approve(actor=call.actor, uid=uid, now=call.now)
    return local_views.closed_question(Say("study.local_passed", title=piece.title))


async def continue_why(call: Call) -> Reply:
    """Take the reason, and send the piece back with it."""
    return await _send_back(call, str(_data(call).get("uid")), call.text)


async def _send_back(call: Call, uid: str, reason: str) -> Reply:
    piece = await local_materials.send_back(
        actor=call.actor, uid=uid, reason=reason.strip(), now=call.now
    )
    return local_views.closed_question(Say("study.local_sent_back", title=piece.title))


async def handle_mine(call: Call) -> Reply:
    """List what one brought in oneself."""
    return local_views.mine(await local_materials.mine(call.actor, call.today))


async def continue_mine(call: Call) -> Reply:
    """Open one's own piece; a draft goes on."""
    piece = await local_materials.own(call.actor, str(call.choice))
    if piece.state is MaterialState.DRAFT:
        return local_views.opened(piece, piece.title)
    return local_views.own(piece, call.today)


async def continue_own(call: Call) -> Reply:
    """Mend what was sent back, take it back, or leave it."""
    uid = str(_data(call).get("uid"))
    if call.choice == "mend":
        piece = await local_materials.reopen(actor=call.actor, uid=uid, now=call.now)
        return local_views.opened(piece, piece.title)
    if call.choice == "withdraw":
        piece = await local_materials.withdraw(actor=call.actor, uid=uid, now=call.now)
        return local_views.closed_question(Say("study.local_withdrawn", title=piece.title))
    return local_views.closed_question(Say("study.local_left"))


LOCAL_COMMANDS = (
    Command(
        name="study.local_add",
        words=(material_words.ADD,),
        aliases=material_words.ADD_TOO,
        handler=handle_add,
        summary="study.help_local_add",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
        arguments=material_words.ADD_ARGUMENTS,
    ),
    Command(
        name="study.local_mine",
        words=(material_words.MINE,),
        aliases=material_words.MINE_TOO,
        handler=handle_mine,
        summary="study.help_local_mine",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
    ),
)

LOCAL_CONTINUATIONS = (
    Continuation(local_views.DRAFT, continue_draft),
    Continuation(local_views.TITLE, continue_title),
    Continuation(local_views.SOURCE, continue_source),
    Continuation(local_views.DAY, continue_day),
    Continuation(local_views.UNTIL, continue_until),
    Continuation(local_views.READY, continue_ready),
    Continuation(local_views.REVIEW, continue_review),
    Continuation(local_views.WHY, continue_why),
    Continuation(local_views.MINE, continue_mine),
    Continuation(local_views.OWN, continue_own),
)
DRAFT_WORDS = {local_views.DRAFT: material_words.DRAFT_WORDS}
