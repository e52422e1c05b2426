"""The console as one web application below /console: every path and what answers it."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from core.conversation import Say
from plugins.console import (
    entering,
    page_approvals,
    page_calendar,
    page_log,
    page_people,
    page_pieces,
    page_pushes,
    page_recalls,
    page_reports,
    page_today,
    page_units,
    rendering,
)
from plugins.console.guard import Guard, signed_in
from plugins.console.visits import PageHandler

_STATIC = Path(__file__).with_name("static")

_READS: dict[str, PageHandler] = {
    "/": page_today.show,
    "/reports": page_reports.show_queue,
    "/reports/{uid}": page_reports.show,
    "/reports/{uid}/pages/{page:int}": page_reports.send_file,
    "/people": page_people.show_all,
    "/people/{person:int}": page_people.show,
    "/units": page_units.show,
    "/pushes": page_pushes.show_all,
    "/pushes/{message:int}": page_pushes.show,
    "/pushes/{message:int}/recall": page_recalls.show,
    "/calendar": page_calendar.show,
    "/approvals": page_approvals.show_all,
    "/approvals/{uid}": page_approvals.show,
    "/pieces/{uid}": page_pieces.show,
    "/pieces/{uid}/files/{page:int}": page_pieces.send_file,
    "/log": page_log.show_acts,
    "/log/looks": page_log.show_looks,
}
_WRITES: dict[str, PageHandler] = {
    "/people": page_people.find,
    "/reports/{uid}": page_reports.decide,
    "/pushes/{message:int}": page_pushes.hold,
    "/pushes/{message:int}/recall": page_recalls.order,
    "/deliveries/{delivery:int}": page_pushes.settle,
    "/approvals/{uid}": page_approvals.decide,
    "/pieces/{uid}": page_pieces.decide,
    "/out": entering.leave,
}


async def _no_such_page(_request: Request, _error: Exception) -> Response:
    return rendering.outside(Say("console.no_page"), status=404)


def build() -> ASGIApp:
    """Return the application, guarded; nothing is opened."""
    routes: list[Route | Mount] = [
        Route("/in/{token}", entering.show_button),
        Route("/in", entering.press_button, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    routes.append(
        Route("/pushes/{message:int}/state", signed_in(page_pushes.state, is_click=False))
    )
    routes += [Route(path, signed_in(handler)) for path, handler in _READS.items()]
    routes += [
        Route(path, signed_in(handler), methods=["POST"]) for path, handler in _WRITES.items()
    ]
    return Guard(Starlette(routes=routes, exception_handlers={404: _no_such_page}))
