"""The chat face of parcels: 资料包, 已收到, 寄送登记, 资料包 单子."""

from datetime import timedelta

from core import placewords
from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.daywords import is_night
from core.errors import Refusal
from plugins.study import parcel_lines, parcel_queries, parcel_views, parcel_words, parcels

_WORKER = frozenset({Who.WORKER})
_SECRETARY = frozenset({Who.SECRETARY})


async def handle_wish(call: Call) -> Reply:
    """List what can be sent (资料包), or take what is named; an address is refused."""
    if call.words:
        return await _ask(call)
    return parcel_views.wish(await parcel_queries.own(call.actor), call.today)


async def continue_wish(call: Call) -> Reply:
    """Take what somebody would like to have sent."""
    if call.choice == parcel_views.NONE:
        return parcel_views.called_off(await parcels.call_off(actor=call.actor, now=call.now))
    return await _ask(call)


async def _ask(call: Call) -> Reply:
    items = _wanted(call)
    parcel, is_told = await parcels.ask(actor=call.actor, items=items, now=call.now)
    return parcel_views.wished(parcel, is_told=is_told)


def _wanted(call: Call) -> tuple[str, ...]:
    every = parcel_views.items()
    if call.choice is not None:
        return every if call.choice == parcel_views.ALL else (str(call.choice),)
    if placewords.has_address(call.words):
        raise Refusal("study.parcel_no_address")
    named = tuple(item for item in every if parcel_words.bare(item) in call.words)
    if not named:
        raise Refusal("study.parcel_by_number")
    return named


async def handle_came(call: Call) -> Reply:
    """Take the word that a parcel came (已收到)."""
    own = await parcel_queries.own(call.actor)
    if not own:
        raise Refusal("study.parcel_nothing_sent")
    sent = [one for one in own if one.sent_on is not None] or own
    if len(sent) > 1:
        return parcel_views.which_came(sent, call.today)
    return await _receive(call, [sent[0].parcel_id])


async def continue_which(call: Call) -> Reply:
    """Take which of several parcels came."""
    return await _receive(call, [int(number) for number in call.choice])


async def _receive(call: Call, numbers: list[int]) -> Reply:
    done = await parcels.receive(actor=call.actor, parcel_ids=numbers, now=call.now)
    return parcel_views.received(done)


async def continue_came(call: Call) -> Reply:
    """Take the answer to the one question about a parcel."""
    number = int((call.question.data if call.question else {})["parcel"])
    if call.choice == parcel_views.YES:
        return await _receive(call, [number])
    _, is_told = await parcels.miss(actor=call.actor, parcel_id=number, now=call.now)
    return parcel_views.missing(is_told=is_told)


async def handle_sent(call: Call) -> Reply:
    """Write down what was sent to whom (寄送登记); without words show who waits."""
    if not call.words:
        return await handle_list(call)
    night = is_night(call.now)
    sent = await parcel_lines.read_line(call.actor, call.words, call.today, night=night)
    done = await parcels.register(actor=call.actor, sent=sent, now=call.now)
    return parcel_views.registered(done, call.today)


async def handle_list(call: Call) -> Reply:
    """Show who of the branch waits for a parcel (资料包 单子)."""
    return parcel_views.branch(await parcel_queries.of_branch(call.actor, call.today), call.today)


async def continue_listed(call: Call) -> Reply:
    """Ask what is to be noted of the parcel whose number was chosen."""
    found = await parcel_queries.of_branch(call.actor, call.today)
    by_number = {one.parcel_id: one for one in (*found.waiting, *found.silent)}
    one = by_number.get(int(call.choice))
    if one is None:
        raise Refusal("study.parcel_over")
    if one.sent_on is None:
        return parcel_views.about_waiting(one)
    return parcel_views.about_silent(one, call.today)


async def continue_waiting(call: Call) -> Reply:
    """Take on which day a parcel was sent, or that it is not."""
    number = int((call.question.data if call.question else {})["parcel"])
    if call.choice == parcel_views.LEAVE:
        return parcel_views.left()
    if call.choice == parcel_views.DROP:
        done = await parcels.drop(actor=call.actor, parcel_id=number, now=call.now)
        return parcel_views.dropped(done)
    back = timedelta(days=1 if call.choice == parcel_views.YESTERDAY else 0)
    on = call.today - back
    done = await parcels.send_waiting(actor=call.actor, parcel_id=number, on=on, now=call.now)
    return parcel_views.registered(done, call.today)


async def continue_silent(call: Call) -> Reply:
    """Take what a secretary knows of a parcel that went without a word."""
    number = int((call.question.data if call.question else {})["parcel"])
    if call.choice == parcel_views.YES:
        done = await parcels.confirm(actor=call.actor, parcel_id=number, now=call.now)
        return parcel_views.confirmed(done)
    if call.choice == parcel_views.NO:
        done = await parcels.not_sent(actor=call.actor, parcel_id=number, now=call.now)
        return parcel_views.waits_again(done)
    return parcel_views.left()


PARCEL_COMMANDS = (
    Command(
        name="study.parcel_wish",
        words=(parcel_words.ASK,),
        aliases=parcel_words.ASK_ALIASES,
        handler=handle_wish,
        summary="study.help_parcel_wish",
        who=_WORKER,
        reveals=Reveals.OWN,
        arguments=parcel_words.WISH_ARGUMENTS,
    ),
    Command(
        name="study.parcel_came",
        words=(parcel_words.CAME,),
        aliases=parcel_words.CAME_ALIASES,
        handler=handle_came,
        summary="study.help_parcel_came",
        who=_WORKER,
        reveals=Reveals.OWN,
    ),
    Command(
        name="study.parcel_sent",
        words=(parcel_words.SENT,),
        aliases=parcel_words.SENT_ALIASES,
        handler=handle_sent,
        summary="study.help_parcel_sent",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
        arguments=parcel_words.SENT_ARGUMENTS,
    ),
    Command(
        name="study.parcel_list",
        words=(parcel_words.LIST,),
        aliases=parcel_words.LIST_ALIASES,
        handler=handle_list,
        summary="study.help_parcel_list",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
)

PARCEL_CONTINUATIONS = (
    Continuation(parcel_views.WISH, continue_wish),
    Continuation(parcel_views.WHICH, continue_which),
    Continuation(parcel_views.CAME, continue_came),
    Continuation(parcel_views.LISTED, continue_listed),
    Continuation(parcel_views.WAITING, continue_waiting),
    Continuation(parcel_views.SILENT, continue_silent),
)
