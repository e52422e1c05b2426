"""The town of the script book with the room that makes lists and forms, and its rows."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest_asyncio

from core import crypto, files
from core.clock import FrozenClock
from core.messages import Blob
from models import Contact, Delivery, Inspection, Message, Movement, Person
from models.enums import Channel, Direction, MovementSource, MovementState, Outcome, UnitKind
from plugins import ledgers, mentoring, thought_report
from plugins.delivery import bodies
from plugins.ledgers import making
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from tests.plugins.mentoring.town import Town, at, plant


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    rooms = (mentoring, thought_report, ledgers)
    desk.open_desk(
        (*COMMANDS, *(command for room in rooms for command in room.COMMANDS)),
        (*CONTINUATIONS, *(item for room in rooms for item in room.CONTINUATIONS)),
        mentoring.LINE_READERS,
        thought_report.DRAFT_WORDS,
        send=made._send,
    )
    await plant(made)
    await made.unit("赵家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await made.unit("驻东莞", UnitKind.LIAISON_OFFICE, "柳河乡")
    await made.person("赵小红", "赵家村")
    await Person.filter(name="王建国").update(
        applied_on=date(2025, 3, 1), talk_on=date(2025, 3, 20), activist_on=date(2025, 9, 1),
        city="南港", left_on=date(2026, 11, 25),
    )  # fmt: skip
    made.go(at(12, 18))
    return made


async def log_contact(
    town: Town, name: str, day: date, *, note: str = "", key: str = "", **more: object
) -> Contact:
    """A line of the log, with its note sealed."""
    pair = await town.pair(name)
    uid = f"c{key or day.isoformat()}{name}"
    values: dict[str, object] = {
        "channel": Channel.PHONE, "direction": Direction.OUTGOING, "outcome": Outcome.REACHED,
        "topics": "work,life" if note else "",
    }  # fmt: skip
    return await Contact.create(
        uid=uid, mentorship=pair, person=town.people[name], entered_by=town.people["周德厚"],
        contacted_on=day, source_key=uid, entered_at=town.clock.now(),
        note_sealed=crypto.seal_text(note, place=f"contact.note:{uid}") if note else None,
        **(values | more),
    )  # fmt: skip


async def journey(town: Town, name: str, day: date, **more: object) -> Movement:
    values: dict[str, object] = {
        "state": MovementState.AWAY, "source": MovementSource.DEPARTURE, "to_city": "南港",
    }  # fmt: skip
    uid = f"m{name}{day}"
    return await Movement.create(
        uid=uid, person=town.people[name], leaves_on=day, source_key=uid,
        reported_at=town.clock.now(), **(values | more),
    )  # fmt: skip


async def inspect(town: Town, name: str, day: date) -> None:
    await Inspection.create(
        person=town.people[name], inspected_on=day, entered_by=town.people["周德厚"],
        entered_at=town.clock.now(), source_key=f"i{name}{day}",
    )  # fmt: skip


async def sent() -> tuple[str, bytes]:
    """The name and content of the newest file that is owed."""
    row = await Delivery.filter(purpose=making.EXPORTED).order_by("-id").first()
    assert row is not None
    message = await Message.get(id=row.message_id)
    (part,) = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert isinstance(part, Blob)
    return part.name, await files.read(part.blob_id)


def cells(data: bytes) -> list[list[str]]:
    """The rows of a spreadsheet as words, the mark first; nothing is calculated or linked."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    words = [_plain(text) for text in re.findall(r"<si><t[^>]*>(.*?)</t></si>", shared, re.DOTALL)]
    found = []
    for row in re.findall(r"<row .*?</row>", sheet, re.DOTALL):
        pairs: Sequence[tuple[str, str]] = re.findall(r"<c ([^>]*)><v>(.*?)</v></c>", row)
        found.append([words[int(value)] if 't="s"' in kind else value for kind, value in pairs])
    return found


def _plain(text: str) -> str:
    for code, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(code, sign)
    return text
