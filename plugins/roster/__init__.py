"""The roster (花名册): units, people, mentors and codes come in here; pauses too."""

from nonebot.plugin import PluginMetadata

from plugins.roster.commands import COMMANDS, CONTINUATIONS
from plugins.roster.errands import ERRANDS
from plugins.roster.import_commands import IMPORT_DRAFT_WORDS as DRAFT_WORDS
from plugins.roster.jobs import JOBS
from plugins.roster.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="花名册",
    description="名单导进来、导出去，发邀请码，换号，夜班时不打扰",
    usage="导入名单 · 撤销导入 · 导出 花名册 · 邀请 · 换号 · 夜班到 · 我有空了",
    type="application",
)

__all__ = ["COMMANDS", "CONTINUATIONS", "DRAFT_WORDS", "ERRANDS", "JOBS", "PERSONAL"]
