"""Dataclass to sentences about pages that are hard to read or there twice: hints, no refusals."""

from collections.abc import Sequence

from core.conversation import Ask, Option, Reply, Say, Slot
from core.inspection import Flaw
from plugins.thought_report.notices import listed
from plugins.thought_report.pages import Doubtful

FLAW = "thought_report.flaw"

# Twins named in one answer; more of them are seen under the thumbnails anyway.
_MOST_TWINS = 3
_SAYS = {
    Flaw.BLURRED: "thought_report.flaw_blurred",
    Flaw.DARK: "thought_report.flaw_dark",
    Flaw.EMPTY: "thought_report.flaw_empty",
}


def asked(draft_uid: str, pages: Sequence[Doubtful], *, may_ask: bool) -> Reply:
    """Say what is doubtful about new pages, and ask about one that could be taken again."""
    says = [
        Say("thought_report.same_photo", page=page.page, of=page.of) for page in pages if page.of
    ][:_MOST_TWINS]
    flawed = [page for page in pages if page.flaw is not None and not page.of]
    if not flawed:
        return Reply(says=tuple(says))
    if len(flawed) == 1 and flawed[0].flaw is not None:
        says.append(Say(_SAYS[flawed[0].flaw], page=flawed[0].page))
        if may_ask and len(says) == 1:
            return Reply(says=tuple(says), ask=_ask(draft_uid, flawed[0]))
    else:
        numbers = listed([_number(page) for page in flawed])
        says.append(Say("thought_report.flaws_several", pages=numbers))
    says.append(Say("thought_report.flaw_by_word", page=flawed[0].page))
    return Reply(says=tuple(says))


def _number(page: Doubtful) -> Say:
    return Say("thought_report.page_number", page=page.page)


def _ask(draft_uid: str, page: Doubtful) -> Ask:
    options = (
        Option(Say("thought_report.option_retake"), value="retake"),
        Option(Say("thought_report.option_keep_photo"), value="keep"),
    )
    return Ask(FLAW, options, data={"draft": draft_uid, "page": page.uid})


def kept() -> Reply:
    """Say that a photo stays as it is."""
    return Reply(says=(Say("thought_report.photo_kept"),), close=frozenset({Slot.QUESTION}))
