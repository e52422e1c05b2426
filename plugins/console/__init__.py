"""The console (网页): the branch's pages over the same services as in chat, below /console."""

import nonebot
from nonebot.drivers.fastapi import Driver
from nonebot.plugin import PluginMetadata

from core.config import settings
from core.config_values import Part
from plugins.console import app
from plugins.console.commands import COMMANDS
from plugins.console.jobs import JOBS
from plugins.console.personal import PERSONAL
from plugins.console.views import ROOT

__plugin_meta__ = PluginMetadata(
    name="网页",
    description="支部和乡里在浏览器里看待办、阅汇报、看数字、管发送",
    usage="打开网页",
    type="application",
)

__all__ = ["COMMANDS", "JOBS", "PERSONAL"]

_driver = nonebot.get_driver()
if isinstance(_driver, Driver) and Part.CONSOLE in settings().process.parts:
    _driver.server_app.mount(ROOT, app.build())
