"""The chat face of inspections: 考察, 考察已写."""

from datetime import date

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.daywords import is_night, parse_day
from core.errors import Refusal
from plugins.mentoring import (
    inspection_views,
    inspections,
    namesake_views,
    namesakes,
    pair_words,
)
from plugins.mentoring.namesakes import Namesake

_WHOSE = "mentoring.inspect_whose"
_WRITTEN_OF = "mentoring.inspected_whose"
_WRITERS = frozenset({Who.MENTOR, Who.SECRETARY})


async def handle_inspect(call: Call) -> Reply:
    """Show the facts about somebody for his inspection; no name lists the due."""
    if not call.words.strip():
        due = await inspections.due_of(call.actor, call.today)
        return inspection_views.due_list(due, call.today)
    found = await _named(call, call.words)
    if len(found) > 1:
        return namesake_views.which(found, _WHOSE, {})
    return await show(call, found[0].person_id)


async def _named(call: Call, name: str) -> tuple[Namesake, ...]:
    found = await namesakes.own(call.actor, name, call.today)
    if not found:
        raise Refusal("mentoring.history_nobody")
    return found


async def continue_inspect(call: Call) -> Reply:
    """Show the facts about whom the number means."""
    return await show(call, int(call.choice))


async def continue_paper(call: Call) -> Reply:
    """Hand over the Word file that was offered, and note the look."""
    found = await inspections.look(actor=call.actor, person_id=int(call.choice), now=call.now)
    return await inspection_views.paper(found, reader=call.actor.name, now=call.now)


async def show(call: Call, person_id: int) -> Reply:
    """Show the facts about one person, and note the look."""
    found = await inspections.look(actor=call.actor, person_id=person_id, now=call.now)
    return inspection_views.pack(found, person_id)


async def handle_inspected(call: Call) -> Reply:
    """Note that an inspection was written, and on which day; today without a day."""
    name, _, said = call.words.strip().partition(" ")
    if not name:
        raise Refusal("mentoring.inspected_how")
    day = call.today if not said.strip() else _day(call, said.strip())
    found = await _named(call, name)
    if len(found) > 1:
        data = {"name": name, "day": day.isoformat()}
        return namesake_views.which(found, _WRITTEN_OF, data)
    return await _inspected(call, found[0].person_id, name, day)


async def continue_inspected(call: Call) -> Reply:
    """Note the inspection of whom the number means."""
    data = call.question.data if call.question else {}
    day = date.fromisoformat(str(data["day"]))
    return await _inspected(call, int(call.choice), str(data["name"]), day)


async def _inspected(call: Call, person_id: int, name: str, day: date) -> Reply:
    next_on = await inspections.record(
        actor=call.actor, person_id=person_id, inspected_on=day, key=call.message_key, now=call.now
    )
    return inspection_views.recorded(name, day, next_on, call.today)


def _day(call: Call, said: str) -> date:
    found = parse_day(said, call.today, past=True, night=is_night(call.now))
    if not isinstance(found, date):
        raise Refusal("mentoring.inspected_how")
    return found


INSPECTION_COMMANDS = (
    Command(
        name="mentoring.inspect",
        words=(pair_words.INSPECT,),
        arguments=pair_words.INSPECT_ARGUMENTS,
        handler=handle_inspect,
        summary="mentoring.help_inspect",
        who=_WRITERS,
        reveals=Reveals.MENTEES,
    ),
    Command(
        name="mentoring.inspected",
        words=(pair_words.INSPECTED,),
        arguments=pair_words.INSPECTED_ARGUMENTS,
        handler=handle_inspected,
        summary="mentoring.help_inspected",
        who=_WRITERS,
        reveals=Reveals.MENTEES,
    ),
)

INSPECTION_CONTINUATIONS = (
    Continuation(inspection_views.ANSWER, continue_paper),
    Continuation(inspection_views.LISTED, continue_inspect),
    Continuation(_WHOSE, continue_inspect),
    Continuation(_WRITTEN_OF, continue_inspected),
)
