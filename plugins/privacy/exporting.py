"""A person's own copy (导出): one archive with a text to read, JSON for programs, and his files.

The archive is built in memory and kept sealed until it was fetched; nothing lies open on the disk.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import files
from core.actors import Actor
from core.clock import local, local_day
from core.conversation import Say
from core.database import transactional
from core.messages import Blob, MediaKind
from core.personal import Attached, Copied, PersonalData
from core.texts import current
from models import DataExport
from plugins.privacy import doomed, rooms, words
from plugins.privacy.service import note, own_id

FORMAT = "yanzhen-personal-data"
FORMAT_VERSION = 1

# An archive of more than this is more than a phone takes at once; the rest goes into a second one.
MOST_BYTES = 40 * 1024 * 1024
# Long enough for a slow end to fetch it; whoever missed it asks again.
LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Export:
    """The archives that were made, in order, and how many files of the person are in them."""

    blobs: tuple[Blob, ...]
    attached: int


async def export(*, actor: Actor, now: datetime) -> Export:
    """Make the copy and return its archives; each is noted and removed after an hour.

    Raises Refusal ``identity.send_code``, and what ``files.put`` raises. Commits the notes with the
    audit row before anything is sent.
    """
    person_id, today = own_id(actor), local_day(now)
    copies = [(name, room, await room.export(person_id, today)) for name, room in rooms.bottom_up()]
    attached = [one for _, _, copied in copies for one in copied.files]
    packed = [part async for part in _volumes(_texts(copies, today, now), attached)]
    # Noted before they are there: killed in between, nothing is left that nobody knows of.
    ids = [files.new_id() for _ in packed]
    await _note(person_id=person_id, blob_ids=ids, now=now)
    for blob_id, data in zip(ids, packed, strict=True):
        await files.put(data, suffix="zip", blob_id=blob_id)
    named = zip(ids, _names(len(ids), today), strict=True)
    blobs = tuple(Blob(MediaKind.FILE, blob_id, name) for blob_id, name in named)
    return Export(blobs, len(attached))


def _names(count: int, today: date) -> Iterator[str]:
    for number in range(1, count + 1):
        tail = f"-{number}" if count > 1 else ""
        yield f"{words.ARCHIVE}{today:%Y%m%d}{tail}.zip"


_Copies = Sequence[tuple[str, PersonalData, Copied]]


def _texts(copies: _Copies, today: date, now: datetime) -> dict[str, bytes]:
    """Return the two texts by the name they have inside."""
    machine: dict[str, Any] = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "made_at": local(now).isoformat(),
        "rooms": {name: copied.data for name, _, copied in copies},
    }
    lines: list[Say] = [Say("privacy.export_head", on=today)]
    for _, room, copied in copies:
        if copied.lines:
            lines += [Say("privacy.export_room", title=room.title), *copied.lines]
    readable = "\n".join(current().render(line) for line in lines)
    return {
        # A byte order mark and Windows line ends: Notepad and old phones read both.
        words.READABLE: readable.replace("\n", "\r\n").encode("utf-8-sig"),
        words.MACHINE: json.dumps(machine, ensure_ascii=False, indent=1).encode(),
    }


async def _volumes(texts: dict[str, bytes], attached: Sequence[Attached]) -> AsyncIterator[bytes]:
    """Pack the texts and then the files one by one; begin a new archive when one is full."""
    entries = dict(texts)
    for one in attached:
        data = await files.read(one.blob_id)
        if entries and sum(map(len, entries.values())) + len(data) > MOST_BYTES:
            yield await asyncio.to_thread(_packed, entries)
            entries = {}
        entries[f"{words.FOLDER}/{one.name}"] = data
    yield await asyncio.to_thread(_packed, entries)


def _packed(entries: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return held.getvalue()


@transactional
async def _note(*, person_id: int, blob_ids: Sequence[str], now: datetime) -> None:
    for blob_id in blob_ids:
        await DataExport.create(person_id=person_id, blob_id=blob_id, made_at=now)
    await note("privacy.exported", person_id, person_id, now)


async def remove_old(*, now: datetime) -> int:
    """Remove archives that were made a while ago; return how many. Running it twice is harmless."""
    gone = await _remove_old(now=now)
    await doomed.purge()
    return gone


@transactional
async def _remove_old(*, now: datetime) -> int:
    rows = await DataExport.filter(made_at__lt=now - LIFE)
    await doomed.doom([row.blob_id for row in rows], now)
    return await DataExport.filter(id__in=[row.id for row in rows]).delete() if rows else 0
