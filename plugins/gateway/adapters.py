"""Which platforms there are, and registering those that are switched on."""

import importlib
from dataclasses import dataclass

from nonebot.adapters import Adapter
from nonebot.drivers import Driver

from core.config import Settings
from core.errors import StartRefused


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: our name, the name its adapter bears, and the module that holds it."""

    name: str
    adapter_name: str
    module: str


ONEBOT11 = "onebot11"

# onebot11 is our own subclass; the others are imported only when they are switched on.
PLATFORMS = (
    Platform(ONEBOT11, "OneBot V11", "plugins.gateway.onebot11"),
    Platform("onebot12", "OneBot V12", "nonebot.adapters.onebot.v12"),
    Platform("milky", "Milky", "nonebot.adapters.milky"),
    Platform("satori", "Satori", "nonebot.adapters.satori"),
    Platform("qq", "QQ", "nonebot.adapters.qq"),
    Platform("wxmp", "WXMP", "nonebot.adapters.wxmp"),
    Platform("feishu", "Feishu", "nonebot.adapters.feishu"),
    Platform("ding", "Ding", "nonebot.adapters.ding"),
    Platform("mail", "Mail", "nonebot.adapters.mail"),
    Platform("console", "Console", "nonebot.adapters.console"),
)
_BY_NAME = {platform.name: platform for platform in PLATFORMS}
_BY_ADAPTER = {platform.adapter_name: platform.name for platform in PLATFORMS}


def name_of(adapter_name: str) -> str:
    """Return our name of the platform whose adapter is called ``adapter_name``."""
    return _BY_ADAPTER.get(adapter_name) or adapter_name.replace(" ", "").lower()


def register(driver: Driver, settings: Settings) -> None:
    """Register the adapter of every platform that is switched on.

    Raises StartRefused ``start.platform_missing`` (name) when it is unknown or not installed.
    """
    for name, is_on in settings.platforms.items():
        if is_on:
            driver.register_adapter(_adapter(name))


def _adapter(name: str) -> type[Adapter]:
    platform = _BY_NAME.get(name)
    if platform is None:
        raise StartRefused("start.platform_missing", name=name)
    try:
        found: type[Adapter] = importlib.import_module(platform.module).Adapter
    except ImportError:
        if name == ONEBOT11:
            raise
        raise StartRefused("start.platform_missing", name=name) from None
    return found
