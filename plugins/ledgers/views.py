"""Dataclass to sentences for lists and forms: what a file would be, and that it comes."""

from collections.abc import Sequence

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from plugins.identity.reach import Reached
from plugins.ledgers import labels, reading, words
from plugins.ledgers.service import ExportKind, Proposed

EXPORT = "ledgers.export"
WHICH = "ledgers.which"
# Six options are the most in a chat (dialogues 5).
_MOST_OPTIONS = 6


def whose_form(kind: ExportKind) -> Reply:
    """Ask whose form is wanted."""
    say = Say("ledgers.whose_form", form=labels.title_say(kind))
    return Reply(says=(say,), ask=Ask(WHICH, data={"kind": kind.value}, takes=Takes.TEXT))


def which(found: Sequence[Reached], kind: ExportKind) -> Reply:
    """Ask which of several people of one name is meant."""
    options = tuple(
        Option(Say("ledgers.option_of_unit", unit=one.unit), value=one.person_id)
        for one in found[:_MOST_OPTIONS]
    )
    say = Say("ledgers.two_of_a_name", name=found[0].name)
    return Reply(says=(say,), ask=Ask(WHICH, options, data={"kind": kind.value}))


def proposed(found: Proposed) -> Reply:
    """Say what would be taken out and by which word; nothing is made yet."""
    says = [what(found)]
    if found.unknown:
        names = words.LIST_MARK.join(found.unknown)
        says.append(Say("ledgers.unknown_names", names=names))
    noted = Say("ledgers.noted_by_person") if found.has_names else Say("ledgers.noted")
    says += [Say("ledgers.marked"), noted, Say("ledgers.word")]
    return Reply(says=tuple(says), ask=Ask(EXPORT, data=reading.data(found.wanted)))


def what(found: Proposed) -> Say:
    """Say in one sentence what a file would be."""
    wanted, title = found.wanted, labels.title_say(found.wanted.kind)
    if wanted.span is None:
        key = "ledgers.form_of_one" if wanted.person_id is not None else "ledgers.forms_of_many"
        return Say(key, name=found.name, form=title, people=found.people)
    days = labels.days(wanted.span)
    if not found.has_names:
        return Say(
            "ledgers.list_in_numbers", unit=found.name, list=title, days=days, lines=found.lines
        )
    return Say(
        "ledgers.list_by_name",
        unit=found.name,
        list=title,
        days=days,
        people=found.people,
        lines=found.lines,
    )


def made() -> Reply:
    """Say that the file is on its way."""
    return Reply(says=(Say("ledgers.made"),), close=frozenset({Slot.QUESTION}))


def in_the_making() -> Reply:
    """Say that making takes a moment, and that the file comes by itself."""
    return Reply(says=(Say("ledgers.slow"),), close=frozenset({Slot.QUESTION}))
