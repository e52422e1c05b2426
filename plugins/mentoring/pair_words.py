"""The words of pairs, rules, silence and inspections. Tables, no logic."""

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
