"""The chat face of mentoring: 待办, 记联系, 改, 撤销, 我带的人, 改号码, and bare lines."""

from collections.abc import Sequence
from dataclasses import replace

from core import daywords
from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from plugins.mentoring import (
    after_line,
    away_from_home,
    bare_lines,
    confirming,
    inspection_commands,
    queries,
    questions,
    reading,
    service,
    steps,
    typed_lines,
    undoing,
    views,
    waiting,
    words,
)
from plugins.mentoring.escalation_commands import ESCALATION_COMMANDS, ESCALATION_CONTINUATIONS
from plugins.mentoring.inspection_commands import INSPECTION_COMMANDS, INSPECTION_CONTINUATIONS
from plugins.mentoring.number_commands import NUMBER_COMMANDS, NUMBER_CONTINUATIONS
from plugins.mentoring.pair_commands import PAIR_COMMANDS, PAIR_CONTINUATIONS
from plugins.mentoring.policy import Change
from plugins.mentoring.queries import Mentee
from plugins.mentoring.rhythm_commands import RHYTHM_COMMANDS, RHYTHM_CONTINUATIONS
from plugins.mentoring.standing_in_commands import STAND_IN_COMMANDS, STAND_IN_CONTINUATIONS
from plugins.mentoring.steps import Facts, Step
from plugins.mentoring.topic_words import without_address

_WRITERS = frozenset({Who.MENTOR, Who.SECRETARY})
_LISTED = frozenset({*_WRITERS, Who.TOWNSHIP, Who.INFLOW})


async def handle_todo(call: Call) -> Reply:
    """Show what waits for the asker."""
    return views.todo(await waiting.of_actor(call.actor, call.now), call.today)


async def continue_todo(call: Call) -> Reply:
    """Begin the questions about whoever was chosen, or show the facts for his inspection."""
    if views.INSPECT in call.choice:
        return await inspection_commands.show(call, int(call.choice[views.INSPECT]))
    return await _go_on(call, Facts(pair=int(call.choice["pair"])))


async def handle_people(call: Call) -> Reply:
    """Show the people the asker is mentor of."""
    found = await queries.mentees(call.actor, call.today)
    return views.people(found, await queries.silent(call.actor, call.today), call.today)


async def handle_log(call: Call) -> Reply:
    """Read a contact line, and ask for what is missing."""
    people = await queries.own_people(call.actor, call.today)
    return await _go_on(call, steps.merged(Facts(), typed_lines.read(call, people)), people)


async def read_line(call: Call) -> Reply | None:
    """Take a mentor's line that names one of his people and says something of a contact."""
    if not call.actor.is_mentor or len(call.words) > reading.LINE_MOST:
        return None
    people = await queries.mentees(call.actor, call.today)
    line = typed_lines.read(call, people)
    if not bare_lines.is_told(call.words, line):
        return None
    return await _go_on(call, steps.merged(Facts(), line), people)


async def _go_on(call: Call, facts: Facts, people: Sequence[Mentee] | None = None) -> Reply:
    """Ask for the next thing that is missing, or write the line."""
    if people is None:
        people = await queries.own_people(call.actor, call.today)
    if not people:
        return Reply.of("mentoring.nobody_yet")
    facts = steps.settled(facts, call.today, night=daywords.is_night(call.now))
    step = steps.missing(facts)
    if step is Step.CONFIRM:
        return confirming.show(facts, people, call.now)
    if step is not None:
        return questions.ask_for(step, facts, people, call.today)
    result = await service.log_contact(
        actor=call.actor, entry=steps.entry(facts), key=call.message_key, now=call.now
    )
    answer = views.logged(
        result,
        call.today,
        label=facts.label,
        place=facts.place,
        next_said=facts.next_said,
        is_cut=steps.is_cut(facts),
        had_address=steps.had_address(facts),
    )
    away = await away_from_home.place_for(result.line, facts.place, call.today)
    return after_line.with_question(answer, result.line, away)


async def continue_contact(call: Call) -> Reply:
    """Take the answer to one question of a contact."""
    data = call.question.data if call.question else {}
    facts, step = Facts.from_data(data["facts"]), Step(data["step"])
    if step in confirming.STEPS:
        return await _take_yes_or_change(call, facts, step)
    if call.choice == questions.OTHER:
        return questions.by_words(step, facts)
    if call.choice is not None:
        return await _go_on(call, steps.chosen(facts, step, call.choice))
    people = await queries.own_people(call.actor, call.today)
    line = typed_lines.read(call, people)
    if steps.is_about_another(facts, line):
        return await _go_on(call, steps.merged(Facts(), line), people)
    told = steps.typed(facts, step, line, call.words, call.today)
    if told is not None:
        return await _go_on(call, told, people)
    again = questions.by_words(step, facts) if data.get("typed") else None
    return questions.not_understood(again or questions.ask_for(step, facts, people, call.today))


async def _take_yes_or_change(call: Call, facts: Facts, step: Step) -> Reply:
    """Write what was shown after a yes; change it, show it again or drop it after anything else."""
    people = await queries.own_people(call.actor, call.today)
    line = typed_lines.read(call, people)
    if call.choice is None and steps.is_about_another(facts, line):
        return await _go_on(call, steps.merged(Facts(), line), people)
    taken = confirming.take(call, facts, step, line, people)
    return await _go_on(call, taken, people) if isinstance(taken, Facts) else taken


async def handle_amend(call: Call) -> Reply:
    """Show the asker's last line and ask what to change, or change what was typed behind 改.

    While a line is shown that is not written yet, that one is meant.
    """
    if (waiting_line := confirming.waiting_line(call)) is not None:
        return await _take_yes_or_change(call, waiting_line, Step.CONFIRM)
    line = await queries.last_line(call.actor)
    if line is None or line.is_withdrawn:
        key = "mentoring.nothing_to_undo" if line is None else "mentoring.nothing_to_amend"
        raise Refusal(key)
    change = steps.change_of(typed_lines.read(call, ())) if call.words else None
    if change is None:
        return questions.amend_what(line, call.today)
    return await _amend(call, line.contact_id, change)


async def _amend(call: Call, contact_id: int, change: Change) -> Reply:
    result = await service.amend(
        actor=call.actor,
        contact_id=contact_id,
        change=change,
        key=call.message_key,
        now=call.now,
    )
    return views.amended(result, call.today)


async def continue_amend_what(call: Call) -> Reply:
    """Ask for the new value of the chosen part; typed words are read at once."""
    contact_id = int((call.question.data if call.question else {})["contact"])
    if call.choice is not None:
        return questions.amend_part(str(call.choice), contact_id, call.today)
    change = steps.change_of(typed_lines.read(call, ()))
    if change is None:
        return await handle_amend(replace(call, words=""))
    return await _amend(call, contact_id, change)


async def continue_amend(call: Call) -> Reply:
    """Take the new day, channel, outcome or note."""
    data = call.question.data if call.question else {}
    contact_id, what = int(data["contact"]), str(data["what"])
    if call.choice == questions.OTHER:
        return questions.amend_day_by_words(contact_id)
    change: Change | None
    if call.choice is not None:
        change = steps.change_to(Step(what), call.choice)
    elif what == steps.NOTE:
        change = Change(note=without_address(call.words.strip())[: reading.NOTE_MOST])
    else:
        change = steps.change_of(typed_lines.read(call, ()))
    if change is None:
        return questions.not_understood(questions.amend_part(what, contact_id, call.today))
    return await _amend(call, contact_id, change)


async def handle_undo(call: Call) -> Reply:
    """Take the asker's last line back, or put it back; or what he entered later in another room."""
    if (other := await undoing.newer_entry(call.actor)) is not None:
        return await other.handler(call)
    kind, line = await service.take_back(actor=call.actor, key=call.message_key, now=call.now)
    return views.undone(kind, line, call.today)


COMMANDS = (
    Command(
        name="mentoring.todo",
        words=(words.TODO,),
        aliases=("今日联系", "有啥事"),
        handler=handle_todo,
        summary="mentoring.help_todo",
        who=_LISTED,
        reveals=Reveals.MENTEES,
    ),
    Command(
        name="mentoring.log",
        words=(words.LOG,),
        aliases=("打过了", "联系了"),
        handler=handle_log,
        summary="mentoring.help_log",
        who=_WRITERS,
        reveals=Reveals.MENTEES,
        arguments="王建国 昨天 电话 挺好 下月再打",
    ),
    Command(
        name="mentoring.amend",
        words=(words.AMEND,),
        aliases=("记错了",),
        handler=handle_amend,
        summary="mentoring.help_amend",
        who=_WRITERS,
        reveals=Reveals.MENTEES,
        arguments="昨天",
    ),
    Command(
        name="mentoring.undo",
        words=("撤销",),
        handler=handle_undo,
        summary="mentoring.help_undo",
        who=_WRITERS,
        reveals=Reveals.MENTEES,
    ),
    Command(
        name="mentoring.people",
        words=("我带的人",),
        aliases=("名单",),
        handler=handle_people,
        summary="mentoring.help_people",
        who=frozenset({Who.MENTOR}),
        reveals=Reveals.MENTEES,
    ),
    *NUMBER_COMMANDS,
    *STAND_IN_COMMANDS,
    *PAIR_COMMANDS,
    *RHYTHM_COMMANDS,
    *ESCALATION_COMMANDS,
    *INSPECTION_COMMANDS,
)

CONTINUATIONS = (
    Continuation("mentoring.todo", continue_todo),
    Continuation("mentoring.contact", continue_contact),
    Continuation("mentoring.amend_what", continue_amend_what),
    Continuation("mentoring.amend", continue_amend),
    *NUMBER_CONTINUATIONS,
    *STAND_IN_CONTINUATIONS,
    *after_line.AFTER_LINE_CONTINUATIONS,
    *PAIR_CONTINUATIONS,
    *RHYTHM_CONTINUATIONS,
    *ESCALATION_CONTINUATIONS,
    *INSPECTION_CONTINUATIONS,
)

LINE_READERS = (read_line,)
