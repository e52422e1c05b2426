"""The chat face of the dossier: 查档 with a name, for mentors and secretaries."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from plugins.dossier import service, views
from plugins.identity import reach

_READERS = frozenset({Who.MENTOR, Who.SECRETARY})


async def handle_look(call: Call) -> Reply:
    """Show the dossier of one person, or ask which of two."""
    if not call.words.strip():
        return views.whose_name()
    found = await reach.people(call.actor, call.words, call.today)
    if len(found) > 1:
        return views.which(found)
    person_id = found[0].person_id if found else 0
    return await _look(call, person_id)


async def choose_person(call: Call) -> Reply:
    """Show the dossier of the one who was chosen, or of a name that was typed."""
    if call.choice is None:
        return await handle_look(call)
    return await _look(call, int(call.choice))


async def _look(call: Call, person_id: int) -> Reply:
    file = await service.look(actor=call.actor, person_id=person_id, now=call.now)
    return views.dossier(file, call.today)


COMMANDS = (
    Command(
        name="dossier.look",
        words=("查档",),
        aliases=("看材料", "看档案"),
        arguments="王建国",
        handler=handle_look,
        summary="dossier.help_look",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
)

CONTINUATIONS = (Continuation(views.WHICH, choose_person),)
