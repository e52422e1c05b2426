"""Delivery (发送台账): whatever the bot owes anybody is a row before it is a message."""

from nonebot.plugin import PluginMetadata

from plugins.delivery.commands import COMMANDS, CONTINUATIONS
from plugins.delivery.dispatcher import start, stop, use_checks
from plugins.delivery.jobs import JOBS
from plugins.delivery.occurrences import Occurrences

__plugin_meta__ = PluginMetadata(
    name="发送台账",
    description="要发的先记账再发：不丢，不重，拿不准的请人看一眼",
    usage="发送进度 · 补发 · 当作已发",
    type="library",
)

# Which moment of a job's schedule has fired, by rows.
FIRE_BOOK = Occurrences()

__all__ = ["COMMANDS", "CONTINUATIONS", "FIRE_BOOK", "JOBS", "start", "stop", "use_checks"]
