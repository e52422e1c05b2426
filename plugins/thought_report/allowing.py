"""What a secretary's messages do: the handlers of 延期, 免交 and 汇报安排, and their commands."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.actors import UnitScope, Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.daywords import Ambiguous, find_day, is_night
from core.errors import Refusal
from models.enums import AllowanceKind
from plugins.identity import queries as identity
from plugins.thought_report import allowance_views as views
from plugins.thought_report import allowances, schedules, words
from plugins.thought_report.policy import Schedule
from plugins.thought_report.schedules import Wish

_SECRETARY = frozenset({Who.SECRETARY})


async def handle_extend(call: Call) -> Reply:
    """Give somebody more time for a report, or show who has it."""
    return await _begin(call, AllowanceKind.EXTENSION)


async def handle_exempt(call: Call) -> Reply:
    """Let somebody off one report, or show who is."""
    return await _begin(call, AllowanceKind.EXEMPTION)


async def _begin(call: Call, kind: AllowanceKind) -> Reply:
    name, _, rest = call.words.strip().partition(" ")
    if not name:
        items = await allowances.standing(call.actor, kind, call.today)
        return views.listed(items, kind, call.today)
    people = await allowances.candidates(call.actor, name)
    data = {"kind": kind.value, "said": rest.strip()}
    if not people:
        raise Refusal("thought_report.allow_unknown")
    if len(people) > 1:
        return views.which_person(people, data)
    return await _go_on(call, {**data, "person": people[0].person_id})


async def choose_person(call: Call) -> Reply:
    """Go on with the one who was chosen."""
    return await _go_on(call, {**_data(call), "person": int(call.choice)})


async def choose_day(call: Call) -> Reply:
    """Go on with the day that was chosen or typed."""
    data = _data(call)
    if call.choice is not None:
        return await _go_on(call, {**data, "until": str(call.choice)})
    return await _go_on(call, {**data, "said": f"{call.text or call.words} {data['said']}"})


async def take_reason(call: Call) -> Reply:
    """Go on with the reason that was typed."""
    return await _go_on(call, {**_data(call), "said": call.text or call.words})


def _data(call: Call) -> Mapping[str, Any]:
    return call.question.data if call.question else {}


async def _go_on(call: Call, data: Mapping[str, Any]) -> Reply:
    """Ask for the day, then for the reason, then write it down."""
    kind, said = AllowanceKind(str(data["kind"])), str(data["said"]).strip()
    until = date.fromisoformat(str(data["until"])) if data.get("until") else None
    if kind is AllowanceKind.EXTENSION and until is None:
        found, said = find_day(said, call.today, past=False, night=is_night(call.now))
        if not isinstance(found, date):
            options = found.options if isinstance(found, Ambiguous) else ()
            return views.which_day(options, {**data, "said": said}, call.today)
        until = found
    reason = words.reason_of(said)
    kept = {**data, "until": until.isoformat() if until else ""}
    if not reason:
        return views.which_reason(kept)
    outcome = await allowances.grant(
        actor=call.actor,
        person_id=int(data["person"]),
        kind=kind,
        until_on=until,
        reason=reason,
        now=call.now,
    )
    return views.granted(outcome, call.today)


async def choose_standing(call: Call) -> Reply:
    """Show the allowance that was chosen from the list."""
    for kind in AllowanceKind:
        for item in await allowances.standing(call.actor, kind, call.today):
            if item.uid == call.choice:
                return views.one(item, call.today)
    raise Refusal("thought_report.allow_gone")


async def answer_standing(call: Call) -> Reply:
    """Take an allowance back, or leave it."""
    if call.choice != "back":
        return views.left()
    uid = str(_data(call)["allowance"])
    outcome = await allowances.take_back(actor=call.actor, uid=uid, now=call.now)
    return views.taken_back(outcome, call.today)


async def handle_arrange(call: Call) -> Reply:
    """Show how often one's units collect reports, or let one collect otherwise."""
    own = await schedules.arranged(call.actor, call.today)
    said = words.schedule_words(call.words)
    if said is None:
        return views.arrangements(own, call.today)
    if said.unit:
        scope = UnitScope(schedules.settable_paths(call.actor))
        unit_id = (await identity.unit_by_name(scope, said.unit)).unit_id
    elif len(own) == 1:
        unit_id = own[0].unit_id
    else:
        raise Refusal("thought_report.arrange_which_unit")
    wish = Wish(None if said.as_above else Schedule(said.months, said.before, said.after))
    return await _arrange(call, unit_id, wish)


async def choose_arrangement(call: Call) -> Reply:
    """Let the unit that was shown collect as chosen."""
    months = int(call.choice)
    wish = Wish(Schedule(months) if months else None)
    return await _arrange(call, int(_data(call)["unit"]), wish)


async def _arrange(call: Call, unit_id: int, wish: Wish) -> Reply:
    outcome = await schedules.arrange(actor=call.actor, unit_id=unit_id, wish=wish, now=call.now)
    return views.arranged(outcome, call.today)


ALLOWING_COMMANDS = (
    Command(
        name="thought_report.extend",
        words=words.EXTEND_WORDS[:1],
        aliases=words.EXTEND_WORDS[1:],
        arguments=words.EXTEND_EXAMPLE,
        handler=handle_extend,
        summary="thought_report.help_extend",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.exempt",
        words=words.EXEMPT_WORDS[:1],
        aliases=words.EXEMPT_WORDS[1:],
        arguments=words.EXEMPT_EXAMPLE,
        handler=handle_exempt,
        summary="thought_report.help_exempt",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.arrange",
        words=words.ARRANGE_WORDS[:1],
        aliases=words.ARRANGE_WORDS[1:],
        arguments=words.ARRANGE_EXAMPLE,
        handler=handle_arrange,
        summary="thought_report.help_arrange",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.TOTALS,
    ),
)

ALLOWING_CONTINUATIONS = (
    Continuation(views.WHO, choose_person),
    Continuation(views.DAY, choose_day),
    Continuation(views.WHY, take_reason),
    Continuation(views.LIST, choose_standing),
    Continuation(views.ONE, answer_standing),
    Continuation(views.ARRANGE, choose_arrangement),
)
