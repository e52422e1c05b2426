"""What is said about one's own data, about corrections, and about new accounts."""

from collections.abc import Sequence

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from core.personal import CorrectionItem, Held
from plugins.privacy import notices, words
from plugins.privacy.corrections import Decided, Put
from plugins.privacy.exporting import Export
from plugins.privacy.notices import item_say
from plugins.privacy.queries import Look, Waiting
from plugins.privacy.rebinding import Asked
from plugins.privacy.rebinding import Decided as Rebound
from plugins.privacy.service import StillKept

ITEM = "privacy.item"
RIGHT = "privacy.right"
ERASE = "privacy.erase"
FORGET = "privacy.forget"

_CLOSED = frozenset({Slot.QUESTION})
_ENDS_ALL = frozenset({Slot.QUESTION, Slot.DRAFT})
# Longer lists are for the copy, not for a chat.
_MOST_LINES = 20
_MOST_LOOKS = 10

_ROLES = {
    "mentor": Say("privacy.role_mentor"),
    "deputy": Say("privacy.role_deputy"),
    "secretary": Say("privacy.role_secretary"),
    "inflow": Say("privacy.role_inflow"),
    "township": Say("privacy.role_township"),
    "county": Say("privacy.role_county"),
}


def _listed(items: Sequence[Say], key: str) -> Say:
    first, *rest = items
    return Say(key, first=first, rest=_listed(rest, key)) if rest else first


def mine(held: Held) -> Reply:
    """Say what is held, with what can be done about it."""
    options = (
        Option(Say("privacy.option_detail"), run=f"{words.MINE} {words.DETAIL}"),
        *(
            Option(word, run=word)
            for word in (words.CORRECT, words.EXPORT, words.ERASE, words.LOOKS)
        ),
    )
    facts = _listed(held.facts, "privacy.and")
    say = Say("privacy.mine_plain", facts=facts)
    if held.counts:
        say = Say("privacy.mine", facts=facts, counts=_listed(held.counts, "privacy.and_comma"))
    return Reply(says=(say,), ask=Ask("privacy.mine", options=options, again=words.MINE))


def detail(held: Held) -> Reply:
    """Say everything that is held, line by line; the rest is in the copy."""
    lines = held.details[:_MOST_LINES]
    left = len(held.details) - len(lines)
    more = (Say("privacy.detail_more", left=left),) if left else ()
    return Reply(says=(*lines, *more))


def looks(found: Sequence[Look]) -> Reply:
    """Say who else looked, when, as what and at what."""
    if not found:
        return Reply.of("privacy.looks_none")
    shown = found[-_MOST_LOOKS:]
    lines = [_look(one) for one in shown]
    if left := len(found) - len(shown):
        lines.append(Say("privacy.looks_more", left=left))
    return Reply(says=(Say("privacy.looks"), *lines, Say("privacy.looks_wrong")))


def _look(one: Look) -> Say:
    name = one.name or Say("privacy.somebody_gone")
    if one.role in _ROLES:
        return Say("privacy.look", on=one.on, name=name, role=_ROLES[one.role], what=one.what)
    return Say("privacy.look_plain", on=one.on, name=name, what=one.what)


def exported(made: Export) -> Reply:
    """Give the copy."""
    count = len(made.blobs)
    say = Say("privacy.exported_parts", count=count) if count > 1 else Say("privacy.exported")
    return Reply(says=(say,), blobs=made.blobs, close=_CLOSED)


def ask_erase() -> Reply:
    """Say what goes and what stays; only one exact word confirms."""
    return Reply(says=(Say("privacy.ask_erase"),), ask=Ask(ERASE, again=words.ERASE))


def erased() -> Reply:
    """Say that everything is gone."""
    return Reply(says=(Say("privacy.erased"),), close=_ENDS_ALL)


def which_item() -> Reply:
    """Ask what is written down wrongly."""
    options = tuple(Option(item_say(item), value=item.value) for item in CorrectionItem)
    ask = Ask(ITEM, options=options, again=words.CORRECT)
    return Reply(says=(Say("privacy.which_item"),), ask=ask)


def what_is_right(item: CorrectionItem) -> Reply:
    """Ask what is right."""
    ask = Ask(RIGHT, data={"item": item.value}, takes=Takes.TEXT)
    return Reply(says=(Say("privacy.what_is_right", item=item_say(item)),), ask=ask)


def put(done: Put) -> Reply:
    """Say that something is put right, or who was asked."""
    if done.is_done:
        say = Say("privacy.put_right", item=item_say(done.item), right=done.right)
    else:
        say = Say("privacy.asked_branch", decider=done.decider)
    return Reply(says=(say,), close=_CLOSED)


def correction_decided(decided: Decided) -> Say:
    """Return what whoever decided hears."""
    fields = {"name": decided.name, "item": item_say(decided.item)}
    if not decided.is_accepted:
        return Say("privacy.you_declined", **fields)
    if decided.is_applied:
        return Say("privacy.you_corrected", **fields)
    return Say("privacy.you_agreed", **fields)


def rebind_asked(asked: Asked) -> Reply:
    """Say to the new account who is asked."""
    say = Say("privacy.rebind_asked_branch") if asked.is_branch else Say("privacy.rebind_asked")
    return Reply(says=(say,), close=_CLOSED)


def rebind_decided(decided: Rebound) -> Say:
    """Return what whoever decided about a new account hears."""
    if decided.is_accepted:
        return Say("privacy.you_rebound", name=decided.name)
    return Say("privacy.you_refused", name=decided.name)


def waiting(found: Sequence[Waiting], *said: Say) -> Reply:
    """Ask the next thing that waits for a yes, after what was just ``said``; or say there is none.

    One question at a time.
    """
    if not found:
        return Reply(says=said or (Say("privacy.nothing_waits"),), close=_CLOSED)
    one = found[0]
    if one.item is None:
        say, ask = notices.ask_rebind(one.uid, one.name, one.tail)
    else:
        say, ask = notices.ask_correction(one.uid, one.name, one.item, one.right)
    return Reply(says=(*said, say), ask=ask)


def withdrawn(kept: StillKept) -> Reply:
    """Say that nothing more is kept, and offer to erase what was kept before."""
    if not kept:
        return Reply(says=(Say("privacy.withdrawn"),), close=_ENDS_ALL)
    options = (
        Option(Say("privacy.option_forget"), value="forget"),
        Option(Say("privacy.option_keep"), value="keep"),
    )
    say = Say("privacy.withdrawn_kept", kept=_kept(kept))
    ask = Ask(FORGET, options=options)
    return Reply(says=(say,), ask=ask, close=frozenset({Slot.DRAFT}))


def _kept(kept: StillKept) -> Say:
    counted = (
        (kept.reports, Say("privacy.kept_reports", count=kept.reports)),
        (kept.notes, Say("privacy.kept_notes", count=kept.notes)),
    )
    return _listed([say for count, say in counted if count], "privacy.and")


def closed(key: Say) -> Reply:
    """Say one sentence and end the question."""
    return Reply(says=(key,), close=_CLOSED)


def left() -> Reply:
    """Say that somebody is let go."""
    return Reply(says=(Say("identity.left"),), close=_ENDS_ALL)
