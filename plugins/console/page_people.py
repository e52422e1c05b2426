"""People somebody may meet by name, and the time line of each."""

from starlette.responses import Response

from plugins.console import queries, rendering, time_lines
from plugins.console.visits import Visit, as_page
from plugins.thought_report import waiting


async def show_all(visit: Visit) -> Response:
    """List people by branch."""
    return await _listed(visit, word="", page=visit.page())


async def find(visit: Visit) -> Response:
    """List people of a name; it comes in a form, so that no name stands in an address."""
    page = as_page(visit.form.get("page", ""))
    return await _listed(visit, word=visit.form.get("name", "").strip(), page=page)


async def _listed(visit: Visit, *, word: str, page: int) -> Response:
    found = await queries.people(visit.actor, word=word, page=page, today=visit.today)
    return rendering.page(visit, "people.html", found=found, word=word)


async def show(visit: Visit) -> Response:
    """Open a person's time line: a look that the person may ask for."""
    line = await time_lines.open_person(
        actor=visit.actor, person_id=visit.number("person"), now=visit.now
    )
    to_read = await waiting.waiting_for(visit.actor, visit.today)
    return rendering.page(
        visit,
        "person.html",
        line=line,
        to_read=[item for item in to_read if item.uid in line.reports],
    )
