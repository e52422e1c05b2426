"""What the console keeps of a person: links he asked for, and where he is signed in."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Leaving, PersonalData
from models import ConsoleLink, ConsoleSession
from models.rows import as_json

_SECRET = "token_hash"  # noqa: S105  # a column's name


async def _describe(person_id: int, today: date) -> Held:
    del today
    count = await ConsoleSession.filter(person_id=person_id).count()
    return Held(details=(Say("console.detail_sessions", count=count),) if count else ())


async def _export(person_id: int, today: date) -> Copied:
    links = await ConsoleLink.filter(person_id=person_id).order_by("id")
    sessions = await ConsoleSession.filter(person_id=person_id).order_by("id")
    data = {
        name: [
            {key: value for key, value in as_json(row).items() if key != _SECRET} for row in rows
        ]
        for name, rows in (("links", links), ("sessions", sessions))
    }
    return Copied(data, (await _describe(person_id, today)).details)


async def _erase(leaving: Leaving) -> Sequence[str]:
    require_tx()
    await ConsoleLink.filter(person_id=leaving.person_id).delete()
    await ConsoleSession.filter(person_id=leaving.person_id).delete()
    return ()


PERSONAL = PersonalData(
    title=Say("console.personal_title"),
    tables=frozenset({"console_link", "console_session"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=90,
)
