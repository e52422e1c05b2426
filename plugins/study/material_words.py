"""The words of reviewing pieces and of bringing in one's own. Tables and patterns only."""

import re

REVIEW = "审材料"
REVIEW_TOO = ("审学习",)
REVIEW_ARGUMENTS = "工钱系列"
LEFT = frozenset({"剩多少", "还剩多少", "剩几篇"})
LEFT_LINE = f"{REVIEW} 剩多少"
HELD = "先不发"
HELD_LINE = f"{REVIEW} {HELD}"
SERIES_END = re.compile(r"(?:那)?(?:系列|这些|这几篇)$")
QUOTES = '「」《》“”" \t'

ADD = "加材料"
ADD_TOO = ("添材料", "传材料")
ADD_ARGUMENTS = "录音 篇名"
VOICE = re.compile(r"录音\s*(?P<title>.*)")
MINE = "我的材料"
MINE_TOO = ("撤材料", "我加的材料")

# While a local piece is being put together.
LOOK_WORDS = ("看看", "有几样")
FINISH_WORDS = ("完成", "完城", "写完了", "好了")
CANCEL_WORDS = ("取消", "算了", "不写了")
DRAFT_WORDS = (*LOOK_WORDS, *FINISH_WORDS, *CANCEL_WORDS)

LINK = re.compile(r"https?://[^\s\u4e00-\u9fff，。；、！？「」《》]{4,500}")
ONLY_LINK = re.compile(rf"\s*(?:{LINK.pattern})\s*")
# The second person may say it in one go: 2 日期写错了, or 退回 日期写错了.
BACK = re.compile(r"(?:2|２|退回|打回)[\s，,、：:.．]+(?P<reason>\S.*)", re.DOTALL)
NO_DAY = frozenset({"没有日子", "没有", "不知道", "没日期"})
