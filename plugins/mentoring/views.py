"""Mentoring in sentences: lists and answers. Wording lives in ``content/texts/mentoring.toml``."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Slot
from core.texts import current
from core.todo import TodoItem
from plugins.mentoring import words
from plugins.mentoring.policy import Next, NextKind
from plugins.mentoring.queries import LogLine, Mentee, Silent, Todo
from plugins.mentoring.service import Logged, Undone

# Six options are the most in a chat (dialogues 5).
MOST = 6
_MOST_REPORTS = 3
_DONE = frozenset({Slot.QUESTION})


def todo_list(todo: Todo, today: date, elsewhere: Sequence[TodoItem] = ()) -> tuple[Say, Ask]:
    """Return the sentence and the question of what waits; the numbers stand in the sentence.

    What waits in other rooms comes first: somebody may have asked for help there.
    """
    reports = _report_options(todo.reports)
    lines = [(Option(item.label, run=item.run), item.count) for item in elsewhere]
    lines += [(Option(_silent_label(o), value={"pair": o.mentee.pair_id}), 1) for o in todo.silent]
    lines += [
        (Option(_contact_label(o, today), value={"pair": o.pair_id}), 1) for o in todo.contacts
    ]
    lines += [(option, len(todo.reports) // len(reports)) for option in reports]
    shown = tuple(option for option, _ in lines[:MOST])
    count, left = (sum(many for _, many in lines[start:]) for start in (0, MOST))
    ask = Ask(kind="mentoring.todo", options=shown, again=words.TODO, listed=True)
    options = current().options(shown)
    if left:
        return Say("mentoring.todo_long", count=count, options=options, left=left), ask
    return Say("mentoring.todo", count=count, options=options), ask


def _silent_label(one: Silent) -> Say:
    return Say("mentoring.option_silent", name=one.mentee.name, count=one.count)


def _contact_label(one: Mentee, today: date) -> Say:
    if one.last_on is None:
        return Say("mentoring.option_first_contact", name=one.name)
    return Say("mentoring.option_contact", name=one.name, last=one.last_on, today=today)


def _report_options(reports: Sequence[str]) -> list[Option]:
    if len(reports) > _MOST_REPORTS:
        label = Say("mentoring.option_reports", count=len(reports))
        return [Option(label, run=words.READ_REPORTS)]
    return [
        Option(Say("mentoring.option_report", name=name), run=words.READ_REPORTS)
        for name in reports
    ]


def todo(found: Todo, today: date, elsewhere: Sequence[TodoItem] = ()) -> Reply:
    """Show what waits, or that nothing does."""
    if not found and not elsewhere:
        return Reply.of("mentoring.todo_nothing")
    say, ask = todo_list(found, today, elsewhere)
    return Reply(says=(say,), ask=ask)


def people(found: Sequence[Mentee], mute: Sequence[Silent], today: date) -> Reply:
    """List the people somebody is mentor of, with the last and the next contact.

    Under those whom nothing reaches stands how many messages wait for them.
    """
    if not found:
        return Reply.of("mentoring.nobody_yet")
    counts = {one.mentee.pair_id: one.count for one in mute}
    lines: list[Say] = []
    for one in found:
        lines.append(_person(one, today))
        if one.pair_id in counts:
            count = counts[one.pair_id]
            lines.append(Say("mentoring.silent", name=one.name, count=count))
    says = (Say("mentoring.people", count=len(found)), *lines, Say("mentoring.people_hint"))
    return Reply(says=says)


def _person(one: Mentee, today: date) -> Say:
    paused = one.paused_until is not None and one.paused_until >= today
    if one.last_on is None and paused:
        return Say(
            "mentoring.person_new_paused", name=one.name, until=one.paused_until, today=today
        )
    if one.last_on is None:
        return Say("mentoring.person_new", name=one.name, next=one.next_on, today=today)
    if paused:
        return Say(
            "mentoring.person_paused",
            name=one.name,
            last=one.last_on,
            until=one.paused_until,
            today=today,
        )
    return Say("mentoring.person", name=one.name, last=one.last_on, next=one.next_on, today=today)


def logged(
    result: Logged,
    today: date,
    *,
    label: str = "",
    place: str = "",
    next_said: str = "",
    is_cut: bool = False,
    had_address: bool = False,
) -> Reply:
    """Repeat a line that was written, say when the next contact is due and how to mend it."""
    line = _line(result.line, today, label=label, place=place, with_note=True)
    says = [Say("mentoring.logged", line=line, next=_next(result.next, today))]
    if next_said:
        says.append(Say("mentoring.next_by_custom", words=next_said, on=result.next.on))
    if result.note_refused:
        says.append(Say("mentoring.note_refused"))
    elif is_cut:
        says.append(Say("mentoring.note_cut"))
    if had_address and not result.note_refused:
        says.append(Say("mentoring.address_left_out"))
    if result.is_first:
        says.append(Say("mentoring.mend_hint"))
    return Reply(says=tuple(says), close=_DONE)


def amended(result: Logged, today: date) -> Reply:
    """Repeat a line that was corrected."""
    line = _line(result.line, today, with_note=True)
    due = _next(result.next, today)
    if result.is_added:
        return Reply(says=(Say("mentoring.amendment_added", line=line, next=due),), close=_DONE)
    return Reply(says=(Say("mentoring.amended", line=line, next=due),), close=_DONE)


def undone(kind: Undone, line: LogLine, today: date) -> Reply:
    """Say which line was taken back or put back."""
    said = _line(line, today)
    if kind is Undone.WITHDRAWN:
        return Reply.of("mentoring.taken_back", line=said)
    return Reply.of("mentoring.put_back", line=said)


def line_words(line: LogLine, today: date) -> str:
    """Return a line as it is repeated, its note included."""
    return _line(line, today, with_note=True)


def _line(
    line: LogLine, today: date, *, label: str = "", place: str = "", with_note: bool = False
) -> str:
    pieces = [line.name, _day(line.contacted_on, today)]
    if line.outcome not in words.OUTCOMES_WITHOUT_CHANNEL:
        pieces.append(label or words.CHANNEL_LABELS[line.channel])
    if line.is_incoming:
        pieces.append(words.INCOMING_LABEL)
    pieces.append(words.OUTCOME_LABELS[line.outcome])
    if place:
        pieces.append(current().render(Say("mentoring.relatives_say", place=place)))
    elif with_note and line.note and line.outcome not in words.OUTCOMES_WITHOUT_NOTE:
        pieces.append(current().render(Say("mentoring.quoted", note=line.note)))
    return words.COMMA.join(pieces)


def _day(day: date, today: date) -> str:
    if day == today:
        return current().render(Say("mentoring.option_today"))
    return current().render(Say("mentoring.line_day", day=day, today=today))


def _next(due: Next, today: date) -> Say:
    if due.kind is NextKind.SAID:
        return Say("mentoring.next_said", on=due.on, today=today)
    if due.kind is NextKind.BY:
        return Say("mentoring.next_by", on=due.on, today=today)
    if due.kind is NextKind.RETRY:
        return Say("mentoring.next_retry", on=due.on, today=today)
    return Say("mentoring.next_ask_around", on=due.on, today=today)


def number_changed(name: str) -> Reply:
    """Say that a new number was noted and kept nowhere."""
    return Reply(says=(Say("mentoring.number_changed", name=name),), close=_DONE)
