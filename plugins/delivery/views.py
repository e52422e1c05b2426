"""What is known about a push, in words."""

from math import ceil

from core.conversation import Ask, Option, Reply, Say
from plugins.delivery.queries import Open, Progress
from plugins.delivery.settlement import Settled
from plugins.delivery.words import AGAIN

# Continuation of the question about one unsure delivery.
SETTLE = "delivery.settle"

# At most so many refusing groups are named in one message.
_NAMED = 3

_REFUSALS = {
    "muted": "delivery.refused_muted",
    "removed": "delivery.refused_left",
    "no_group": "delivery.refused_left",
}


def progress(found: Progress, unsure: tuple[Open, ...], *, pause_s: float) -> Reply:
    """Say how far a push has come; ask about the first that is unsure.

    ``pause_s`` is the usual pause between two sends, in seconds.
    """
    says = [*_counts(found), *(_refused(item) for item in found.refused[:_NAMED])]
    if len(found.refused) > _NAMED:
        says.append(Say("delivery.refused_more", count=len(found.refused) - _NAMED))
    if found.waiting:
        minutes = max(1, ceil(found.waiting * pause_s / 60))
        says.append(Say("delivery.minutes_left", minutes=minutes))
    if not unsure:
        return Reply(says=tuple(says))
    says.append(Say("delivery.unsure", count=len(unsure)))
    return Reply(says=(*says, _question(unsure[0])), ask=_ask(unsure[0]))


def nothing_sent() -> Reply:
    """Say that there is no push yet."""
    return Reply.of("delivery.nothing_sent")


def _counts(found: Progress) -> list[Say]:
    counts = {state.value: count for state, count in found.counts.items()}
    if counts.get("sent", 0) == found.total:
        return [Say("delivery.all_sent", total=found.total)]
    says = [
        Say(
            "delivery.progress",
            total=found.total,
            sent=counts.get("sent", 0),
            waiting=found.waiting,
            unknown=counts.get("unknown", 0),
            rejected=counts.get("rejected", 0),
        )
    ]
    if found.dropped:
        says.append(Say("delivery.dropped", count=found.dropped))
    return says


def _refused(item: Open) -> Say:
    key = _REFUSALS.get(item.reason or "", "delivery.refused_other")
    return Say(key, group=item.name)


def settled(result: Settled) -> Reply:
    """Say what was decided, and ask about the next that is unsure."""
    says = [*_resent(result.resent), *_taken(result.taken)]
    if result.next is None:
        return Reply(says=tuple(says))
    question = _question_again(result.next) if says else _question(result.next)
    return Reply(says=(*says, question), ask=_ask(result.next))


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


def _ask(item: Open) -> Ask:
    return Ask(
        kind=SETTLE,
        options=(
            Option(Say("delivery.option_resend"), value={"id": item.delivery_id, "again": True}),
            Option(Say("delivery.option_taken"), value={"id": item.delivery_id, "again": False}),
        ),
        again=AGAIN,
        listed=True,
    )
