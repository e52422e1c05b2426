"""Thought reports (思想汇报): the quarterly round, the draft with its pages, review and return."""

from nonebot.plugin import PluginMetadata

from plugins.thought_report.commands import COMMANDS, CONTINUATIONS, DRAFT_WORDS
from plugins.thought_report.cycle import CHECKS
from plugins.thought_report.jobs import JOBS
from plugins.thought_report.personal import PERSONAL

__plugin_meta__ = PluginMetadata(
    name="思想汇报",
    description="文字、照片分几次发也行，交给联系人和支部看，要补的带原话转回",
    usage="交汇报 · 看看 · 完成 · 补汇报 · 我的汇报 · 阅汇报 · 通过 · 请补充 · 退回",
    type="application",
)

__all__ = ["CHECKS", "COMMANDS", "CONTINUATIONS", "DRAFT_WORDS", "JOBS", "PERSONAL"]
