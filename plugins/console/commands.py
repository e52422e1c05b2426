"""The chat face of the console: 打开网页."""

from core.conversation import Call, Command, Reply, Reveals
from plugins.console import policy, service, views, words


async def handle_open(call: Call) -> Reply:
    """Give a link that opens the pages once (打开网页)."""
    return views.link(await service.make_link(actor=call.actor, now=call.now))


COMMANDS = (
    Command(
        name="console.open",
        words=(words.OPEN,),
        aliases=words.OPEN_ALIASES,
        handler=handle_open,
        summary="console.help_open",
        who=policy.IN_CHARGE,
        reveals=Reveals.OWN,
    ),
)
