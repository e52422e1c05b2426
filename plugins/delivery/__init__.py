"""Delivery (发送台账): whatever the bot owes anybody is a row before it is a message."""

from nonebot.plugin import PluginMetadata

from plugins.delivery import fallback, notices
from plugins.delivery.commands import COMMANDS, CONTINUATIONS
from plugins.delivery.jobs import JOBS
from plugins.delivery.lifecycle import start, stop, use_checks
from plugins.delivery.occurrences import Occurrences
from plugins.delivery.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="发送台账",
    description="要发的先记账再发：不丢，不重，拿不准的请人看一眼",
    usage="发送进度 · 暂停发送 · 继续发送 · 撤回 · 补发 · 当作已发 · 安静时间",
    type="library",
)

# Which moment of a job's schedule has fired, by rows.
FIRE_BOOK = Occurrences()
# Whether what is about to be said about other deliveries still holds.
CHECKS = {**notices.CHECKS, **fallback.CHECKS}

__all__ = [
    "CHECKS",
    "COMMANDS",
    "CONTINUATIONS",
    "FIRE_BOOK",
    "JOBS",
    "PERSONAL",
    "start",
    "stop",
    "use_checks",
]
