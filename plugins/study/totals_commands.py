"""The chat face of totals (学时 汇总): in private for one's units, in a group for its people."""

from dataclasses import replace

from core.conversation import Call, Command, Continuation, Place, Reply, Reveals
from core.errors import Refusal
from plugins.identity.policy import named_units
from plugins.study import library, periods, plan_targets, totals, totals_views, words
from plugins.study.periods import Period
from plugins.study.plan_commands import IN_CHARGE


async def handle_totals(call: Call) -> Reply:
    """Show the hours of people together, by kind of evidence; in a group only of five and more."""
    period, word = _line(call)
    if call.chat.is_private:
        return await _private(call, period, word)
    scope = plan_targets.scope_of(call.actor)
    here = await totals.place_of_group(scope, call.chat)
    if here is None:
        return await _private(call, period, word)
    found = await totals.hours(scope, here, period.span, with_few=False)
    return totals_views.aloud(here, period, found) or await _private(call, period, here.name)


async def _private(call: Call, period: Period, word: str) -> Reply:
    scope = plan_targets.scope_of(call.actor)
    place = await totals.place_of(scope, word)
    # Who writes hours down (登记学时) has seen what people attended; township and county have not.
    knows = all(map(named_units(call.actor).covers, place.paths))
    found = await totals.hours(scope, place, period.span, with_few=knows)
    pieces = await totals.quizzes(scope, place, period.span)
    return replace(totals_views.private(place, period, found, pieces), private=True)


def _line(call: Call) -> tuple[Period, str]:
    """Return the period and the unit that the line names: this year, and all, without any."""
    period, rest = periods.this_year(call.today), []
    for word in call.words.split():
        found = periods.read(word, call.today)
        if found is None:
            rest.append(word)
        else:
            period = found
    return period, " ".join(rest)


async def continue_totals(call: Call) -> Reply:
    """Show how the questions of the chosen piece went."""
    scope = plan_targets.scope_of(call.actor)
    data = call.question.data if call.question else {}
    place = totals.Place(str(data.get("name")), tuple(map(str, data.get("paths", ()))))
    piece = library.current().find(str(call.choice))
    if piece is None:
        raise Refusal("study.piece_gone")
    if not all(scope.covers(path) for path in place.paths):
        raise Refusal("study.plan_gone")
    return totals_views.questions(piece, await totals.questions(place, piece))


TOTALS_COMMANDS = (
    Command(
        name="study.totals",
        words=(words.TOTALS,),
        aliases=words.TOTALS_ALIASES,
        handler=handle_totals,
        summary="study.help_totals",
        who=IN_CHARGE,
        place=Place.BOTH,
        reveals=Reveals.TOTALS,
        arguments=words.ARGUMENTS_TOTALS,
    ),
)

TOTALS_CONTINUATIONS = (Continuation(totals_views.QUIZZES, continue_totals),)
