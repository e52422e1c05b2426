"""Lists to sentences: who still owes a report (未交), who was not talked to (谁没联系)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.conversation import Ask, Option, Reply, Say
from core.period_names import period_name
from core.periods import Quarter
from core.texts import current
from plugins.stats.counts import Area
from plugins.stats.lists import Owing, Silent, Tally
from plugins.stats.periods import quarter_period
from plugins.stats.views import paged
from plugins.stats.words import LIST_MARK

Data = Mapping[str, Any]


def owing_list(
    unit: Say | str, quarter: Quarter, found: Sequence[Owing], today: date, *, page: int, data: Data
) -> Reply:
    """List who still owes a report, by name."""
    period = period_name(quarter_period(quarter), today)
    if not found:
        return Reply.of("stats.owing_none", unit=unit, period=period)
    options = paged(
        [
            Option(_owing_label(one), value={"name": one.name, "unheard": one.unheard})
            for one in found
        ],
        page,
    )
    heading = _owing_heading(unit, period, quarter, len(found), today)
    return _names(heading, options, kind="stats.owing", data=data)


def _names(heading: Say, options: tuple[Option, ...], *, kind: str, data: Data) -> Reply:
    says = (Say("stats.names", heading=heading, options=current().options(options)),)
    return Reply(says=says, ask=Ask(kind=kind, options=options, data=data, listed=True))


def _owing_heading(unit: Say | str, period: Say, quarter: Quarter, count: int, today: date) -> Say:
    closes = quarter.last_day
    if today > closes:
        return Say("stats.owing_over", unit=unit, period=period, count=count)
    return Say("stats.owing_until", unit=unit, period=period, count=count, closes=closes)


def _owing_label(one: Owing) -> Say:
    if one.unheard and not one.reminded:
        return Say("stats.owing_unheard_not_reminded", name=one.name)
    if one.unheard:
        return Say("stats.owing_unheard", name=one.name, times=one.reminded)
    if one.reminded:
        return Say("stats.owing_reminded", name=one.name, times=one.reminded)
    return Say("stats.owing_not_reminded", name=one.name)


def what_to_do(name: str, *, unheard: bool) -> Reply:
    """Say what can be done about one person of a list."""
    if unheard:
        return Reply.of("stats.what_to_do_unheard", name=name)
    return Reply.of("stats.what_to_do", name=name)


def silent_list(
    unit: Say | str, days: int, found: Sequence[Silent], *, page: int, data: Data
) -> Reply:
    """List who was not talked to for so long, by name."""
    if not found:
        return Reply.of("stats.silent_none", unit=unit, days=days)
    options = paged(
        [
            Option(
                Say("stats.silent_one", name=one.name, days=one.days),
                value={"name": one.name, "unheard": one.unheard},
            )
            for one in found
        ],
        page,
    )
    heading = Say("stats.silent_heading", unit=unit, days=days, count=len(found))
    return _names(heading, options, kind="stats.silent", data=data)


def owing_tally(area: Area, quarter: Quarter, found: Sequence[Tally], today: date) -> Reply:
    """Say how many still owe a report, unit by unit, without names."""
    period = period_name(quarter_period(quarter), today)
    if not found:
        return Reply.of("stats.owing_none", unit=area.name, period=period)
    count = sum(unit.people for unit in found)
    return _tally(_owing_heading(area.name, period, quarter, count, today), found)


def silent_tally(area: Area, days: int, found: Sequence[Tally]) -> Reply:
    """Say how many were not talked to for so long, unit by unit, without names."""
    if not found:
        return Reply.of("stats.silent_none", unit=area.name, days=days)
    count = sum(unit.people for unit in found)
    return _tally(Say("stats.silent_heading", unit=area.name, days=days, count=count), found)


def _tally(heading: Say, found: Sequence[Tally]) -> Reply:
    render = current().render
    units = LIST_MARK.join(
        render(Say("stats.tally_unit", unit=unit.name, people=unit.people)) for unit in found
    )
    return Reply.of("stats.tally", heading=heading, units=units)
