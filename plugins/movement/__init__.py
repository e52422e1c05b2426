"""Movement (流动): who leaves for where, whether he arrived, cards for the way, the talk before."""

from nonebot.plugin import PluginMetadata

from plugins.movement import cards
from plugins.movement.commands import COMMANDS, CONTINUATIONS, LINE_READERS
from plugins.movement.employers import employers
from plugins.movement.jobs import CHECKS, JOBS
from plugins.movement.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="出发",
    description="走之前说一声，路上有卡片看，过七天问一句到了没有",
    usage="出发 · 不走了 · 到了 · 换地方 · 换城市 · 行前卡片 · 行前清单",
    type="application",
)

__all__ = [
    "CHECKS", "COMMANDS", "CONTINUATIONS", "ERRANDS", "JOBS", "LINE_READERS", "PERSONAL",
    "employers", "start",
]  # fmt: skip

ERRANDS = {"check": cards.check}


async def start() -> None:
    """Read the cards; StartRefused names the file and the key of what is wrong."""
    cards.use(cards.load(cards.FOLDER))
