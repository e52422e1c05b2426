"""What the roster keeps of a person: that a table named him, what stood before, tables of his own.

An import holds ids only, but for what stood before (sealed, for a month) and files (for days).
"""

import json
from collections.abc import Sequence
from datetime import date

from core import crypto
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Leaving, PersonalData
from models import RosterImport
from models.rows import as_json
from plugins.identity import looks
from plugins.roster import import_work, imports

# Of all that a table made, only what it says of the person is his.
_OF_OTHERS = ("made", "codes", "columns")


async def _describe(person_id: int, _today: date) -> Held:
    mine = await RosterImport.filter(asked_by_id=person_id, applied_at__isnull=False).order_by("id")
    return Held(details=tuple(Say("roster.detail_import", at=row.received_at) for row in mine))


async def _export(person_id: int, _today: date) -> Copied:
    mine = await RosterImport.filter(asked_by_id=person_id).order_by("id")
    naming = [row for row in await _with_something() if _names(row, person_id)]
    data = {
        "imports": [as_json(row, without=_OF_OTHERS) for row in mine],
        "named_in": [{"applied_at": row.applied_at and row.applied_at.isoformat(),
                      "before": _before(row).get(str(person_id))} for row in naming],
    }  # fmt: skip
    return Copied(data)


async def _with_something() -> list[RosterImport]:
    return await RosterImport.filter(applied_at__isnull=False).order_by("id")


def _before(row: RosterImport) -> dict[str, object]:
    if row.before_sealed is None:
        return {}
    held = json.loads(crypto.unseal_text(row.before_sealed, place=import_work.place_of(row.uid)))
    return dict(held["before"].get("people", {}))


def _names(row: RosterImport, person_id: int) -> bool:
    return person_id in row.made.get("people", ()) or str(person_id) in _before(row)


async def _erase(leaving: Leaving) -> Sequence[str]:
    """Delete his own imports, and what others' still hold of him; open tables all go.

    Which open table names him cannot be told without reading it, and each is sent again in a
    minute. An import that named him cannot be undone any more.
    """
    require_tx()
    gone: list[str] = []
    for row in await RosterImport.filter(asked_by_id=leaving.person_id):
        gone += imports.files_of(row)
        await row.delete()
    open_tables = RosterImport.filter(applied_at__isnull=True, dropped_at__isnull=True)
    for row in await open_tables.order_by("id"):
        gone += await imports.close(row, leaving.now)
    for row in await _with_something():
        if _names(row, leaving.person_id):
            gone += row.codes
            people = [
                number for number in row.made.get("people", ()) if number != leaving.person_id
            ]
            row.made, row.codes, row.before_sealed = {**row.made, "people": people}, [], None
            await row.save(update_fields=["made", "codes", "before_sealed"])
    return gone


def _look(_code: str, _today: date) -> Say:
    return Say("roster.looked_at")


PERSONAL = PersonalData(
    title=Say("roster.personal_title"),
    tables=frozenset({"roster_import"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=60,
    looks={looks.ROSTER: _look},
)
