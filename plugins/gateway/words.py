"""What protocol ends say when they refuse: wordings seen in writing, by what they mean.

Sources: NapCatQQ issues 600 and 808, mirai issue 168, go-cqhttp and LuckyLillia sources; only for
telling refusals apart, never shown and never logged.
"""

import re

MUTED = re.compile(r"禁言|\bmuted?\b|shut ?up", re.IGNORECASE)
NOT_FRIEND = re.compile(
    r"添加.{0,4}好友|(不是|非|还没有?加).{0,6}好友|好友关系|not (a |your )?friend", re.IGNORECASE
)
REMOVED = re.compile(
    r"移出.{0,3}群|被踢|不在.{0,3}群|不是.{0,3}群成员|群.{0,4}(解散|不存在)|退出.{0,3}群"
    r"|not in (the |this )?group|group (does )?not exist",
    re.IGNORECASE,
)
AT_ALL_USED_UP = re.compile(
    r"全体成员.{0,8}(上限|用完|次数)|@?all.{0,12}(limit|remain|used up)", re.IGNORECASE
)
TIMED_OUT = re.compile(r"time ?out|timed out|超时", re.IGNORECASE)
KERNEL_RESULT = re.compile(r'"result"\s*:\s*(-?\d{1,9})')
SENTENCE_ENDS = "。！？!?；;…\n"
CLAUSE_ENDS = "，、,：: "
# What closes after the mark of a sentence and belongs to it.
CLOSING_MARKS = "」』”’）)》】。！？!?…"
