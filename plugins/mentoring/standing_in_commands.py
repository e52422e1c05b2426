"""The chat face of 代班: who stands in from when to when, and the deputy's answer."""

from datetime import date

from core import daywords
from core.actors import Who
from core.conversation import Ask, Call, Command, Continuation, Option, Reply, Reveals, Say, Slot
from core.errors import Refusal
from core.periods import Span
from plugins.mentoring import standing_in, words

PROPOSAL = "mentoring.stand_in_proposal"
CURRENT = "mentoring.stand_in_current"
_DONE = frozenset({Slot.QUESTION})


async def handle_stand_in(call: Call) -> Reply:
    """Say who would stand in and when, and ask whether he is to be asked."""
    name, _, days = call.words.strip().partition(" ")
    if not name:
        return await _current(call)
    span = daywords.parse_span(days.strip(), call.today) if days.strip() else None
    if not isinstance(span, Span):
        raise Refusal("mentoring.stand_in_how")
    found = await standing_in.propose(actor=call.actor, name=name, span=span, now=call.now)
    options = (
        Option(Say("mentoring.option_ask"), value="ask"),
        Option(Say("mentoring.option_change"), value="change"),
    )
    data = {
        "deputy": found.deputy_id, "first": span.first.isoformat(), "last": span.last.isoformat(),
    }  # fmt: skip
    say = Say(
        "mentoring.stand_in_proposal",
        first=span.first,
        last=span.last,
        people=found.people,
        deputy=found.deputy,
        today=call.today,
    )
    return Reply(says=(say,), ask=Ask(PROPOSAL, options, data=data))


async def _current(call: Call) -> Reply:
    """Show who stands in now, and let the mentor take his work back."""
    found = await standing_in.standing_of(call.actor, call.today)
    if found is None:
        raise Refusal("mentoring.stand_in_how")
    key = "mentoring.stand_in_now" if found.is_agreed else "mentoring.stand_in_asked"
    options = (
        Option(Say("mentoring.option_end"), value="end"),
        Option(Say("mentoring.option_leave_so"), value="leave"),
    )
    say = Say(key, deputy=found.deputy, last=found.until_on, today=call.today)
    return Reply(says=(say,), ask=Ask(CURRENT, options, data={"stand_in": found.uid}))


async def continue_proposal(call: Call) -> Reply:
    """Ask the deputy, or let the mentor say it anew."""
    if call.choice != "ask":
        raise Refusal("mentoring.stand_in_how")
    data = call.question.data if call.question else {}
    span = Span(date.fromisoformat(str(data["first"])), date.fromisoformat(str(data["last"])))
    name = await standing_in.ask(
        actor=call.actor,
        deputy_id=int(data["deputy"]),
        span=span,
        key=call.message_key,
        now=call.now,
    )
    return Reply(says=(Say("mentoring.stand_in_sent", deputy=name),), close=_DONE)


async def continue_current(call: Call) -> Reply:
    """Take the work back, or leave it as it is."""
    if call.choice != "end":
        return Reply(says=(Say("mentoring.stand_in_goes_on"),), close=_DONE)
    data = call.question.data if call.question else {}
    name = await standing_in.end(actor=call.actor, uid=str(data.get("stand_in", "")), now=call.now)
    return Reply(says=(Say("mentoring.stand_in_ended", deputy=name),), close=_DONE)


async def continue_answer(call: Call) -> Reply:
    """Take the deputy's yes or no."""
    data = call.question.data if call.question else {}
    agrees, mentor = await standing_in.answer(
        actor=call.actor,
        uid=str(data.get("stand_in", "")),
        agrees=call.choice == "agree",
        now=call.now,
    )
    key = "mentoring.stand_in_thanks" if agrees else "mentoring.stand_in_no"
    return Reply(says=(Say(key, mentor=mentor),), close=_DONE)


STAND_IN_COMMANDS = (
    Command(
        name="mentoring.stand_in",
        words=(words.STAND_IN,),
        aliases=words.STAND_IN_ALIASES,
        arguments=words.STAND_IN_ARGUMENTS,
        handler=handle_stand_in,
        summary="mentoring.help_stand_in",
        who=frozenset({Who.MENTOR}),
        reveals=Reveals.MENTEES,
    ),
)

STAND_IN_CONTINUATIONS = (
    Continuation(PROPOSAL, continue_proposal),
    Continuation(CURRENT, continue_current),
    Continuation(standing_in.ANSWER, continue_answer),
)
