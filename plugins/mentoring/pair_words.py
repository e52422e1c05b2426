"""The words of pairs, rules, silence and inspections. Tables, no logic."""

from models.enums import Every

KNOWN = "知道了"
KNOWN_ALIASES = ("晓得了",)
APPOINT = "指定联系人"
APPOINT_ARGUMENTS = "王建国 李秀兰"
CHANGE = "换联系人"
CHANGE_ARGUMENTS = "王建国 李秀兰"
HISTORY = "联系记录"
HISTORY_ARGUMENTS = "王建国"
RULES = "联系规矩"
RULES_ARGUMENTS = "王家村 间隔 2"
INSPECT = "考察"
INSPECT_ARGUMENTS = "王建国"
INSPECTED = "考察已写"
INSPECTED_ARGUMENTS = "王建国 6月1日"

RHYTHM = "联系安排"
RHYTHM_ALIASES = ("多久联系",)
RHYTHM_ARGUMENTS = "王建国 每两周"
BACK = frozenset(("恢复", "照常", "平常", "照平常", "默认"))
# How often, as people say it; the first of each is how it is said back.
_EVERY = (
    (Every.WEEK, ("每周", "一周", "每星期", "每礼拜")),
    (Every.TWO_WEEKS, ("每两周", "两周", "半个月", "每半个月", "每半月")),
    (Every.MONTH, ("每月", "每个月", "一个月", "一月")),
    (Every.TWO_MONTHS, ("每两个月", "每两月", "两个月")),
    (Every.QUARTER, ("每季度", "每季", "三个月", "每三个月")),
    (Every.HALF_YEAR, ("每半年", "半年")),
)
_ONCE = "一次"
EVERY = {word + once: every for every, words in _EVERY for word in words for once in ("", _ONCE)}
EVERY_LABELS = {every: words[0] + _ONCE for every, words in _EVERY}
# What a rule is called when it is typed, and its column.
RULE_COLUMNS = {
    "间隔": "cadence_months",
    "紧着": "close_months",
    "人数": "people_most",
    "书记": "branch_days",
    "乡里": "township_days",
    "县里": "county_days",
}
FILE_NAME = "{name}考察素材.docx"
COMMA = "，"
END = "。"
