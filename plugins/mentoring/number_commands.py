"""The chat face of 改号码: that somebody has a new number is noted, the number itself nowhere."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from plugins.mentoring import queries, questions, service, typed_lines, views, words

_WRITERS = frozenset({Who.MENTOR, Who.SECRETARY})


async def handle_new_number(call: Call) -> Reply:
    """Note that somebody has a new number; the number itself is kept nowhere."""
    people = await queries.own_people(call.actor, call.today)
    if not people:
        return Reply.of("mentoring.nobody_yet")
    pairs = typed_lines.read(call, people).pairs
    if len(pairs) != 1:
        return questions.whose_number(people)
    return await _new_number(call, pairs[0])


async def continue_new_number(call: Call) -> Reply:
    """Take the number, or the name, of whoever has a new number."""
    if call.choice is None:
        return await handle_new_number(call)
    return await _new_number(call, int(call.choice))


async def _new_number(call: Call, pair_id: int) -> Reply:
    name = await service.note_new_number(actor=call.actor, pair_id=pair_id, now=call.now)
    return views.number_changed(name)


NUMBER_COMMANDS = (
    Command(
        name="mentoring.number",
        words=(words.NUMBER,),
        aliases=words.NUMBER_ALIASES,
        handler=handle_new_number,
        summary="mentoring.help_number",
        who=_WRITERS,
        reveals=Reveals.MENTEES,
        arguments=words.NUMBER_ARGUMENTS,
    ),
)
NUMBER_CONTINUATIONS = (Continuation("mentoring.number", continue_new_number),)
