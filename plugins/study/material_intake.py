"""From a message to parts of a local piece: fetch its files, look at each, keep it, then add it.

All input and output happens before the transaction; a file that finds no place is removed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core import files, inspection
from core.config import settings
from core.conversation import Call, Say
from core.errors import Refusal
from core.messages import Blob, Chat, Media, MediaKind, OutPart, Text
from plugins.gateway import downloads
from plugins.study import local_materials, material_words
from plugins.study.local_pieces import Brought

_MIB = 1024 * 1024
_BAD_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', " "))
_NAME_MOST = 40


@dataclass(frozen=True, slots=True)
class Taken:
    """The draft after a message, and what of the message could not be taken."""

    piece: Brought
    problems: tuple[Say, ...]


async def take(call: Call, uid: str) -> Taken:
    """Add what a message holds to the draft; a file that cannot be taken spares the others.

    Raises the refusals of ``local_materials.add``, and ``study.local_only_voice`` for anything but
    one voice where a recording is wanted.
    """
    row = await local_materials.draft(call.actor, uid)
    if row.voice_of and not _is_voice(call):
        raise Refusal("study.local_only_voice")
    link = _link(call)
    words = "" if link else call.text
    parts: list[OutPart] = [Text(words)] if words else []
    kept, problems = await _kept(call)
    if row.voice_of and any(blob.kind is not MediaKind.VOICE for blob in kept):
        await forget([blob.blob_id for blob in kept])
        raise Refusal("study.local_only_voice")
    if not (parts or kept or link):
        return Taken(row, problems)
    replaced = row.files if row.voice_of else ()
    try:
        row = await local_materials.add(
            actor=call.actor, uid=uid, parts=[*parts, *kept], link=link, now=call.now
        )
    except Refusal:
        await forget([blob.blob_id for blob in kept])
        raise
    await forget([blob.blob_id for blob in replaced])
    return Taken(row, problems)


def _is_voice(call: Call) -> bool:
    kinds = [media.kind for media in call.media]
    # Some ends send a recording as a file.
    return not call.text and len(kinds) == 1 and kinds[0] in {MediaKind.VOICE, MediaKind.FILE}


def _link(call: Call) -> str:
    """Return the link that is all of the message; it is shown and never asked for."""
    found = material_words.ONLY_LINK.fullmatch(call.text)
    return found[0].strip() if found else ""


async def forget(blob_ids: Sequence[str]) -> None:
    """Remove files that no piece refers to. Never inside a transaction."""
    for blob_id in blob_ids:
        await files.delete(blob_id)


async def _kept(call: Call) -> tuple[list[Blob], tuple[Say, ...]]:
    kept: list[Blob] = []
    problems: dict[str, Say] = {}
    for media in call.media:
        try:
            kept.append(await _keep(call.chat, media))
        except Refusal as refusal:
            problems.setdefault(refusal.key, Say(refusal.key, **refusal.fields))
    return kept, tuple(problems.values())


async def _keep(chat: Chat, media: Media) -> Blob:
    if media.kind is MediaKind.VIDEO:
        raise Refusal("file.unknown_kind")
    limit = settings().thought_report.max_photo_mb * _MIB
    data = await downloads.fetch(chat, media, limit_bytes=limit)
    looked_at = await inspection.inspect(data, name=media.name)
    stored = await files.put(looked_at.data, suffix=looked_at.suffix)
    return Blob(looked_at.kind, stored.blob_id, _name(media, looked_at))


def _name(media: Media, looked_at: inspection.Inspected) -> str:
    """Return what the file is called for others: the sender's name only for documents."""
    stem = media.name.translate(_BAD_IN_NAMES).rsplit(".", 1)[0].strip()[:_NAME_MOST]
    shown = stem if looked_at.kind is MediaKind.FILE and stem else looked_at.kind.value
    return f"{shown}.{looked_at.suffix}"
