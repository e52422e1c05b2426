"""The roster (花名册): units, people, mentors and codes come in here; pauses too."""

from nonebot.plugin import PluginMetadata

from plugins.roster.commands import COMMANDS, CONTINUATIONS
from plugins.roster.errands import ERRANDS

__plugin_meta__ = PluginMetadata(
    name="花名册",
    description="导入名册，发邀请码，换号，夜班时不打扰",
    usage="邀请 · 换号 · 夜班到 · 我有空了",
    type="application",
)

__all__ = ["COMMANDS", "CONTINUATIONS", "ERRANDS"]
