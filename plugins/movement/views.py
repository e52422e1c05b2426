"""Movement in sentences: answers, cards, the list. Wording: ``content/texts/movement.toml``."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from core.messages import Blob
from core.periods import Quarter
from core.texts import current
from plugins.movement import words
from plugins.movement.cards import Card, CardSet
from plugins.movement.policy import MOST_OPTIONS
from plugins.movement.queries import Leaver, Told
from plugins.movement.service import Arrival, Departure, TakenBack
from plugins.movement.talks import Talk

ARRIVAL = "movement.arrival"
OFFICE = "movement.office"
CARDS = "movement.cards"
SHEET = "movement.sheet"
TICKED = "movement.ticked"

ARRIVED, ON_THE_WAY, NOT_GONE = "arrived", "on_the_way", "not_gone"
PICTURE = "picture"
_CLOSED = frozenset({Slot.QUESTION})


def reported(done: Departure, cards: CardSet, today: date, *, had_more: bool) -> Reply:
    """Repeat a departure, give the cards, and say when and what is asked later (dialogues 3.9)."""
    says = [Say("movement.reported", trip=_trip(done, today), told=_told_or_hint(done.told))]
    if had_more:
        says.append(Say("movement.city_only"))
    if done.replaced is not None:
        city, on = done.replaced
        says.append(Say("movement.replaced", city=city, on=on, today=today))
    ask = cards_ask(cards, done.movement_id)
    options = current().options(ask.options)
    says.append(Say("movement.cards", count=len(cards.cards), options=options))
    if done.asks_on is not None:
        says.append(Say("movement.will_ask", asks=done.asks_on, today=today))
    return Reply(says=tuple(says), ask=ask)


def _trip(done: Departure, today: date) -> Say:
    fields: dict[str, Any] = {"on": done.leaves_on, "city": done.to_city, "today": today}
    if done.leaves_on < today:
        return Say("movement.trip_gone", **fields)
    if done.return_on is not None:
        return Say("movement.trip_back", back=done.return_on, **fields)
    return Say("movement.trip", **fields)


def names(told: Sequence[Told]) -> str:
    """Return the names of those who are told, as a sentence has them."""
    return words.LIST_MARK.join(_name(one) for one in told)


def _name(one: Told) -> str:
    if not one.stands_for:
        return one.name
    return current().render(Say("movement.deputy", deputy=one.name, mentor=one.stands_for))


def _told_or_hint(told: Sequence[Told]) -> Say:
    if not told:
        return Say("movement.told_nobody")
    return Say("movement.told", names=names(told))


def _will_know(told: Sequence[Told]) -> Say:
    if not told:
        return Say("movement.nothing_more")
    return Say("movement.will_know", names=names(told))


def cards_ask(cards: CardSet, movement_id: int, *, shown: int | None = None) -> Ask:
    """Return the question under the cards; with one shown it can be had as a picture too."""
    options = [Option(card.label, value=place) for place, card in enumerate(cards.cards)]
    if shown is not None:
        options.append(Option(Say("movement.option_picture"), value=PICTURE))
    data = {"movement": movement_id, "shown": shown}
    return Ask(CARDS, tuple(options), data, again=words.CARDS, listed=True)


def card_list(cards: CardSet, movement_id: int) -> Reply:
    """Show the cards there are."""
    ask = cards_ask(cards, movement_id)
    say = Say("movement.cards", count=len(cards.cards), options=current().options(ask.options))
    return Reply(says=(say,), ask=ask)


def card(one: Card, fields: Mapping[str, object], ask: Ask) -> Reply:
    """Show one card and how to see the others."""
    says = (
        Say("movement.card", title=one.title, body=one.words(fields)),
        Say("movement.card_more", options=current().options(ask.options)),
    )
    return Reply(says=says, ask=ask)


def card_picture(one: Card, blobs: tuple[Blob, ...]) -> Reply:
    """Show a card as a picture, with a line of words beside it."""
    return Reply(says=(Say("movement.card_picture", title=one.title),), blobs=blobs)


def card_fields(
    *, mentors: Sequence[Told], secretaries: Sequence[Told], unit: str, on: date
) -> dict[str, object]:
    """Return what fills the cards of somebody who leaves ``on`` a day."""
    quarter = Quarter.of(on)
    secretary = names(secretaries[:1])
    return {
        "mentor": names(mentors) or current().render(Say("movement.your_mentor")),
        "secretary": secretary,
        "unit": unit,
        "closes": quarter.last_day,
        "next_closes": quarter.next.last_day,
    }


def arrival_question(city: str, movement_id: int) -> tuple[Say, Ask]:
    """Return the one question after leaving; its numbers stand in the sentence."""
    options = (
        Option(Say("movement.option_arrived"), value=ARRIVED),
        Option(Say("movement.option_on_the_way"), value=ON_THE_WAY),
        Option(Say("movement.option_not_gone"), value=NOT_GONE),
    )
    ask = Ask(ARRIVAL, options, {"movement": movement_id}, listed=True)
    return Say("movement.arrival", city=city, options=current().options(options)), ask


def arrived(done: Arrival, key: str = "movement.arrived") -> Reply:
    """Say that somebody is known to be there; where we have an officer, offer to tell him."""
    if done.officer is None:
        says = (Say(key, city=done.city, know=_will_know(done.told)),)
        return Reply(says=says, close=_CLOSED)
    options = (
        Option(Say("movement.option_tell"), value=True),
        Option(Say("movement.option_not_yet"), value=False),
    )
    ask = Ask(OFFICE, options, {"movement": done.movement_id}, again=words.ARRIVED, listed=True)
    say = Say(
        "movement.has_office",
        city=done.city,
        officer=done.officer.name,
        options=current().options(options),
    )
    return Reply(says=(say,), ask=ask)


def officer_told(name: str) -> Reply:
    """Say that the officer hears of it."""
    return Reply(says=(Say("movement.officer_told", officer=name),), close=_CLOSED)


def officer_not_told() -> Reply:
    """Say that nobody hears of it."""
    return Reply(says=(Say("movement.officer_not_told"),), close=_CLOSED)


def on_the_way(city: str) -> Reply:
    """Say that it is not asked again."""
    return Reply(says=(Say("movement.on_the_way", city=city),), close=_CLOSED)


def taken_back(done: TakenBack, today: date) -> Reply:
    """Say which journey does not count any more."""
    say = Say(
        "movement.taken_back",
        city=done.city,
        on=done.leaves_on,
        today=today,
        know=_will_know(done.told),
    )
    return Reply(says=(say,), close=_CLOSED)


def employer_changed(done: Arrival) -> Reply:
    """Say that the new employer is noted, and that its name may be told or not."""
    ask = Ask("movement.employer", data={"movement": done.movement_id}, takes=Takes.TEXT)
    return Reply(says=(Say("movement.employer_changed", city=done.city),), ask=ask)


def employer_kept(told: Sequence[Told]) -> Reply:
    """Say that the name is kept, and who hears it."""
    if not told:
        return Reply(says=(Say("movement.employer_kept_alone"),), close=_CLOSED)
    return Reply(says=(Say("movement.employer_kept", names=names(told)),), close=_CLOSED)


def employer_not_kept() -> Reply:
    """Say that no name is kept."""
    return Reply(says=(Say("movement.employer_not_kept"),), close=_CLOSED)


def employer_late() -> Reply:
    """Say that words so long after the question were not kept as a name."""
    return Reply(says=(Say("movement.employer_late"),), close=_CLOSED)


def sheet(leavers: Sequence[Leaver], today: date) -> Reply:
    """List who of the branch leaves when, and whether the talk before leaving was held."""
    if not leavers:
        return Reply.of("movement.sheet_empty")
    shown = leavers[:MOST_OPTIONS]
    options = tuple(Option(_leaver(one, today), value=one.movement_id) for one in shown)
    ask = Ask(SHEET, options, again=words.SHEET, listed=True)
    listed = "\n".join(
        f"{number} {current().label(option)}" for number, option in enumerate(options, 1)
    )
    says = [Say("movement.sheet", count=len(leavers), options=listed)]
    if len(leavers) > len(shown):
        says.append(Say("movement.sheet_more", left=len(leavers) - len(shown)))
    return Reply(says=tuple(says), ask=ask)


def _leaver(one: Leaver, today: date) -> Say:
    fields: dict[str, Any] = {
        "name": one.name,
        "city": one.to_city,
        "on": one.leaves_on,
        "today": today,
    }
    if one.talk_on is not None:
        return Say("movement.leaver_talked", talk=one.talk_on, **fields)
    return Say("movement.leaver", **fields)


def ticked(talk: Talk, today: date) -> Reply:
    """Say that a talk is noted; one that was noted before may be taken back."""
    if talk.is_new:
        return Reply(says=(Say("movement.ticked", name=talk.name),), close=_CLOSED)
    options = (
        Option(Say("movement.option_keep"), value=False),
        Option(Say("movement.option_take_out"), value=True),
    )
    say = Say(
        "movement.ticked_before",
        name=talk.name,
        on=talk.on,
        today=today,
        options=current().options(options),
    )
    return Reply(says=(say,), ask=Ask(TICKED, options, {"movement": talk.movement_id}, listed=True))


def unticked(name: str) -> Reply:
    """Say that the tick was taken back."""
    return Reply(says=(Say("movement.unticked", name=name),), close=_CLOSED)


def left_ticked() -> Reply:
    """Say that the tick stands."""
    return Reply(says=(Say("movement.left_ticked"),), close=_CLOSED)
