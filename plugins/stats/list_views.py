"""Lists to sentences: who still owes a report (未交), who was not talked to (谁没联系)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.conversation import Ask, Option, Reply, Say
from core.period_names import period_name
from core.periods import Cycle
from core.texts import current
from plugins.stats.counts import Area
from plugins.stats.lists import Owing, Silent, Tally
from plugins.stats.owed import Cycles
from plugins.stats.periods import Period, cycle_period
from plugins.stats.views import paged
from plugins.stats.words import AND_MARK, LIST_MARK

Data = Mapping[str, Any]


def owing_list(
    unit: Say | str,
    period: Period,
    cycles: Cycles,
    found: Sequence[Owing],
    today: date,
    *,
    page: int,
    data: Data,
) -> Reply:
    """List who still owes a report, by name; where several count, with what each one owes."""
    if not found:
        return Reply.of("stats.owing_none", unit=unit, period=_meant(period, cycles, today))
    owed = sorted({cycle for one in found for cycle in one.cycles})
    options = paged(
        [
            Option(
                _owing_label(one, _named(one, owed, today)),
                value={"name": one.name, "unheard": one.unheard},
            )
            for one in found
        ],
        page,
    )
    heading = _owing_heading(unit, period, owed, len(found), today)
    return _names(heading, options, kind="stats.owing", data=data)


def _meant(period: Period, cycles: Cycles, today: date) -> Say:
    """Name the only cycle that counts in a period, or the period."""
    only = cycles.all[0] if len(cycles.all) == 1 else None
    return period_name(cycle_period(only) if only else period, today)


def _named(one: Owing, owed: Sequence[Cycle], today: date) -> Say | str:
    if len(owed) == 1:
        return one.name
    render = current().render
    each = (render(period_name(cycle_period(cycle), today)) for cycle in sorted(one.cycles))
    return Say("stats.owing_of", name=one.name, cycles=AND_MARK.join(each))


def _names(heading: Say, options: tuple[Option, ...], *, kind: str, data: Data) -> Reply:
    says = (Say("stats.names", heading=heading, options=current().options(options)),)
    return Reply(says=says, ask=Ask(kind=kind, options=options, data=data, listed=True))


def _owing_heading(
    unit: Say | str, period: Period, owed: Sequence[Cycle], count: int, today: date
) -> Say:
    if len(owed) != 1:
        return Say("stats.owing_over", unit=unit, period=period_name(period, today), count=count)
    name, closes = period_name(cycle_period(owed[0]), today), owed[0].last_day
    if today > closes:
        return Say("stats.owing_over", unit=unit, period=name, count=count)
    return Say("stats.owing_until", unit=unit, period=name, count=count, closes=closes)


def _owing_label(one: Owing, name: Say | str) -> Say:
    if one.unheard and not one.reminded:
        return Say("stats.owing_unheard_not_reminded", name=name)
    if one.unheard:
        return Say("stats.owing_unheard", name=name, times=one.reminded)
    if one.reminded:
        return Say("stats.owing_reminded", name=name, times=one.reminded)
    return Say("stats.owing_not_reminded", name=name)


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


def owing_tally(
    area: Area, period: Period, cycles: Cycles, found: Sequence[Tally], today: date
) -> Reply:
    """Say how many still owe a report, unit by unit, without names."""
    if not found:
        return Reply.of("stats.owing_none", unit=area.name, period=_meant(period, cycles, today))
    count = sum(unit.people for unit in found)
    return _tally(_owing_heading(area.name, period, cycles.all, count, today), found)


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
