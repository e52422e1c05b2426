"""The pages of the console with what stands in their addresses, and forms that others might send.

A page or form without an example fails the walk. Forms are sent about what is none of the asker's
business: nothing may come of them.
"""

import re
from collections.abc import Callable, Mapping

from core.actors import Actor
from core.errors import Refusal
from models import Delivery, Message
from plugins.console import app, service
from tests.flows.scope import tokens
from tests.flows.scope.planting import NOW
from tests.flows.scope.walking import Answer
from tests.flows.scope.worlds import Case
from tests.plugins.console.conftest import Browser

Fill = Callable[[Case], list[str]]


def _nothing(case: Case) -> list[str]:
    return [""]


def _no_such(case: Case) -> list[str]:
    return ["0123456789abcdef0123456789abcdef"]


def _people(case: Case) -> list[str]:
    return [str(number + 1) for number in sorted(case.near | {case.far})]


def _reports(case: Case) -> list[str]:
    return [f"r{number}" for number in sorted(case.near | {case.far})]


def _units(name: str) -> Fill:
    return lambda case: [f"{name}{unit}" for unit in sorted(case.units | {case.elsewhere})]


READS: Mapping[str, Fill] = {
    "/": _nothing,
    "/reports": _nothing,
    "/reports/{uid}": _reports,
    "/reports/{uid}/pages/{page:int}": _reports,
    "/people": _nothing,
    "/people/{person:int}": _people,
    "/units": lambda case: ["", *(f"?unit={case.world.path(unit)}" for unit in _paths(case))],
    "/pushes": _nothing,
    "/pushes/{message:int}": _nothing,
    "/pushes/{message:int}/state": _nothing,
    "/calendar": _nothing,
    "/approvals": _nothing,
    "/approvals/{uid}": _units("order"),
    "/pushes/{message:int}/recall": _nothing,
    "/pieces/{uid}": _units("piece"),
    "/pieces/{uid}/files/{page:int}": _units("piece"),
    "/exports": _nothing,
    "/exports/{uid}/{file:int}": _no_such,
    "/exports/{uid}/state": _no_such,
    "/imports": _nothing,
    "/imports/{uid}": _no_such,
    "/imports/{uid}/state": _no_such,
    "/imports/{uid}/files/{number:int}": _no_such,
    "/log": _nothing,
    "/log/looks": _nothing,
}
# Of each form what is sent, beside the address of somebody or something of others.
WRITES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "/people": ({"name": "{far}"}, {"name": "清"}),
    "/reports/{uid}": ({"decision": "pass"}, {"decision": "return", "reason": "看不清"}),
    "/pushes/{message:int}": ({"do": "pause"}, {"do": "resume"}),
    "/deliveries/{delivery:int}": ({"do": "again"}, {"do": "taken"}, {"do": "refused"}),
    "/approvals/{uid}": ({"do": "approve"}, {"do": "return"}, {"do": "confirm"}),
    "/pushes/{message:int}/recall": ({},),
    "/pieces/{uid}": ({"do": "pass"}, {"do": "return", "reason": "少个日期"}),
    "/exports": (
        {"kind": "activist", "unit": "999999"},
        {"kind": "person", "words": "{far}"},
        {"kind": "ledger", "words": "四季度"},
        {"kind": "roster"},
        {"kind": "figures", "area": "/1/999999/", "period": "quarter:2026-10-01:2026-12-31"},
    ),
    "/exports/confirm": (
        {"kind": "activist", "unit": "999999"},
        {"kind": "person", "person": "999999"},
        {"kind": "figures", "area": "/1/999999/", "period": "quarter:2026-10-01:2026-12-31"},
    ),
    "/imports/{uid}": ({"do": "undo"}, {"do": "import"}),
    "/out": ({},),
}


def reads() -> set[str]:
    """Every address of a page."""
    return {*app._READS, *app._STATES}


def writes() -> set[str]:
    """Every address of a form."""
    return set(app._WRITES)


def _paths(case: Case) -> list[int]:
    return sorted(case.units | {case.elsewhere})


async def walk_pages(case: Case, actor: Actor, port: int) -> list[Answer]:
    """Open every page and send every form, as far as somebody may come in at all."""
    try:
        token = await service.make_link(actor=actor, now=NOW)
    except Refusal:
        return []
    browser = Browser(port)
    try:
        await browser.press(token)
        answers = [await _read(browser, path) for path in await _addresses(case)]
        return answers + [await _write(browser, *one) for one in await _forms(case)]
    finally:
        await browser.close()


async def _addresses(case: Case) -> list[str]:
    messages = await _messages(case)
    found = []
    for pattern, fill in READS.items():
        for value in messages if "{message" in pattern else fill(case):
            path = _FIRST.sub("1", pattern)
            filled = [path.replace(name, value) for name in _HOLES if name in path]
            found += filled or [f"{path}{value}"]
    return found


# Of what has several pages or files the first.
_FIRST = re.compile(r"\{(?:page|file|number):int\}")
_HOLES = ("{uid}", "{person:int}", "{message:int}")


async def _messages(case: Case) -> list[str]:
    """Ids of the pushes of the asker's units, and one that there never was."""
    rows = Message.filter(purpose="study.push").order_by("id")
    mine = {tokens.of_unit(tokens.PUSH, unit) for unit in case.units}
    return [str(row.id) for row in await rows if row.title[:2] in mine] + ["999999"]


async def _forms(case: Case) -> list[tuple[str, dict[str, str]]]:
    far = {
        "{uid}": f"r{case.far}", "{message:int}": "999999", "{delivery:int}": "999999",
    }  # fmt: skip
    target = f"group:{case.elsewhere + 1}"
    row = await Delivery.filter(target=target, occasion__startswith="unsure").first()
    if row is not None:
        far |= {"{message:int}": str(row.message_id), "{delivery:int}": str(row.id)}
    found = []
    for pattern, forms in WRITES.items():
        kind = {"/approvals": "order", "/pieces": "piece"}.get(pattern.partition("/{")[0], "")
        values = far | ({"{uid}": f"{kind}{case.elsewhere}"} if kind else {})
        path = pattern
        for hole, value in values.items():
            path = path.replace(hole, value)
        found += [
            (path, {name: value.format_map(case.words) for name, value in form.items()})
            for form in forms
        ]
    return found


async def _read(browser: Browser, path: str) -> Answer:
    answer = await browser.get(path)
    return Answer("page", (path,), f"{answer.status} {answer.text}")


async def _write(browser: Browser, path: str, form: dict[str, str]) -> Answer:
    answer = await browser.post(path, csrf=browser.csrf, **form)
    # Ids of others are not the same in both worlds.
    place = "".join(one for one in path if not one.isdigit())
    return Answer("form", (place, *form.values()), f"{answer.status} {answer.text}")
