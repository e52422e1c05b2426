"""The chat face of help: 求助 for who asks; 受理, 办结 for who helps."""

from collections.abc import Sequence
from datetime import datetime

from core.actors import Actor, Who
from core.conversation import (
    Ask,
    Call,
    Command,
    Continuation,
    Option,
    Reply,
    Reveals,
    Say,
    Slot,
    Takes,
)
from core.texts import current
from core.todo import TodoItem
from plugins.assistance import policy, queries, service, words
from plugins.assistance.asking_for import FOR_COMMANDS, FOR_CONTINUATIONS
from plugins.assistance.queries import Case
from plugins.assistance.totals_commands import TOTALS_COMMANDS
from plugins.assistance.withdrawing_commands import CANCEL_COMMANDS, CANCEL_CONTINUATIONS

_HELPERS = frozenset({Who.SECRETARY, Who.INFLOW, Who.TOWNSHIP})
_WORKER = frozenset({Who.WORKER})
_DONE = frozenset({Slot.QUESTION})
_SHOWN = 6


async def handle_help(call: Call) -> Reply:
    """Ask what the help is needed for."""
    del call
    options = tuple(Option(label, value=kind.value) for kind, label in words.KINDS)
    say = Say("assistance.which_kind", options=current().options(options))
    return Reply(says=(say,), ask=Ask("assistance.kind", options, again=words.HELP, listed=True))


async def continue_kind(call: Call) -> Reply:
    """Ask for a few words about the kind that was chosen."""
    kind = words.kind_of_value(call.choice)
    say = Say("assistance.few_words")
    if kind is words.WAGES:
        say = Say("assistance.few_words_wages")
    ask = Ask("assistance.words", data={"kind": kind.value}, takes=Takes.TEXT)
    return Reply(says=(say,), ask=ask)


async def continue_words(call: Call) -> Reply:
    """Open the case with the words somebody wrote."""
    kind = words.kind_of_value((call.question.data if call.question else {})["kind"])
    if not call.text:
        ask = Ask("assistance.words", data={"kind": kind.value}, takes=Takes.TEXT)
        return Reply(says=(Say("assistance.words_only"),), ask=ask)
    opened = await service.open_case(
        actor=call.actor,
        person_id=call.actor.person_id or 0,
        kind=kind,
        said=call.text,
        key=call.message_key,
        now=call.now,
    )
    by = policy.taken_by(opened.row.opened_at)
    first = Say("assistance.opened", by=by) if opened.has_helper else Say("assistance.nobody_here")
    hints = (Say("assistance.hint_wages"),) if kind is words.WAGES else ()
    return Reply(says=(first, *hints, Say("assistance.cancel_hint")), close=_DONE)


async def continue_week(call: Call) -> Reply:
    """Take the answer how it goes, or whether it is done."""
    case_id = int((call.question.data if call.question else {})["case"])
    if call.choice == "moving":
        own = await queries.is_own(call.actor, case_id)
        moving = Say("assistance.moving") if own else Say("assistance.moving_for")
        return Reply(says=(moving,), close=_DONE)
    if call.choice == "solved":
        await service.close(actor=call.actor, case_id=case_id, now=call.now)
        return Reply(says=(Say("assistance.closed"),), close=_DONE)
    await service.still_waits(actor=call.actor, case_id=case_id, now=call.now)
    pressed = Say("assistance.pressed", by=policy.taken_by(call.now))
    unit = await queries.township_above(call.actor, case_id, call.today)
    if unit is None:
        return Reply(says=(pressed,), close=_DONE)
    options = (
        Option(Say("assistance.option_ask_above"), value="above"),
        Option(Say("assistance.option_not_above"), value="not"),
    )
    say = Say("assistance.ask_above", unit=unit, options=current().options(options))
    ask = Ask("assistance.above", options, {"case": case_id}, listed=True)
    return Reply(says=(pressed, say), ask=ask)


async def continue_above(call: Call) -> Reply:
    """Ask the township as well, or leave it with the helper."""
    if call.choice != "above":
        return Reply(says=(Say("assistance.not_above"),), close=_DONE)
    case_id = int((call.question.data if call.question else {})["case"])
    unit = await service.ask_above(actor=call.actor, case_id=case_id, now=call.now)
    return Reply(says=(Say("assistance.asked_above", unit=unit),), close=_DONE)


async def handle_take(call: Call) -> Reply:
    """List the cases to take, by name and kind."""
    found = await queries.to_take(call.actor, call.now)
    if not found:
        return Reply.of("assistance.nothing_to_take")
    options = _options(found)
    say = Say("assistance.to_take", count=len(found), options=current().options(options))
    return Reply(says=(say,), ask=Ask("assistance.take", options, again=words.TAKE, listed=True))


async def continue_take(call: Call) -> Reply:
    """Take the case whose number was chosen, and show its words."""
    said = await service.take(actor=call.actor, case_id=int(call.choice), now=call.now)
    say = Say("assistance.taken", said=said) if said else Say("assistance.taken_without_words")
    return Reply(says=(say, Say("assistance.taken_hint")), close=_DONE)


async def handle_done(call: Call) -> Reply:
    """List the cases in hand; a number behind 办结 is taken at once."""
    found = await queries.in_hand(call.actor)
    if not found:
        return Reply.of("assistance.nothing_in_hand")
    number = call.words.strip()
    if number.isdecimal() and 1 <= int(number) <= len(found):
        return await _say_done(call, found[int(number) - 1].case_id)
    options = _options(found)
    say = Say("assistance.which_done", options=current().options(options))
    return Reply(says=(say,), ask=Ask("assistance.done", options, again=words.DONE, listed=True))


async def continue_done(call: Call) -> Reply:
    """Say that the case whose number was chosen is done."""
    return await _say_done(call, int(call.choice))


async def _say_done(call: Call, case_id: int) -> Reply:
    await service.say_done(actor=call.actor, case_id=case_id, now=call.now)
    return Reply(says=(Say("assistance.asked_if_done"),), close=_DONE)


def _options(found: Sequence[Case]) -> tuple[Option, ...]:
    kinds = dict(words.KINDS)
    return tuple(
        Option(
            Say("assistance.option_case", name=one.name, kind=kinds[one.kind]), value=one.case_id
        )
        for one in found[:_SHOWN]
    )


async def open_for(call: Call, person_id: int, said: str) -> Reply:
    """Open a case for somebody who agreed to it; the mentor's note is its words."""
    await service.open_case(
        actor=call.actor,
        person_id=person_id,
        kind=words.kind_of(said),
        said=said,
        key=call.message_key,
        now=call.now,
    )
    return Reply(says=(Say("assistance.opened_for"),), close=_DONE)


async def waiting(actor: Actor, now: datetime) -> Sequence[TodoItem]:
    """Return how many cases wait to be taken by the actor, as one line of 待办."""
    found = await queries.to_take(actor, now) if queries.may_help(actor) else ()
    if not found:
        return ()
    count = len(found)
    return (TodoItem(Say("assistance.todo", count=count), run=words.TAKE, count=count),)


COMMANDS = (
    Command(
        name="assistance.help",
        words=(words.HELP,),
        aliases=("帮帮我", "欠薪", "工伤了"),
        handler=handle_help,
        summary="assistance.help_help",
        who=_WORKER,
        reveals=Reveals.OWN,
        in_group="assistance.not_in_group",
    ),
    Command(
        name="assistance.take",
        words=(words.TAKE,),
        handler=handle_take,
        summary="assistance.help_take",
        who=_HELPERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="assistance.done",
        words=(words.DONE,),
        aliases=("办好了",),
        handler=handle_done,
        summary="assistance.help_done",
        who=_HELPERS,
        reveals=Reveals.BRANCH,
        arguments="1",
    ),
    *CANCEL_COMMANDS,
    *FOR_COMMANDS,
    *TOTALS_COMMANDS,
)

CONTINUATIONS = (
    Continuation("assistance.kind", continue_kind),
    Continuation("assistance.words", continue_words),
    Continuation("assistance.week", continue_week),
    Continuation("assistance.done_answer", continue_week),
    Continuation("assistance.take", continue_take),
    Continuation("assistance.done", continue_done),
    Continuation("assistance.above", continue_above),
    *CANCEL_CONTINUATIONS,
    *FOR_CONTINUATIONS,
)
