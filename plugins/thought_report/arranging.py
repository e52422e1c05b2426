"""Arranging the pages of an open draft: take out, put back, move, replace. One transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from models import ReportPart
from plugins.thought_report import pages, policy


@dataclass(frozen=True, slots=True)
class Changed:
    """Where a page stands, or stood, and how many pages there are now."""

    page: int
    to: int
    pages: int


def _page_at(live: Sequence[ReportPart], number: int) -> ReportPart:
    if not 1 <= number <= len(live):
        raise Refusal("thought_report.no_such_page", page=number, pages=len(live))
    return live[number - 1]


@transactional
async def remove_page(*, actor: Actor, page: int, now: datetime) -> Changed:
    """Take a page out; it can be put back until the draft is closed.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.no_such_page``.
    """
    draft = await pages.locked_draft(actor)
    live = await pages.live_pages(draft.id)
    await pages.take_out(_page_at(live, page), draft.revision + 1)
    await pages.arrange(policy.taken_out(live, page))
    await pages.changed(draft, now, replacing=draft.replacing)
    await pages.hush_receipt(actor, now)
    return Changed(page, 0, len(live) - 1)


@transactional
async def restore_page(*, actor: Actor, now: datetime) -> Changed:
    """Put the page back that was taken out last, where it stood.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.nothing_to_restore``.
    """
    draft = await pages.locked_draft(actor)
    gone = (
        await ReportPart.filter(draft_id=draft.id, removed_in__isnull=False)
        .order_by("-removed_in", "-id")
        .first()
    )
    live = await pages.live_pages(draft.id)
    if gone is None or len(live) >= settings().thought_report.max_pages:
        raise Refusal("thought_report.nothing_to_restore")
    gone.removed_in = None
    await gone.save(update_fields=["removed_in"])
    live = policy.put_in(live, gone, gone.position)
    await pages.arrange(live)
    await pages.changed(draft, now, replacing=draft.replacing)
    await pages.hush_receipt(actor, now)
    return Changed(gone.position, gone.position, len(live))


@transactional
async def move_page(*, actor: Actor, page: int, to: int, now: datetime) -> Changed:
    """Let page ``page`` stand as page ``to``; beyond the end means last.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.no_such_page``.
    """
    draft = await pages.locked_draft(actor)
    live = await pages.live_pages(draft.id)
    part = _page_at(live, page)
    await pages.arrange(policy.moved(live, page, to))
    await pages.changed(draft, now, replacing=draft.replacing)
    await pages.hush_receipt(actor, now)
    return Changed(page, part.position, len(live))


@transactional
async def await_replacement(*, actor: Actor, page: int | str, now: datetime) -> Changed:
    """Let the next page that comes take the place of ``page``: its number, or its uid.

    Raises Refusal ``thought_report.no_draft``, ``thought_report.no_such_page``, ``.page_gone``.
    """
    draft = await pages.locked_draft(actor)
    live = await pages.live_pages(draft.id)
    number = page if isinstance(page, int) else pages.place_of(live, page)
    if number is None:
        raise Refusal("thought_report.page_gone")
    await pages.changed(draft, now, replacing=_page_at(live, number).uid)
    await pages.hush_receipt(actor, now)
    return Changed(number, number, len(live))
