"""The kinds of help as people choose and say them, and the words of the commands. Tables only."""

import re

from models.enums import HelpKind

KINDS: tuple[tuple[HelpKind, str], ...] = (
    (HelpKind.WAGES, "工钱"),
    (HelpKind.INJURY, "工伤"),
    (HelpKind.SCHOOL, "孩子上学"),
    (HelpKind.ELDERS, "家里老人"),
    (HelpKind.FIELDS, "地里的事"),
    (HelpKind.OTHER, "别的"),
)
# How a case is spoken of later (工钱的事).
MATTERS = {
    HelpKind.WAGES: "工钱的事",
    HelpKind.INJURY: "工伤的事",
    HelpKind.SCHOOL: "孩子上学的事",
    HelpKind.ELDERS: "家里老人的事",
    HelpKind.FIELDS: "地里的事",
    HelpKind.OTHER: "您说的事",
}
# What a mentor's note is about; the first that fits.
_BY_WORDS = (
    (HelpKind.WAGES, re.compile(r"工[资钱]|欠薪|拖欠|欠.{0,6}钱")),
    (HelpKind.INJURY, re.compile(r"工伤|受了?伤|[压轧砸烫]")),
    (HelpKind.SCHOOL, re.compile(r"上学|转学|学校|入学|幼儿园")),
    (HelpKind.ELDERS, re.compile(r"老[人娘爹]|爸|妈|[照看]护|住院")),
    (HelpKind.FIELDS, re.compile(r"地里|种地|庄稼|收割|流转|田")),
)
WAGES = HelpKind.WAGES
HELP = "求助"
TAKE = "受理"
DONE = "办结"
CANCEL = "取消求助"
HELP_FOR = "替人求助"
HELP_FOR_ALIASES = ("替他求助", "帮人求助")
HELP_FOR_ARGUMENTS = "王建国"
TOTALS_ARGUMENTS = "三季度 王家村"
TOTALS = "帮助汇总"
LIST_MARK = "、"
GAP = "，"


def kind_of_value(value: object) -> HelpKind:
    """Return the kind that a numbered answer carries."""
    return HelpKind(str(value))


def kind_of(words: str) -> HelpKind:
    """Return the kind of help that words speak of; OTHER when none is named."""
    found = (kind for kind, pattern in _BY_WORDS if pattern.search(words))
    return next(found, HelpKind.OTHER)
