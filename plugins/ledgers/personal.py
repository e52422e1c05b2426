"""What lists and forms keep of a person: orders for files, by him or about him, until they left."""

from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from core.conversation import Say
from core.personal import Copied, Held, Leaving, PersonalData
from models import ReportExport
from models.rows import as_json
from plugins.identity import looks


async def _describe(_person_id: int, _today: date) -> Held:
    return Held()


async def _export(person_id: int, _today: date) -> Copied:
    rows = await ReportExport.filter(asked_by_id=person_id).order_by("id")
    return Copied({"exports": [as_json(row) for row in rows]})


async def _erase(leaving: Leaving) -> Sequence[str]:
    """Delete the orders he gave and those about him, with files that are on their way."""
    mine = Q(asked_by_id=leaving.person_id) | Q(about_id=leaving.person_id)
    blobs = [blob for row in await ReportExport.filter(mine) for blob in row.blobs]
    await ReportExport.filter(mine).delete()
    return sorted(set(blobs))


def _ledger_look(_code: str, _today: date) -> Say:
    return Say("ledgers.looked_at_list")


def _form_look(_code: str, _today: date) -> Say:
    return Say("ledgers.looked_at_form")


PERSONAL = PersonalData(
    title=Say("ledgers.personal_title"),
    tables=frozenset({"report_export"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    looks={looks.LEDGER: _ledger_look, looks.FORM: _form_look},
)
