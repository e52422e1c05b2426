"""What study keeps of a person: how far he read, what he answered, hours, parcels of paper."""

from collections.abc import Sequence
from datetime import date

from core.clock import local_day
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Leaving, PersonalData
from models import Parcel, QuizAnswer, StudyProgress, StudyRecord
from models.rows import as_json
from plugins.study import library

_TABLES = (StudyProgress, QuizAnswer, StudyRecord, Parcel)


async def _describe(person_id: int, today: date) -> Held:
    records = await StudyRecord.filter(person_id=person_id).order_by("earned_at", "id")
    answers = await QuizAnswer.filter(person_id=person_id).count()
    read = await StudyProgress.filter(person_id=person_id).count()
    parcels = await Parcel.filter(person_id=person_id).count()
    tenths = sum(row.hours_tenths for row in records)
    details = [_record_say(row, today) for row in records]
    if read:
        details.append(Say("study.detail_read", count=read))
    if answers:
        details.append(Say("study.detail_answers", count=answers))
    if parcels:
        details.append(Say("study.detail_parcels", count=parcels))
    counts = (Say("study.held_hours", hours=_hours(tenths)),) if tenths else ()
    return Held(counts=counts, details=tuple(details))


def _hours(tenths: int) -> str:
    return f"{tenths / 10:g}"


def _record_say(row: StudyRecord, today: date) -> Say:
    return Say(
        "study.detail_record",
        on=row.happened_on or local_day(row.earned_at),
        title=row.title or _title(row.material),
        hours=_hours(row.hours_tenths),
        today=today,
    )


def _title(material: str) -> str:
    piece = library.current().find(material)
    return material if piece is None else piece.title


async def _export(person_id: int, today: date) -> Copied:
    data = {
        table._meta.db_table: [  # noqa: SLF001  # Tortoise's name of the table
            as_json(row) for row in await table.filter(person_id=person_id).order_by("id")
        ]
        for table in _TABLES
    }
    return Copied(data, (await _describe(person_id, today)).details)


async def _erase(leaving: Leaving) -> Sequence[str]:
    require_tx()
    for table in _TABLES:
        await table.filter(person_id=leaving.person_id).delete()
    return ()


PERSONAL = PersonalData(
    title=Say("study.personal_title"),
    tables=frozenset({"study_progress", "quiz_answer", "study_record", "parcel"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=30,
)
