"""Words about parcels of paper (邮寄教育): asked for, sent, come. Tables and patterns only."""

import re

ASK = "资料包"
ASK_ALIASES = ("没流量", "寄书", "要资料包", "寄资料")
CAME = "已收到"
CAME_ALIASES = ("书到了", "书收到了", "资料到了", "资料包到了", "资料收到了")
SENT = "寄送登记"
SENT_ALIASES = ("登记寄送",)
LIST = "资料包 单子"
LIST_ALIASES = ("寄送单子",)

# What the arguments are called in the help.
WISH_ARGUMENTS = "学习小册子"
SENT_ARGUMENTS = "王建国 学习小册子 11月20日"

LIST_MARK = "、"
ITEM_BREAKS = re.compile(r"[、，,；;]+|\s+和?\s*|(?<=\S)和(?=\S)")
# Around the things that were sent: 寄了学习小册子.
AROUND = re.compile(r"^(?:寄出?了?|给他|给她|发了?)+|(?:寄的|寄出|寄了|的)+$")
EDGES = " \t\n，,。.、；;：:"


def bare(item: str) -> str:
    """Return the name of a thing as people type it, without the marks of a title."""
    return item.strip("《》")
