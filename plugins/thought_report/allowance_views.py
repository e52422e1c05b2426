"""Dataclass to sentences for 延期, 免交 and 汇报安排, and the questions between."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from models.enums import AllowanceKind
from plugins.thought_report import notices, policy, words
from plugins.thought_report.allowances import Candidate, Standing
from plugins.thought_report.policy import Schedule
from plugins.thought_report.schedules import Arranged

WHO = "thought_report.allow_who"
DAY = "thought_report.allow_day"
WHY = "thought_report.allow_why"
LIST = "thought_report.allow_list"
ONE = "thought_report.allow_one"
ARRANGE = "thought_report.arrange"

_CLOSED = frozenset({Slot.QUESTION})
_USAGE = {
    AllowanceKind.EXTENSION: Say("thought_report.extend_usage"),
    AllowanceKind.EXEMPTION: Say("thought_report.exempt_usage"),
}
_AGAIN = {
    AllowanceKind.EXTENSION: words.EXTEND_WORDS[0],
    AllowanceKind.EXEMPTION: words.EXEMPT_WORDS[0],
}


def which_person(people: Sequence[Candidate], data: Mapping[str, Any]) -> Reply:
    """Ask which of several people of one name is meant."""
    options = tuple(
        Option(
            Say("thought_report.option_person", name=person.name, unit=person.unit),
            value=person.person_id,
        )
        for person in people[: policy.MOST_OPTIONS]
    )
    return Reply(says=(Say("thought_report.allow_which"),), ask=Ask(WHO, options, data=data))


def which_day(options: Sequence[date], data: Mapping[str, Any], today: date) -> Reply:
    """Ask until which day."""
    shown = tuple(
        Option(Say("thought_report.option_day", day=day, today=today), value=day.isoformat())
        for day in options[: policy.MOST_OPTIONS]
    )
    ask = Ask(DAY, shown, data=data, takes=Takes.TEXT)
    return Reply(says=(Say("thought_report.allow_which_day"),), ask=ask)


def which_reason(data: Mapping[str, Any]) -> Reply:
    """Ask why."""
    ask = Ask(WHY, data=data, takes=Takes.TEXT)
    return Reply(says=(Say("thought_report.allow_which_reason"),), ask=ask)


def granted(outcome: Standing, today: date) -> Reply:
    """Say what was noted, and that those concerned hear of it."""
    quarter = notices.quarter_say(outcome.cycle, today)
    if outcome.until_on is None:
        say = Say("thought_report.exempted", author=outcome.author, quarter=quarter)
    else:
        say = Say(
            "thought_report.extended",
            author=outcome.author,
            quarter=quarter,
            until=outcome.until_on,
            today=today,
        )
    return Reply(says=(say,), close=_CLOSED)


def listed(items: Sequence[Standing], kind: AllowanceKind, today: date) -> Reply:
    """Show what is allowed now, each by its number, and how to allow more."""
    if not items:
        return Reply(says=(Say("thought_report.allow_none"), _USAGE[kind]))
    shown = items[: policy.MOST_OPTIONS]
    options = tuple(Option(_item(item, today), value=item.uid) for item in shown)
    says = [Say("thought_report.allow_list", count=len(items)), _USAGE[kind]]
    return Reply(says=tuple(says), ask=Ask(LIST, options, again=_AGAIN[kind]))


def _item(item: Standing, today: date) -> Say:
    quarter = notices.quarter_say(item.cycle, today)
    if item.until_on is None:
        return Say("thought_report.allow_item", author=item.author, quarter=quarter)
    return Say(
        "thought_report.allow_item_until",
        author=item.author,
        quarter=quarter,
        until=item.until_on,
        today=today,
    )


def one(item: Standing, today: date) -> Reply:
    """Show one allowance with its reason, and ask whether it stays."""
    say = Say(
        "thought_report.allow_one",
        item=_item(item, today),
        granted_by=item.granted_by,
        reason=item.reason,
    )
    options = (
        Option(Say("thought_report.option_take_back"), value="back"),
        Option(Say("thought_report.option_leave_it"), value="leave"),
    )
    return Reply(says=(say,), ask=Ask(ONE, options, data={"allowance": item.uid}))


def left() -> Reply:
    """Say that nothing was changed."""
    return Reply(says=(Say("thought_report.allow_left"),), close=_CLOSED)


def taken_back(item: Standing, today: date) -> Reply:
    """Say that the report is owed as before."""
    quarter = notices.quarter_say(item.cycle, today)
    say = Say("thought_report.allow_taken_back", author=item.author, quarter=quarter)
    return Reply(says=(say,), close=_CLOSED)


def arrangements(units: Sequence[Arranged], today: date) -> Reply:
    """Show how units collect, and how to change it."""
    says = []
    for unit in units:
        says.append(_now(unit, today))
        if unit.later is not None and unit.later_on is not None:
            says.append(_later(unit.later, unit.later_on, today))
    says.append(Say("thought_report.arrange_usage"))
    if len(units) != 1:
        return Reply(says=tuple(says))
    options = (
        Option(Say("thought_report.every_month"), value=1),
        Option(Say("thought_report.every_quarter"), value=3),
        Option(Say("thought_report.every_half_year"), value=6),
        Option(Say("thought_report.option_as_above"), value=0),
    )
    ask = Ask(ARRANGE, options, data={"unit": units[0].unit_id}, again=words.ARRANGE_WORDS[0])
    return Reply(says=tuple(says), ask=ask)


def _now(unit: Arranged, today: date) -> Say:
    return Say(
        "thought_report.arranged_now",
        unit=unit.unit,
        often=notices.often(unit.schedule.months),
        quarter=notices.quarter_say(unit.window.quarter, today),
        opens=unit.window.opens_on,
        closes=unit.window.closes_on,
        today=today,
    )


def _later(schedule: Schedule, day: date, today: date) -> Say:
    often = notices.often(schedule.months)
    return Say("thought_report.arranged_later", day=day, often=often, today=today)


def arranged(outcome: Arranged, today: date) -> Reply:
    """Say from when a unit collects otherwise, and that what runs goes on."""
    if outcome.later is None or outcome.later_on is None:
        return Reply(says=(_now(outcome, today),), close=_CLOSED)
    say = Say(
        "thought_report.arranged",
        unit=outcome.unit,
        day=outcome.later_on,
        often=notices.often(outcome.later.months),
        quarter=notices.quarter_say(outcome.window.quarter, today),
        today=today,
    )
    return Reply(says=(say,), close=_CLOSED)
