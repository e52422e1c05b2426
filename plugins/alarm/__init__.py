"""Alarms (报警): what the operator has to know, told on another channel than the one that fails."""

from nonebot.plugin import PluginMetadata

from plugins.alarm.jobs import JOBS
from plugins.alarm.telling import start, stop

__plugin_meta__ = PluginMetadata(
    name="报警",
    description="号掉线了、发不出去了，用企业微信或邮件告诉管事的人",
    usage="",
    type="library",
)

__all__ = ["JOBS", "start", "stop"]
