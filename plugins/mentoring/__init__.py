"""Mentoring (培养联系人): what waits, the log of contacts in one line, the list on Monday."""

from nonebot.plugin import PluginMetadata

from plugins.mentoring.clusters import use_employers
from plugins.mentoring.commands import COMMANDS, CONTINUATIONS, LINE_READERS
from plugins.mentoring.jobs import CHECKS, JOBS

__plugin_meta__ = PluginMetadata(
    name="联系人",
    description="周一一张单子，打完电话说一句就记好，办完不再提醒",
    usage="待办 · 记联系 · 改 · 撤销 · 我带的人 · 改号码 · 指定联系人 · 换联系人 · 联系记录 · 考察",
    type="application",
)

__all__ = ["CHECKS", "COMMANDS", "CONTINUATIONS", "JOBS", "LINE_READERS", "use_employers"]
