"""What stands before every page: host, headers, session, and for a POST its origin and token.

Somebody who is not signed in gets one and the same sentence (401) from every address of a page,
whatever of ours it names, there or not; an address of no page is answered 404 to everybody.
"""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import clock, logs
from core.conversation import Say
from core.errors import Refusal
from plugins.console import rendering, service, uploads, views
from plugins.console.visits import COOKIE, PageHandler, Visit, read_form

log = logs.get("console")

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# Two values on purpose: a browser takes the last one it knows. With no-referrer alone it would say
# "Origin: null" at our own forms, and the origin could not be told; same-origin tells no stranger
# more than that (Fetch standard, "append a request Origin header").
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
        " form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer, same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}

_Route = Callable[[Request], Awaitable[Response]]


class Guard:
    """Answers only to our own name, and puts the strict headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                kept = [pair for pair in message.get("headers", ()) if pair[0] not in dict(own)]
                message = {**message, "headers": [*kept, *own]}
            await send(message)

        if scope["type"] != "http":
            return
        # A foreign name that resolves to this machine would share no cookie, but read every page.
        if Request(scope).headers.get("host", "") not in _own_names(scope):
            await Response(status_code=403)(scope, receive, hardened)
            return
        await self._app(scope, receive, hardened)


def _own_names(scope: Scope) -> set[str]:
    port = (scope.get("server") or ("", 0))[1]
    return {f"{name}:{port}" for name in _LOOPBACK} | {urlsplit(views.page_address()).netloc}


def _own_origins(request: Request) -> set[str]:
    port = (request.scope.get("server") or ("", 0))[1]
    return {f"http://{name}:{port}" for name in _LOOPBACK} | {views.page_address()}


def is_own_origin(request: Request) -> bool:
    """Whether a POST comes from a page of ours, by what the browser itself says."""
    return request.headers.get("origin") in _own_origins(request)


def signed_in(handler: PageHandler, *, is_click: bool = True, takes_file: bool = False) -> _Route:
    """Let ``handler`` see only requests of somebody signed in; answer refusals in words.

    ``is_click`` is false for what a page asks by itself: it must not keep a session alive.
    ``takes_file`` lets a POST bring a file along.
    """

    async def route(request: Request) -> Response:
        now = clock.now()
        token = request.cookies.get(COOKIE, "")
        who = await service.visitor(token=token, now=now, is_click=is_click)
        if who is None:
            return rendering.outside(Say("console.come_in"), status=401)
        visit = Visit(request, who.actor, who.csrf, now)
        try:
            if request.method == "POST":
                visit = await _proven(visit, takes_file=takes_file)
            return await handler(visit)
        except Refusal as refusal:
            return rendering.refused(visit, refusal)
        except Exception as error:  # noqa: BLE001  # the last line: the person reads of it
            log.fault("page_not_shown", error)
            return rendering.broken(visit)

    return route


async def _proven(visit: Visit, *, takes_file: bool) -> Visit:
    """Return the visit with its form; Refusal ``console.foreign_form`` when it is not from us."""
    upload = b""
    if takes_file and uploads.is_one(visit.request) and is_own_origin(visit.request):
        form, upload = await uploads.read(visit.request)
    else:
        form = await read_form(visit.request)
    has_token = hmac.compare_digest(form.pop("csrf", "").encode(), visit.csrf.encode())
    if not (has_token and is_own_origin(visit.request)):
        raise Refusal("console.foreign_form")
    return Visit(visit.request, visit.actor, visit.csrf, visit.now, form, upload)
