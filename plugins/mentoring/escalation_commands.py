"""The chat face of silence that went up: 知道了, and the numbers under a notice."""

from core.conversation import Call, Command, Continuation, Place, Reply, Say, Slot
from plugins.mentoring import escalation, pair_words
from plugins.mentoring import escalation_notices as notices

_DONE = frozenset({Slot.QUESTION})


async def handle_known(call: Call) -> Reply:
    """Stop what was asked last where it is; in a group, or with nothing open, it is a courtesy."""
    if not call.chat.is_private:
        return Reply(silent=True)
    stopped = await escalation.acknowledge(actor=call.actor, ids=None, now=call.now)
    if not stopped:
        return Reply(silent=True)
    return Reply(says=(Say("mentoring.escalation_stopped"),), close=_DONE)


async def continue_step(call: Call) -> Reply:
    """Take it on, or ask the place away from home."""
    if call.choice == notices.ASK_INFLOW:
        return await _ask_inflow(call)
    await escalation.acknowledge(actor=call.actor, ids=_ids(call), now=call.now)
    return Reply(says=(Say("mentoring.escalation_stopped"),), close=_DONE)


async def continue_long(call: Call) -> Reply:
    """Ask the place away from home, or say what is noted down after a visit."""
    if call.choice == notices.ASK_INFLOW:
        return await _ask_inflow(call)
    await escalation.acknowledge(actor=call.actor, ids=_ids(call), now=call.now)
    key = "mentoring.long_visit" if call.choice == notices.VISIT else "mentoring.long_left"
    return Reply(says=(Say(key),), close=_DONE)


async def _ask_inflow(call: Call) -> Reply:
    place = await escalation.ask_inflow(actor=call.actor, ids=_ids(call), now=call.now)
    return Reply(says=(Say("mentoring.inflow_sent", place=place),), close=_DONE)


def _ids(call: Call) -> list[int]:
    return [int(one) for one in (call.question.data if call.question else {}).get("ids", ())]


ESCALATION_COMMANDS = (
    Command(
        name="mentoring.known",
        words=(pair_words.KNOWN,),
        aliases=pair_words.KNOWN_ALIASES,
        handler=handle_known,
        summary="mentoring.help_known",
        place=Place.BOTH,
    ),
)

ESCALATION_CONTINUATIONS = (
    Continuation(notices.STEP_ANSWER, continue_step),
    Continuation(notices.LONG_ANSWER, continue_long),
)
