"""Dataclass to sentences for those who read reports: what waits, the pages, what was decided."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from plugins.thought_report import hint_views, paper_views, policy, views, words
from plugins.thought_report.archive import Opened
from plugins.thought_report.hints import Hints, SideBySide
from plugins.thought_report.notices import quarter_say
from plugins.thought_report.queries import Page
from plugins.thought_report.review import Decided, ToRead
from plugins.thought_report.waiting import Waiting

PICK = "thought_report.pick"
REVIEW = "thought_report.review"
REASON = "thought_report.reason"


@dataclass(frozen=True, slots=True)
class _Part:
    """So many pages as are shown in one go; ``left`` come after them."""

    pages: tuple[Page, ...]
    left: int


def waiting(items: Sequence[Waiting], today: date) -> Reply:
    """Show what waits for a reader, the longest first, as a numbered list."""
    if not items:
        return Reply.of("thought_report.waiting_none")
    authors = Counter(item.author for item in items)
    shown = items[: policy.MOST_OPTIONS]
    options = tuple(
        Option(_item(item, authors[item.author] > 1, today), value=item.uid) for item in shown
    )
    says = [Say("thought_report.waiting", count=len(items))]
    if left := len(items) - len(shown):
        says.append(Say("thought_report.waiting_more", left=left))
    return Reply(says=tuple(says), ask=Ask(PICK, options, again=words.REVIEW_WORD))


def _item(item: Waiting, with_quarter: bool, today: date) -> Say:
    author: Say | str = item.author
    if with_quarter:
        quarter = quarter_say(item.quarter, today)
        author = Say("thought_report.author_quarter", author=item.author, quarter=quarter)
    fields = {"author": author, "pages": item.pages, "days": item.days}
    if item.stands_in:
        return Say("thought_report.waiting_stands_in", mentor=item.mentor, **fields)
    if item.mentor is not None:
        return Say("thought_report.waiting_overdue", mentor=item.mentor, **fields)
    if item.days <= 0:
        return Say("thought_report.waiting_today", author=author, pages=item.pages)
    return Say("thought_report.waiting_item", **fields)


def reading(report: ToRead, hints: Hints, today: date, start: int = 0) -> Reply:
    """Show the pages of a report from ``start`` on, and what can be said to it."""
    part = _part(report.pages, start)
    says = _shown(part)
    if part.left:
        return _more(report, part, says)
    says.append(hint_views.line(_title(report, today), hints))
    if report.for_mentor is not None:
        says.append(Say("thought_report.for_mentor", mentor=report.for_mentor))
    return _asking(report, part, says, (*_decisions(), *hint_views.options(hints)))


def looking(opened: Opened, today: date, start: int = 0) -> Reply:
    """Show a report that is only looked at: its pages, at last how it went."""
    part = _part(opened.report.pages, start)
    says = _shown(part)
    if part.left:
        return _more(opened.report, part, says, looking=True)
    says.append(Say("thought_report.title_end", title=_title(opened.report, today)))
    return Reply(
        says=(*says, *paper_views.trail_says(opened.trail, today)),
        blobs=views.blobs(part.pages),
        close=frozenset({Slot.QUESTION}),
    )


def nothing_of(author: str) -> Reply:
    """Say that somebody has not handed that report in."""
    return Reply.of("thought_report.nothing_of", author=author)


def _shown(part: _Part) -> list[Say]:
    says = [
        Say("thought_report.page_text", page=page.number, text=page.text)
        for page in part.pages
        if page.text
    ]
    files = tuple(page for page in part.pages if page.blob_id is not None)
    if files:
        says.append(Say("thought_report.files_above", pages=views.runs(files)))
    return says


def _decisions() -> tuple[Option, ...]:
    return (
        Option(Say("thought_report.option_pass"), value="pass"),
        Option(Say("thought_report.option_supplement"), value="supplement"),
        Option(Say("thought_report.option_return"), value="return"),
        Option(Say("thought_report.option_aside"), value="aside"),
    )


def side_by_side(report: ToRead, found: SideBySide, today: date) -> Reply:
    """Show what a report shares with others; what can be said to it stays open."""
    nothing_left = _Part((), 0)
    says = hint_views.side_by_side(found, today)
    return _asking(report, nothing_left, says, _decisions())


def _part(pages: Sequence[Page], start: int) -> _Part:
    taken: list[Page] = []
    characters = files = 0
    for page in pages[start:]:
        characters += len(page.text)
        files += page.blob_id is not None
        too_much = characters > policy.SHOWN_CHARACTERS or files > policy.SHOWN_FILES
        if taken and too_much:
            break
        taken.append(page)
    return _Part(tuple(taken), len(pages) - start - len(taken))


def _more(report: ToRead, part: _Part, says: list[Say], *, looking: bool = False) -> Reply:
    says.append(Say("thought_report.pages_left", left=part.left))
    options = (
        Option(Say("thought_report.option_go_on"), value="go_on"),
        Option(Say("thought_report.option_aside"), value="aside"),
    )
    return _asking(report, part, says, options, looking=looking)


def _asking(
    report: ToRead,
    part: _Part,
    says: Sequence[Say],
    options: tuple[Option, ...],
    *,
    looking: bool = False,
) -> Reply:
    data: dict[str, object] = {"report": report.uid, "next": len(report.pages) - part.left}
    data |= {"looking": True} if looking else {}
    return Reply(
        says=tuple(says),
        blobs=views.blobs(part.pages),
        ask=Ask(REVIEW, options, data=data, again=words.REVIEW_WORD),
    )


def _title(report: ToRead, today: date) -> Say:
    quarter = quarter_say(report.quarter, today)
    title = Say("thought_report.title", author=report.author, quarter=quarter)
    if report.version > 1:
        title = Say("thought_report.title_version", title=title, version=report.version)
    if report.is_late:
        title = Say("thought_report.title_late", title=title)
    return title


def laid_aside() -> Reply:
    """Say that a report waits on."""
    return Reply(says=(Say("thought_report.laid_aside"),), close=frozenset({Slot.QUESTION}))


def ask_reason(uid: str, decision: str) -> Reply:
    """Ask for the sentence that the author is to read."""
    data = {"report": uid, "decision": decision}
    return Reply(
        says=(Say("thought_report.reason_needed"),), ask=Ask(REASON, data=data, takes=Takes.TEXT)
    )


def decided(outcome: Decided, today: date) -> Reply:
    """Say what was noted and who goes on."""
    close = frozenset({Slot.QUESTION})
    if outcome.decision.value != "passed":
        return Reply(says=(Say("thought_report.told_author", author=outcome.author),), close=close)
    if outcome.version > 1:
        what = Say("thought_report.version", version=outcome.version)
    else:
        what = Say("thought_report.report_of", quarter=quarter_say(outcome.quarter, today))
    fields = {"author": outcome.author, "what": what}
    if outcome.is_both:
        both = (Say("thought_report.noted", **fields), Say("thought_report.noted_both"))
        return Reply(says=both, close=close)
    if outcome.next_reader is None:
        return Reply(says=(Say("thought_report.noted", **fields),), close=close)
    fields["reader"] = outcome.next_reader
    return Reply(says=(Say("thought_report.noted_next", **fields),), close=close)
