"""The chat face of asking for somebody (替人求助): a mentor or secretary, after the person's yes.

Somebody without an account here hears and answers through whoever asked for him.
"""

from collections.abc import Mapping, Sequence
from typing import Any

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
from plugins.assistance import policy, service, words
from plugins.identity import reach
from plugins.identity.reach import Reached

_WHOM = "assistance.for_whom"
_AGREED = "assistance.for_agreed"
_KIND = "assistance.for_kind"
_WORDS = "assistance.for_words"
_YES, _NO = "yes", "no"
# Six options are the most in a chat (dialogues 5).
_SHOWN = 6
_DONE = frozenset({Slot.QUESTION})


async def handle_help_for(call: Call) -> Reply:
    """Ask for whom; a name behind the word is taken at once."""
    name = call.words.strip()
    if name:
        return await _named(call, name)
    found = await reach.own_people(call.actor, call.today)
    if not found:
        return _by_name()
    return _whom(found, Say("assistance.for_whom", options=_listed(found)))


def _by_name() -> Reply:
    ask = Ask(_WHOM, takes=Takes.TEXT)
    return Reply(says=(Say("assistance.for_whom_by_name"),), ask=ask)


def _listed(found: Sequence[Reached]) -> str:
    return current().options(_options(found))


def _options(found: Sequence[Reached]) -> tuple[Option, ...]:
    names = [one.name for one in found]
    return tuple(
        Option(
            one.name
            if names.count(one.name) == 1
            else Say("assistance.option_of_unit", name=one.name, unit=one.unit),
            value=one.person_id,
        )
        for one in found[:_SHOWN]
    )


def _whom(found: Sequence[Reached], say: Say) -> Reply:
    ask = Ask(_WHOM, _options(found), takes=Takes.TEXT, again=words.HELP_FOR, listed=True)
    return Reply(says=(say,), ask=ask)


async def _named(call: Call, name: str) -> Reply:
    found = await reach.people(call.actor, name, call.today)
    if not found:
        raise Refusal("assistance.for_nobody")
    if len(found) > 1:
        return _whom(found, Say("assistance.for_which", name=name, options=_listed(found)))
    return _ask_agreed(found[0])


async def continue_whom(call: Call) -> Reply:
    """Take for whom, by number or by name."""
    if call.choice is None:
        return await _named(call, call.text.strip())
    found = await reach.person(call.actor, int(call.choice), call.today)
    if found is None:
        raise Refusal("assistance.for_nobody")
    return _ask_agreed(found)


def _ask_agreed(one: Reached) -> Reply:
    options = (
        Option(Say("assistance.option_agreed"), value=_YES),
        Option(Say("assistance.option_not_asked"), value=_NO),
    )
    say = Say("assistance.for_agreed", name=one.name, options=current().options(options))
    return Reply(says=(say,), ask=Ask(_AGREED, options, {"person": one.person_id}, listed=True))


async def continue_agreed(call: Call) -> Reply:
    """Go on only when the person agreed; nothing is opened over somebody's head."""
    if call.choice != _YES:
        return Reply(says=(Say("assistance.for_later"),), close=_DONE)
    options = tuple(Option(label, value=kind.value) for kind, label in words.KINDS)
    say = Say("assistance.for_kind", options=current().options(options))
    return Reply(says=(say,), ask=Ask(_KIND, options, _data(call), listed=True))


def _data(call: Call) -> dict[str, Any]:
    kept: Mapping[str, Any] = call.question.data if call.question else {}
    return dict(kept)


async def continue_kind(call: Call) -> Reply:
    """Ask for a few words of what is wrong."""
    data = _data(call) | {"kind": str(call.choice)}
    return Reply(says=(Say("assistance.for_words"),), ask=Ask(_WORDS, data=data, takes=Takes.TEXT))


async def continue_words(call: Call) -> Reply:
    """Open the case with the words that were written for the person."""
    data = _data(call)
    if not call.text:
        ask = Ask(_WORDS, data=data, takes=Takes.TEXT)
        return Reply(says=(Say("assistance.words_only"),), ask=ask)
    person = await reach.person(call.actor, int(data["person"]), call.today)
    if person is None:
        raise Refusal("assistance.for_nobody")
    opened = await service.open_case(
        actor=call.actor,
        person_id=person.person_id,
        kind=words.kind_of_value(data["kind"]),
        said=call.text,
        key=call.message_key,
        now=call.now,
    )
    by = policy.taken_by(opened.row.opened_at)
    first = Say("assistance.for_opened", name=person.name, by=by)
    if not opened.has_helper:
        first = Say("assistance.for_nobody_here", name=person.name)
    through = (Say("assistance.for_through_you", name=person.name),) if opened.is_mute else ()
    return Reply(says=(first, *through), close=_DONE)


FOR_COMMANDS = (
    Command(
        name="assistance.help_for",
        words=(words.HELP_FOR,),
        aliases=words.HELP_FOR_ALIASES,
        handler=handle_help_for,
        summary="assistance.help_help_for",
        who=frozenset({Who.MENTOR, Who.SECRETARY}),
        reveals=Reveals.MENTEES,
        arguments=words.HELP_FOR_ARGUMENTS,
    ),
)

FOR_CONTINUATIONS = (
    Continuation(_WHOM, continue_whom),
    Continuation(_AGREED, continue_agreed),
    Continuation(_KIND, continue_kind),
    Continuation(_WORDS, continue_words),
)
