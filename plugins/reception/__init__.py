"""Reception (前台): the one matcher, the router, the catalogue, menus and help."""

from nonebot.plugin import PluginMetadata

from plugins.reception import matcher
from plugins.reception.commands import COMMANDS, CONTINUATIONS
from plugins.reception.desk import open_desk
from plugins.reception.jobs import JOBS

__plugin_meta__ = PluginMetadata(
    name="前台",
    description="听懂一句话，找对办事的，给菜单",
    usage="帮助 · 菜单 · 取消",
    type="library",
)

__all__ = ["COMMANDS", "CONTINUATIONS", "JOBS", "matcher", "open_desk"]
