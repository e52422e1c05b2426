"""The catalogue of what readers do beside answering: 下一份, 原件已收, 原件, and which of two."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals, Undo
from core.errors import Fault
from plugins.thought_report import (
    archive,
    export_commands,
    originals,
    paper,
    paper_views,
    reviewing,
    words,
)

_READERS = frozenset({Who.MENTOR, Who.SECRETARY})
_GO_ON = {
    paper.PURPOSE: paper.go_on,
    reviewing.PURPOSE: reviewing.go_on,
    export_commands.PURPOSE: export_commands.go_on,
}


async def choose_person(call: Call) -> Reply:
    """Go on with the one of several people of a name who was meant."""
    data = call.question.data if call.question else {}
    go_on = _GO_ON.get(str(data.get("for")))
    if go_on is None:
        raise Fault("nothing goes on with a person")
    person = await archive.reached(call.actor, int(call.choice), call.today)
    return await go_on(call, person, str(data.get("said", "")))


PAPER_COMMANDS = (
    Command(
        name="thought_report.next",
        words=(words.NEXT_WORD,),
        aliases=words.NEXT_ALIASES,
        handler=reviewing.handle_next,
        summary="thought_report.help_next",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.original_received",
        words=(words.ORIGINAL_WORD,),
        aliases=words.ORIGINAL_ALIASES,
        arguments=words.ORIGINAL_ARGUMENTS,
        handler=paper.handle_received,
        summary="thought_report.help_original",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.originals",
        words=(words.ORIGINALS_WORD,),
        aliases=words.ORIGINALS_ALIASES,
        handler=paper.handle_list,
        summary="thought_report.help_originals",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
)

PAPER_CONTINUATIONS = (
    Continuation(paper_views.WHOSE, choose_person),
    Continuation(paper_views.ORIGINAL, paper.choose),
    Continuation(paper_views.ORIGINAL_OF, paper.choose_quarter),
)

UNDOS = (Undo(originals.last_entry, paper.undo),)
CHECKS = {originals.CHECK: originals.original_stands}
