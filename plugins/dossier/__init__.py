"""The dossier (查档): everything kept about one person on one page, and a row for every look."""

from nonebot.plugin import PluginMetadata

from plugins.dossier.commands import COMMANDS, CONTINUATIONS

__plugin_meta__ = PluginMetadata(
    name="查档",
    description="一个人的日子、汇报、联系、学时一页看完；每看一次都留一笔，本人查得到",
    usage="查档",
    type="application",
)

__all__ = ["COMMANDS", "CONTINUATIONS"]
