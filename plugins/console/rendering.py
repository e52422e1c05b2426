"""Values to HTML: templates that escape everything, with the sentences of content/texts."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.conversation import Say
from core.errors import Refusal
from core.texts import current
from plugins.console import labels, policy
from plugins.console.views import ROOT
from plugins.console.visits import Visit

_HERE = Path(__file__).parent


def say(key: str, **fields: object) -> str:
    """Fill one sentence."""
    return current().render(Say(key, **fields))


def words(what: Say | str) -> str:
    """Return a sentence that another room made, in words."""
    return current().render(what) if isinstance(what, Say) else what


def day(on: date | datetime | None) -> str:
    """Return a day as people write it in a list, with its year; empty for none."""
    return "" if on is None else say("console.day", year=on.year, on=on)


def moment(at: datetime) -> str:
    """Return a moment as people write it in a list."""
    return say("console.moment", at=at)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(t=say, words=words, day=day, moment=moment, root=ROOT, **labels.ALL)
    return made


_templates = _environment()


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """Show one page to somebody signed in."""
    shown: Mapping[str, Any] = {
        "actor": visit.actor,
        "csrf": visit.csrf,
        "today": visit.today,
        "now": visit.now,
        "here": visit.request.scope["path"].removeprefix(ROOT) or "/",
        "pages": policy.pages(visit.actor),
        "done": _done(visit),
    }
    text = _templates.get_template(template).render({**shown, **values})
    return HTMLResponse(text, status_code=status)


# What a form did is told on the page that follows it, by a name: nothing personal is in an address.
_DONE = {
    "passed": "console.done_passed",
    "told": "console.done_told",
    "paused": "console.done_paused",
    "resumed": "console.done_resumed",
    "resent": "console.done_resent",
    "taken": "console.done_taken",
    "approved": "console.done_approved",
    "returned": "console.done_returned",
    "confirmed": "console.done_confirmed",
    "ordered": "console.done_ordered",
    "imported": "console.done_imported",
    "undone": "roster.undone",
    "dropped": "roster.import_stopped",
    "piece_passed": "console.done_piece_passed",
    "piece_returned": "console.done_piece_returned",
    "recalled": "console.done_recalled",
}


def _done(visit: Visit) -> str:
    key = _DONE.get(visit.asked("done"))
    return say(key) if key else ""


def outside(what: Say, *, status: int = 200, **values: Any) -> Response:
    """Show a sentence to somebody who is not signed in; nothing else is on the page."""
    text = _templates.get_template("outside.html").render({"sentence": words(what), **values})
    return HTMLResponse(text, status_code=status)


def refused(visit: Visit, refusal: Refusal) -> Response:
    """Show an expected no in the words of the room that said it."""
    sentence = say(refusal.key, **refusal.fields)
    status = 409 if visit.request.method == "POST" else 404
    return page(visit, "message.html", status=status, sentence=sentence, done="")


def broken(visit: Visit) -> Response:
    """Say that something of ours went wrong."""
    return page(visit, "message.html", status=500, sentence=say("console.broken"), done="")


def go(path: str, done: str = "") -> Response:
    """Send a browser on after a form, so that loading the page anew does nothing twice."""
    ending = f"?done={done}" if done else ""
    return RedirectResponse(f"{ROOT}{path}{ending}", status_code=303)
