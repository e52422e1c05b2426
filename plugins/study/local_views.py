"""Bringing in a local piece in words: what is there, four short questions, the second look."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.conversation import Ask, OpenDraft, Option, Reply, Say, Slot, Takes
from models.enums import MaterialState
from plugins.study import material_words
from plugins.study.local_pieces import Brought

DRAFT = "study.local_draft"
TITLE = "study.local_title"
SOURCE = "study.local_source_of"
DAY = "study.local_day"
UNTIL = "study.local_until"
READY = "study.local_ready"
REVIEW = "study.local_review"
WHY = "study.local_reason"
MINE = "study.local_mine"
OWN = "study.local_own_piece"
# A list on a phone.
_MOST = 6
# Files sent back under 看看: a look, not a flood.
_LOOK_FILES = 3
_SPANS = ((30, "study.local_option_month"), (91, "study.local_option_quarter"),
          (182, "study.local_option_half"))  # fmt: skip
_STATES = {
    MaterialState.DRAFT: "study.local_state_draft",
    MaterialState.WAITING: "study.local_state_waiting",
    MaterialState.APPROVED: "study.local_state_approved",
    MaterialState.RETURNED: "study.local_state_returned",
}


def opened(piece: Brought, voice_title: str = "") -> Reply:
    """Say that a draft is open, new or as it was left."""
    if piece.voice_of:
        say = Say("study.local_voice_opened", title=voice_title)
    elif not piece.is_empty:
        say = Say("study.local_continued", what=contents(piece))
    else:
        say = Say("study.local_opened")
    return Reply(says=(say,), draft=OpenDraft(DRAFT, {"uid": piece.uid}))


def contents(piece: Brought) -> Say:
    """Say how much is in a piece: characters, files, a link."""
    words, files = len(piece.words), len(piece.files)
    if piece.link:
        return Say("study.local_contents_link", characters=words, files=files)
    return Say("study.local_contents", characters=words, files=files)


def taken(piece: Brought, problems: Sequence[Say]) -> Reply:
    """Say what is there after a message, and what could not be taken."""
    return Reply(says=(*problems, Say("study.local_taken", what=contents(piece))))


def look(piece: Brought) -> Reply:
    """Show what is in a draft."""
    words = piece.words
    says = [Say("study.section", section=words)] if words else []
    if piece.link:
        says.append(Say("study.local_link", link=piece.link))
    says.append(Say("study.local_looked", what=contents(piece)))
    return Reply(says=tuple(says), blobs=piece.files[:_LOOK_FILES])


def ask_title(uid: str, most: int) -> Reply:
    """Ask what the piece is called."""
    return Reply(
        says=(Say("study.local_which_title", most=most),),
        ask=Ask(TITLE, data={"uid": uid}, takes=Takes.TEXT, again=material_words.ADD),
    )


def ask_source(data: dict[str, object]) -> Reply:
    """Ask where the words come from."""
    options = (Option(Say("study.local_option_own"), value="own"),)
    ask = Ask(SOURCE, options, data, takes=Takes.TEXT, again=material_words.ADD)
    return Reply(says=(Say("study.local_which_source"),), ask=ask)


def ask_day(data: dict[str, object]) -> Reply:
    """Ask of which day the source is."""
    options = (
        Option(Say("study.local_option_today"), value="today"),
        Option(Say("study.local_option_no_day"), value="none"),
    )
    ask = Ask(DAY, options, data, takes=Takes.TEXT, again=material_words.ADD)
    return Reply(says=(Say("study.local_which_day"),), ask=ask)


def ask_until(data: dict[str, object], today: date) -> Reply:
    """Ask until when the piece may be used."""
    options = tuple(
        Option(Say(key, on=today + timedelta(days=days), today=today),
               value=(today + timedelta(days=days)).isoformat())
        for days, key in _SPANS
    )  # fmt: skip
    ask = Ask(UNTIL, options, data, takes=Takes.TEXT, again=material_words.ADD)
    return Reply(says=(Say("study.local_which_until"),), ask=ask)


def ready(data: dict[str, object], piece: Brought, until: date, today: date) -> Reply:
    """Repeat what was said, and ask whether a second person shall look."""
    options = (
        Option(Say("study.push_option_ask"), value="ask"),
        Option(Say("study.local_option_more"), value="more"),
        Option(Say("study.local_option_keep"), value="keep"),
    )
    say = Say(
        "study.local_summary", title=data["title"], what=contents(piece), source=data["source"],
        until=until, today=today,
    )  # fmt: skip
    return Reply(says=(say,), ask=Ask(READY, options, data, again=material_words.ADD))


def closed(say: Say) -> Reply:
    """Say something that ends the draft and its question."""
    return Reply(says=(say,), close=frozenset({Slot.QUESTION, Slot.DRAFT}))


def closed_question(say: Say) -> Reply:
    """Say something that ends the question."""
    return Reply(says=(say,), close=frozenset({Slot.QUESTION}))


def review(piece: Brought, today: date, voice_title: str = "") -> Reply:
    """Show the second person a piece whole, with its files, and ask what becomes of it."""
    options = (
        Option(Say("study.review_option_pass"), value="pass"),
        Option(Say("study.push_option_return"), value="return"),
        Option(Say("study.local_option_later"), value="later"),
    )
    words = piece.words
    heading = (
        Say("study.local_voice_review", name=piece.by, title=voice_title)
        if piece.voice_of
        else Say("study.local_review", name=piece.by, title=piece.title)
    )
    says = (
        heading,
        *((Say("study.section", section=words),) if words else ()),
        *((Say("study.local_link", link=piece.link),) if piece.link else ()),
        *(() if piece.voice_of else (_source(piece, today),)),
    )
    ask = Ask(REVIEW, options, {"uid": piece.uid}, takes=Takes.TEXT, again=material_words.REVIEW)
    return Reply(says=says, ask=ask, blobs=piece.files)


def _source(piece: Brought, today: date) -> Say:
    if piece.source_on is None:
        return Say("study.local_from", source=piece.source, until=piece.until, today=today)
    return Say(
        "study.local_from_day", source=piece.source, on=piece.source_on, until=piece.until,
        today=today,
    )  # fmt: skip


def ask_why(uid: str) -> Reply:
    """Ask what is to be mended."""
    ask = Ask(WHY, data={"uid": uid}, takes=Takes.TEXT, again=material_words.REVIEW)
    return Reply(says=(Say("study.local_which_reason"),), ask=ask)


def mine(pieces: Sequence[Brought]) -> Reply:
    """List what somebody brought in; a number opens one."""
    if not pieces:
        return Reply.of("study.local_none")
    options = tuple(
        Option(Say(_STATES[piece.state], title=piece.title) if piece.title else
               Say("study.local_state_untitled"), value=piece.uid)
        for piece in pieces[:_MOST]
    )  # fmt: skip
    ask = Ask(MINE, options, again=material_words.MINE)
    return Reply(says=(Say("study.local_list", count=len(pieces)),), ask=ask)


def own(piece: Brought, today: date) -> Reply:
    """Show one's own piece, and what can be done with it."""
    says = [Say(_STATES[piece.state], title=piece.title), _source(piece, today)]
    if piece.reason:
        says.append(Say("study.review_said_why", reason=piece.reason))
    mend = (Option(Say("study.local_option_mend"), value="mend"),)
    options = (
        *(mend if piece.state is MaterialState.RETURNED else ()),
        Option(Say("study.local_option_withdraw"), value="withdraw"),
        Option(Say("study.local_option_leave"), value="leave"),
    )
    return Reply(
        says=tuple(says), ask=Ask(OWN, options, {"uid": piece.uid}, again=material_words.MINE)
    )
