"""What movement keeps of a person: his journeys, city level only, and an employer he named."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Leaving, PersonalData
from models import Movement
from models.rows import as_json
from plugins.identity import trail
from plugins.movement import queries


async def _describe(person_id: int, today: date) -> Held:
    rows = await _rows(person_id)
    details = [
        Say("movement.detail_journey", on=row.leaves_on, city=row.to_city, today=today)
        for row in rows
    ]
    details += [
        Say("movement.detail_employer", employer=employer)
        for row in rows
        if (employer := queries.open_employer(row))
    ]
    counts = (Say("movement.held_journeys", count=len(rows)),) if rows else ()
    return Held(counts=counts, details=tuple(details))


async def _rows(person_id: int) -> list[Movement]:
    return await Movement.filter(person_id=person_id).order_by("id")


async def _export(person_id: int, today: date) -> Copied:
    rows = await _rows(person_id)
    data = {"movements": [as_json(row) | {"employer": queries.open_employer(row)} for row in rows]}
    return Copied(data, (await _describe(person_id, today)).details)


async def _erase(leaving: Leaving) -> Sequence[str]:
    require_tx()
    mine = Movement.filter(person_id=leaving.person_id)
    ids = [int(str(number)) for number in await mine.values_list("id", flat=True)]
    await mine.delete()
    await trail.blank("movement", ids)
    return ()


PERSONAL = PersonalData(
    title=Say("movement.personal_title"),
    tables=frozenset({"movement"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=40,
)
