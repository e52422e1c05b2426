"""The pages before the others: the link's button, signing in, signing out.

A GET uses nothing up: chat programs fetch addresses by themselves, to show what is behind them. It
sets a cookie and puts its mark into the form; only the browser that saw the button can press it.
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core import clock
from core.conversation import Say
from core.errors import Refusal
from plugins.console import guard, rendering, service, views
from plugins.console.views import ROOT
from plugins.console.visits import COOKIE, Visit, read_form

BROWSER = "yanzhen_browser"


def _mark(browser: str, token: str) -> str:
    """Return what binds a form to the browser that got the page."""
    return hmac.new(browser.encode(), token.encode(), hashlib.sha256).hexdigest()


def _is_secure() -> bool:
    return urlsplit(views.page_address()).scheme == "https"


def _set(response: Response, name: str, value: str, path: str) -> None:
    """Set a cookie that no script reads and that ends with the browser."""
    response.set_cookie(name, value, path=path, httponly=True, samesite="lax", secure=_is_secure())


async def show_button(request: Request) -> Response:
    """Show the button of a link that still opens; nothing is used up."""
    token = request.path_params["token"]
    try:
        await service.require_open(token=token, now=clock.now())
    except Refusal as refusal:
        return rendering.outside(Say(refusal.key, **refusal.fields), status=410)
    browser = request.cookies.get(BROWSER) or secrets.token_urlsafe(16)
    response = rendering.outside(Say("console.press"), token=token, mark=_mark(browser, token))
    _set(response, BROWSER, browser, f"{ROOT}/in")
    return response


async def press_button(request: Request) -> Response:
    """Sign in with the link of the form, in the browser that showed its button."""
    try:
        form = await read_form(request)
        token, browser = form.get("token", ""), request.cookies.get(BROWSER, "")
        is_same = hmac.compare_digest(form.get("mark", "").encode(), _mark(browser, token).encode())
        if not (browser and is_same and guard.is_own_origin(request)):
            return rendering.outside(Say("console.other_browser"), status=403)
        session = await service.sign_in(token=token, now=clock.now())
    except Refusal as refusal:
        return rendering.outside(Say(refusal.key, **refusal.fields), status=410)
    response = RedirectResponse(f"{ROOT}/", status_code=303)
    _set(response, COOKIE, session, ROOT)
    response.delete_cookie(BROWSER, path=f"{ROOT}/in")
    return response


async def leave(visit: Visit) -> Response:
    """Sign out (退出)."""
    await service.sign_out(token=visit.request.cookies.get(COOKIE, ""), now=visit.now)
    response = rendering.outside(Say("console.left"))
    response.delete_cookie(COOKIE, path=ROOT)
    return response
