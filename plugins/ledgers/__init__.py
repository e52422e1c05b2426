"""Lists and official forms (台账, 登记表, 纪实表) made of what is kept anyway."""

from nonebot.plugin import PluginMetadata

from plugins.ledgers import templates
from plugins.ledgers.commands import COMMANDS, CONTINUATIONS
from plugins.ledgers.jobs import JOBS
from plugins.ledgers.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="台账和表格",
    description="检查要的台账做成表格，登记表、纪实表按模板填好；每次都留一笔",
    usage="导出 积极分子台账 · 联系台账 · 流动台账 · 登记表 · 纪实表，再回确认导出",
    type="application",
)

ERRANDS = {"check": templates.check}

__all__ = ["COMMANDS", "CONTINUATIONS", "ERRANDS", "JOBS", "PERSONAL"]
