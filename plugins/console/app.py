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
    page_exports,
    page_imports,
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
    "/exports": page_exports.show,
    "/exports/{uid}/{file:int}": page_exports.send,
    "/imports": page_imports.show_all,
    "/imports/{uid}": page_imports.show,
    "/imports/{uid}/files/{number:int}": page_imports.send_file,
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
    "/exports": page_exports.ask,
    "/exports/confirm": page_exports.confirm,
    "/imports/{uid}": page_imports.change,
    "/pieces/{uid}": page_pieces.decide,
    "/out": entering.leave,
}
# What a page asks by itself, to keep its bar current.
_STATES: dict[str, PageHandler] = {
    "/pushes/{message:int}/state": page_pushes.state,
    "/imports/{uid}/state": page_imports.state,
    "/exports/{uid}/state": page_exports.state,
}


async def _no_such_page(_request: Request, _error: Exception) -> Response:
    return rendering.outside(Say("console.no_page"), status=404, to_today=True)


def build() -> ASGIApp:
    """Return the application, guarded; nothing is opened."""
    routes: list[Route | Mount] = [
        Route("/in/{token}", entering.show_button),
        Route("/in", entering.press_button, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    routes += [Route(path, signed_in(state, is_click=False)) for path, state in _STATES.items()]
    routes += [Route(path, signed_in(handler)) for path, handler in _READS.items()]
    routes += [
        Route(path, signed_in(handler), methods=["POST"]) for path, handler in _WRITES.items()
    ]
    upload = signed_in(page_imports.receive, takes_file=True)
    routes.append(Route("/imports", upload, methods=["POST"]))
    return Guard(Starlette(routes=routes, exception_handlers={404: _no_such_page}))
