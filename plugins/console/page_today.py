"""The first page: what waits for somebody today (待办)."""

from typing import Any

from starlette.responses import Response

from core.actors import UnitScope
from core.config import settings
from core.periods import Quarter
from plugins.console import rendering
from plugins.console.visits import Visit
from plugins.delivery import queries as delivery
from plugins.identity.policy import visible_units
from plugins.mentoring import inspections
from plugins.mentoring import queries as mentoring
from plugins.stats import lists
from plugins.stats import queries as stats
from plugins.stats.counts import Area
from plugins.study import local_materials, orders
from plugins.thought_report import policy as reports_policy
from plugins.thought_report import waiting

SILENT_DAYS = 90
# So many of a list stand on the first page; the rest is on the page of its own.
MOST = 8


async def show(visit: Visit) -> Response:
    """Show what waits, the most pressing first."""
    scope = visible_units(visit.actor)
    area = await stats.area_of(scope, "")
    quarter = Quarter.of(visit.today)
    offset = settings().thought_report.opens_month_offset
    window = reports_policy.window_of(quarter, offset=offset)
    return rendering.page(
        visit,
        "today.html",
        most=MOST,
        waiting=await waiting.waiting_for(visit.actor, visit.today),
        todo=await mentoring.todo(visit.actor, visit.today),
        inspections=await inspections.due_of(visit.actor, visit.today),
        open_orders=await orders.open_for(visit.actor, now=visit.now),
        pieces=await local_materials.waiting_for(visit.actor),
        open_items=await delivery.open_items(visit.actor, now=visit.now),
        names=scope.names,
        collecting=window.opens_on <= visit.today,
        window=window,
        quarter=quarter,
        silent_days=SILENT_DAYS,
        **await _people(visit, scope, area, quarter),
    )


async def _people(visit: Visit, scope: UnitScope, area: Area, quarter: Quarter) -> dict[str, Any]:
    """Return who owes and who was not heard: by name where names may be shown, else in numbers."""
    if scope.names:
        return {
            "owing": await lists.owing(scope, area, quarter),
            "owing_tally": (),
            "silent": await lists.silent(scope, area, SILENT_DAYS, visit.today),
            "silent_tally": (),
        }
    return {
        "owing": (),
        "owing_tally": await lists.owing_tally(scope, area, quarter),
        "silent": (),
        "silent_tally": await lists.silent_tally(scope, area, SILENT_DAYS, visit.today),
    }
