"""The words of study: marks that writers use, words of periods and hours, what the checker knows.

Tables and patterns only.
"""

import re

# Stands alone on a line between two sections of a material (content/README.md).
SECTION_MARK = re.compile(r"^<!-- 下一段 -->\s*$", re.MULTILINE)
CITY_END = "市"
LIST_MARK = "、"

# How somebody wants a piece: once, or from now on.
PICTURE, PICTURE_ALIASES = "看长图", ("长图", "看图", "发长图")
TEXT, TEXT_ALIASES = "看文字", ("文字", "发文字")
PREFER_PICTURE, PREFER_PICTURE_ALIASES = "学习 长图", ("学习 图片", "学习 看图")
PREFER_TEXT, PREFER_TEXT_ALIASES = "学习 文字", ("学习 短文",)

TOTALS, TOTALS_ALIASES, ARGUMENTS_TOTALS = "学时 汇总", ("学时 总数", "学时 合计"), "三季度 王家村"

SEARCH = "搜"
CATCH_UP = "补学"
# Around the word that is looked for, of no use for finding it.
ASKING = re.compile(
    r"怎么办|怎么样|怎么|咋办|咋|如何|为什么|是什么|什么|多少|哪里|哪儿|有没有|能不能|可不可以|"
    r"请问|我想|想问|问一下|看看|一下|关于|的事|[吗呢啊的了]$"
)

# Periods: 本月 上月 本季 三季度 上半年 今年 2026年 3月.
_YEAR = r"(?:(?P<year>20\d\d)年?|(?P<which>今年|去年))?"
THIS_YEAR, LAST_YEAR = "今年", "去年"
MONTH_STEPS = {"本月": 0, "这个月": 0, "上月": -1, "上个月": -1}
QUARTER_STEPS = {"本季": 0, "本季度": 0, "这个季度": 0, "上季": -1, "上季度": -1, "上个季度": -1}
NUMBERS = {word: number for number, word in enumerate("一二三四五六七八九十", 1)} | {
    "十一": 11,
    "十二": 12,
    "两": 2,
}
_N = r"(?P<n>\d{1,2}|十[一二]?|[一二三四五六七八九])"
QUARTER = re.compile(rf"{_YEAR}第?(?P<n>[一二三四1-4])季度?")
HALF = re.compile(rf"{_YEAR}(?P<half>[上下])半年")
MONTH = re.compile(rf"{_YEAR}{_N}月份?")
YEAR = re.compile(r"(?:(?P<year>20\d\d)年?|(?P<which>今年|去年|本年))")
FIRST_HALF = "上"

# How long something took: 2小时, 1.5 个学时, 两小时, 半天 (4 hours), 一天 (8 hours; domain 4.2).
DURATION = re.compile(
    r"(?P<n>\d{1,2}(?:\.\d)?|[一二两三四五六七八九十])\s*个?\s*(?P<half>半)?\s*(?:小时|学时|钟头|课时)"
    r"|(?P<day>半|一|两|1|2)\s*天"
)
DAY_HOURS = {"半": 4, "一": 8, "1": 8, "两": 16, "2": 16}
NAME_BREAKS = re.compile(r"[\s、，,和]+")
TITLE_EDGES = " \t\n，,。.、；;：:"

# What a person on the phone answers with: 「回「学习」」 in a piece names a word of ours.
REPLY_WORD = re.compile(r"回(?:复|个)?(?P<words>(?:「[^」]+」[、和或]?)+)")
OTHER_PIECE = re.compile(r"(?:看|见|学)「(?P<title>[^」]+)」(?:这|那)一?课")
QUOTED = re.compile(r"「([^」]+)」")
BANNED = re.compile(
    r"！|!|打卡|接龙|逾期|违规|失败|系统|指令|提交成功|请务必|收到请回复|合格|排名|亲，"
)
SENTENCE_ENDS = re.compile(r"[。！？；：\n]+")
CLAUSE_ENDS = re.compile(r"[。！？；：，、「」（）《》\s]+")
NAMED_DOCUMENT = re.compile(r"《|第\s*\d+\s*号|https://")
HAN = re.compile(r"[\u4e00-\u9fff]")
# What is left of a text when it is spoken: no marks, no blanks.
SPOKEN = re.compile(r"[\u4e00-\u9fff0-9]")
# A reader is 您; the other word only inside what somebody else says.
PLAIN_YOU = re.compile(r"你")
QUOTATION = re.compile(r"「[^」]*」")
# No English but what stands on every phone; addresses may be read out letter by letter.
FOREIGN = re.compile(r"(?<![A-Za-z./])(?!(?:Word|PDF|QQ)(?![A-Za-z]))[A-Za-z]{2,}(?![A-Za-z.])")
