"""The pages of a draft: what they hold, and how new ones come in.

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
from core.inspection import Flaw
from models import ReportDraft, ReportPart
from models.enums import PartKind, Priority
from plugins.delivery import service as delivery
from plugins.thought_report import notices, policy
from plugins.thought_report.policy import Contents

RECEIPT = "thought_report.receipt"


@dataclass(frozen=True, slots=True)
class NewPage:
    """One page to add: words, or a file that core.files already keeps.

    ``extract``, ``look`` and ``flaw`` are what core.inspection saw in the file.
    """

    source_key: str
    kind: PartKind
    text: str = ""
    stored: Stored | None = None
    extract: str = ""
    look: str = ""
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A new page that its author should look at: hard to read, or the same photo as page ``of``."""

    uid: str
    page: int
    flaw: Flaw | None = None
    of: int = 0


@dataclass(frozen=True, slots=True)
class Added:
    """What became of new pages. ``left_out`` were too many; ``strays`` are their files.

    ``doubtful`` are in; it is their author who decides.
    """

    contents: Contents
    replaced: int | None = None
    left_out: int = 0
    strays: tuple[str, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message. ``held`` are words too short for a page, not stored yet."""

    added: Added | None
    held: str = ""
    problems: tuple[Say, ...] = ()


def text_place(uid: str) -> str:
    """Return the place to which the text of a page is sealed."""
    return f"report_part.text:{uid}"


def text_of(part: ReportPart) -> str:
    """Return the words of a page; empty for a file."""
    if part.text_sealed is None:
        return ""
    return crypto.unseal_text(part.text_sealed, place=text_place(part.uid))


def extract_place(uid: str) -> str:
    """Return the place to which the words of a page's document are sealed."""
    return f"report_part.extract:{uid}"


def extract_of(part: ReportPart) -> str:
    """Return the words of a page's Word file or PDF; empty when it has none."""
    if part.extract_sealed is None:
        return ""
    return crypto.unseal_text(part.extract_sealed, place=extract_place(part.uid))


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
    replaced = place_of(live, draft.replacing)
    most = settings().thought_report.max_pages
    room = max(0, most - len(live) + (replaced is not None))
    taken, over = fresh[:room], fresh[room:]
    if not taken:
        return Added(contents_of(live), left_out=len(over), strays=_files(over))
    revision = draft.revision + 1
    rows = [await _create(draft, page, now) for page in taken]
    new = rows[:]
    if replaced is not None:
        await take_out(live.pop(replaced - 1), revision)
        live.insert(replaced - 1, rows.pop(0))
    whole = [*live, *rows]
    await arrange(whole)
    await changed(draft, now, replacing=None)
    contents = contents_of(whole)
    await hush_receipt(actor, now)
    if replaced is None:
        await _owe_receipt(draft, actor, contents, now)
    strays = _files(over) + _files(pages, known)
    return Added(contents, replaced, len(over), strays, _doubtful(whole, new, taken))


def _doubtful(
    whole: Sequence[ReportPart], new: Sequence[ReportPart], taken: Sequence[NewPage]
) -> tuple[Doubtful, ...]:
    """Return which of the new pages are worth a word, in their order."""
    number = {part.uid: place for place, part in enumerate(whole, 1)}
    found = []
    for part, page in zip(new, taken, strict=True):
        same = [other for other in whole if number[other.uid] < number[part.uid]]
        of = next((number[other.uid] for other in same if _is_same_photo(other, part)), 0)
        if of or page.flaw is not None:
            found.append(Doubtful(part.uid, number[part.uid], page.flaw, of))
    return tuple(found)


def _is_same_photo(one: ReportPart, other: ReportPart) -> bool:
    if one.kind is not other.kind or one.blob_id is None:
        return False
    return one.sha256 == other.sha256 or policy.looks_same(one.look, other.look)


def _files(pages: Sequence[NewPage], among: set[str] | None = None) -> tuple[str, ...]:
    return tuple(
        page.stored.blob_id
        for page in pages
        if page.stored is not None and (among is None or page.source_key in among)
    )


def place_of(live: Sequence[ReportPart], uid: str | None) -> int | None:
    """Return the number of the page ``uid``, None when it is not among ``live``."""
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
        extract_sealed=sealed_extract(uid, page.extract),
        look=page.look,
        added_at=now,
    )


def sealed_extract(uid: str, extract: str) -> bytes | None:
    """Return the words of a document sealed for page ``uid``; None when there are none."""
    return crypto.seal_text(extract, place=extract_place(uid)) if extract else None


async def take_out(part: ReportPart, revision: int) -> None:
    """Mark a page as taken out by ``revision``, in the caller's transaction."""
    part.removed_in = revision
    await part.save(update_fields=["removed_in"])


async def arrange(parts: Sequence[ReportPart]) -> None:
    """Give ``parts`` numbers in their order, in the caller's transaction."""
    for number, part in enumerate(parts, 1):
        if part.position != number:
            part.position = number
            await part.save(update_fields=["position"])


async def changed(draft: ReportDraft, now: datetime, *, replacing: str | None) -> None:
    """Count a change of ``draft`` in the caller's transaction; ``replacing`` as in its table."""
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
