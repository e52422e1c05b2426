"""Dataclass to sentences while somebody writes. Wording lives in ``content/texts``."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from core.config import settings
from core.conversation import Ask, OpenDraft, Option, Reply, Say, Slot
from core.messages import Blob, MediaKind
from core.texts import current
from plugins.thought_report import doubts
from plugins.thought_report.arranging import Changed
from plugins.thought_report.notices import listed, quarter_beside, quarter_say
from plugins.thought_report.pages import Taken
from plugins.thought_report.queries import DraftView, Page
from plugins.thought_report.service import Opened, WhichQuarter

DRAFT = "thought_report.draft"
HOLD = "thought_report.hold"
QUARTER = "thought_report.quarter"

# Pages sent back under 看看: a look, not a flood.
_LOOK_FILES = 3
_LOOK_CHARACTERS = 20

_MEDIA = {"image": MediaKind.IMAGE, "voice": MediaKind.VOICE, "file": MediaKind.FILE}
_KINDS = {
    "text": Say("thought_report.kind_text"),
    "image": Say("thought_report.kind_image"),
    "file": Say("thought_report.kind_file"),
    "voice": Say("thought_report.kind_voice"),
}


def opened(draft: Opened, today: date) -> Reply:
    """Say that a draft is open, new or as it was left."""
    quarter = quarter_say(draft.window.quarter, today)
    if not draft.is_new:
        says = _continued(draft, quarter)
    elif today < draft.window.opens_on:
        early = Say("thought_report.not_open_yet", quarter=quarter, opens=draft.window.opens_on)
        says = (Say("thought_report.opened", quarter=quarter), early)
    elif draft.window.is_late(today):
        says = (Say("thought_report.opened_late", quarter=quarter), _how())
    else:
        says = (Say("thought_report.opened", quarter=quarter), _how())
    return Reply(says=says, draft=OpenDraft(DRAFT, {"draft": draft.uid}))


def _how() -> Say:
    return Say("thought_report.how_to_draft")


def _continued(draft: Opened, quarter: Say) -> tuple[Say, ...]:
    if draft.is_other:
        return (Say("thought_report.continued_other", quarter=quarter, pages=draft.pages),)
    if not draft.pages:
        return (Say("thought_report.still_empty", quarter=quarter),)
    return (Say("thought_report.continued", pages=draft.pages),)


def which_quarter(choice: WhichQuarter, data: Mapping[str, Any]) -> Reply:
    """Ask which of two quarters is meant; ``data`` keeps what was already written."""
    previous = quarter_beside(choice.previous, choice.previous)
    late = Say("thought_report.option_late", quarter=previous)
    present = quarter_beside(choice.current, choice.previous)
    options = (
        Option(late, value=str(choice.previous)),
        Option(present, value=str(choice.current)),
    )
    return Reply(says=(Say("thought_report.which_quarter"),), ask=Ask(QUARTER, options, data=data))


def supplement(draft: Opened, today: date) -> Reply:
    """Say that the pages of the last version are there to go on with."""
    if not draft.is_new:
        return opened(draft, today)
    page = min(_LOOK_FILES, draft.pages)
    return Reply(
        says=(Say("thought_report.supplement", pages=draft.pages, page=page),),
        draft=OpenDraft(DRAFT, {"draft": draft.uid}),
    )


def taken(
    result: Taken, draft: DraftView, question: Mapping[str, Any] | None, *, may_ask: bool = True
) -> Reply:
    """Answer a message of pages: mostly not at all, the receipt comes after a quiet while.

    Nothing is asked about a page that is hard to read while another question is open.
    """
    says = list(result.problems)
    added = result.added
    if added is not None and added.left_out:
        most = settings().thought_report.max_pages
        says.append(Say("thought_report.too_many", most=most, left=added.left_out))
    if added is not None and added.replaced is not None:
        pages = added.contents.pages
        says.append(Say("thought_report.replaced", page=added.replaced, pages=pages))
    if added is not None and added.doubtful:
        asked = doubts.asked(draft.uid, added.doubtful, may_ask=may_ask and question is None)
        says += asked.says
        if asked.ask is not None:
            return Reply(says=tuple(says), ask=asked.ask)
    if question is not None:
        pages = added.contents.pages if added is not None else len(draft.pages)
        return hold(question, pages, before=tuple(says))
    return Reply(says=tuple(says)) if says else Reply(silent=True)


def hold(data: Mapping[str, Any], pages: int, before: tuple[Say, ...] = ()) -> Reply:
    """Ask whether short words belong into the report."""
    if len(data["texts"]) > 1:
        says = [*before, Say("thought_report.hold_several")]
    else:
        says = [*before, Say("thought_report.hold_one")]
    if data.get("finish"):
        says[-1] = Say("thought_report.hold_before_finish")
    elif pages:
        says.append(Say("thought_report.hold_kept", pages=pages))
    options = (
        Option(Say("thought_report.option_put"), value="put"),
        Option(Say("thought_report.option_leave"), value="leave"),
    )
    return Reply(says=tuple(says), ask=Ask(HOLD, options, data=data, listed=True))


def held_in(pages: int) -> Reply:
    """Say that short words became the last page."""
    return Reply(
        says=(Say("thought_report.held_in", page=pages),), close=frozenset({Slot.QUESTION})
    )


def held_out() -> Reply:
    """Say that short words stayed out."""
    return Reply(says=(Say("thought_report.held_out"),), close=frozenset({Slot.QUESTION}))


def sheet_name() -> str:
    """Return the name under which the sheet of a draft is sent."""
    return current().render(Say("thought_report.sheet_name"))


def kind_name(kind: str) -> str:
    """Return what a page of ``kind`` is called that has no words and no picture to show."""
    return current().render(_KINDS[kind])


def look(draft: DraftView, today: date, sheet: Blob | None = None) -> Reply:
    """Show a draft: all pages on one sheet, what page is what, and how its texts begin."""
    quarter = quarter_say(draft.quarter, today)
    if not draft.pages:
        return Reply.of("thought_report.still_empty", quarter=quarter)
    page = min(_LOOK_FILES, len(draft.pages))
    says = (
        *(_head(item) for item in draft.pages if item.text),
        Say("thought_report.look", quarter=quarter, pages=runs(draft.pages)),
        Say("thought_report.look_next", page=page),
    )
    if sheet is not None:
        return Reply(says=says, blobs=(sheet,))
    files = blobs(draft.pages)
    return Reply(says=says, blobs=files if len(files) <= _LOOK_FILES else ())


def _head(page: Page) -> Say:
    text = " ".join(page.text.split())
    if len(text) <= _LOOK_CHARACTERS:
        return Say("thought_report.page_head", page=page.number, head=text)
    head = text[:_LOOK_CHARACTERS]
    return Say("thought_report.page_head_more", page=page.number, head=head)


def runs(pages: Sequence[Page]) -> Say:
    """Say which pages are what: page 1 text, pages 2 to 4 photos."""
    says = []
    for kind, group in groupby(pages, key=lambda page: page.kind.value):
        numbers = [page.number for page in group]
        if len(numbers) == 1:
            says.append(Say("thought_report.run_one", page=numbers[0], kind=_KINDS[kind]))
        else:
            first, last = numbers[0], numbers[-1]
            says.append(Say("thought_report.run", first=first, last=last, kind=_KINDS[kind]))
    return listed(says, "thought_report.and_comma")


def blobs(pages: Sequence[Page]) -> tuple[Blob, ...]:
    """Return the files among ``pages``, named after their page."""
    return tuple(
        Blob(_MEDIA[page.kind.value], page.blob_id, _file_name(page))
        for page in pages
        if page.blob_id is not None
    )


def _file_name(page: Page) -> str:
    return current().render(Say("thought_report.file_name", page=page.number, suffix=page.suffix))


def removed(change: Changed) -> Reply:
    """Say that a page is out, and how to get it back."""
    if change.pages:
        return Reply.of("thought_report.removed", page=change.page, left=change.pages)
    return Reply.of("thought_report.removed_last", page=change.page)


def restored(change: Changed) -> Reply:
    """Say that a page is back."""
    return Reply.of("thought_report.restored", page=change.page, pages=change.pages)


def moved(change: Changed) -> Reply:
    """Say where a page stands now."""
    return Reply.of("thought_report.moved", page=change.page, to=change.to)


def replacing(change: Changed) -> Reply:
    """Say that the next page takes the place of one."""
    return Reply.of("thought_report.replacing", page=change.page)
