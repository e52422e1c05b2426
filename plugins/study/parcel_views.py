"""Parcels in sentences: what can come, who waits. Wording: ``content/texts/study.toml``."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from core.texts import current
from plugins.study import parcel_words
from plugins.study.parcel_queries import BranchParcels, ParcelFound

WISH = "study.parcel_wish"
CAME = "study.parcel_came"
WHICH = "study.parcel_which"
LISTED = "study.parcel_listed"
WAITING = "study.parcel_waiting"
SILENT = "study.parcel_silent"

ALL, NONE = "all", "none"
YES, NO = "yes", "no"
TODAY, YESTERDAY, DROP, LEAVE = "today", "yesterday", "drop", "leave"
MOST_OPTIONS = 6
_CLOSED = frozenset({Slot.QUESTION})
_ITEMS = (
    Say("study.parcel_item_lessons"),
    Say("study.parcel_item_constitution"),
    Say("study.parcel_item_paper"),
    Say("study.parcel_item_cards"),
)


def items() -> tuple[str, ...]:
    """Return the names of what can come."""
    return tuple(current().render(say) for say in _ITEMS)


def _names(parcel: ParcelFound) -> str:
    return parcel_words.LIST_MARK.join(parcel.items)


def wish(own: Sequence[ParcelFound], today: date) -> Reply:
    """List what can come, and what is on its way or waits already."""
    waiting = next((one for one in own if one.sent_on is None), None)
    says = [_under_way(one, today) for one in own if one.sent_on is not None]
    options = [Option(name, value=name) for name in items()]
    options.append(Option(Say("study.parcel_option_all"), value=ALL))
    if waiting is not None:
        says.append(Say("study.parcel_waiting", items=_names(waiting)))
        options.append(Option(Say("study.parcel_option_none"), value=NONE))
    says.append(Say("study.parcel_wish", options=current().options(options)))
    says.append(Say("study.parcel_where"))
    ask = Ask(WISH, tuple(options), takes=Takes.TEXT, again=parcel_words.ASK, listed=True)
    return Reply(says=tuple(says), ask=ask)


def _under_way(one: ParcelFound, today: date) -> Say:
    return Say("study.parcel_under_way", items=_names(one), on=one.sent_on, today=today)


def wished(parcel: ParcelFound, *, is_told: bool) -> Reply:
    """Say what is written down, and what happens next."""
    if is_told:
        return Reply(says=(Say("study.parcel_asked", items=_names(parcel)),), close=_CLOSED)
    return Reply(says=(Say("study.parcel_asked_alone", items=_names(parcel)),), close=_CLOSED)


def called_off(parcel: ParcelFound) -> Reply:
    """Say that nothing is sent."""
    return Reply(says=(Say("study.parcel_called_off", items=_names(parcel)),), close=_CLOSED)


def came_question(parcel: ParcelFound, today: date) -> tuple[Say, Ask]:
    """Return the one question about a parcel sent long ago; its numbers stand in the sentence."""
    options = (
        Option(Say("study.parcel_option_came"), value=YES),
        Option(Say("study.parcel_option_missing"), value=NO),
    )
    say = Say(
        "study.parcel_came",
        items=_names(parcel),
        on=parcel.sent_on or today,
        today=today,
        options=current().options(options),
    )
    return say, Ask(CAME, options, {"parcel": parcel.parcel_id}, listed=True)


def which_came(own: Sequence[ParcelFound], today: date) -> Reply:
    """Ask which of several parcels came."""
    shown = own[: MOST_OPTIONS - 1]
    options = [Option(_dated(one, today), value=[one.parcel_id]) for one in shown]
    every = [one.parcel_id for one in shown]
    options.append(Option(Say("study.parcel_option_every"), value=every))
    say = Say("study.parcel_which", options=current().options(options))
    ask = Ask(WHICH, tuple(options), again=parcel_words.CAME, listed=True)
    return Reply(says=(say,), ask=ask)


def _dated(one: ParcelFound, today: date) -> Say:
    if one.sent_on is None:
        return Say("study.parcel_option_asked", items=_names(one))
    return Say("study.parcel_option_sent", items=_names(one), on=one.sent_on, today=today)


def received(parcels: Sequence[ParcelFound]) -> Reply:
    """Say that the parcels came."""
    names = parcel_words.LIST_MARK.join(_names(one) for one in parcels)
    return Reply(says=(Say("study.parcel_received", items=names),), close=_CLOSED)


def missing(*, is_told: bool) -> Reply:
    """Say that a parcel did not come, and who hears of it."""
    if is_told:
        return Reply(says=(Say("study.parcel_missing"),), close=_CLOSED)
    return Reply(says=(Say("study.parcel_missing_alone"),), close=_CLOSED)


def branch(found: BranchParcels, today: date) -> Reply:
    """List who waits for a parcel, and whose went without a word."""
    if not found.waiting and not found.silent:
        if found.under_way:
            return Reply.of("study.parcel_list_under_way", count=found.under_way)
        return Reply.of("study.parcel_list_empty")
    everything = [*found.waiting, *found.silent]
    shown = everything[:MOST_OPTIONS]
    options = tuple(Option(_line(one, today), value=one.parcel_id) for one in shown)
    lines = "\n".join(f"{n} {current().label(option)}" for n, option in enumerate(options, 1))
    says = [Say("study.parcel_list", options=lines)]
    if len(everything) > len(shown):
        says.append(Say("study.parcel_list_more", left=len(everything) - len(shown)))
    if found.under_way:
        says.append(Say("study.parcel_list_also", count=found.under_way))
    says.append(Say("study.parcel_list_hint"))
    ask = Ask(LISTED, options, again=parcel_words.LIST, listed=True)
    return Reply(says=tuple(says), ask=ask)


def _line(one: ParcelFound, today: date) -> Say:
    if one.sent_on is None:
        return Say(
            "study.parcel_line_waiting",
            name=one.name,
            items=_names(one),
            on=one.asked_on,
            today=today,
        )
    fields = {"name": one.name, "items": _names(one), "on": one.sent_on, "today": today}
    if one.is_missing:
        return Say("study.parcel_line_missing", **fields)
    return Say("study.parcel_line_silent", days=(today - one.sent_on).days, **fields)


def about_waiting(one: ParcelFound) -> Reply:
    """Ask on which day a parcel was sent that waits."""
    options = (
        Option(Say("study.parcel_option_today"), value=TODAY),
        Option(Say("study.parcel_option_yesterday"), value=YESTERDAY),
        Option(Say("study.parcel_option_drop"), value=DROP),
        Option(Say("study.parcel_option_leave"), value=LEAVE),
    )
    say = Say(
        "study.parcel_about_waiting",
        name=one.name,
        items=_names(one),
        options=current().options(options),
    )
    return Reply(says=(say,), ask=_about(WAITING, options, one))


def about_silent(one: ParcelFound, today: date) -> Reply:
    """Ask what is to be noted of a parcel that went without a word."""
    options = (
        Option(Say("study.parcel_option_he_got"), value=YES),
        Option(Say("study.parcel_option_not_sent"), value=NO),
        Option(Say("study.parcel_option_leave"), value=LEAVE),
    )
    say = Say(
        "study.parcel_about_silent",
        name=one.name,
        items=_names(one),
        on=one.sent_on or today,
        today=today,
        options=current().options(options),
    )
    return Reply(says=(say,), ask=_about(SILENT, options, one))


def _about(kind: str, options: tuple[Option, ...], one: ParcelFound) -> Ask:
    data = {"parcel": one.parcel_id}
    return Ask(kind, options, data, again=parcel_words.LIST, listed=True)


def registered(one: ParcelFound, today: date) -> Reply:
    """Repeat what was sent to whom, and how it goes on."""
    say = Say(
        "study.parcel_registered",
        name=one.name,
        items=_names(one),
        on=one.sent_on or today,
        today=today,
    )
    return Reply(says=(say,), close=_CLOSED)


def confirmed(one: ParcelFound) -> Reply:
    """Say that a parcel came, as the secretary noted."""
    return Reply(says=(Say("study.parcel_confirmed", name=one.name),), close=_CLOSED)


def waits_again(one: ParcelFound) -> Reply:
    """Say that a parcel was not sent after all."""
    return Reply(says=(Say("study.parcel_waits_again", name=one.name),), close=_CLOSED)


def dropped(one: ParcelFound) -> Reply:
    """Say that a parcel is not sent."""
    return Reply(says=(Say("study.parcel_dropped", name=one.name),), close=_CLOSED)


def left() -> Reply:
    """Say that nothing changed."""
    return Reply(says=(Say("study.parcel_left"),), close=_CLOSED)
