"""Study (学习): the library, the weekly digest of a group, lessons and quizzes on demand."""

from nonebot.plugin import PluginMetadata

from plugins.study import library, recordings
from plugins.study.checking import ERRANDS, use_commands
from plugins.study.commands import COMMANDS, CONTINUATIONS
from plugins.study.jobs import CHECKS, JOBS
from plugins.study.library import pieces
from plugins.study.local_commands import DRAFT_WORDS
from plugins.study.personal import PERSONAL
from plugins.study.todo_sources import to_look_at, to_send

__plugin_meta__ = PluginMetadata(
    name="学习",
    description="每周给群里发一份学习，私聊里随时看、随时做题",
    usage="学习 · 本周 · 下一段 · 答题 · 学时 · 补学 · 搜 · 资料包 · 退订 · 订阅 · 审材料 · 加材料",
    type="application",
)

__all__ = [
    "CHECKS", "COMMANDS", "CONTINUATIONS", "DRAFT_WORDS", "ERRANDS", "JOBS", "PERSONAL", "TODO",
    "pieces", "start", "use_commands",
]  # fmt: skip

TODO = (to_send, to_look_at)


async def start() -> None:
    """Read the library, look for recordings; StartRefused says what is wrong and where."""
    library.use(library.Library.load(library.FOLDER))
    recordings.use(library.FOLDER)
