"""The gate for platforms whose adapters have no door of ours: an event preprocessor.

Drops every event but messages to us before any matcher sees it, and those of a sender who writes
faster than the limits allow. OneBot v11 has its own gate, on the raw payload.
"""

import time

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import Bot as OneBot11Bot
from nonebot.exception import IgnoredException
from nonebot.message import event_preprocessor
from nonebot_plugin_alconna import uniseg

from core import config
from plugins.gateway import gate
from plugins.gateway.rates import Pace

_limits = config.settings().limits
pace = Pace(per_minute=_limits.per_minute, burst=_limits.burst)


@event_preprocessor
async def only_to_us(bot: Bot, event: Event) -> None:
    """Raise IgnoredException unless ``event`` is a message to us, and in time."""
    if isinstance(bot, OneBot11Bot):
        return
    if not is_to_us(bot, event):
        raise IgnoredException("not to us")
    sender, now = (bot.self_id, event.get_user_id()), time.monotonic()
    if pace.wait_s(sender, now):
        raise IgnoredException("too fast")
    pace.take(sender, now)


def is_to_us(bot: Bot, event: Event) -> bool:
    """Whether ``event`` is private, begins with a slash, or mentions us first or last.

    A reply to us without a mention is not.
    """
    if event.get_type() != "message":
        return False
    try:
        if uniseg.get_target(event, bot).private:
            return True
        if event.get_plaintext().lstrip().startswith(gate.SLASHES):
            return True
    except (uniseg.SerializeFailed, NotImplementedError, ValueError):
        return False
    # Adapters set this for replies too, and take the mention off the message.
    return event.is_tome() and (not _is_reply(event) or _mentions_us(bot, event))


def _is_reply(event: Event) -> bool:
    return any(getattr(event, name, None) is not None for name in ("reply", "reference"))


def _mentions_us(bot: Bot, event: Event) -> bool:
    message = getattr(event, "original_message", None)
    if message is None:
        return False
    solid = [
        segment
        for segment in uniseg.UniMessage.of(message, bot=bot)
        if not isinstance(segment, uniseg.Reply)
        and not (isinstance(segment, uniseg.Text) and not segment.text.strip())
    ]
    ends = (solid[0], solid[-1]) if solid else ()
    return any(isinstance(end, uniseg.At) and end.target == bot.self_id for end in ends)
