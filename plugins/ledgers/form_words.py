"""The names that may stand in a form (登记表, 纪实表) between double braces. Tables, no logic.

The fields follow what forms of this kind ask (domain notes 3.3): 入党积极分子培养教育考察登记表 in
the handbook to the 25-step flow chart, 中央组织部组织一局编 [S5], and 党员建档材料规范及参考样式,
2012-08-07 [S49]; 全程纪实表 [S18]. What the house does not keep (sex, nation, birth, education,
family, opinions, seals) has no name: such places stay empty for a hand to fill.
"""

from datetime import date

from core.periods import HALF_YEAR, MONTH, Cycle

NAME, UNIT, ABOVE, STAGE = "姓名", "支部", "上级", "阶段"
APPLIED, TALKED, ACTIVIST, YEAR = "申请日", "谈话日", "积极分子日", "满一年日"
TARGET, PROBATION = "发展对象日", "预备党员日"
MENTORS, CITY, LEFT, INFLOW = "培养联系人", "现在城市", "外出日", "流入地组织"
INSPECTIONS, INSPECTED, INSPECTION_DAYS = "考察次数", "最近考察日", "考察日期"
REPORTS, TALKS, HEARD = "汇报份数", "联系次数", "最近联系日"
ATTENDED, QUIZ, DECLARED = "学时到场", "学时答题", "学时自述"
MADE_BY, MADE_ON = "制表人", "制表日"

SINGLE = frozenset(
    (
        *(NAME, UNIT, ABOVE, STAGE, APPLIED, TALKED, ACTIVIST, YEAR, TARGET, PROBATION),
        *(MENTORS, CITY, LEFT, INFLOW, INSPECTIONS, INSPECTED, INSPECTION_DAYS),
        *(REPORTS, TALKS, HEARD, ATTENDED, QUIZ, DECLARED, MADE_BY, MADE_ON),
    )
)

MENTOR_ROWS, INSPECTION_ROWS, REPORT_ROWS = "联系人", "考察", "汇报"
STUDY_ROWS, CONTACT_ROWS, JOURNEY_ROWS = "学习", "联系", "流动"
FROM, UNTIL, DAY, WRITER = "从", "到", "日期", "登记人"
CYCLE, HANDED_IN, MENTOR_READ, BRANCH_READ, ORIGINAL = (
    "时段", "交的日子", "联系人看过", "支部看过", "原件收到",
)  # fmt: skip
TITLE, HOURS = "内容", "学时"
CHANNEL, OUTCOME, TOPICS, NOTE = "方式", "结果", "话题", "摘要"
LEAVES, ARRIVES, RETURNS = "出发", "到达", "预计回来"

COLUMNS = {
    MENTOR_ROWS: (NAME, FROM, UNTIL),
    INSPECTION_ROWS: (DAY, WRITER),
    REPORT_ROWS: (CYCLE, HANDED_IN, MENTOR_READ, BRANCH_READ, ORIGINAL),
    STUDY_ROWS: (DAY, TITLE, HOURS),
    CONTACT_ROWS: (DAY, CHANNEL, OUTCOME, TOPICS, NOTE, WRITER),
    JOURNEY_ROWS: (FROM, UNTIL, LEAVES, ARRIVES, RETURNS),
}

_NUMERALS = {1: "一", 2: "二", 3: "三", 4: "四"}
_HALVES = {1: "上半年", 2: "下半年"}


def paper_day(day: date | None) -> str:
    """Return a day as it stands on paper, without noughts before it; empty for none.

    By GB/T 9704-2012, 7.3.5.4: Arabic figures, the year in full, no nought before month and day.
    """
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else ""


def cycle_words(cycle: Cycle) -> str:
    """Return a month, quarter or half-year with its year, as it stands in a form."""
    if cycle.months == MONTH:
        return f"{cycle.year}年{cycle.number}月"
    if cycle.months == HALF_YEAR:
        return f"{cycle.year}年{_HALVES[cycle.number]}"
    return f"{cycle.year}年{_NUMERALS[cycle.number]}季度"
