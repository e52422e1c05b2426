"""Mentoring in sentences: lists and answers. Wording lives in ``content/texts/mentoring.toml``."""

from collections.abc import Sequence
from datetime import date, datetime

from core.conversation import Ask, Option, Reply, Say, Slot
from core.texts import current
from plugins.mentoring import inspection_views, pair_words, words
from plugins.mentoring.inspections import Due
from plugins.mentoring.policy import Entry, Next, NextKind
from plugins.mentoring.queries import LogLine, Mentee, Silent
from plugins.mentoring.service import Logged, Undone
from plugins.mentoring.waiting import Waiting

# Six options are the most in a chat (dialogues 5).
MOST = 6
# More of one kind than this stand in one line.
_MOST_OF_A_KIND = 3
# Key of an answer that opens the facts for somebody's inspection.
INSPECT = "inspect"
_Line = tuple[Option, int]
_DONE = frozenset({Slot.QUESTION})


def todo_list(found: Waiting, today: date) -> tuple[Say, Ask]:
    """Return the sentence and the question of what waits; the numbers stand in the sentence.

    What presses in other rooms comes first: somebody may have asked for help there. Where not
    everything fits, every kind has its place before a second one of any.
    """
    kinds = (
        _elsewhere(found, can_wait=False),
        _silent(found),
        _contacts(found, today),
        _reports(found),
        _inspections(found, today),
        _elsewhere(found, can_wait=True),
    )
    shown = _fitting(kinds)
    options = tuple(option for option, _ in shown)
    count = sum(many for kind in kinds for _, many in kind)
    left = count - sum(many for _, many in shown)
    ask = Ask(kind="mentoring.todo", options=options, again=words.TODO, listed=True)
    said = current().options(options)
    if left:
        return Say("mentoring.todo_long", count=count, options=said, left=left), ask
    return Say("mentoring.todo", count=count, options=said), ask


def _fitting(kinds: Sequence[Sequence[_Line]]) -> list[_Line]:
    places = [0] * len(kinds)
    while sum(places) < min(MOST, sum(map(len, kinds))):
        for number, kind in enumerate(kinds):
            if places[number] < len(kind) and sum(places) < MOST:
                places[number] += 1
    return [line for number, kind in enumerate(kinds) for line in kind[: places[number]]]


def _elsewhere(found: Waiting, *, can_wait: bool) -> list[_Line]:
    items = [item for item in found.elsewhere if item.can_wait is can_wait]
    return [(Option(item.label, run=item.run), item.count) for item in items]


def _silent(found: Waiting) -> list[_Line]:
    return [
        (Option(_silent_label(one), value={"pair": one.mentee.pair_id}), 1)
        for one in found.todo.silent
    ]


def _silent_label(one: Silent) -> Say:
    return Say("mentoring.option_silent", name=one.mentee.name, count=one.count)


def _contacts(found: Waiting, today: date) -> list[_Line]:
    return [
        (Option(_contact_label(one, today), value={"pair": one.pair_id}), 1)
        for one in found.todo.contacts
    ]


def _contact_label(one: Mentee, today: date) -> Say:
    if one.last_on is None:
        return Say("mentoring.option_first_contact", name=one.name)
    return Say("mentoring.option_contact", name=one.name, last=one.last_on, today=today)


def _reports(found: Waiting) -> list[_Line]:
    names = found.todo.reports
    if len(names) > _MOST_OF_A_KIND:
        label = Say("mentoring.option_reports", count=len(names))
        return [(Option(label, run=words.READ_REPORTS), len(names))]
    labels = (Say("mentoring.option_report", name=name) for name in names)
    return [(Option(label, run=words.READ_REPORTS), 1) for label in labels]


def _inspections(found: Waiting, today: date) -> list[_Line]:
    dues: Sequence[Due] = found.inspections
    if len(dues) > _MOST_OF_A_KIND:
        label = Say("mentoring.option_inspections", count=len(dues))
        return [(Option(label, run=pair_words.INSPECT), len(dues))]
    return [
        (Option(inspection_views.due_label(one, today), value={INSPECT: one.person_id}), 1)
        for one in dues
    ]


def todo(found: Waiting, today: date) -> Reply:
    """Show what waits, or that nothing does."""
    if not found:
        return Reply.of("mentoring.todo_nothing")
    say, ask = todo_list(found, today)
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


def entry_words(
    entry: Entry,
    name: str,
    today: date,
    *,
    label: str,
    place: str,
    is_incoming: bool,
    now: datetime,
) -> str:
    """Return a line that is not written yet as it is repeated, without its note."""
    line = LogLine(
        contact_id=0,
        name=name,
        contacted_on=entry.contacted_on,
        channel=entry.channel.value,
        outcome=entry.outcome.value,
        note="",
        is_withdrawn=False,
        entered_at=now,
        is_incoming=is_incoming,
    )
    return _line(line, today, label=label, place=place)


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
