"""Statistics (统计): numbers by unit and period, who owes a report, who was not talked to."""

from nonebot.plugin import PluginMetadata

from plugins.stats.commands import COMMANDS, CONTINUATIONS

__plugin_meta__ = PluginMetadata(
    name="统计",
    description="一个季度的数字一页看完：谁交了汇报、谁联系过，群里只说总数",
    usage="统计 · 未交 · 谁没联系",
    type="application",
)

__all__ = ["COMMANDS", "CONTINUATIONS"]
