"""The door of the gateway (门户): the only room that knows platforms.

Loading it registers the adapters that are switched on, then uniseg; nothing heavy stands before.
Others use ``inbound`` (events into values), ``outbound`` (values into messages), ``downloads``
(files that people sent), ``histories`` (what stands in a chat by its platform), ``memberships``
(which groups an account is in), ``claims`` (which of our accounts answers) and ``signals``
(notices, own messages and accounts coming and going).
"""

import nonebot
from nonebot.plugin import PluginMetadata

from core import config
from plugins.gateway import adapters

adapters.register(nonebot.get_driver(), config.settings())
nonebot.require("nonebot_plugin_alconna")

# ruff: noqa: E402  # uniseg may only be imported after the line above
from plugins.gateway import (
    addressed,
    claims,
    downloads,
    histories,
    inbound,
    memberships,
    outbound,
    signals,
)
from plugins.gateway.lifecycle import start, stop

__plugin_meta__ = PluginMetadata(
    name="门户", description="连接各个聊天平台，收进来，发出去", usage="", type="library"
)

__all__ = [
    "addressed", "claims", "downloads", "histories", "inbound", "memberships", "outbound",
    "signals", "start", "stop",
]  # fmt: skip
