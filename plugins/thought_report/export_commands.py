"""The chat face of files that a secretary takes out: 导出 汇报, 导出 汇报台账, 确认导出."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Fault, Refusal
from core.periods import Quarter
from models.enums import ExportKind
from plugins.delivery import exports
from plugins.identity.reach import Reached
from plugins.thought_report import archive, export_views, exporting, paper_views, words
from plugins.thought_report.export_files import Wanted

PURPOSE = "export"

_SECRETARY = frozenset({Who.SECRETARY})


async def handle_reports(call: Call) -> Reply:
    """Say what the reports of one person, or of a quarter, would be as a file."""
    said = words.about(words.without_archive(call.words), call.today)
    if not said.name and said.quarter is not None:
        return await _propose(call, Wanted(ExportKind.CYCLE, quarter=said.quarter, as_archive=True))
    if not said.name:
        raise Refusal("thought_report.export_how")
    found = await archive.people_called(call.actor, said.name, call.today)
    if len(found) > 1:
        return paper_views.whose(found, PURPOSE, call.words)
    return await go_on(call, found[0], call.words)


async def go_on(call: Call, person: Reached, said: str) -> Reply:
    """Say what a known person's reports would be as a file."""
    line = words.about(words.without_archive(said), call.today)
    wanted = Wanted(
        ExportKind.PERSON, person.person_id, line.quarter, as_archive=words.wants_archive(said)
    )
    return await _propose(call, wanted)


async def handle_ledger(call: Call) -> Reply:
    """Say what the list of a quarter would be; without a quarter the one that is collected."""
    quarter = words.quarter_word(call.words, call.today)
    if quarter is None and call.words.strip():
        raise Refusal("thought_report.export_ledger_how")
    wanted = Wanted(ExportKind.LEDGER, quarter=quarter or Quarter.of(call.today))
    return await _propose(call, wanted)


async def _propose(call: Call, wanted: Wanted) -> Reply:
    found = await exporting.propose(actor=call.actor, wanted=wanted)
    return export_views.proposed(found, call.today)


async def handle_confirmed(call: Call) -> Reply:
    """Owe the file that was asked about, and begin to make it."""
    asked = call.question
    if asked is None:
        raise Fault("a file confirmed that nobody asked about")
    quarter = asked.data.get("quarter")
    wanted = Wanted(
        kind=ExportKind(asked.data["kind"]),
        person_id=asked.data.get("person"),
        quarter=Quarter.parse(str(quarter)) if quarter else None,
        as_archive=bool(asked.data.get("archive")),
    )
    uid = await exporting.confirm(
        actor=call.actor, wanted=wanted, key=call.message_key, now=call.now
    )
    is_made = await exports.begin(uid, exporting.MAKER)
    return export_views.made() if is_made else export_views.in_the_making()


async def say_word_again(_call: Call) -> Reply:
    """Say again by which word a file goes out."""
    raise Refusal("thought_report.export_word")


EXPORT_COMMANDS = (
    Command(
        name="thought_report.export",
        words=(words.EXPORT_WORD,),
        arguments=words.EXPORT_ARGUMENTS,
        handler=handle_reports,
        summary="thought_report.help_export",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.export_ledger",
        words=(words.LEDGER_WORD,),
        arguments=words.LEDGER_ARGUMENTS,
        handler=handle_ledger,
        summary="thought_report.help_export_ledger",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
)

EXPORT_CONTINUATIONS = (
    Continuation(export_views.EXPORT, say_word_again, confirmed=handle_confirmed),
)
