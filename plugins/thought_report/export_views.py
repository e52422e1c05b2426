"""Dataclass to sentences for what a secretary takes out: what it would be, and that it comes."""

from datetime import date

from core.conversation import Ask, Reply, Say, Slot
from plugins.thought_report.exporting import Proposed
from plugins.thought_report.notices import quarter_say

EXPORT = "thought_report.export"


def proposed(found: Proposed, today: date) -> Reply:
    """Say what would be taken out and by which word; nothing is made yet."""
    wanted = found.wanted
    data = {
        "kind": wanted.kind.value,
        "person": wanted.person_id,
        "quarter": str(wanted.quarter) if wanted.quarter else None,
        "archive": wanted.as_archive,
    }
    what, noted = sentences(found, today)
    says = (what, Say("thought_report.export_marked"), noted)
    return Reply(says=(*says, Say("thought_report.export_word")), ask=Ask(EXPORT, data=data))


def sentences(found: Proposed, today: date) -> tuple[Say, Say]:
    """Say what would be taken out, and that taking it is noted."""
    return _what(found, today), _looks(found)


def _what(found: Proposed, today: date) -> Say:
    wanted = found.wanted
    if wanted.kind.value == "person":
        key = "thought_report.export_person"
        if found.is_packed:
            key = "thought_report.export_person_archive"
        return Say(key, name=found.name, reports=found.reports, pages=found.pages)
    quarter = quarter_say(wanted.quarter_or_fault, today)
    if wanted.kind.value == "cycle":
        return Say(
            "thought_report.export_cycle",
            quarter=quarter,
            people=found.people,
            reports=found.reports,
            pages=found.pages,
        )
    return Say(
        "thought_report.export_ledger", quarter=quarter, people=found.people, reports=found.reports
    )


def _looks(found: Proposed) -> Say:
    if found.wanted.kind.value == "ledger":
        return Say("thought_report.export_noted")
    return Say("thought_report.export_noted_by_author")


def made() -> Reply:
    """Say that the file is on its way."""
    return Reply(says=(Say("thought_report.export_made"),), close=frozenset({Slot.QUESTION}))


def in_the_making() -> Reply:
    """Say that making takes a moment, and that the file comes by itself."""
    return Reply(says=(Say("thought_report.export_slow"),), close=frozenset({Slot.QUESTION}))
