"""Files to take out (导出): asked for, confirmed once more, then fetched here.

The same rules as in chat say whose rows they hold, and leave the same rows behind.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import JSONResponse, Response

from core import files, progress
from core.errors import Refusal
from core.progress import Come
from plugins.console import export_doors, export_families, rendering
from plugins.console.export_families import Asked, Door, Fields
from plugins.console.visits import Visit
from plugins.delivery import exports
from plugins.delivery.exports import FETCHED, Ordered

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
# What lies inside of each kind of file that we make; anything else is a parcel.
_INSIDE = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
# What a form of ours carries from one page to the next.
_FIELDS = ("kind", "unit", "person", "days", "quarter", "archive", "area", "period")


@dataclass(frozen=True, slots=True)
class _Order:
    """An order as the page shows it; ``come`` is how far making it is, where that is known."""

    order: Ordered
    title: str
    come: Come | None

    @property
    def is_making(self) -> bool:
        """Whether it is still being made."""
        return not self.order.files and not self.order.is_over

    @property
    def sentence(self) -> str:
        """How far it has come, in words."""
        return _sentence(self.title, self.come)


def _sentence(title: str, come: Come | None) -> str:
    if come is None:
        return rendering.say("console.export_making", list=title)
    return rendering.say("console.export_come", list=title, done=come.done, total=come.total)


async def show(visit: Visit) -> Response:
    """Show what can be taken out, and what was ordered here lately."""
    return await _page(visit)


async def _page(visit: Visit, problem: str = "") -> Response:
    ordered = await _ordered(visit)
    return rendering.page(
        visit,
        "exports.html",
        status=409 if problem else 200,
        problem=problem,
        offered=export_doors.offered(visit.actor),
        chosen=visit.form.get("kind", ""),
        said=visit.form.get("words", ""),
        ordered=ordered,
        is_making=any(one.is_making for one in ordered),
    )


async def _ordered(visit: Visit) -> list[_Order]:
    """Return what somebody ordered here within the hour, the newest first."""
    found = [
        order
        for door in export_doors.DOORS
        for order in await exports.fetchable(visit.actor, door.maker, now=visit.now)
    ]
    found.sort(key=lambda order: order.number, reverse=True)
    return [
        _Order(order, export_doors.title(order.kind), progress.of(order.uid)) for order in found
    ]


async def ask(visit: Visit) -> Response:
    """Say what a file would hold, and ask once more; nothing is made yet."""
    try:
        return await _asked(visit)
    except Refusal as refusal:
        return await _page(visit, rendering.say(refusal.key, **refusal.fields))


async def _asked(visit: Visit) -> Response:
    door, kind = export_doors.door_of(visit.actor, visit.form.get("kind", ""))
    if "period" in visit.form:
        # The page of numbers says itself what it is about.
        return await _proposed(visit, door, _kept(visit))
    said = visit.form.get("words", "").strip()
    person = export_families.number(visit.form.get("person", ""))
    found = await door.read(Asked(visit.actor, kind, said, visit.today, person))
    if isinstance(found, Sequence):
        return rendering.page(visit, "export_which.html", kind=kind.value, said=said, people=found)
    return await _proposed(visit, door, found)


async def _proposed(visit: Visit, door: Door, fields: Fields) -> Response:
    said = await door.propose(visit.actor, fields, visit.today)
    return rendering.page(
        visit,
        "export_confirm.html",
        said=[line for say in said for line in rendering.words(say).splitlines()],
        fields={name: value for name, value in fields.items() if value},
        order=uuid4().hex,
    )


async def confirm(visit: Visit) -> Response:
    """Owe the file and begin to make it; the page that follows has it, or says that it comes."""
    door, _ = export_doors.door_of(visit.actor, visit.form.get("kind", ""))
    key = f"{FETCHED}{visit.actor.person_id}:{visit.form.get('order', '')[:32]}"
    uid = await door.confirm(visit.actor, _kept(visit), key, visit.now)
    await exports.begin(uid, door.maker)
    return rendering.go("/exports", "ordered")


def _kept(visit: Visit) -> Fields:
    return {name: visit.form[name] for name in _FIELDS if name in visit.form}


async def state(visit: Visit) -> Response:
    """Return how far an order has come, for its bar."""
    one = await _own(visit)
    come = one.come or Come(0, 0)
    return JSONResponse(
        {
            "sent": come.done,
            "total": come.total,
            "sentence": one.sentence,
            "moving": one.is_making,
        }
    )


async def _own(visit: Visit) -> _Order:
    uid = visit.uid()
    found = next((one for one in await _ordered(visit) if one.order.uid == uid), None)
    if found is None:
        raise Refusal("console.export_gone")
    return found


async def send(visit: Visit) -> Response:
    """Send one file of an order to whoever gave it, within the hour."""
    one, number = await _own(visit), visit.number("file")
    if not 1 <= number <= len(one.order.files):
        raise Refusal("console.export_gone")
    data = await files.read(one.order.files[number - 1])
    suffix = _suffix_of(data)
    name = quote(f"{one.title}-{number}.{suffix}")
    return Response(
        data,
        media_type=_TYPES[suffix],
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _suffix_of(data: bytes) -> str:
    """Return what kind of file of ours this is; all of them are archives inside."""
    with zipfile.ZipFile(io.BytesIO(data)) as inside:
        names = set(inside.namelist())
    return next((suffix for name, suffix in _INSIDE.items() if name in names), "zip")
