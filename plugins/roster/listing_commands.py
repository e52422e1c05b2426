"""The chat face of the roster as a file: 导出 花名册, confirmed by 确认导出."""

from core.conversation import Ask, Call, Command, Continuation, Reply, Reveals, Say, Slot
from core.errors import Refusal
from plugins.delivery import exports
from plugins.roster import listing, words

EXPORT = "roster.export"


async def handle_export(call: Call) -> Reply:
    """Say what the roster would hold, and by which word it goes out."""
    count = await listing.propose(call.actor, call.today)
    officers = (Say("roster.export_officers"),) if listing.is_of_officers(call.actor) else ()
    says = (Say("roster.export_would", count=count), *officers, Say("roster.export_word"))
    return Reply(says=says, ask=Ask(EXPORT))


async def handle_confirmed(call: Call) -> Reply:
    """Owe the roster, and begin to make it."""
    uid = await listing.confirm(actor=call.actor, key=call.message_key, now=call.now)
    is_made = await exports.begin(uid, listing.MAKER)
    say = Say("roster.export_made") if is_made else Say("roster.export_slow")
    return Reply(says=(say,), close=frozenset({Slot.QUESTION}))


async def say_word_again(_call: Call) -> Reply:
    """Say again by which word the roster goes out."""
    raise Refusal("roster.export_word")


LISTING_COMMANDS = (
    Command(
        name="roster.export",
        words=(words.EXPORT,),
        aliases=words.EXPORT_ALIASES,
        handler=handle_export,
        summary="roster.summary_export",
        who=words.IMPORTERS,
        reveals=Reveals.BRANCH,
    ),
)
LISTING_CONTINUATIONS = (Continuation(EXPORT, say_word_again, confirmed=handle_confirmed),)
