"""The chat face of statistics: 统计, 未交, 谁没联系."""

from collections.abc import Mapping
from typing import Any

from core.actors import UnitScope, Who
from core.config import settings
from core.conversation import Call, Command, Continuation, Place, Reply, Reveals, Say
from core.periods import Quarter
from plugins.identity.policy import visible_units
from plugins.stats import lists, periods, queries, service, views
from plugins.stats.counts import Area
from plugins.stats.periods import Period

SILENT_DAYS = 90
_OWN = Say("stats.own_people")


async def handle_statistics(call: Call) -> Reply:
    """Show the numbers of a period and a unit; in a group only totals of enough people."""
    scope = visible_units(call.actor)
    period, rest = periods.find_period(call.words, call.today)
    period = period or periods.current_quarter(call.today)
    area = await queries.area_of(scope, periods.unit_word(rest))
    return await _show(call, scope, area, period)


async def _show(call: Call, scope: UnitScope, area: Area, period: Period) -> Reply:
    overview = await queries.overview(scope, area, period, call.today)
    again = f"统计 {call.words}".strip()
    page = views.statistics(area, period, overview, call.today, again=again)
    if call.chat.is_private:
        return page
    least = settings().privacy.group_total_min
    said = views.in_group(area, period, overview.figures, call.today, least=least)
    await service.answer_privately(
        actor=call.actor, says=page.says, ask=page.ask, key=call.message_key, now=call.now
    )
    return Reply(says=(said,))


async def continue_statistics(call: Call) -> Reply:
    """Show the units below, or the period before."""
    scope, area, period = await _open(call)
    if call.choice == "parts":
        return await _parts(call, scope, area, period)
    now = await queries.overview(scope, area, period, call.today)
    before = await queries.overview(scope, area, period.previous, call.today)
    return views.compared(area, period, now.figures, before.figures, call.today)


async def continue_parts(call: Call) -> Reply:
    """Open one unit of the list, or its next page."""
    scope, area, period = await _open(call)
    if "page" in call.choice:
        return await _parts(call, scope, area, period, page=int(call.choice["page"]))
    return await _show(call, scope, await queries.area_at(scope, call.choice["path"]), period)


async def _parts(
    call: Call, scope: UnitScope, area: Area, period: Period, *, page: int = 0
) -> Reply:
    found = await queries.parts(scope, area, period, call.today)
    return views.parts(area, period, found, names=scope.names, page=page)


async def _open(call: Call) -> tuple[UnitScope, Area, Period]:
    data = _data(call)
    scope = visible_units(call.actor)
    return (
        scope,
        await queries.area_at(scope, str(data["path"])),
        Period.from_text(str(data["period"])),
    )


def _data(call: Call) -> Mapping[str, Any]:
    return call.question.data if call.question else {}


async def handle_owing(call: Call) -> Reply:
    """Show who owes the report of a quarter: names to mentor and branch, numbers above."""
    period, rest = periods.find_period(call.words, call.today)
    quarter = (period or periods.current_quarter(call.today)).quarters[-1]
    return await _owing(call, quarter, periods.unit_word(rest), page=0)


async def _owing(call: Call, quarter: Quarter, unit: str, *, page: int) -> Reply:
    scope, data = visible_units(call.actor), {"quarter": str(quarter), "unit": unit}
    if not scope.paths:
        mine = await lists.owing_mentees(call.actor, quarter, call.today)
        return views.owing_list(_OWN, quarter, mine, call.today, page=page, data=data)
    area = await queries.area_of(scope, unit)
    if not scope.names:
        tally = await lists.owing_tally(scope, area, quarter)
        return views.owing_tally(area, quarter, tally, call.today)
    found = await lists.owing(scope, area, quarter)
    return views.owing_list(area.name, quarter, found, call.today, page=page, data=data)


async def continue_owing(call: Call) -> Reply:
    """Say what can be done about one person, or turn the page."""
    data = _data(call)
    if "page" in call.choice:
        quarter = Quarter.parse(str(data["quarter"]))
        return await _owing(call, quarter, str(data["unit"]), page=int(call.choice["page"]))
    return views.what_to_do(str(call.choice["name"]), unheard=bool(call.choice["unheard"]))


async def handle_silent(call: Call) -> Reply:
    """Show who was not talked to for so many days."""
    days, rest = periods.find_days(call.words)
    return await _silent(call, days or SILENT_DAYS, periods.unit_word(rest), page=0)


async def _silent(call: Call, days: int, unit: str, *, page: int) -> Reply:
    scope, data = visible_units(call.actor), {"days": days, "unit": unit}
    if not scope.paths:
        mine = await lists.silent_mentees(call.actor, days, call.today)
        return views.silent_list(_OWN, days, mine, page=page, data=data)
    area = await queries.area_of(scope, unit)
    if not scope.names:
        return views.silent_tally(
            area, days, await lists.silent_tally(scope, area, days, call.today)
        )
    found = await lists.silent(scope, area, days, call.today)
    return views.silent_list(area.name, days, found, page=page, data=data)


async def continue_silent(call: Call) -> Reply:
    """Say what can be done about one person, or turn the page."""
    data = _data(call)
    if "page" in call.choice:
        page = int(call.choice["page"])
        return await _silent(call, int(data["days"]), str(data["unit"]), page=page)
    return views.what_to_do(str(call.choice["name"]), unheard=bool(call.choice["unheard"]))


COMMANDS = (
    Command(
        name="stats.statistics",
        words=("统计",),
        aliases=("汇总",),
        handler=handle_statistics,
        summary="stats.help_statistics",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP, Who.INFLOW}),
        place=Place.BOTH,
        reveals=Reveals.TOTALS,
        arguments="三季度 柳河乡",
    ),
    Command(
        name="stats.owing",
        words=("未交",),
        aliases=("谁没交",),
        handler=handle_owing,
        summary="stats.help_owing",
        who=frozenset({Who.MENTOR, Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.BRANCH,
        arguments="三季度 王家村",
    ),
    Command(
        name="stats.silent",
        words=("谁没联系",),
        aliases=("多久没联系",),
        handler=handle_silent,
        summary="stats.help_silent",
        who=frozenset({Who.MENTOR, Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.BRANCH,
        arguments="90天 王家村",
    ),
)

CONTINUATIONS = (
    Continuation("stats.more", continue_statistics),
    Continuation("stats.parts", continue_parts),
    Continuation("stats.owing", continue_owing),
    Continuation("stats.silent", continue_silent),
)
