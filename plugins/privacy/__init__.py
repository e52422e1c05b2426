"""Privacy (隐私): what is held of a person, a copy of it, putting it right, having it erased."""

from nonebot.plugin import PluginMetadata

from plugins.privacy import corrections, rebinding
from plugins.privacy.commands import COMMANDS, CONTINUATIONS, HANDED
from plugins.privacy.jobs import JOBS
from plugins.privacy.personal import PERSONAL
from plugins.privacy.rooms import use_rooms

__plugin_meta__ = PluginMetadata(
    name="隐私",
    description="自己的数据自己看、改、拿走、删掉，谁看过查得到，换手机要联系人点头",
    usage="我的数据 · 更正 · 导出 · 删除 · 谁看过 · 等点头",
    type="application",
)

CHECKS = {**rebinding.CHECKS, **corrections.CHECKS}

__all__ = ["CHECKS", "COMMANDS", "CONTINUATIONS", "HANDED", "JOBS", "PERSONAL", "use_rooms"]
