"""The pages of an open draft: add, take out, put back, move, replace. One transaction each.

Every change counts ``revision`` up, so that a receipt written for an older state is never said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from core import crypto
from core.actors import Actor, ConsentKind
from core.config import settings
from core.conversation import Say
from core.database import require_tx, transactional
from core.errors import Fault, Refusal
from core.files import Stored
from models import ReportDraft, ReportPart
from models.enums import PartKind, Priority
from plugins.delivery import service as delivery
from plugins.thought_report import notices, policy
from plugins.thought_report.policy import Contents

RECEIPT = "thought_report.receipt"


@dataclass(frozen=True, slots=True)
class NewPage:
    """One page to add: words, or a file that core.files already keeps."""

    source_key: str
    kind: PartKind
    text: str = ""
    stored: Stored | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of new pages. ``left_out`` were too many; ``strays`` are their files."""

    contents: Contents
    replaced: int | None = None
    left_out: int = 0
    strays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message. ``held`` are words too short for a page, not stored yet."""

    added: Added | None
    held: str = ""
    problems: tuple[Say, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """Where a page stands, or stood, and how many pages there are now."""

    page: int
    to: int
    pages: int


def text_place(uid: str) -> str:
    """Return the place to which the text of a page is sealed."""
    return f"report_part.text:{uid}"


def text_of(part: ReportPart) -> str:
    """Return the words of a page; empty for a file."""
    if part.text_sealed is None:
        return ""
    return crypto.unseal_text(part.text_sealed, place=text_place(part.uid))


def contents_of(parts: Sequence[ReportPart]) -> Contents:
    """Count what ``parts`` are."""
    kinds = [part.kind for part in parts]
    return Contents(
        texts=kinds.count(PartKind.TEXT),
        photos=kinds.count(PartKind.IMAGE),
        files=kinds.count(PartKind.FILE),
        voices=kinds.count(PartKind.VOICE),
        characters=sum(part.characters for part in parts),
    )


async def live_pages(draft_id: int) -> list[ReportPart]:
    """Return the pages of a draft in their order, without those taken out."""
    return await ReportPart.filter(draft_id=draft_id, removed_in__isnull=True).order_by(
        "position", "id"
    )


async def locked_draft(actor: Actor, uid: str | None = None) -> ReportDraft:
    """Return the actor's open draft, locked for this transaction.

    Raises Refusal ``thought_report.no_draft`` when there is none, or it is not ``uid``.
    """
    require_tx()
    draft = await ReportDraft.filter(open_key=actor.person_id or 0).select_for_update().first()
    if draft is None or uid not in (None, draft.uid):
        raise Refusal("thought_report.no_draft")
    return draft


async def hush_receipt(actor: Actor, now: datetime) -> None:
    """Take back a receipt that is not said yet; the answer that follows says more."""
    await delivery.cancel(
        purpose=RECEIPT, target=f"account:{actor.account_id}", now=now, reason="superseded"
    )


@transactional
async def add_pages(
    *, actor: Actor, draft_uid: str, pages: Sequence[NewPage], now: datetime
) -> Added:
    """Add pages in their order and owe one receipt for the whole draft after a quiet while.

    A page whose ``source_key`` is there already adds nothing. The first page takes the place of the
    one that is waiting to be replaced. Raises Refusal ``thought_report.no_draft``, ``.paper``.
    """
    if ConsentKind.REPORTS not in actor.consents:
        raise Refusal("thought_report.paper")
    draft = await locked_draft(actor, draft_uid)
    live = await live_pages(draft.id)
    sources = await ReportPart.filter(draft_id=draft.id).values_list("source_key", flat=True)
    known = {str(key) for key in sources}
    fresh = [page for page in pages if page.source_key not in known]
    if not fresh:
        return Added(contents_of(live), strays=_files(pages, known))
    replaced = _place_of(live, draft.replacing)
    most = settings().thought_report.max_pages
    room = max(0, most - len(live) + (replaced is not None))
    taken, over = fresh[:room], fresh[room:]
    if not taken:
        return Added(contents_of(live), left_out=len(over), strays=_files(over))
    revision = draft.revision + 1
    rows = [await _create(draft, page, now) for page in taken]
    if replaced is not None:
        await _take_out(live.pop(replaced - 1), revision)
        live.insert(replaced - 1, rows.pop(0))
    await _arrange([*live, *rows])
    await _changed(draft, now, replacing=None)
    contents = contents_of([*live, *rows])
    await hush_receipt(actor, now)
    if replaced is None:
        await _owe_receipt(draft, actor, contents, now)
    return Added(contents, replaced, len(over), _files(over) + _files(pages, known))


def _files(pages: Sequence[NewPage], among: set[str] | None = None) -> tuple[str, ...]:
    return tuple(
        page.stored.blob_id
        for page in pages
        if page.stored is not None and (among is None or page.source_key in among)
    )


def _place_of(live: Sequence[ReportPart], uid: str | None) -> int | None:
    return next((place for place, part in enumerate(live, 1) if part.uid == uid), None)


async def _create(draft: ReportDraft, page: NewPage, now: datetime) -> ReportPart:
    uid = uuid4().hex
    sealed = crypto.seal_text(page.text, place=text_place(uid)) if page.text else None
    stored = page.stored
    if sealed is None and stored is None:
        raise Fault("a page without content")
    return await ReportPart.create(
        uid=uid,
        draft_id=draft.id,
        position=0,
        kind=page.kind,
        source_key=page.source_key,
        text_sealed=sealed,
        characters=policy.characters(page.text),
        blob_id=stored.blob_id if stored else None,
        sha256=stored.sha256 if stored else None,
        size_bytes=stored.size_bytes if stored else len(page.text.encode()),
        suffix=stored.suffix if stored else "",
        added_at=now,
    )


async def _take_out(part: ReportPart, revision: int) -> None:
    part.removed_in = revision
    await part.save(update_fields=["removed_in"])


async def _arrange(parts: Sequence[ReportPart]) -> None:
    for number, part in enumerate(parts, 1):
        if part.position != number:
            part.position = number
            await part.save(update_fields=["position"])


async def _changed(draft: ReportDraft, now: datetime, *, replacing: str | None) -> None:
    draft.revision += 1
    draft.updated_at = now
    draft.replacing = replacing
    await draft.save(update_fields=["revision", "updated_at", "replacing"])


async def _owe_receipt(draft: ReportDraft, actor: Actor, contents: Contents, now: datetime) -> None:
    await delivery.enqueue(
        purpose=RECEIPT,
        occasion=f"{draft.uid}:{draft.revision}",
        target=f"account:{actor.account_id}",
        parts=notices.body(notices.receipt(contents)),
        now=now,
        priority=Priority.NOTICE,
        not_before=now + policy.RECEIPT_QUIET,
        expires_at=now + policy.RECEIPT_LIFE,
        check="thought_report.receipt_is_newest",
        reference={"draft": draft.uid, "revision": draft.revision},
        in_quiet_hours=True,
    )


def _page_at(live: Sequence[ReportPart], number: int) -> ReportPart:
    if not 1 <= number <= len(live):
        raise Refusal("thought_report.no_such_page", page=number, pages=len(live))
    return live[number - 1]


@transactional
async def remove_page(*, actor: Actor, page: int, now: datetime) -> Changed:
    """Take a page out; it can be put back until the draft is closed.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.no_such_page``.
    """
    draft = await locked_draft(actor)
    live = await live_pages(draft.id)
    await _take_out(_page_at(live, page), draft.revision + 1)
    await _arrange(policy.taken_out(live, page))
    await _changed(draft, now, replacing=draft.replacing)
    await hush_receipt(actor, now)
    return Changed(page, 0, len(live) - 1)


@transactional
async def restore_page(*, actor: Actor, now: datetime) -> Changed:
    """Put the page back that was taken out last, where it stood.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.nothing_to_restore``.
    """
    draft = await locked_draft(actor)
    gone = (
        await ReportPart.filter(draft_id=draft.id, removed_in__isnull=False)
        .order_by("-removed_in", "-id")
        .first()
    )
    live = await live_pages(draft.id)
    if gone is None or len(live) >= settings().thought_report.max_pages:
        raise Refusal("thought_report.nothing_to_restore")
    gone.removed_in = None
    await gone.save(update_fields=["removed_in"])
    live = policy.put_in(live, gone, gone.position)
    await _arrange(live)
    await _changed(draft, now, replacing=draft.replacing)
    await hush_receipt(actor, now)
    return Changed(gone.position, gone.position, len(live))


@transactional
async def move_page(*, actor: Actor, page: int, to: int, now: datetime) -> Changed:
    """Let page ``page`` stand as page ``to``; beyond the end means last.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.no_such_page``.
    """
    draft = await locked_draft(actor)
    live = await live_pages(draft.id)
    part = _page_at(live, page)
    await _arrange(policy.moved(live, page, to))
    await _changed(draft, now, replacing=draft.replacing)
    await hush_receipt(actor, now)
    return Changed(page, part.position, len(live))


@transactional
async def await_replacement(*, actor: Actor, page: int, now: datetime) -> Changed:
    """Let the next page that comes take the place of ``page``.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.no_such_page``.
    """
    draft = await locked_draft(actor)
    live = await live_pages(draft.id)
    await _changed(draft, now, replacing=_page_at(live, page).uid)
    await hush_receipt(actor, now)
    return Changed(page, page, len(live))
