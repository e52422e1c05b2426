"""The only matcher of the house. Everything else is a value in the catalogue."""

from nonebot import on_message
from nonebot.matcher import current_bot, current_event

from core.config import settings
from core.config_values import Part
from plugins.gateway import inbound
from plugins.reception import router

message = on_message(priority=1, block=True)


@message.handle()
async def receive() -> None:
    """Hand a message that is for us to the router.

    Bot and event come from the context: as parameters each would cost two tasks a message. A
    process that does not take messages leaves them to the one that does.
    """
    if Part.CHAT not in settings().process.parts:
        return
    incoming = await inbound.to_incoming(current_bot.get(), current_event.get())
    if incoming is not None:
        await router.take(incoming)
