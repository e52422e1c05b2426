"""Lists and official forms to take out (导出): asked for, confirmed once more, then fetched here.

The same rules as in chat say whose rows they hold, and leave the same rows behind.
"""

import re
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from core import files
from core.errors import Refusal
from core.texts import current
from models.enums import ExportKind
from plugins.console import policy, rendering
from plugins.console.visits import Visit
from plugins.delivery import exports
from plugins.delivery.exports import FETCHED, Ordered
from plugins.ledgers import labels, making, reading, service, views
from plugins.ledgers.service import Wanted

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
# No row has a larger number.
_ID = re.compile(r"[0-9]{1,9}")
_LISTS = (ExportKind.ACTIVISTS, ExportKind.CONTACTS, ExportKind.MOVEMENTS)
_FORMS = (ExportKind.REGISTER, ExportKind.PROCESS)


async def show(visit: Visit) -> Response:
    """Show what can be taken out, and what was ordered here lately."""
    ordered = await exports.fetchable(visit.actor, making.MAKER, now=visit.now)
    kinds = (*_LISTS, *(_FORMS if policy.acts_for_branch(visit.actor) else ()))
    return rendering.page(
        visit,
        "exports.html",
        kinds=[(kind.value, labels.title(kind)) for kind in kinds],
        ordered=[(one, labels.title(one.kind)) for one in ordered],
    )


async def ask(visit: Visit) -> Response:
    """Say what a file would hold, and ask once more; nothing is made yet."""
    kind, said = _kind(visit), visit.form.get("words", "").strip()
    if visit.form.get("person"):
        return await _proposed(visit, _wanted(visit))
    if kind in _LISTS:
        return await _proposed(
            visit, await reading.list_wanted(visit.actor, kind, said, visit.today)
        )
    found = await reading.forms_wanted(visit.actor, kind, said, visit.today)
    if isinstance(found, Wanted):
        return await _proposed(visit, found)
    return rendering.page(visit, "export_which.html", kind=kind.value, people=found)


async def _proposed(visit: Visit, wanted: Wanted) -> Response:
    found = await service.propose(actor=visit.actor, wanted=wanted, today=visit.today)
    *said, noted = [current().render(say) for say in views.sentences(found)]
    said += [rendering.say("console.export_marked"), noted]
    kept = {name: value for name, value in reading.data(wanted).items() if value is not None}
    if wanted.span is not None:
        kept["days"] = f"{wanted.span.first.isoformat()} {wanted.span.last.isoformat()}"
    return rendering.page(visit, "export_confirm.html", said=said, fields=kept, order=uuid4().hex)


async def confirm(visit: Visit) -> Response:
    """Owe the file and begin to make it; the page that follows has it, or says that it comes."""
    key = f"{FETCHED}{visit.actor.person_id}:{visit.form.get('order', '')[:32]}"
    uid = await service.confirm(actor=visit.actor, wanted=_wanted(visit), key=key, now=visit.now)
    await service.begin(uid)
    return rendering.go("/exports", "ordered")


async def send(visit: Visit) -> Response:
    """Send one file of an order to whoever gave it, within the hour."""
    found = await exports.fetchable(visit.actor, making.MAKER, now=visit.now)
    order = next((one for one in found if one.uid == visit.uid()), None)
    number = visit.number("file")
    if order is None or not 1 <= number <= len(order.files):
        raise Refusal("console.export_gone")
    suffix = _suffix(order)
    name = quote(f"{labels.title(order.kind)}-{number}.{suffix}")
    return Response(
        await files.read(order.files[number - 1]),
        media_type=_TYPES[suffix],
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _suffix(order: Ordered) -> str:
    if order.kind in _LISTS:
        return "xlsx"
    return "zip" if order.about_id is None else "docx"


def _kind(visit: Visit) -> ExportKind:
    """Return the kind that was chosen; Refusal ``console.export_gone`` for none of them."""
    said = visit.form.get("kind", "")
    found = next((kind for kind in (*_LISTS, *_FORMS) if kind.value == said), None)
    if found is None:
        raise Refusal("console.export_gone")
    return found


def _wanted(visit: Visit) -> Wanted:
    """Return what a form of ours wants; Refusal ``console.export_gone`` for what is none."""
    kind, form = _kind(visit), visit.form
    kept = {
        "kind": kind.value,
        "unit": _number(form.get("unit", "")),
        "person": _number(form.get("person", "")),
        "days": form.get("days", "").split() or None,
    }
    try:
        wanted = reading.wanted(kept)
    except (TypeError, ValueError):
        raise Refusal("console.export_gone") from None
    if (wanted.span is None) is (kind in _LISTS):
        raise Refusal("console.export_gone")
    return wanted


def _number(said: str) -> int | None:
    return int(said) if _ID.fullmatch(said) else None
