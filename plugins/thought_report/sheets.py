"""One picture of all the pages of a draft, for its author alone: drawn when asked for, kept sealed.

There is at most one a draft; the next takes its place, and it goes when the draft is closed.
"""

import asyncio
from collections.abc import Sequence

from core import files
from core.actors import Actor
from core.database import transactional
from core.messages import Blob, MediaKind
from core.pictures import Thumb, draw_sheet
from models import ReportDraft, ReportPart
from models.enums import PartKind
from plugins.thought_report import pages, views

_MOST_WORDS = 90
_drawing = asyncio.Semaphore(1)


async def sheet_of(actor: Actor) -> Blob | None:
    """Return the sheet of the actor's open draft; None without photos, or while it changes.

    Commits where the new sheet is. Never inside a transaction. Raises Refusal
    ``start.disk_full_worker``.
    """
    draft = await ReportDraft.filter(open_key=actor.person_id or 0).first()
    if draft is None:
        return None
    live = await pages.live_pages(draft.id)
    if not any(part.kind is PartKind.IMAGE for part in live):
        return None
    if draft.sheet_revision != draft.revision or draft.sheet_blob_id is None:
        async with _drawing:
            drawn = await asyncio.to_thread(draw_sheet, await _thumbs(live))
        stored = await files.put(drawn, suffix="jpg")
        stray = await _keep(draft, stored.blob_id)
        if stray is not None:
            await files.delete(stray)
        if stray == stored.blob_id:
            return None
        draft.sheet_blob_id = stored.blob_id
    return Blob(MediaKind.IMAGE, draft.sheet_blob_id, views.sheet_name())


async def _thumbs(live: Sequence[ReportPart]) -> list[Thumb]:
    return [await _thumb(number, part) for number, part in enumerate(live, 1)]


async def _thumb(number: int, part: ReportPart) -> Thumb:
    if part.kind is PartKind.IMAGE and part.blob_id is not None:
        return Thumb(number, picture=await files.read(part.blob_id))
    words = pages.text_of(part) or pages.extract_of(part) or views.kind_name(part.kind.value)
    return Thumb(number, words=words[:_MOST_WORDS])


@transactional
async def _keep(seen: ReportDraft, blob_id: str) -> str | None:
    """Write down the new sheet; return the file that is not wanted: the old one, or the new."""
    draft = await ReportDraft.filter(id=seen.id, open_key__isnull=False).select_for_update().first()
    if draft is None or draft.revision != seen.revision:
        return blob_id
    old = draft.sheet_blob_id
    draft.sheet_blob_id, draft.sheet_revision = blob_id, seen.revision
    await draft.save(update_fields=["sheet_blob_id", "sheet_revision"])
    return old
