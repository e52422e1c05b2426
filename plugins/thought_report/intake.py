"""From a message to pages: fetch its media, look at each, keep it, then add the pages.

All input and output happens before the transaction; a file that finds no page is removed again.
"""

from collections.abc import Sequence

from core import files, inspection
from core.config import settings
from core.conversation import Call, Say
from core.errors import Refusal
from core.messages import Chat, Media, MediaKind, Text
from models.enums import PartKind
from plugins.gateway import downloads
from plugins.thought_report import pages, policy, queries, service
from plugins.thought_report.pages import Added, NewPage, Taken

_MIB = 1024 * 1024
_KINDS = {
    MediaKind.IMAGE: PartKind.IMAGE,
    MediaKind.VOICE: PartKind.VOICE,
    MediaKind.FILE: PartKind.FILE,
}


def source_key(message_key: str, place: int | str) -> str:
    """Return the key of one part of a message."""
    return f"{message_key}:{place}"


def words_page(message_key: str, text: str) -> NewPage:
    """Return the page of words that were held and are wanted after all."""
    return NewPage(source_key(message_key, "held"), PartKind.TEXT, text=text)


async def take(call: Call, draft_uid: str) -> Taken:
    """Add what a message holds to the open draft; a part that cannot be taken spares the others.

    Raises Refusal ``thought_report.no_draft``, ``.paper``.
    """
    service.writer(call.actor)
    await queries.require_draft(call.actor, draft_uid)
    held = call.text if 0 < policy.characters(call.text) < policy.HELD_BELOW else ""
    known = await queries.known_sources(call.actor, draft_uid)
    fresh, problems = await _new_pages(call, known, with_words=not held)
    added = await add(call, draft_uid, fresh) if fresh else None
    return Taken(added, held, problems)


async def add(call: Call, draft_uid: str, fresh: Sequence[NewPage]) -> Added:
    """Add pages; files that did not become pages are removed again."""
    try:
        added = await pages.add_pages(
            actor=call.actor, draft_uid=draft_uid, pages=fresh, now=call.now
        )
    except Refusal:
        await service.forget_files([page.stored.blob_id for page in fresh if page.stored])
        raise
    await service.forget_files(added.strays)
    return added


async def _new_pages(
    call: Call, known: frozenset[str], *, with_words: bool
) -> tuple[list[NewPage], tuple[Say, ...]]:
    found: list[NewPage] = []
    problems: list[Say] = []
    for place, part in enumerate(call.parts):
        key = source_key(call.message_key, place)
        if key in known:
            continue
        if isinstance(part, Text):
            if with_words and part.text.strip():
                found.append(NewPage(key, PartKind.TEXT, text=part.text.strip()))
        elif isinstance(part, Media):
            try:
                found.append(await _kept(call.chat, part, key))
            except Refusal as refusal:
                problems.append(Say(refusal.key, **refusal.fields))
    return found, _once_each(problems)


def _once_each(problems: Sequence[Say]) -> tuple[Say, ...]:
    return tuple({problem.key: problem for problem in problems}.values())


async def _kept(chat: Chat, media: Media, key: str) -> NewPage:
    if media.kind is MediaKind.VIDEO:
        raise Refusal("file.unknown_kind")
    limit = settings().thought_report.max_photo_mb * _MIB
    data = await downloads.fetch(chat, media, limit_bytes=limit)
    looked_at = await inspection.inspect(data, name=media.name)
    stored = await files.put(looked_at.data, suffix=looked_at.suffix)
    return NewPage(
        key,
        _KINDS[looked_at.kind],
        stored=stored,
        extract=looked_at.words,
        look=looked_at.look,
        flaw=looked_at.flaw,
    )
