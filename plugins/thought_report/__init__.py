"""Thought reports (思想汇报): the quarterly round, the draft with its pages, review and return."""

from nonebot.plugin import PluginMetadata

from plugins.gateway import signals
from plugins.thought_report import quotable, taking_back
from plugins.thought_report.commands import COMMANDS, CONTINUATIONS, DRAFT_WORDS
from plugins.thought_report.cycle import CHECKS as CYCLE_CHECKS
from plugins.thought_report.jobs import JOBS, READING_CHECKS
from plugins.thought_report.paper_commands import CHECKS as PAPER_CHECKS
from plugins.thought_report.paper_commands import UNDOS
from plugins.thought_report.personal import PERSONAL
from plugins.thought_report.quotable import use_library

__plugin_meta__ = PluginMetadata(
    name="思想汇报",
    description="文字、照片分几次发也行，交给联系人和支部看，要补的带原话转回",
    usage="交汇报 · 看看 · 完成 · 补汇报 · 我的汇报 · 阅汇报 · 通过 · 请补充 · 退回",
    type="application",
)

CHECKS = CYCLE_CHECKS | READING_CHECKS | PAPER_CHECKS

__all__ = [
    "CHECKS", "COMMANDS", "CONTINUATIONS", "DRAFT_WORDS", "JOBS", "PERSONAL", "UNDOS", "start",
    "stop", "use_library",
]  # fmt: skip


async def start() -> None:
    """Read what anybody may quote; StartRefused names file and entry of what is wrong."""
    quotable.load()
    signals.recalls.add(taking_back.hear)


async def stop() -> None:
    """Hear of messages taken back no longer."""
    signals.recalls.remove(taking_back.hear)
