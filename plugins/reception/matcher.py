"""The only matcher of the house. Everything else is a value in the catalogue."""

from nonebot import on_message
from nonebot.adapters import Bot, Event

from plugins.gateway import inbound
from plugins.reception import router

message = on_message(priority=1, block=True)


@message.handle()
async def receive(bot: Bot, event: Event) -> None:
    """Hand a message that is for us to the router."""
    incoming = await inbound.to_incoming(bot, event)
    if incoming is not None:
        await router.take(incoming)
