"""Statistics (统计): numbers as words, picture and file; who owes a report, who was not heard."""

from nonebot.plugin import PluginMetadata

from plugins.stats.commands import COMMANDS, CONTINUATIONS
from plugins.stats.jobs import JOBS

__plugin_meta__ = PluginMetadata(
    name="统计",
    description="一个季度的数字一页看完：谁交了汇报、谁联系过，群里只说总数",
    usage="统计 · 图 · 明细 · 未交 · 谁没联系",
    type="application",
)

__all__ = ["COMMANDS", "CONTINUATIONS", "JOBS"]
