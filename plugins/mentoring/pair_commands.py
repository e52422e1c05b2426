"""The chat face of pairs: 指定联系人, 换联系人, 联系记录, 联系规矩."""

from collections.abc import Mapping
from typing import Any

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from plugins.identity import queries as identity
from plugins.identity.policy import visible_units
from plugins.mentoring import (
    history,
    namesake_views,
    namesakes,
    pair_rhythm,
    pair_views,
    pair_words,
    pairs,
    unit_rules,
)

_WHOM = "mentoring.pair_whom"
_BY_WHOM = "mentoring.pair_by_whom"
_WHOSE = "mentoring.history_whose"


async def handle_appoint(call: Call) -> Reply:
    """Give somebody a mentor, or one more."""
    return await _whom(call, _two_names(call.words, "mentoring.appoint_how"), change=False)


async def handle_change(call: Call) -> Reply:
    """Put another mentor in the place of the one somebody has; ask which when there are two."""
    return await _whom(call, _two_names(call.words, "mentoring.change_how"), change=True)


async def _whom(call: Call, said: tuple[str, str], *, change: bool) -> Reply:
    """Find who gets a mentor; several of one name are offered by number."""
    found = await namesakes.in_branch(call.actor, said[0], learners=True)
    if not found:
        raise Refusal("mentoring.pair_nobody", name=said[0])
    data = {"mentor": said[1], "change": change}
    if len(found) > 1:
        return namesake_views.which(found, _WHOM, data)
    return await _by_whom(call, found[0].person_id, data)


async def continue_whom(call: Call) -> Reply:
    """Take which of several people of one name gets a mentor."""
    return await _by_whom(call, int(call.choice), call.question.data if call.question else {})


async def _by_whom(call: Call, person_id: int, data: Mapping[str, Any]) -> Reply:
    """Find who the mentor is to be; several of one name are offered by number."""
    found = await namesakes.in_branch(call.actor, str(data["mentor"]), learners=False)
    if not found:
        raise Refusal("mentoring.pair_nobody", name=data["mentor"])
    kept = {"person": person_id, "change": bool(data["change"]), "name": str(data["mentor"])}
    if len(found) > 1:
        return namesake_views.which(found, _BY_WHOM, kept)
    return await _replaced(call, found[0].person_id, kept)


async def continue_by_whom(call: Call) -> Reply:
    """Take which of several people of one name becomes the mentor."""
    return await _replaced(call, int(call.choice), call.question.data if call.question else {})


async def _replaced(call: Call, mentor_id: int, data: Mapping[str, Any]) -> Reply:
    person_id, replaces = int(data["person"]), None
    if data["change"]:
        held = await pairs.held(person_id, call.today)
        if len(held) > 1:
            return pair_views.whom_to_replace(held, person_id, mentor_id, str(data["name"]))
        replaces = held[0].pair_id if held else None
    return await _plan(call, person_id, mentor_id, replaces)


async def continue_replace(call: Call) -> Reply:
    """Take the mentor who is replaced."""
    data = call.question.data if call.question else {}
    return await _plan(call, int(data["person"]), int(data["mentor"]), int(call.choice))


async def _plan(call: Call, person_id: int, mentor_id: int, replaces: int | None) -> Reply:
    plan = await pairs.plan(
        actor=call.actor, person_id=person_id, mentor_id=mentor_id, replaces=replaces, now=call.now
    )
    if not plan.is_plain:
        return pair_views.confirm(plan)
    return await _make(call, plan.person_id, plan.mentor_id, plan.replaces)


async def continue_confirm(call: Call) -> Reply:
    """Make the pair although something speaks against it, or leave it."""
    if call.choice != pair_views.YES:
        return pair_views.left()
    data = call.question.data if call.question else {}
    replaces = None if data["replaces"] is None else int(data["replaces"])
    return await _make(call, int(data["person"]), int(data["mentor"]), replaces)


async def _make(call: Call, person_id: int, mentor_id: int, replaces: int | None) -> Reply:
    made = await pairs.make(
        actor=call.actor, person_id=person_id, mentor_id=mentor_id, replaces=replaces, now=call.now
    )
    return pair_views.made(made, call.today)


def _two_names(words: str, how: str) -> tuple[str, str]:
    said = words.split()
    if len(said) != 2:  # noqa: PLR2004  # somebody and his mentor
        raise Refusal(how)
    return said[0], said[1]


async def handle_history(call: Call) -> Reply:
    """Show the earlier contacts with somebody; several of one name are offered by number."""
    found = await namesakes.own(call.actor, call.words, call.today)
    if not found:
        raise Refusal("mentoring.history_nobody")
    if len(found) > 1:
        return namesake_views.which(found, _WHOSE, {})
    return await _history(call, found[0].person_id)


async def continue_history(call: Call) -> Reply:
    """Show the earlier contacts with whom the number means."""
    return await _history(call, int(call.choice))


async def _history(call: Call, person_id: int) -> Reply:
    found = await history.look(actor=call.actor, person_id=person_id, now=call.now)
    held = await pairs.held(person_id, call.today)
    own = await pair_rhythm.of_pairs([one.pair_id for one in held])
    return pair_views.history(found, own, call.today)


async def handle_rules(call: Call) -> Reply:
    """Show what a unit keeps to, or write one number of it."""
    unit_word, changes = pair_views.read_rule(call.words)
    scope = visible_units(call.actor)
    unit_id, path, name = await _unit(call, unit_word)
    if not changes:
        book = await unit_rules.RuleBook.load()
        return pair_views.rule(name, book.of(path))
    if not scope.covers(path):
        raise Refusal("mentoring.rule_not_yours")
    rule = await unit_rules.set_rule(
        actor=call.actor, unit_id=unit_id, changes=changes, now=call.now
    )
    return pair_views.rule(name, rule)


async def _unit(call: Call, word: str) -> tuple[int, str, str]:
    if word:
        found = await identity.unit_by_name(visible_units(call.actor), word)
    else:
        mine = await identity.units_of(call.actor)
        if not mine:
            raise Refusal("mentoring.rule_not_yours")
        found = mine[0]
    return found.unit_id, found.path, found.name


PAIR_COMMANDS = (
    Command(
        name="mentoring.appoint",
        words=(pair_words.APPOINT,),
        arguments=pair_words.APPOINT_ARGUMENTS,
        handler=handle_appoint,
        summary="mentoring.help_appoint",
        who=frozenset({Who.SECRETARY}),
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="mentoring.change",
        words=(pair_words.CHANGE,),
        arguments=pair_words.CHANGE_ARGUMENTS,
        handler=handle_change,
        summary="mentoring.help_change",
        who=frozenset({Who.SECRETARY}),
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="mentoring.history",
        words=(pair_words.HISTORY,),
        arguments=pair_words.HISTORY_ARGUMENTS,
        handler=handle_history,
        summary="mentoring.help_history",
        who=frozenset({Who.MENTOR, Who.SECRETARY}),
        reveals=Reveals.MENTEES,
    ),
    Command(
        name="mentoring.rules",
        words=(pair_words.RULES,),
        arguments=pair_words.RULES_ARGUMENTS,
        handler=handle_rules,
        summary="mentoring.help_rules",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.TOTALS,
    ),
)

PAIR_CONTINUATIONS = (
    Continuation(pair_views.CONFIRM, continue_confirm),
    Continuation(pair_views.REPLACE, continue_replace),
    Continuation(_WHOM, continue_whom),
    Continuation(_BY_WHOM, continue_by_whom),
    Continuation(_WHOSE, continue_history),
)
