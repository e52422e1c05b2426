"""Study (学习): the library, the weekly digest of a group, lessons and quizzes on demand."""

from nonebot.plugin import PluginMetadata

from plugins.study import library
from plugins.study.checking import ERRANDS, use_commands
from plugins.study.commands import COMMANDS, CONTINUATIONS
from plugins.study.jobs import JOBS
from plugins.study.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="学习",
    description="每周给群里发一份学习，私聊里随时看、随时做题",
    usage="学习 · 本周 · 下一段 · 答题 · 学时 · 补学 · 搜 · 退订 · 订阅",
    type="application",
)

__all__ = ["COMMANDS", "CONTINUATIONS", "ERRANDS", "JOBS", "PERSONAL", "start", "use_commands"]


async def start() -> None:
    """Read the library; StartRefused names file, line and key of what is wrong."""
    library.use(library.Library.load(library.FOLDER))
