"""The chat face of the ledger: how far a push has come, and what to do where nobody knows."""

from core.actors import Who
from core.config import settings
from core.conversation import Call, Command, Continuation, Reply, Reveals
from plugins.delivery import queries, settlement, views, words

_IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP, Who.OPERATOR})


async def handle_progress(call: Call) -> Reply:
    """Say how far the newest push has come (发送进度)."""
    found = await queries.newest_progress(call.actor)
    if found is None:
        return views.nothing_sent()
    items = await queries.open_items(call.actor, now=call.now)
    unsure = tuple(item for item in items if item.is_unsure)
    limits = settings().delivery
    return views.progress(
        found, unsure, pause_s=(limits.min_interval_s + limits.max_interval_s) / 2
    )


async def handle_resend(call: Call) -> Reply:
    """Send again what did not arrive (补发)."""
    return views.settled(await settlement.resend(actor=call.actor, name=call.words, now=call.now))


async def handle_taken(call: Call) -> Reply:
    """Take as sent what was seen in the group (当作已发)."""
    return views.settled(
        await settlement.take_as_sent(actor=call.actor, name=call.words, now=call.now)
    )


async def handle_choice(call: Call) -> Reply:
    """Settle one unsure delivery by its number."""
    chosen = call.choice
    return views.settled(
        await settlement.decide(
            actor=call.actor, delivery_id=chosen["id"], again=chosen["again"], now=call.now
        )
    )


COMMANDS = (
    Command(
        name="delivery.progress",
        words=(words.PROGRESS,),
        aliases=words.PROGRESS_ALIASES,
        handler=handle_progress,
        summary="delivery.summary_progress",
        who=_IN_CHARGE,
        reveals=Reveals.TOTALS,
    ),
    Command(
        name="delivery.resend",
        words=(words.RESEND,),
        aliases=words.RESEND_ALIASES,
        handler=handle_resend,
        summary="delivery.summary_resend",
        who=_IN_CHARGE,
        reveals=Reveals.TOTALS,
        arguments="群名",
    ),
    Command(
        name="delivery.taken",
        words=(words.TAKEN,),
        aliases=words.TAKEN_ALIASES,
        handler=handle_taken,
        summary="delivery.summary_taken",
        who=_IN_CHARGE,
        reveals=Reveals.TOTALS,
        arguments="群名",
    ),
)

CONTINUATIONS = (Continuation(views.SETTLE, handle_choice),)
