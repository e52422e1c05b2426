"""The chat face of pairs: 指定联系人, 换联系人, 联系记录, 联系规矩."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals, Slot
from core.errors import Refusal
from plugins.identity import queries as identity
from plugins.identity.policy import visible_units
from plugins.mentoring import history, pair_views, pair_words, pairs, unit_rules

_DONE = frozenset({Slot.QUESTION})


async def handle_appoint(call: Call) -> Reply:
    """Give somebody a mentor, or one more."""
    person, mentor = _two_names(call.words, "mentoring.appoint_how")
    person_id = await pairs.person_named(call.actor, person)
    return await _plan(call, person_id, mentor, None)


async def handle_change(call: Call) -> Reply:
    """Put another mentor in the place of the one somebody has; ask which when there are two."""
    person, mentor = _two_names(call.words, "mentoring.change_how")
    person_id = await pairs.person_named(call.actor, person)
    held = await pairs.held(person_id, call.today)
    if len(held) > 1:
        return pair_views.whom_to_replace(held, person_id, mentor)
    return await _plan(call, person_id, mentor, held[0].pair_id if held else None)


async def continue_replace(call: Call) -> Reply:
    """Take the mentor who is replaced."""
    data = call.question.data if call.question else {}
    return await _plan(call, int(data["person"]), str(data["mentor"]), int(call.choice))


async def _plan(call: Call, person_id: int, mentor: str, replaces: int | None) -> Reply:
    plan = await pairs.plan(
        actor=call.actor, person_id=person_id, mentor=mentor, replaces=replaces, now=call.now
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
    """Show the earlier contacts with somebody."""
    if not call.words.strip():
        raise Refusal("mentoring.history_nobody")
    found = await history.look(actor=call.actor, name=call.words, now=call.now)
    return pair_views.history(found, call.today)


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
)
