"""Words people type to order a push, and the hours they name. Tables and patterns only."""

import re

MENU = "推送"
MENU_ALIASES = ("发学习",)
NEW = "推送 新建"
NEW_ALIASES = ("发学习 新建",)
PREVIEW = "推送 预览"
REVIEW = "推送 审核"
CONFIRM = "确认发送"
PLAN = "推送 计划"
# A word of the ledger; 推送 停 without a day is another (dialogues 2.4).
PROGRESS = "推送 进度"
PAUSE = "推送 停"

# 今天晚上8点, 明天早上9点半, 20:30; the day before it is read by core.daywords.
HOUR = re.compile(
    r"(?P<part>早上|早晨|上午|中午|下午|傍晚|晚上|夜里)?\s*(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})"
    r"(?:点钟?|:|：)(?:(?P<half>半)|(?P<minute>\d{1,2})分?)?"
)
AFTERNOON = frozenset({"中午", "下午", "傍晚", "晚上", "夜里"})
TWO, TWO_PLAIN = "两", "二"
NIGHT = "今晚"
NIGHT_LONG = "今天晚上"
AT_END = "发"
ENDS = " \t，,。、"
# What the arguments are called in the help.
ARGUMENTS_MENU = "新建"
ARGUMENTS_NEW = "标题 群名 时间"
