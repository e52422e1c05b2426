"""Mentoring (培养联系人): what waits, the log of contacts in one line, the list on Monday."""

from nonebot.plugin import PluginMetadata

from plugins.mentoring.after_line import use_help
from plugins.mentoring.clusters import use_employers
from plugins.mentoring.commands import COMMANDS, CONTINUATIONS, LINE_READERS
from plugins.mentoring.jobs import CHECKS, JOBS
from plugins.mentoring.personal import PERSONAL
from plugins.mentoring.todo_sources import use_todo
from plugins.mentoring.undoing import use_undos

__plugin_meta__ = PluginMetadata(
    name="联系人",
    description="周一一张单子，打完电话说一句就记好，办完不再提醒",
    usage="待办 · 记联系 · 改 · 撤销 · 我带的人 · 改号码 · 指定联系人 · 换联系人 · 联系记录 · 考察",
    type="application",
)

__all__ = [
    "CHECKS", "COMMANDS", "CONTINUATIONS", "JOBS", "LINE_READERS", "PERSONAL", "use_employers",
    "use_help", "use_todo", "use_undos",
]  # fmt: skip
