"""The chat face of 取消求助: one's own case, or a case of somebody without an account."""

from collections.abc import Sequence

from core.actors import Who
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
from core.errors import Refusal
from core.texts import current
from plugins.assistance import queries, service, withdrawing, words
from plugins.assistance.queries import Case

_WHICH = "assistance.withdraw_which"
_WHY = "assistance.withdraw_why"
# Six options are the most in a chat (dialogues 5).
_SHOWN = 6
_DONE = frozenset({Slot.QUESTION})


async def handle_cancel(call: Call) -> Reply:
    """Take one's newest case back; without one, or by name, one of somebody without an account."""
    name = call.words.strip()
    if not name and await queries.newest(call.actor) is not None:
        row = await service.cancel(actor=call.actor, now=call.now)
        return Reply.of("assistance.cancelled", matter=words.MATTERS[row.kind])
    found = await withdrawing.for_others(call.actor, call.today, name)
    if not found:
        raise Refusal("assistance.none_open")
    return _why(found[0]) if len(found) == 1 else _which(found)


def _which(found: Sequence[Case]) -> Reply:
    kinds = dict(words.KINDS)
    options = tuple(
        Option(
            Say("assistance.option_case", name=one.name, kind=kinds[one.kind]), value=one.case_id
        )
        for one in found[:_SHOWN]
    )
    say = Say("assistance.withdraw_which", options=current().options(options))
    return Reply(says=(say,), ask=Ask(_WHICH, options, again=words.CANCEL, listed=True))


def _why(one: Case) -> Reply:
    say = Say("assistance.withdraw_why", name=one.name, kind=dict(words.KINDS)[one.kind])
    return Reply(says=(say,), ask=Ask(_WHY, data={"case": one.case_id}, takes=Takes.TEXT))


async def continue_which(call: Call) -> Reply:
    """Ask why the case whose number was chosen is taken back."""
    found = await withdrawing.for_others(call.actor, call.today)
    one = next((one for one in found if one.case_id == int(call.choice)), None)
    if one is None:
        raise Refusal("assistance.gone")
    return _why(one)


async def continue_why(call: Call) -> Reply:
    """Take the case back with the reason that was written."""
    case_id = int((call.question.data if call.question else {})["case"])
    if not call.text.strip():
        ask = Ask(_WHY, data={"case": case_id}, takes=Takes.TEXT)
        return Reply(says=(Say("assistance.withdraw_words"),), ask=ask)
    one = await withdrawing.withdraw(
        actor=call.actor, case_id=case_id, reason=call.text, now=call.now
    )
    say = Say("assistance.withdrawn", name=one.name, kind=dict(words.KINDS)[one.kind])
    return Reply(says=(say,), close=_DONE)


CANCEL_COMMANDS = (
    Command(
        name="assistance.cancel",
        words=(words.CANCEL,),
        handler=handle_cancel,
        summary="assistance.help_cancel",
        who=frozenset({Who.WORKER, Who.MENTOR, Who.SECRETARY}),
        reveals=Reveals.OWN,
        arguments=words.HELP_FOR_ARGUMENTS,
    ),
)

CANCEL_CONTINUATIONS = (
    Continuation(_WHICH, continue_which),
    Continuation(_WHY, continue_why),
)
