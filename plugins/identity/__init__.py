"""Identity (身份): who somebody is, what he may see, and how an account gets its person."""

from nonebot.plugin import PluginMetadata

from plugins.identity import consent_texts
from plugins.identity.commands import COMMANDS, CONTINUATIONS
from plugins.identity.handed import use as use_handed
from plugins.identity.jobs import JOBS
from plugins.identity.personal import PERSONAL
from plugins.identity.rotation import ERRANDS

__plugin_meta__ = PluginMetadata(
    name="身份",
    description="用邀请码绑定账号，两份同意书，谁能看什么",
    usage="绑定 · 解绑 · 同意书 · 撤回同意",
    type="library",
)

__all__ = [
    "COMMANDS", "CONTINUATIONS", "ERRANDS", "JOBS", "PERSONAL", "start", "use_handed",
]  # fmt: skip


async def start() -> None:
    """Read the consent notices; StartRefused names the file that is missing or broken."""
    consent_texts.use(consent_texts.load())
