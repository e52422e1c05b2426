"""Hints to sentences: one line under an opened report, and the passages side by side.

The words never judge: equal words may have many reasons.
"""

from collections.abc import Sequence
from datetime import date

from core.conversation import Option, Say
from models.enums import PartKind
from plugins.thought_report.hints import Beside, Hints, SideBySide
from plugins.thought_report.notices import listed, quarter_say
from plugins.thought_report.parts import Part

OVERLAP = "overlap"

_PARTS = {
    Part.SALUTATION: Say("thought_report.part_salutation"),
    Part.BODY: Say("thought_report.part_body"),
    Part.CLOSE: Say("thought_report.part_close"),
    Part.SIGNATURE: Say("thought_report.part_signature"),
    Part.DATE: Say("thought_report.part_date"),
}
_KINDS = {
    PartKind.IMAGE: Say("thought_report.kind_image"),
    PartKind.FILE: Say("thought_report.kind_file"),
}


def line(title: Say, hints: Hints) -> Say:
    """Return the title of a report with what is worth knowing beside it."""
    beside = said(hints)
    if not beside:
        return Say("thought_report.title_end", title=title)
    joined = listed(beside, "thought_report.semi")
    return Say("thought_report.title_hints", title=title, hints=joined)


def said(hints: Hints) -> list[Say]:
    """Return what is worth knowing beside a report, one sentence each."""
    return [*_of_parts(hints), *_unread(hints), *_since(hints), *_of_overlap(hints)]


def _of_parts(hints: Hints) -> list[Say]:
    if hints.parts is None:
        return []
    length = Say("thought_report.hint_length", characters=hints.parts.characters)
    missing = hints.parts.missing
    if not missing:
        return [length, Say("thought_report.hint_complete")]
    parts = listed([_PARTS[part] for part in missing], "thought_report.and")
    if len(missing) < len(Part) - 1:
        return [length, Say("thought_report.hint_missing", parts=parts)]
    return [length, Say("thought_report.hint_missing_most", parts=parts)]


def _unread(hints: Hints) -> list[Say]:
    """Say what cannot be read, where it matters: something was not seen, or nothing is readable."""
    is_complete = hints.parts is not None and not hints.parts.missing
    if is_complete:
        return []
    said = []
    if seen := [_KINDS[kind] for kind in hints.unread if kind in _KINDS]:
        kinds = listed(seen, "thought_report.and")
        said.append(Say("thought_report.hint_unread", kinds=kinds))
    if PartKind.VOICE in hints.unread:
        said.append(Say("thought_report.hint_unheard"))
    return said


def _since(hints: Hints) -> list[Say]:
    if hints.since_last is None:
        return []
    return [Say("thought_report.hint_since", days=hints.since_last)]


def _of_overlap(hints: Hints) -> list[Say]:
    said = []
    if hints.overlap.same:
        said.append(Say("thought_report.hint_same", count=hints.overlap.same))
    if taken := sum(count for _, count in hints.overlap.lessons):
        said.append(Say("thought_report.hint_lessons", count=taken))
    return said


def options(hints: Hints) -> tuple[Option, ...]:
    """Return the option that shows the passages, when there are any."""
    if hints.overlap.is_empty:
        return ()
    return (Option(Say("thought_report.option_overlap"), value=OVERLAP),)


def side_by_side(found: SideBySide, today: date) -> tuple[Say, ...]:
    """Say what is the same where, as far as the reader may see it."""
    says = [say for other in found.beside for say in _beside(other, today)]
    says += _closed(found.near, "near")
    says += _closed(found.elsewhere, "elsewhere")
    says += [
        Say("thought_report.same_lesson", title=title, count=count)
        for title, count in found.lessons
    ]
    if not says:
        return (Say("thought_report.same_none"),)
    if found.left_out:
        says.append(Say("thought_report.same_left_out", count=found.left_out))
    return (*says, Say("thought_report.same_is_no_verdict"))


def _beside(other: Beside, today: date) -> list[Say]:
    quarter = quarter_say(other.quarter, today)
    if not other.passages:
        return [Say("thought_report.same_own_closed", quarter=quarter, count=other.count)]
    if other.author:
        head = Say(
            "thought_report.same_other", author=other.author, quarter=quarter, count=other.count
        )
    else:
        head = Say("thought_report.same_own", quarter=quarter, count=other.count)
    return [
        head,
        *(
            Say("thought_report.same_passage", here=passage.here, there=passage.there)
            for passage in other.passages
        ),
    ]


def _closed(counts: Sequence[int], where: str) -> list[Say]:
    """Say that there are others, and of the one that shares most how much; never whose."""
    if not counts:
        return []
    if where == "near" and len(counts) == 1:
        return [Say("thought_report.same_near", count=counts[0])]
    if where == "near":
        return [Say("thought_report.same_near_several", reports=len(counts), count=counts[0])]
    if len(counts) == 1:
        return [Say("thought_report.same_elsewhere", count=counts[0])]
    return [Say("thought_report.same_elsewhere_several", reports=len(counts), count=counts[0])]
