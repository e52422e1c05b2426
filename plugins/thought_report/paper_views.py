"""Dataclass to sentences for paper originals, and for the way of a report."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Slot
from core.periods import Quarter
from plugins.identity.reach import Reached
from plugins.thought_report import policy, words
from plugins.thought_report.notices import quarter_say, quarters_say
from plugins.thought_report.originals import Outstanding, Received
from plugins.thought_report.trail import Answer, Original, Trail, Version

WHOSE = "thought_report.whose"
ORIGINAL = "thought_report.original"
ORIGINAL_OF = "thought_report.original_of"
ALL = "all"

_DONE = frozenset({Slot.QUESTION})


def whose(found: Sequence[Reached], purpose: str, said: str) -> Reply:
    """Ask which of several people of one name is meant; ``said`` is what was typed."""
    options = tuple(
        Option(Say("thought_report.option_of_unit", unit=one.unit), value=one.person_id)
        for one in found[: policy.MOST_OPTIONS]
    )
    data = {"for": purpose, "said": said}
    say = Say("thought_report.two_of_a_name", name=found[0].name)
    return Reply(says=(say,), ask=Ask(WHOSE, options, data=data))


def outstanding(items: Sequence[Outstanding], today: date) -> Reply:
    """List the originals that have not come in, as numbered options to mark one received."""
    if not items:
        return Reply.of("thought_report.originals_none")
    shown = items[: policy.MOST_OPTIONS]
    options = tuple(
        Option(
            Say(
                "thought_report.original_item",
                name=item.name,
                quarter=quarter_say(item.quarter, today),
                on=item.on,
                today=today,
            ),
            value={"person": item.person_id, "quarter": str(item.quarter)},
        )
        for item in shown
    )
    says = [Say("thought_report.originals", count=len(items))]
    if left := len(items) - len(shown):
        says.append(Say("thought_report.originals_more", left=left))
    says.append(Say("thought_report.originals_how"))
    return Reply(says=tuple(says), ask=Ask(ORIGINAL, options, again=words.ORIGINALS_WORD))


def which_quarter(person: Reached, quarters: Sequence[Quarter], on: date, today: date) -> Reply:
    """Ask of which quarter the original is, when several are outstanding."""
    options = [
        Option(quarter_say(quarter, today), value=[str(quarter)])
        for quarter in quarters[: policy.MOST_OPTIONS - 1]
    ]
    everything = [str(quarter) for quarter in quarters]
    options.append(Option(Say("thought_report.option_all_originals"), value=everything))
    data = {"person": person.person_id, "on": on.isoformat()}
    say = Say("thought_report.original_which", name=person.name)
    return Reply(says=(say,), ask=Ask(ORIGINAL_OF, tuple(options), data=data))


def received(result: Received, today: date) -> Reply:
    """Repeat what was entered, and how to take it back."""
    say = Say(
        "thought_report.original_noted",
        name=result.name,
        quarters=quarters_say(result.quarters, today),
        on=result.on,
        today=today,
    )
    return Reply(says=(say,), close=_DONE)


def taken_back(result: Received, today: date) -> Reply:
    """Say that an entry is out, or back."""
    fields = {"name": result.name, "quarters": quarters_say(result.quarters, today)}
    if result.stands:
        return Reply.of("thought_report.original_back", **fields)
    return Reply.of("thought_report.original_out", **fields)


def trail(way: Trail, today: date) -> Reply:
    """Show the way of one report to whoever asked for it."""
    if not way.versions and way.original is None:
        quarter = quarter_say(way.quarter, today)
        return Reply.of("thought_report.trail_none", author=way.author, quarter=quarter)
    return Reply(says=trail_says(way, today))


def trail_says(way: Trail, today: date) -> tuple[Say, ...]:
    """Say every version, every answer and the original, a line each."""
    says = [Say("thought_report.trail", quarter=quarter_say(way.quarter, today))]
    for version in way.versions:
        says.append(_version(version, today))
        says += [_answer(answer, today) for answer in version.answers]
    says.append(original(way.original, today))
    return tuple(says)


def original(found: Original | None, today: date) -> Say:
    """Say where the paper original is."""
    if found is None:
        return Say("thought_report.trail_original_out")
    return Say(
        "thought_report.trail_original_in", on=found.on, receiver=found.receiver, today=today
    )


def _version(version: Version, today: date) -> Say:
    key = "thought_report.trail_version_late" if version.is_late else "thought_report.trail_version"
    return Say(key, version=version.number, on=version.on, pages=version.pages, today=today)


def _answer(answer: Answer, today: date) -> Say:
    reviewer: Say | str = answer.reviewer
    if answer.in_place_of is not None:
        reviewer = Say(
            "thought_report.in_place_of", reviewer=answer.reviewer, mentor=answer.in_place_of
        )
    key = {
        "passed": "thought_report.trail_passed",
        "supplement": "thought_report.trail_supplement",
        "returned": "thought_report.trail_returned",
    }[answer.decision.value]
    return Say(key, on=answer.on, reviewer=reviewer, reason=answer.reason, today=today)
