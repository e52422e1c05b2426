"""What is known about a push, in words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.conversation import Ask, Option, Reply, Say
from core.texts import current
from plugins.delivery.pushes import Progress, Push
from plugins.delivery.queries import Open
from plugins.delivery.settlement import Settled
from plugins.delivery.words import AGAIN

# Continuation of the questions about one unsure delivery, and about which push is meant.
SETTLE = "delivery.settle"

# At most so many refusing groups are named in one message, and so many options in one question.
_NAMED = 3
_MOST = 6

_REFUSALS = {
    "muted": "delivery.refused_muted",
    "removed": "delivery.refused_left",
    "no_group": "delivery.refused_left",
}


def progress(
    push: Push,
    found: Progress,
    unsure: Sequence[Open],
    others: Sequence[Push],
    *,
    quiet_until: datetime | None = None,
) -> Reply:
    """Say how far a push has come; ask about the first that is unsure, list the ``others``.

    ``quiet_until`` is the end of the quiet hours when it is quiet now.
    """
    says = [*_title(push, others), *_counts(found), *_recalled(found)]
    says += [_refused(item) for item in found.refused[:_NAMED]]
    if len(found.refused) > _NAMED:
        says.append(Say("delivery.refused_more", count=len(found.refused) - _NAMED))
    says += _ahead(found, quiet_until)
    options: tuple[Option, ...] = ()
    if unsure:
        says += [*_unsure_count(unsure), _question(unsure[0])]
        options = _settling(unsure[0])
    if others:
        listed = tuple(_choice(other, "show") for other in others[: _MOST - len(options)])
        numbered = _numbered(listed, first=len(options) + 1)
        says.append(Say("delivery.others", count=len(others), options=numbered))
        options += listed
    return Reply(says=tuple(says), ask=_ask(options) if options else None)


def nothing_sent() -> Reply:
    """Say that there is no push yet."""
    return Reply.of("delivery.nothing_sent")


def _title(push: Push, others: Sequence[Push]) -> list[Say]:
    return [_label(push)] if push.title or others else []


def _label(push: Push) -> Say:
    if push.title:
        return Say("delivery.title", title=push.title)
    return Say("delivery.untitled", at=push.at)


def _choice(push: Push, do: str) -> Option:
    value = {"do": do, "message": push.message_id}
    return Option(Say("delivery.option_push", push=_label(push), at=push.at), value=value)


def _numbered(options: Sequence[Option], *, first: int = 1) -> str:
    label = current().label
    return "  ".join(f"{number} {label(one)}" for number, one in enumerate(options, first))


def _counts(found: Progress) -> list[Say]:
    counts = {state.value: count for state, count in found.counts.items()}
    if counts.get("sent", 0) == found.total:
        return [Say("delivery.all_sent", total=found.total)]
    fields: dict[str, Any] = {
        "total": found.total,
        "sent": counts.get("sent", 0),
        "waiting": found.waiting,
        "unknown": counts.get("unknown", 0),
        "rejected": counts.get("rejected", 0),
    }
    says = [Say("delivery.progress", **fields)]
    if found.held:
        says = [Say("delivery.progress_held", held=found.held, **fields)]
    if found.dropped:
        says.append(Say("delivery.dropped", count=found.dropped))
    return says


def _recalled(found: Progress) -> list[Say]:
    if found.recalling:
        return [Say("delivery.recalling", gone=found.recalled, count=found.recalling)]
    says = [Say("delivery.recalled_some", count=found.recalled)] if found.recalled else []
    if found.not_recalled:
        says.append(Say("delivery.not_recalled", count=found.not_recalled))
    return says


def _refused(item: Open) -> Say:
    key = _REFUSALS.get(item.reason or "", "delivery.refused_other")
    return Say(key, group=item.name)


def _ahead(found: Progress, quiet_until: datetime | None) -> list[Say]:
    """Say when the rest goes out; the accounts of ours speak side by side."""
    says = [Say("delivery.held_hint")] if found.held else []
    if not found.waiting:
        return says
    minutes = found.minutes_left
    if found.starts_at is not None:
        return [*says, Say("delivery.starts_at", at=found.starts_at, minutes=minutes)]
    if quiet_until is not None:
        return [*says, Say("delivery.night", at=quiet_until, minutes=minutes)]
    return [*says, Say("delivery.minutes_left", minutes=minutes)]


def _unsure_count(unsure: Sequence[Open]) -> list[Say]:
    vanished = sum(item.is_vanished for item in unsure)
    says = []
    if vanished < len(unsure):
        says.append(Say("delivery.unsure", count=len(unsure) - vanished))
    if vanished:
        says.append(Say("delivery.vanished", count=vanished))
    return says


def unsure_notice(title: str, items: Sequence[Open]) -> Reply:
    """Tell whoever answers for them, unasked, of groups that are unsure, and ask about the first.

    All of ``items`` are groups.
    """
    vanished = sum(item.is_vanished for item in items)
    says = [Say("delivery.title", title=title)] if title else []
    if vanished < len(items):
        says.append(Say("delivery.unsure_groups", count=len(items) - vanished))
    if vanished:
        says.append(Say("delivery.vanished", count=vanished))
    return Reply(says=(*says, _question(items[0])), ask=_ask(_settling(items[0])))


def settled(result: Settled) -> Reply:
    """Say what was decided, and ask about the next that is unsure."""
    says = [*_resent(result.resent), *_taken(result.taken)]
    if result.next is None:
        return Reply(says=tuple(says))
    question = _question_again(result.next) if says else _question(result.next)
    return Reply(says=(*says, question), ask=_ask(_settling(result.next)))


def _resent(items: tuple[Open, ...]) -> list[Say]:
    if len(items) == 1:
        return [Say("delivery.resent_one", name=items[0].name)]
    return [Say("delivery.resent_many", count=len(items))] if items else []


def _taken(items: tuple[Open, ...]) -> list[Say]:
    if len(items) == 1:
        return [Say("delivery.taken_one", name=items[0].name)]
    return [Say("delivery.taken_many", count=len(items))] if items else []


def _question(item: Open) -> Say:
    return Say("delivery.ask_group" if item.is_group else "delivery.ask_person", name=item.name)


def _question_again(item: Open) -> Say:
    return Say("delivery.next_group" if item.is_group else "delivery.next_person", name=item.name)


def _settling(item: Open) -> tuple[Option, ...]:
    return (
        Option(Say("delivery.option_resend"), value={"id": item.delivery_id, "again": True}),
        Option(Say("delivery.option_taken"), value={"id": item.delivery_id, "again": False}),
    )


def _ask(options: tuple[Option, ...], *, again: str = AGAIN) -> Ask:
    return Ask(kind=SETTLE, options=options, again=again, listed=True)


def which(found: Sequence[Push], do: str, *, again: str) -> Reply:
    """Ask which push is meant; ``do`` is what is done with the one chosen."""
    options = tuple(_choice(push, do) for push in found[:_MOST])
    say = Say("delivery.which", options=_numbered(options))
    return Reply(says=(say,), ask=_ask(options, again=again))
