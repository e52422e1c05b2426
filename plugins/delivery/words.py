"""Words people type to the ledger, and how they write a span of the night."""

import re

PROGRESS = "发送进度"
PROGRESS_ALIASES = ("发到哪了", "推送 进度")
PAUSE = "暂停发送"
# 推送 停 comes here by way of study: with days behind it, it stops the digests of a unit.
PAUSE_ALIASES = ("先停",)
RESUME = "继续发送"
RESUME_ALIASES = ("接着发",)
# 撤回 itself is only understood, not the main word: somebody who may not use it is not refused but
# offered what is near (撤回同意), as for every word that nobody knows.
RECALL = "撤回推送"
RECALL_ALIASES = ("撤回", "收回来")
CONFIRM_RECALL = "确认撤回"
RESEND = "补发"
RESEND_ALIASES = ("再发",)
TAKEN = "当作已发"
TAKEN_ALIASES = ("发过了",)
QUIET = "安静时间"
AS_BEFORE = frozenset({"照旧", "改回去", "不改了"})

# The command that lists what is unsure anew.
AGAIN = PROGRESS
LIST_MARK = "、"

# 20点到9点, 晚上8点半到早上9点, 20:30-9:00.
_CLOCK = (
    r"(?P<{n}_part>凌晨|早上|早晨|清早|上午|中午|下午|傍晚|晚上|夜里|半夜)?\s*"
    r"(?P<{n}_hour>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})\s*"
    r"(?:点钟|点|时|[:：])\s*(?:(?P<{n}_half>半)|(?P<{n}_minute>\d{{1,2}})\s*分?)?"
)
NIGHT_SPAN = re.compile(
    r"从?\s*" + _CLOCK.format(n="from") + r"\s*(?:到|至|-|~|—|－)+\s*(?:第二天|次日|明天)?\s*"
    + _CLOCK.format(n="until")
)  # fmt: skip
HALVES_OF_THE_DAY = frozenset({"中午", "下午", "傍晚", "晚上", "夜里", "半夜"})
TWO, TWO_PLAIN = "两", "二"
