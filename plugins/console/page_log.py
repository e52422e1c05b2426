"""What is on record: who did what in the units, and who looked at whose things."""

from starlette.responses import Response

from core.errors import Refusal
from plugins.console import queries, rendering
from plugins.console.visits import Visit


async def show_acts(visit: Visit) -> Response:
    """Show what those in charge did, the newest first."""
    found = await queries.acts(visit.actor, page=visit.page())
    return rendering.page(visit, "acts.html", found=found)


async def show_looks(visit: Visit) -> Response:
    """Show who looked at the things of people whom somebody may name."""
    found = await queries.looks(visit.actor, page=visit.page())
    if found.page > found.pages:
        raise Refusal("console.no_page")
    return rendering.page(visit, "looks.html", found=found)
