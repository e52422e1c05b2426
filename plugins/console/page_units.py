"""Numbers by unit and period (统计), by the same reads as in chat: tables, charts, drill-down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from core.conversation import Say
from core.period_names import period_name
from core.periods import Quarter
from plugins.console import charts, rendering
from plugins.console.visits import Visit
from plugins.identity.policy import visible_units
from plugins.stats import lists, periods, queries
from plugins.stats.counts import Figures
from plugins.stats.periods import Period, PeriodKind

SILENT_DAYS = 90
# A chart of more bars than this is a table drawn badly.
_MOST_BARS = 24
# What an address may ask for: a year at most, in years in which there is anything.
_YEARS = range(2000, 2100)
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class _Choice:
    """A period that can be picked: its form in the address, and its name."""

    text: str
    name: Say


async def show(visit: Visit) -> Response:
    """Show the numbers of a unit of somebody's scope; without one, of all of it."""
    scope = visible_units(visit.actor)
    path = visit.asked("unit")
    area = await (queries.area_at(scope, path) if path else queries.area_of(scope, ""))
    period = _period(visit)
    overview = await queries.overview(scope, area, period, visit.today)
    before = await queries.overview(scope, area, period.previous, visit.today)
    parts = await queries.parts(scope, area, period, visit.today)
    quarter = period.quarters[-1]
    return rendering.page(
        visit,
        "units.html",
        area=area,
        period=period,
        period_name=period_name(period, visit.today),
        before_name=period_name(period.previous, visit.today),
        choices=_choices(visit),
        figures=overview.figures,
        before=before.figures,
        parts=parts,
        reports_chart=_chart(parts, lambda figures: (figures.handed_in, figures.expected)),
        contacts_chart=_chart(parts, lambda figures: (figures.reached, figures.mentored)),
        names=scope.names,
        quarter=quarter,
        silent_days=SILENT_DAYS,
        owing=await lists.owing(scope, area, quarter),
        silent=await lists.silent(scope, area, SILENT_DAYS, visit.today),
    )


def _period(visit: Visit) -> Period:
    """Return the period of the address; this quarter when it is none that people report by."""
    usual = periods.current_quarter(visit.today)
    try:
        asked = Period.from_text(visit.asked("period"))
    except ValueError:
        return usual
    length = (asked.last - asked.first).days
    is_usual = asked.first.year in _YEARS and 0 <= length <= _MOST_DAYS
    return asked if is_usual else usual


def _choices(visit: Visit) -> list[_Choice]:
    quarter = Quarter.of(visit.today)
    quarters = [quarter]
    for _ in range(4):
        quarters.append(quarters[-1].previous)
    found = [periods.quarter_period(one) for one in quarters]
    year = visit.today.year
    found += [_year(year), _year(year - 1)]
    return [_Choice(one.to_text(), period_name(one, visit.today)) for one in found]


def _year(year: int) -> Period:
    first, last = Quarter(year, 1).first_day, Quarter(year, 4).last_day
    return Period(PeriodKind.YEAR, first, last)


def _chart(
    parts: Sequence[queries.Part], pick: Callable[[Figures], tuple[int, int]]
) -> charts.Chart | None:
    if not 1 < len(parts) <= _MOST_BARS:
        return None
    return charts.bars([(part.name, *pick(part.figures)) for part in parts])
