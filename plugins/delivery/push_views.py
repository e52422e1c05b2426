"""Stopping, going on, taking back, quiet hours, in words."""

from datetime import datetime, timedelta

from core import clock
from core.conversation import Ask, Reply, Say, Slot
from plugins.delivery import pushes
from plugins.delivery.forecast import Forecast
from plugins.delivery.hours import Quiet
from plugins.delivery.pushes import Push
from plugins.delivery.recall_orders import Ordered

# Remembers which push is meant until its word is said.
CONFIRM = "delivery.confirm_recall"


def paused(push: Push, count: int, under_way: int) -> Reply:
    """Say that a push is stopped; ``under_way`` is how many are being sent and still go out."""
    says = [*_title(push), Say("delivery.paused", count=count)]
    if under_way:
        says.append(Say("delivery.paused_under_way", count=under_way))
    return Reply(says=(*says, Say("delivery.paused_hint")))


def resumed(push: Push, count: int, coming: Forecast) -> Reply:
    """Say that a push goes on, and what is to come."""
    says = (*_title(push), Say("delivery.resumed", count=count), *forecast(coming))
    return Reply(says=says)


def forecast(found: Forecast) -> tuple[Say, ...]:
    """Say how many groups a push goes to, how long it takes, and what is used up."""
    says = [Say("delivery.forecast", groups=found.groups, minutes=max(1, found.minutes))]
    if found.without_at_all:
        says.append(Say("delivery.forecast_at_all", count=found.without_at_all))
    if found.without_quota:
        says.append(Say("delivery.forecast_quota", count=found.without_quota))
    return tuple(says)


def ask_recall(push: Push) -> Reply:
    """Say what taking a push back will do, and by which word it is done."""
    says = (*_title(push), *what_recall_means(push), Say("delivery.recall_word"))
    return Reply(says=says, ask=Ask(CONFIRM, data={"message": push.message_id}))


def what_recall_means(push: Push) -> tuple[Say, ...]:
    """Say in how many groups a push is taken back, and what the platform allows."""
    out, waiting = push.count(*pushes.OUT), push.count(*pushes.WAITING)
    if not out:
        return (Say("delivery.recall_waiting", waiting=waiting),)
    both = Say("delivery.recall_both", out=out, waiting=waiting)
    means = both if waiting else Say("delivery.recall_out", out=out)
    return (means, Say("delivery.recall_limit"))


def recalling(result: Ordered) -> Reply:
    """Say that what was ordered is under way."""
    says = []
    if result.recalling:
        says.append(Say("delivery.recall_begun", count=result.recalling))
    if result.cancelled:
        says.append(Say("delivery.recall_cancelled", count=result.cancelled))
    return Reply(says=tuple(says), close=frozenset({Slot.QUESTION}))


def _title(push: Push) -> list[Say]:
    return [Say("delivery.title", title=push.title)] if push.title else []


def quiet(found: Quiet, now: datetime) -> Reply:
    """Say which quiet hours hold for a unit, and how to change them."""
    fields = _fields(found, now)
    if found.is_own:
        says = (Say("delivery.quiet_own", **fields), Say("delivery.quiet_hint_back"))
    elif found.source:
        says = (
            Say("delivery.quiet_above", above=found.source, **fields),
            Say("delivery.quiet_hint"),
        )
    else:
        says = (Say("delivery.quiet_plain", **fields), Say("delivery.quiet_hint"))
    return Reply(says=says)


def quiet_set(found: Quiet, now: datetime) -> Reply:
    """Say that a unit's quiet hours were set, or are again those of the unit above."""
    key = "delivery.quiet_set" if found.is_own else "delivery.quiet_cleared"
    return Reply(says=(Say(key, **_fields(found, now)),))


def _fields(found: Quiet, now: datetime) -> dict[str, object]:
    return {
        "unit": found.unit,
        "start": _moment(found.span.start, now),
        "end": _moment(found.span.end, now),
    }


def _moment(minutes: int, now: datetime) -> datetime:
    return clock.at_local(clock.local_day(now), 0) + timedelta(minutes=minutes)
