"""What privacy itself keeps of a person: requests that wait for a yes, and copies to fetch."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tortoise.queryset import QuerySet

from core.clock import local_day
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Keeping, Leaving, PersonalData
from models import Correction, DataExport, Rebinding
from models.rows import as_json
from plugins.privacy import corrections, notices

# As long as receipts of messages: until then somebody may ask what became of it.
_DECIDED_KEPT = timedelta(days=90)


async def _describe(person_id: int, today: date) -> Held:
    rows = await Correction.filter(person_id=person_id).order_by("id")
    return Held(details=tuple(_correction_say(row, today) for row in rows))


def _correction_say(row: Correction, today: date) -> Say:
    return Say(
        "privacy.detail_correction",
        item=notices.item_say(row.item),
        right=corrections.right_of(row),
        on=local_day(row.asked_at),
        today=today,
    )


async def _export(person_id: int, today: date) -> Copied:
    asked = await Correction.filter(person_id=person_id).order_by("id")
    data = {
        "corrections": [as_json(row) | {"right": corrections.right_of(row)} for row in asked],
        "new_accounts": [as_json(row) for row in await Rebinding.filter(person_id=person_id)],
        "copies": [as_json(row) for row in await DataExport.filter(person_id=person_id)],
    }
    return Copied(data, (await _describe(person_id, today)).details)


async def _erase(leaving: Leaving) -> Sequence[str]:
    require_tx()
    person_id = leaving.person_id
    copies = await DataExport.filter(person_id=person_id).values_list("blob_id", flat=True)
    await DataExport.filter(person_id=person_id).delete()
    await Correction.filter(person_id=person_id).delete()
    await Rebinding.filter(person_id=person_id).delete()
    return [str(blob_id) for blob_id in copies]


def _decided_corrections(now: datetime) -> QuerySet[Correction]:
    return Correction.filter(decided_at__lt=now - _DECIDED_KEPT)


def _decided_rebindings(now: datetime) -> QuerySet[Rebinding]:
    return Rebinding.filter(decided_at__lt=now - _DECIDED_KEPT)


PERSONAL = PersonalData(
    title=Say("privacy.personal_title"),
    tables=frozenset({"correction", "rebinding", "data_export"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=99,
    keepings=(
        Keeping("corrections", _decided_corrections),
        Keeping("rebindings", _decided_rebindings),
    ),
)
