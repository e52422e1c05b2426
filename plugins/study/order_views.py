"""Ordered pushes in words: the proposal, its preview, the two looks at it, what is open."""

from collections.abc import Sequence
from datetime import datetime

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from core.texts import current
from plugins.study import push_words
from plugins.study.library import Material

PIECE = "study.push_piece"
PROPOSE = "study.push_propose"
REVIEW = "study.push_review"
CONFIRM = "study.push_confirm"
OPEN = "study.push_open"
# A list on a phone.
MOST = 6


def menu() -> Reply:
    """Show what can be done with pushes."""
    options = (
        Option(Say("study.push_option_new"), run=push_words.NEW),
        Option(Say("study.push_option_review"), run=push_words.REVIEW),
        Option(Say("study.push_option_plan"), run=push_words.PLAN),
        Option(Say("study.push_option_progress"), run=push_words.PROGRESS),
        Option(Say("study.push_option_pause"), run=push_words.PAUSE),
    )
    return Reply(says=(Say("study.push_menu"),), ask=Ask(PIECE, options=options))


def which_piece(pieces: Sequence[Material], rest: str) -> Reply:
    """Ask which piece is meant; other words look for another."""
    options = tuple(Option(piece.title, value=piece.slug) for piece in pieces[:MOST])
    ask = Ask(PIECE, options=options, data={"rest": rest}, takes=Takes.TEXT, again=push_words.NEW)
    return Reply(says=(Say("study.push_which"),), ask=ask)


def night(now: datetime, at: datetime, *, is_now: bool) -> Say:
    """Say why a push goes out at ``at``: it is night now, or the hour that was named is."""
    if is_now:
        return Say("study.push_night_now", hour=now.replace(minute=0), at=at)
    return Say("study.push_at_night", at=at)


def had(count: int, on: datetime | None) -> tuple[Say, ...]:
    """Say that some of the groups had the piece already, nothing when none had."""
    return () if on is None else (Say("study.push_had", count=count, on=on),)


def proposal(
    piece: Material, groups: Sequence[int], at: datetime, before: tuple[Say, ...] = ()
) -> Reply:
    """Show what is about to be proposed, and ask whether a second person shall look."""
    says = (*before, Say("study.push_proposal", title=piece.title, count=len(groups), at=at))
    data = {"slug": piece.slug, "groups": list(groups), "at": at.isoformat()}
    options = (
        Option(Say("study.push_option_ask"), value="ask"),
        Option(Say("study.push_option_show"), value="show"),
        Option(Say("study.push_option_leave"), value="leave"),
    )
    return Reply(says=says, ask=Ask(PROPOSE, options=options, data=data))


def proposed(reviewer: str) -> Reply:
    """Say who looks now."""
    return Reply(
        says=(Say("study.push_proposed", reviewer=reviewer),), close=frozenset({Slot.QUESTION})
    )


def review_ask(uid: str) -> Ask:
    """Return the question to the second person."""
    options = (
        Option(Say("study.push_option_pass"), value="pass"),
        Option(Say("study.push_option_return"), value="return"),
        Option(Say("study.push_option_whole"), value="whole"),
    )
    return Ask(REVIEW, options=options, data={"order": uid}, again=push_words.REVIEW)


def review(piece: Material, asker: str, uid: str) -> Reply:
    """Show the second person what somebody wants to send."""
    say = Say(
        "study.push_review",
        asker=asker,
        title=piece.title,
        text=digest(piece),
        until=piece.effective_until,
    )
    return Reply(says=(say,), ask=review_ask(uid))


def whole(piece: Material, uid: str) -> Reply:
    """Show all of a piece, and ask again."""
    text = "\n\n".join(piece.sections)
    says = (
        Say("study.section", section=text),
        Say("study.push_source", source=piece.source, on=piece.source_date),
    )
    return Reply(says=says, ask=review_ask(uid), blobs=piece.attachments)


def confirm_ask(uid: str) -> Ask:
    """Remember which push the word will be about."""
    return Ask(CONFIRM, data={"order": uid}, again=push_words.REVIEW)


def to_confirm(piece: Material, uid: str, coming: Sequence[Say], at: datetime) -> Reply:
    """Show again what waits for the word of the one who ordered it."""
    title = Say("study.push_named", title=piece.title)
    says = (title, *coming, Say("study.push_how_to_confirm", at=at))
    return Reply(says=says, ask=confirm_ask(uid))


def reviewed(asker: str, *, passed: bool) -> Reply:
    """Say to the second person what happens next."""
    if passed:
        say = Say("study.push_passed", asker=asker)
    else:
        say = Say("study.push_sent_back", asker=asker)
    return Reply(says=(say,), close=frozenset({Slot.QUESTION}))


def confirmed(at: datetime) -> Reply:
    """Say that it is in the line."""
    return Reply(says=(Say("study.push_confirmed", at=at),), close=frozenset({Slot.QUESTION}))


def open_list(items: Sequence[tuple[str, str, bool]]) -> Reply:
    """List titles that wait for a look (True) or for the own word (False)."""
    options = tuple(
        Option(
            Say("study.push_open_look", title=title)
            if looks
            else Say("study.push_open_word", title=title),
            value=uid,
        )
        for uid, title, looks in items[:MOST]
    )
    ask = Ask(OPEN, options=options, again=push_words.REVIEW)
    return Reply(says=(Say("study.push_open", count=len(items)),), ask=ask)


def digest(piece: Material) -> str:
    """Return what the groups will read."""
    if piece.is_local:
        return _local(piece)
    return current().render(
        Say("study.push_text", title=piece.title, push=piece.push, count=len(piece.quiz))
    )


def _local(piece: Material) -> str:
    is_whole = piece.push == "\n".join(piece.sections)
    says = (
        Say("study.push_local", title=piece.title, push=piece.push),
        *((Say("study.local_link", link=piece.link),) if piece.link else ()),
        Say("study.local_source", source=piece.source),
        Say("study.push_local_whole" if is_whole else "study.push_local_more", title=piece.title),
    )
    return "\n".join(map(current().render, says))
