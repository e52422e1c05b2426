"""The chat face of lists and forms: 导出 积极分子台账, 联系台账, 流动台账, 登记表, 纪实表."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Fault, Refusal
from core.named_periods import current_quarter, find_period, unit_word
from plugins.identity import reach
from plugins.ledgers import reading, scoping, service, views, words
from plugins.ledgers.service import ExportKind, Wanted

_SECRETARY = frozenset({Who.SECRETARY})
_IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP})


async def handle_activists(call: Call) -> Reply:
    """Say what the list of activists would be (积极分子台账)."""
    return await _list(call, ExportKind.ACTIVISTS)


async def handle_contacts(call: Call) -> Reply:
    """Say what the list of contacts would be (联系台账)."""
    return await _list(call, ExportKind.CONTACTS)


async def handle_movements(call: Call) -> Reply:
    """Say what the list of movement would be (流动台账)."""
    return await _list(call, ExportKind.MOVEMENTS)


async def _list(call: Call, kind: ExportKind) -> Reply:
    period, rest = find_period(call.words, call.today)
    span = (period or current_quarter(call.today)).span
    area = await scoping.area_named(call.actor, unit_word(rest), span)
    return await _propose(call, Wanted(kind, span, area.unit_id))


async def handle_register(call: Call) -> Reply:
    """Say what the register of one person, or of a branch, would be (登记表)."""
    return await _form(call, ExportKind.REGISTER)


async def handle_process(call: Call) -> Reply:
    """Say what the log of steps of one person, or of a branch, would be (纪实表)."""
    return await _form(call, ExportKind.PROCESS)


async def _form(call: Call, kind: ExportKind) -> Reply:
    said = call.words.strip()
    if not said:
        return views.whose_form(kind)
    people = await reach.people(call.actor, said, call.today)
    if len(people) > 1:
        return views.which(people, kind)
    if people:
        return await _propose(call, Wanted(kind, person_id=people[0].person_id))
    return await _propose(call, Wanted(kind, unit_id=await reading.unit_of(call.actor, said)))


async def choose_person(call: Call) -> Reply:
    """Go on with the person who was chosen, or with a name that was typed."""
    kind = ExportKind(call.question.data["kind"]) if call.question else ExportKind.REGISTER
    if call.choice is None:
        return await _form(call, kind)
    return await _propose(call, Wanted(kind, person_id=int(call.choice)))


async def _propose(call: Call, wanted: Wanted) -> Reply:
    found = await service.propose(actor=call.actor, wanted=wanted, today=call.today)
    return views.proposed(found)


async def handle_confirmed(call: Call) -> Reply:
    """Owe the file that was asked about, and begin to make it (确认导出)."""
    if call.question is None:
        raise Fault("a file confirmed that nobody asked about")
    wanted = reading.wanted(call.question.data)
    uid = await service.confirm(actor=call.actor, wanted=wanted, key=call.message_key, now=call.now)
    return views.made() if await service.begin(uid) else views.in_the_making()


async def say_word_again(_call: Call) -> Reply:
    """Say again by which word a file goes out."""
    raise Refusal("ledgers.word")


COMMANDS = (
    Command(
        name="ledgers.activists",
        words=(words.ACTIVISTS,),
        arguments=words.LEDGER_ARGUMENTS,
        handler=handle_activists,
        summary="ledgers.help_activists",
        who=_IN_CHARGE,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="ledgers.contacts",
        words=(words.CONTACTS,),
        arguments=words.LEDGER_ARGUMENTS,
        handler=handle_contacts,
        summary="ledgers.help_contacts",
        who=_IN_CHARGE,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="ledgers.movements",
        words=(words.MOVEMENTS,),
        arguments=words.LEDGER_ARGUMENTS,
        handler=handle_movements,
        summary="ledgers.help_movements",
        who=_IN_CHARGE,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="ledgers.register",
        words=(words.REGISTER,),
        aliases=words.REGISTER_ALIASES,
        arguments=words.FORM_ARGUMENTS,
        handler=handle_register,
        summary="ledgers.help_register",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="ledgers.process",
        words=(words.PROCESS,),
        aliases=words.PROCESS_ALIASES,
        arguments=words.FORM_ARGUMENTS,
        handler=handle_process,
        summary="ledgers.help_process",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
)

CONTINUATIONS = (
    Continuation(views.EXPORT, say_word_again, confirmed=handle_confirmed),
    Continuation(views.WHICH, choose_person),
)
