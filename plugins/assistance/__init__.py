"""Help (求助): somebody asks, somebody takes it, and only who asked says that it is done."""

from nonebot.plugin import PluginMetadata

from plugins.assistance.commands import COMMANDS, CONTINUATIONS, open_for, waiting
from plugins.assistance.notices import CHECKS
from plugins.assistance.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="求助",
    description="工钱、工伤、孩子上学，说一句就有人接，办没办好本人说了算",
    usage="求助 · 取消求助 · 替人求助 · 受理 · 办结 · 帮助汇总",
    type="application",
)

__all__ = ["CHECKS", "COMMANDS", "CONTINUATIONS", "OPEN_HELP_FOR", "PERSONAL", "TODO"]

OPEN_HELP_FOR = open_for
TODO = (waiting,)
