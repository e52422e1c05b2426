"""Numbers by unit and period (统计), by the same reads as in chat: tables, charts, drill-down."""

from dataclasses import dataclass

from starlette.responses import Response

from core.actors import UnitScope
from core.config import settings
from core.conversation import Say
from core.errors import Refusal
from core.period_names import period_name
from core.periods import Cycle, Quarter, add_months
from plugins.console import asked_periods, charts, figure_tables, queries, rendering
from plugins.console.visits import Visit
from plugins.identity.policy import visible_units
from plugins.stats import chart_views, deadlines, lists, owed, periods, study_hours
from plugins.stats import queries as stats
from plugins.stats.counts import Area, People
from plugins.stats.deadlines import Dated, DeadlineKind, Deadlines
from plugins.stats.lists import Owing
from plugins.stats.periods import Period, PeriodKind
from plugins.stats.queries import Part

SILENT_DAYS = 90
# Names below one kind of deadline; the file (明细) has all of them.
MOST_NAMED = 100
_LAST_MONTHS = 6
_LAST_QUARTERS = 5


@dataclass(frozen=True, slots=True)
class _Choice:
    """A period that can be picked: its form in the address, and its name."""

    text: str
    name: Say


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a page is about. ``problem`` says why what was typed is not what is shown."""

    scope: UnitScope
    area: Area
    period: Period
    problem: str = ""

    @property
    def people(self) -> People:
        """Whose rows count."""
        return People(self.scope, self.area)


async def show(visit: Visit) -> Response:
    """Show the numbers of a unit of somebody's scope; without one, of all of it."""
    asked = await _asked(visit)
    scope, area, period, today = asked.scope, asked.area, asked.period, visit.today
    now = await stats.overview(scope, area, period, today)
    before = await stats.overview(scope, area, period.previous, today)
    parts = await stats.parts(scope, area, period, today)
    hours = await study_hours.study(asked.people, period)
    hours_before = await study_hours.study(asked.people, period.previous)
    due = await deadlines.totals(asked.people, today)
    return rendering.page(
        visit,
        "units.html",
        area=area,
        period=period,
        period_name=period_name(period, today),
        before_name=period_name(period.previous, today),
        choices=_choices(visit, period),
        typed=visit.asked("words"),
        problem=asked.problem,
        above=await queries.units_above(scope, area.path),
        groups=figure_tables.groups(now.figures, before.figures, hours, hours_before),
        withheld=hours.withheld or hours_before.withheld,
        least=settings().privacy.group_total_min,
        due=figure_tables.due_rows(due),
        until=today + deadlines.AHEAD,
        who=await _who(asked, due, visit),
        parts=parts,
        main_chart=_main_chart(asked, parts, now, visit),
        contacts_chart=charts.of_contacts(parts),
        names=scope.names,
        silent_days=SILENT_DAYS,
        owing=await _owing(asked),
        silent=await lists.silent(scope, area, SILENT_DAYS, today),
    )


async def _asked(visit: Visit) -> _Asked:
    """Return what the address asks for, or what was typed as behind the word 统计 in chat.

    Raises Refusal ``identity.unit_unknown`` for a unit of the address out of scope.
    """
    scope, path = visible_units(visit.actor), visit.asked("unit")
    usual = periods.current_quarter(visit.today)
    period = asked_periods.read(visit.asked("period")) or usual
    area = await (stats.area_at(scope, path) if path else stats.area_of(scope, ""))
    said = visit.asked("words")
    if not said:
        return _Asked(scope, area, period)
    found, rest = periods.find_period(said, visit.today)
    try:
        if rest.strip():
            area = await stats.area_of(scope, periods.unit_word(rest))
    except Refusal as refusal:
        return _Asked(scope, area, period, rendering.say(refusal.key, **refusal.fields))
    return _Asked(scope, area, found or period)


def _choices(visit: Visit, asked: Period) -> list[_Choice]:
    """Return the periods to pick from, what is shown among them."""
    today = visit.today
    months = [add_months(today.replace(day=1), -back) for back in range(_LAST_MONTHS)]
    quarters = [Quarter.of(add_months(today, -3 * back)) for back in range(_LAST_QUARTERS)]
    halves = [Cycle.of(add_months(today, -6 * back), 6) for back in range(2)]
    found = [
        *map(periods.quarter_period, quarters),
        *(_whole(PeriodKind.MONTH, Cycle.of(day, 1)) for day in months),
        *(_whole(PeriodKind.HALF, half) for half in halves),
        *(_year(today.year - back) for back in range(2)),
    ]
    if asked not in found:
        found.insert(0, asked)
    return [_Choice(one.to_text(), period_name(one, today)) for one in found]


def _whole(kind: PeriodKind, cycle: Cycle) -> Period:
    return Period(kind, cycle.first_day, cycle.last_day)


def _year(year: int) -> Period:
    first, last = Quarter(year, 1).first_day, Quarter(year, 4).last_day
    return Period(PeriodKind.YEAR, first, last)


def _main_chart(
    asked: _Asked, parts: tuple[Part, ...], now: stats.Overview, visit: Visit
) -> charts.Drawn | None:
    """Return the chart that 图 shows in chat: the units below, or the two bars of one unit."""
    area, period, today = asked.area, asked.period, visit.today
    if len(parts) > 1:
        chart = chart_views.of_parts(area, period, parts, today)
        beside = chart_views.beside_parts(area, parts)
    else:
        chart = chart_views.of_whole(area, period, now.figures, today)
        beside = chart_views.beside_whole(now.figures)
    return charts.drawn(chart, rendering.words(beside)) if chart else None


async def _who(
    asked: _Asked, due: Deadlines, visit: Visit
) -> list[tuple[DeadlineKind, tuple[Dated, ...]]]:
    """Return whose days they are, by kind; nothing where no names are seen."""
    if not asked.scope.names:
        return []
    return [
        (kind, await deadlines.named(asked.people, kind, visit.today, most=MOST_NAMED))
        for kind in DeadlineKind
        if kind in due
    ]


async def _owing(asked: _Asked) -> list[tuple[Cycle, tuple[Owing, ...]]]:
    """Return who owes the last report of the period, of every length that is collected there."""
    if not asked.scope.names:
        return []
    cycles = await owed.cycles_of(asked.people, asked.period)
    last = {cycle.months: cycle for cycle in cycles.all}
    found = [(one, await lists.owing(asked.scope, asked.area, one)) for one in last.values()]
    # A quarter that nobody owes is only said where nothing else is collected.
    return [pair for pair in found if pair[1]] or found[:1]
