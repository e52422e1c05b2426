"""The chat face of ordered pushes: 推送, 推送 新建, 预览, 审核, 确认发送 (dialogues 3.14)."""

from collections.abc import Sequence
from datetime import datetime

from core.actors import Who
from core.config import settings
from core.conversation import Call, Command, Continuation, Reply, Reveals, Say, Slot
from core.errors import Refusal
from plugins.delivery import forecast, push_views
from plugins.gateway import outbound
from plugins.study import (
    local_commands,
    local_materials,
    officers,
    order_lines,
    order_views,
    orders,
    push_words,
    pushed,
)
from plugins.study.library import LOCAL, Material
from plugins.study.order_lines import Line
from plugins.study.orders import Order

_IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP})


async def handle_menu(call: Call) -> Reply:
    """Show what can be done with pushes (推送)."""
    return await handle_new(call) if call.words.strip() else order_views.menu()


async def handle_new(call: Call) -> Reply:
    """Propose a push: piece, groups and time in one line, or by questions (推送 新建)."""
    path = officers.office(call.actor).unit_path
    line = await order_lines.read(call.actor, call.words, now=call.now)
    if not line.words:
        return order_views.which_piece(await order_lines.offered(call.actor, call.today), "")
    found = await order_lines.pieces(call.actor, line.words, call.today)
    if not found:
        raise Refusal("study.push_not_found")
    if len(found) > 1:
        return order_views.which_piece(found, line.rest)
    return await _proposal(call, await orders.usable(found[0], line.at, path), line)


async def continue_piece(call: Call) -> Reply:
    """Take the piece that was chosen by number, or other words for one."""
    data = call.question.data if call.question else {}
    if call.choice is None:
        return await handle_new(call)
    path = officers.office(call.actor).unit_path
    line = await order_lines.read(call.actor, str(data.get("rest", "")), now=call.now)
    piece = await orders.usable(await orders.find(str(call.choice)), line.at, path)
    return await _proposal(call, piece, line)


async def _proposal(call: Call, piece: Material, line: Line) -> Reply:
    night = order_views.night(call.now, line.at, is_now=line.is_night)
    groups = await orders.reached(call.actor, piece, line.groups, call.today)
    count, on = await pushed.had(groups, piece.slug)
    before = (*((night,) if line.was_night else ()), *order_views.had(count, on))
    return order_views.proposal(piece, groups, line.at, before)


async def continue_proposal(call: Call) -> Reply:
    """Ask the second person, show the text, or leave it."""
    data = call.question.data if call.question else {}
    slug, at = str(data.get("slug")), datetime.fromisoformat(str(data.get("at")))
    path = officers.office(call.actor).unit_path
    piece = await orders.usable(await orders.find(slug), at, path)
    if call.choice == "leave":
        return Reply(says=(Say("study.push_left"),), close=frozenset({Slot.QUESTION}))
    groups = [int(number) for number in data.get("groups", ())]
    if call.choice == "show":
        again = order_views.proposal(piece, groups, at)
        return Reply(says=(Say("study.section", section=order_views.digest(piece)), *again.says),
                     ask=again.ask)  # fmt: skip
    reviewer = await orders.propose(
        actor=call.actor, slug=slug, groups=groups, send_at=at, now=call.now
    )
    return order_views.proposed(reviewer)


async def handle_preview(call: Call) -> Reply:
    """Show the one who orders what the groups will read (推送 预览)."""
    order = await _asked_about(call)
    text = Say("study.section", section=order_views.digest(order.piece))
    return Reply(says=(text, Say("study.push_word")), ask=order_views.confirm_ask(order.uid))


async def handle_confirmed(call: Call) -> Reply:
    """Send what a second person has seen (确认发送)."""
    order = await _asked_about(call)
    done = await orders.confirm(actor=call.actor, uid=order.uid, now=call.now)
    return order_views.confirmed(done.send_at)


async def _asked_about(call: Call) -> Order:
    """Return the order that the open question is about."""
    asked = call.question
    if asked is None or asked.kind != order_views.CONFIRM:
        raise Refusal("study.push_confirm_first")
    return await orders.of(call.actor, str(asked.data["order"]))


async def continue_confirm(_call: Call) -> Reply:
    """Say again by which word a push goes out."""
    raise Refusal("study.push_word")


async def handle_review(call: Call) -> Reply:
    """List what waits for one's look, and what waits for one's word (推送 审核).

    The number of a list of 待办 names one of them.
    """
    found = await orders.open_for(call.actor, now=call.now)
    if any(one.uid == call.words.strip() for one in found):
        return await _opened(call, call.words.strip())
    local = await local_materials.waiting_for(call.actor)
    if not found and not local:
        return Reply.of("study.push_nothing_open")
    items = [(one.uid, one.piece.title, one.asked_by != call.actor.person_id) for one in found]
    brought = [(f"{LOCAL}{piece.uid}", piece.title, True) for piece in local]
    return order_views.open_list([*items, *brought])


async def continue_open(call: Call) -> Reply:
    """Open what was chosen: the question to look, or the word to say."""
    if str(call.choice).startswith(LOCAL):
        return await local_commands.show_waiting(call, str(call.choice).removeprefix(LOCAL))
    return await _opened(call, str(call.choice))


async def _opened(call: Call, uid: str) -> Reply:
    order = await orders.of(call.actor, uid)
    if order.asked_by != call.actor.person_id:
        return order_views.review(order.piece, order.asker, order.uid)
    coming = await _forecast(order, call.now)
    return order_views.to_confirm(order.piece, order.uid, coming, order.send_at)


async def continue_review(call: Call) -> Reply:
    """Take what the second person says."""
    uid = str(call.question.data["order"]) if call.question else ""
    order = await orders.of(call.actor, uid)
    if call.choice == "whole":
        return order_views.whole(order.piece, uid)
    if call.choice == "return":
        await orders.send_back(actor=call.actor, uid=uid, now=call.now)
        return order_views.reviewed(order.asker, passed=False)
    coming = await _forecast(order, call.now)
    await orders.approve(actor=call.actor, uid=uid, says=coming, now=call.now)
    return order_views.reviewed(order.asker, passed=True)


async def _forecast(order: Order, now: datetime) -> Sequence[Say]:
    """Say how many groups, how long, and what is used up, at the hour of sending."""
    platforms = (name for name, is_on in settings().platforms.items() if is_on)
    reach = {name: outbound.connected(name) for name in platforms}
    found = await forecast.forecast(
        [f"group:{number}" for number in order.groups],
        reach=reach, calls_all=False, now=max(now, order.send_at),
    )  # fmt: skip
    return push_views.forecast(found)


PUSH_COMMANDS = (
    Command(
        name="study.push",
        words=(push_words.MENU,),
        aliases=push_words.MENU_ALIASES,
        handler=handle_menu,
        summary="study.help_push",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
        arguments=push_words.ARGUMENTS_MENU,
    ),
    Command(
        name="study.push_new",
        words=(push_words.NEW,),
        aliases=push_words.NEW_ALIASES,
        handler=handle_new,
        summary="study.help_push_new",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
        arguments=push_words.ARGUMENTS_NEW,
    ),
    Command(
        name="study.push_preview",
        words=(push_words.PREVIEW,),
        handler=handle_preview,
        summary="study.help_push_preview",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="study.push_review",
        words=(push_words.REVIEW,),
        handler=handle_review,
        summary="study.help_push_review",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="study.push_confirm",
        words=(push_words.CONFIRM,),
        handler=handle_confirmed,
        summary="study.help_push_confirm",
        who=_IN_CHARGE,
        reveals=Reveals.PUBLIC,
    ),
)

PUSH_CONTINUATIONS = (
    Continuation(order_views.PIECE, continue_piece),
    Continuation(order_views.PROPOSE, continue_proposal),
    Continuation(order_views.REVIEW, continue_review),
    Continuation(order_views.CONFIRM, continue_confirm),
    Continuation(order_views.OPEN, continue_open),
)
