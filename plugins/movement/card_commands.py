"""The chat face of what goes with a departure: 行前卡片 for who leaves, 行前清单 for the branch."""

from core import pictures
from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from plugins.movement import cards, queries, talks, views, words

_WORKER = frozenset({Who.WORKER})
_SECRETARY = frozenset({Who.SECRETARY})


async def handle_cards(call: Call) -> Reply:
    """Show the cards for the way again (行前卡片)."""
    journey = await queries.latest(call.actor)
    version = journey.cards_version if journey else ""
    movement_id = journey.movement_id if journey else 0
    return views.card_list(cards.shelf().of(version), movement_id)


async def continue_cards(call: Call) -> Reply:
    """Show the card whose number was chosen, or the one that is open as a picture."""
    data = call.question.data if call.question else {}
    kept = await queries.card_facts(call.actor, int(data["movement"]), call.today)
    shelf = cards.shelf().of(kept.version)
    fields = views.card_fields(
        mentors=kept.mentors, secretaries=kept.secretaries, unit=kept.unit, on=kept.on
    )
    is_picture = call.choice == views.PICTURE
    place = int(data["shown"] if is_picture else call.choice)
    if place >= len(shelf.cards):
        raise Refusal("movement.card_gone")
    card = shelf.cards[place]
    if is_picture:
        page = cards.page(card, fields)
        return views.card_picture(card, await pictures.blobs_of(page, name=f"card-{place + 1}"))
    ask = views.cards_ask(shelf, int(data["movement"]), shown=place)
    return views.card(card, fields, ask)


async def handle_sheet(call: Call) -> Reply:
    """Show who of the branch leaves, and whether the talk before was held (行前清单)."""
    return views.sheet(await queries.leavers(call.actor, call.today), call.today)


async def continue_sheet(call: Call) -> Reply:
    """Tick that a talk was held."""
    done = await talks.tick(actor=call.actor, movement_id=int(call.choice), now=call.now)
    return views.ticked(done, call.today)


async def continue_ticked(call: Call) -> Reply:
    """Take a tick back, or leave it."""
    if call.choice is not True:
        return views.left_ticked()
    name = await talks.untick(
        actor=call.actor,
        movement_id=int((call.question.data if call.question else {})["movement"]),
        now=call.now,
    )
    return views.unticked(name)


CARD_COMMANDS = (
    Command(
        name="movement.cards",
        words=(words.CARDS,),
        aliases=words.CARDS_ALIASES,
        handler=handle_cards,
        summary="movement.help_cards",
        who=_WORKER,
        reveals=Reveals.OWN,
    ),
    Command(
        name="movement.sheet",
        words=(words.SHEET,),
        aliases=words.SHEET_ALIASES,
        handler=handle_sheet,
        summary="movement.help_sheet",
        who=_SECRETARY,
        reveals=Reveals.BRANCH,
    ),
)

CARD_CONTINUATIONS = (
    Continuation(views.CARDS, continue_cards),
    Continuation(views.SHEET, continue_sheet),
    Continuation(views.TICKED, continue_ticked),
)
