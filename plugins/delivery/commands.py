"""The chat face of the ledger: how far a push has come, stop it, take it back, settle doubts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from core.actors import Who
from core.clock import at_local, local, local_day
from core.config import settings
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from plugins.delivery import (
    forecast,
    holds,
    hours,
    push_views,
    pushes,
    queries,
    quiet,
    recall_orders,
    settlement,
    views,
    words,
)
from plugins.delivery.pushes import Push

_IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP, Who.OPERATOR})

# A word that takes back what hundreds read is not found lying about a day later.
CONFIRM_LIFE = timedelta(hours=1)


async def handle_progress(call: Call) -> Reply:
    """Say how far the newest push has come, or the one named (发送进度)."""
    found = await pushes.of(call.actor)
    if not found:
        return views.nothing_sent()
    named = pushes.named(found, call.words)
    if not named:
        raise Refusal("delivery.no_such_push")
    return await _progress(call, named[0], found)


async def _progress(call: Call, push: Push, found: tuple[Push, ...]) -> Reply:
    items = await queries.open_items(call.actor, now=call.now)
    unsure = tuple(
        item
        for item in items
        if item.is_unsure and (not item.is_group or item.message_id in push.messages)
    )
    others = tuple(one for one in found if one != push and one.needs_a_look(call.now))
    come = await pushes.progress(call.actor, push, now=call.now)
    return views.progress(
        push,
        come,
        tuple(sorted(unsure, key=lambda item: not item.is_group)),
        others,
        quiet_until=_quiet_until(call.now),
    )


def _quiet_until(now: datetime) -> datetime | None:
    if not quiet.is_quiet(now):
        return None
    end = settings().quiet_hours.end
    at = at_local(local_day(now), end.hour, end.minute)
    return at if local(at) > local(now) else at + timedelta(days=1)


async def handle_pause(call: Call) -> Reply:
    """Stop a push that is still going out (暂停发送)."""
    return await _chosen(call, "pause", lambda push: push.can_stop)


async def handle_resume(call: Call) -> Reply:
    """Let a stopped push go on (继续发送)."""
    return await _chosen(call, "resume", lambda push: push.held > 0)


async def handle_recall(call: Call) -> Reply:
    """Say what taking a push back would do, and ask for the word (撤回)."""
    return await _chosen(
        call,
        "recall",
        lambda push: push.is_recent(call.now) and recall_orders.can_recall(push),
    )


_WORDS = {"pause": words.PAUSE, "resume": words.RESUME, "recall": words.RECALL}


def _nothing(do: str) -> Refusal:
    if do == "pause":
        return Refusal("delivery.nothing_moving")
    if do == "resume":
        return Refusal("delivery.nothing_held")
    return Refusal("delivery.nothing_to_recall")


async def _chosen(call: Call, do: str, fits: Callable[[Push], bool]) -> Reply:
    """Do it to the one push that fits; ask which when several do."""
    found = tuple(push for push in await pushes.of(call.actor) if fits(push))
    if not found:
        raise _nothing(do)
    named = pushes.named(found, call.words)
    if not named:
        raise Refusal("delivery.no_such_push")
    if len(named) > 1:
        return views.which(named, do, again=_WORDS[do])
    return await _do(call, do, named[0])


async def _do(call: Call, do: str, push: Push) -> Reply:
    if do == "recall":
        return push_views.ask_recall(push)
    change = holds.pause if do == "pause" else holds.resume
    count = await change(
        actor=call.actor,
        purpose=push.purpose,
        occasion=push.occasion,
        messages=push.messages,
        now=call.now,
    )
    if do == "resume":
        coming = await forecast.of_waiting(push.messages, now=call.now)
        return push_views.resumed(push, count, coming)
    under_way = push.count(*pushes.MOVING) - push.held - count
    return push_views.paused(push, count, max(under_way, 0))


async def handle_confirmed(call: Call) -> Reply:
    """Take back the push that was just asked about (确认撤回)."""
    asked = call.question
    is_open = asked is not None and asked.kind == push_views.CONFIRM
    if asked is None or not is_open or call.now - asked.asked_at > CONFIRM_LIFE:
        raise Refusal("delivery.recall_first")
    return push_views.recalling(
        await recall_orders.order(
            actor=call.actor, message_id=int(asked.data["message"]), now=call.now
        )
    )


async def handle_unconfirmed(_call: Call) -> Reply:
    """Say again by which word a push is taken back."""
    raise Refusal("delivery.recall_word")


async def handle_resend(call: Call) -> Reply:
    """Send again what did not arrive (补发)."""
    return views.settled(await settlement.resend(actor=call.actor, name=call.words, now=call.now))


async def handle_taken(call: Call) -> Reply:
    """Take as sent what was seen in the group (当作已发)."""
    return views.settled(
        await settlement.take_as_sent(actor=call.actor, name=call.words, now=call.now)
    )


async def handle_choice(call: Call) -> Reply:
    """Settle one unsure delivery by its number, or go on with the push that was chosen."""
    chosen = call.choice
    if "do" in chosen:
        return await _with_chosen(call, str(chosen["do"]), int(chosen["message"]))
    return views.settled(
        await settlement.decide(
            actor=call.actor, delivery_id=chosen["id"], again=chosen["again"], now=call.now
        )
    )


async def _with_chosen(call: Call, do: str, message_id: int) -> Reply:
    found = await pushes.of(call.actor)
    push = next((one for one in found if message_id in one.messages), None)
    if push is None:
        raise Refusal("delivery.no_such_push")
    return await (_progress(call, push, found) if do == "show" else _do(call, do, push))


async def handle_quiet(call: Call) -> Reply:
    """Show or set the quiet hours of the actor's unit (安静时间)."""
    said = call.words.strip()
    if not said:
        return push_views.quiet(await hours.of(call.actor), call.now)
    if said in words.AS_BEFORE:
        return push_views.quiet_set(await hours.clear(actor=call.actor, now=call.now), call.now)
    span = hours.read(said)
    if span is None:
        raise Refusal("delivery.quiet_unread")
    found = await hours.set_for(actor=call.actor, span=span, now=call.now)
    return push_views.quiet_set(found, call.now)


_OF_A_PUSH = Command(
    name="delivery.progress",
    words=(words.PROGRESS,),
    aliases=words.PROGRESS_ALIASES,
    handler=handle_progress,
    summary="delivery.summary_progress",
    who=_IN_CHARGE,
    reveals=Reveals.TOTALS,
    arguments="标题",
)
_OF_A_GROUP = replace(
    _OF_A_PUSH,
    name="delivery.resend",
    words=(words.RESEND,),
    aliases=words.RESEND_ALIASES,
    handler=handle_resend,
    summary="delivery.summary_resend",
    arguments="群名",
)

COMMANDS = (
    _OF_A_PUSH,
    replace(
        _OF_A_PUSH,
        name="delivery.pause",
        words=(words.PAUSE,),
        aliases=words.PAUSE_ALIASES,
        handler=handle_pause,
        summary="delivery.summary_pause",
    ),
    replace(
        _OF_A_PUSH,
        name="delivery.resume",
        words=(words.RESUME,),
        aliases=words.RESUME_ALIASES,
        handler=handle_resume,
        summary="delivery.summary_resume",
    ),
    replace(
        _OF_A_PUSH,
        name="delivery.recall",
        words=(words.RECALL,),
        aliases=words.RECALL_ALIASES,
        handler=handle_recall,
        summary="delivery.summary_recall",
    ),
    replace(
        _OF_A_PUSH,
        name="delivery.confirm_recall",
        words=(words.CONFIRM_RECALL,),
        aliases=(),
        handler=handle_confirmed,
        summary="delivery.summary_confirm_recall",
        arguments="",
    ),
    _OF_A_GROUP,
    replace(
        _OF_A_GROUP,
        name="delivery.taken",
        words=(words.TAKEN,),
        aliases=words.TAKEN_ALIASES,
        handler=handle_taken,
        summary="delivery.summary_taken",
    ),
    Command(
        name="delivery.quiet",
        words=(words.QUIET,),
        handler=handle_quiet,
        summary="delivery.summary_quiet",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.TOTALS,
        arguments="20点到9点",
    ),
)

CONTINUATIONS = (
    Continuation(views.SETTLE, handle_choice),
    Continuation(push_views.CONFIRM, handle_unconfirmed),
)
