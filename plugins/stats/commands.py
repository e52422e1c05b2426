"""The chat face of statistics: 统计, 未交, 谁没联系."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from core.actors import Who
from core.config import settings
from core.conversation import Call, Command, Continuation, Place, Reply, Reveals, Say
from plugins.identity.policy import visible_units
from plugins.stats import (
    asking,
    list_views,
    lists,
    more_commands,
    owed,
    periods,
    progress,
    queries,
    service,
    views,
)
from plugins.stats.asking import Asked
from plugins.stats.counts import People
from plugins.stats.more_commands import MORE_COMMANDS, MORE_CONTINUATIONS, TAKES_FILES
from plugins.stats.periods import Period

SILENT_DAYS = 90
_OWN = Say("stats.own_people")


async def handle_statistics(call: Call) -> Reply:
    """Show the numbers of a period and a unit; in a group only totals of enough people."""
    asked = await asking.said(call)
    return await _show(call, asked)


async def _show(call: Call, asked: Asked) -> Reply:
    takes_files = not call.actor.roles.isdisjoint(TAKES_FILES)

    def shown(found: queries.Page) -> Reply:
        return views.statistics(
            asked.area,
            asked.period,
            found,
            call.today,
            again=asked.line,
            with_details=takes_files,
        )

    page = await progress.ready(call, asked, asked.page(call.today), show=shown)
    if page is None:
        return progress.slow(asked)
    private = shown(page)
    if call.chat.is_private:
        return private
    least = settings().privacy.group_total_min
    pushes = await queries.pushes_in(asked.scope, asked.area, asked.period)
    figures = replace(page.figures, pushes=pushes)
    spoken = views.in_group(asked.area, asked.period, figures, call.today, least=least)
    await service.answer_privately(
        actor=call.actor, says=private.says, ask=private.ask, key=call.message_key, now=call.now
    )
    return Reply(says=(spoken,))


async def continue_statistics(call: Call) -> Reply:
    """Show what was chosen under the page: the units below, a picture, the period before."""
    asked = await asking.open_one(call)
    if call.choice == "compare":
        return await progress.reply(call, asked, partial(_compared, call, asked))
    if call.choice == "parts":
        return await progress.reply(call, asked, partial(_parts, call, asked))
    return await more_commands.chosen(call, asked, str(call.choice))


async def _compared(call: Call, asked: Asked) -> Reply:
    area, period = asked.area, asked.period
    now = await queries.overview(asked.scope, area, period, call.today)
    before = await queries.overview(asked.scope, area, period.previous, call.today)
    return views.compared(area, period, now.figures, before.figures, call.today)


async def continue_parts(call: Call) -> Reply:
    """Open one unit of the list, or its next page."""
    asked = await asking.open_one(call)
    if "page" in call.choice:
        page = int(call.choice["page"])
        return await progress.reply(call, asked, partial(_parts, call, asked, page=page))
    area = await queries.area_at(asked.scope, call.choice["path"])
    return await _show(call, replace(asked, area=area))


async def _parts(call: Call, asked: Asked, *, page: int = 0) -> Reply:
    found = await queries.parts(asked.scope, asked.area, asked.period, call.today)
    names, line = asked.scope.names, asked.line
    return views.parts(asked.area, asked.period, found, names=names, line=line, page=page)


def _data(call: Call) -> Mapping[str, Any]:
    return call.question.data if call.question else {}


async def handle_owing(call: Call) -> Reply:
    """Show who owes the reports of a period: names to mentor and branch, numbers above."""
    period, rest = periods.find_period(call.words, call.today)
    period = period or periods.current_quarter(call.today)
    return await _owing(call, period, periods.unit_word(rest), page=0)


async def _owing(call: Call, period: Period, unit: str, *, page: int) -> Reply:
    scope, data = visible_units(call.actor), {"period": period.to_text(), "unit": unit}
    today = call.today
    if not scope.paths:
        cycles = await lists.cycles_of_mentees(call.actor, period, today)
        mine = await lists.owing_mentees(call.actor, today, *cycles.all)
        return list_views.owing_list(_OWN, period, cycles, mine, today, page=page, data=data)
    area = await queries.area_of(scope, unit)
    cycles = await owed.cycles_of(People(scope, area), period)
    if not scope.names:
        tally = await lists.owing_tally(scope, area, *cycles.all)
        return list_views.owing_tally(area, period, cycles, tally, today)
    found = await lists.owing(scope, area, *cycles.all)
    return list_views.owing_list(area.name, period, cycles, found, today, page=page, data=data)


async def continue_owing(call: Call) -> Reply:
    """Say what can be done about one person, or turn the page."""
    data = _data(call)
    if "page" in call.choice:
        period = Period.from_text(str(data["period"]))
        return await _owing(call, period, str(data["unit"]), page=int(call.choice["page"]))
    return list_views.what_to_do(str(call.choice["name"]), unheard=bool(call.choice["unheard"]))


async def handle_silent(call: Call) -> Reply:
    """Show who was not talked to for so many days."""
    days, rest = periods.find_days(call.words)
    return await _silent(call, days or SILENT_DAYS, periods.unit_word(rest), page=0)


async def _silent(call: Call, days: int, unit: str, *, page: int) -> Reply:
    scope, data = visible_units(call.actor), {"days": days, "unit": unit}
    if not scope.paths:
        mine = await lists.silent_mentees(call.actor, days, call.today)
        return list_views.silent_list(_OWN, days, mine, page=page, data=data)
    area = await queries.area_of(scope, unit)
    if not scope.names:
        return list_views.silent_tally(
            area, days, await lists.silent_tally(scope, area, days, call.today)
        )
    found = await lists.silent(scope, area, days, call.today)
    return list_views.silent_list(area.name, days, found, page=page, data=data)


async def continue_silent(call: Call) -> Reply:
    """Say what can be done about one person, or turn the page."""
    data = _data(call)
    if "page" in call.choice:
        page = int(call.choice["page"])
        return await _silent(call, int(data["days"]), str(data["unit"]), page=page)
    return list_views.what_to_do(str(call.choice["name"]), unheard=bool(call.choice["unheard"]))


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
    *MORE_COMMANDS,
)

CONTINUATIONS = (
    Continuation("stats.more", continue_statistics),
    Continuation("stats.parts", continue_parts),
    Continuation("stats.owing", continue_owing),
    Continuation("stats.silent", continue_silent),
    *MORE_CONTINUATIONS,
)
