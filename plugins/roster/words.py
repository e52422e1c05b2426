"""Chinese words of the roster: headers of the table, stages, offices, and what people type."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from core.actors import RoleKind, Stage, Who
from models.enums import UnitKind

INVITE = "邀请"
INVITE_ALIASES = ("要码", "邀请码")
NEW_ACCOUNT = "换号"
PAUSE = "夜班到"
PAUSE_ALIASES = ("别联系我到", "请假到")
# 夜班到20号 in one go; 夜班到 20号 is the word with its argument.
PAUSE_PATTERN = r"(?:夜班到|别联系我到|请假到)\s*\S.*"
BACK = "我有空了"
BACK_ALIASES = ("下夜班了",)

IMPORT = "导入名单"
IMPORT_ALIASES = ("名单导入", "导入名册", "导入花名册")
IMPORT_STOP = ("取消", "算了", "不导了")
UNDO_IMPORT = "撤销导入"
UNDO_IMPORT_ALIASES = ("撤回导入", "导错了")
EXPORT = "导出 花名册"
EXPORT_ALIASES = ("导出 名册", "导出 名单", "下载花名册")

# Whose business rosters are.
IMPORTERS = frozenset({Who.SECRETARY, Who.TOWNSHIP})
# How a problem of one row ends; a list of them says it once.
NOTHING_WRITTEN = "。一行都没写进去"
# Behind the name of the table at the console.
YES = ("1", "对")
TRY = ("试", "试一下")
SAME_PERSON = ("同一人", "同一个人")
OTHER_PERSON = ("另一人", "另一个人")

LIST_MARK = "、"
PATH_MARK = "/"

# The column of names takes no more.
LONGEST_NAME = 32

# What a table with codes is called, and its headers.
CODES_FILE = "邀请码"
SLIPS_FILE = "邀请码纸条"
PROBLEMS_FILE = "要改的行"
PROBLEMS_HEADERS = ("行", "怎么了")
ROSTER_FILE = "花名册"
CODES_HEADERS = ("姓名", "单位", "邀请码")

NAME = "姓名"
TOWN = "乡镇"
UNIT = "单位"
STAGE = "阶段"
APPLIED = "申请日期"
TALKED = "谈话日期"
ACTIVIST = "积极分子日期"
TARGET = "发展对象日期"
PROBATION = "预备党员日期"
MENTORS = "联系人"
OFFICES = "职务"
CITY = "城市"
LEFT = "外出日期"
INFLOW = "流入单位"

# Every meaning a column can have, in the order in which people are asked about them.
MEANINGS = (
    NAME, UNIT, STAGE, APPLIED, TALKED, ACTIVIST, TARGET, PROBATION, MENTORS, OFFICES, CITY, LEFT,
    INFLOW, TOWN,
)  # fmt: skip

# What else a column may be called; seen on rosters of townships and branches.
HEADERS: dict[str, str] = {
    **{name: name for name in MEANINGS},
    **dict.fromkeys(("名字", "人员姓名", "申请人姓名", "党员姓名"), NAME),
    **dict.fromkeys(("所在乡镇", "乡镇街道", "乡镇名称", "镇", "乡", "所属乡镇"), TOWN),
    **dict.fromkeys(
        ("所在单位", "所在支部", "支部", "党支部", "所在党支部", "所属支部", "所属党支部", "党组织",
         "所在党组织", "所属党组织", "支部名称", "村", "村名", "所在村", "行政村", "村社区"),
        UNIT,
    ),
    **dict.fromkeys(
        ("目前阶段", "类别", "人员类别", "人员类型", "身份", "政治面貌", "发展阶段", "培养阶段"),
        STAGE,
    ),
    **dict.fromkeys(("入党申请书", "申请入党", "递交申请书", "递交入党申请书"), APPLIED),
    **dict.fromkeys(("培养联系人", "培养人", "联系人姓名", "培养联系人姓名"), MENTORS),
    **dict.fromkeys(("党内职务", "支部职务", "担任职务"), OFFICES),
    **dict.fromkeys(
        ("务工城市", "所在城市", "务工地", "务工地点", "流入地", "外出地点", "现在城市"), CITY
    ),
    **dict.fromkeys(("流入党组织", "流入地党组织", "联络点", "联络站", "流入支部"), INFLOW),
}  # fmt: skip
# Headings with words around the matter, tried in this order.
_HEADINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(申请|递交|提交).*(日期|时间|年月)"), APPLIED),
    (re.compile(r"谈话.*(日期|时间|年月)"), TALKED),
    (re.compile(r"积极分子.*(日期|时间|年月)|(确定|列为|确立).*积极分子"), ACTIVIST),
    (re.compile(r"发展对象.*(日期|时间|年月)|(确定|列为|确立).*发展对象"), TARGET),
    (re.compile(r"(预备党员|接收|入党).*(日期|时间|年月)"), PROBATION),
    (re.compile(r"(外出|流出|离乡).*(日期|时间|年月)"), LEFT),
)
_MARKS_OF_LABELS = re.compile(r"[*＊:：]|[(（\[【].*$")

# Columns that are not even read (docs/red-lines.md 5 and 7): numbers of people, and of places.
NEVER_READ = re.compile(
    r"电话|手机|联系方式|号码|身份证|证件|银行|卡号|账号|微信|QQ|住址|地址|门牌|病|健康",
    re.IGNORECASE,
)

STAGES: dict[str, Stage] = {
    "申请人": Stage.APPLICANT,
    "入党申请人": Stage.APPLICANT,
    "积极分子": Stage.ACTIVIST,
    "入党积极分子": Stage.ACTIVIST,
    "发展对象": Stage.DEVELOPMENT_TARGET,
    "预备党员": Stage.PROBATIONARY_MEMBER,
    "中共预备党员": Stage.PROBATIONARY_MEMBER,
    "正式党员": Stage.FULL_MEMBER,
    "党员": Stage.FULL_MEMBER,
    "中共党员": Stage.FULL_MEMBER,
}

STAGE_NAMES = {stage: name for name, stage in reversed(STAGES.items())}

OFFICE_KINDS: dict[str, RoleKind] = {
    "支部书记": RoleKind.BRANCH_SECRETARY,
    "书记": RoleKind.BRANCH_SECRETARY,
    "支书": RoleKind.BRANCH_SECRETARY,
    "副书记": RoleKind.DEPUTY_SECRETARY,
    "支部副书记": RoleKind.DEPUTY_SECRETARY,
    "组织委员": RoleKind.ORGANIZATION_COMMISSIONER,
    "乡镇干事": RoleKind.TOWNSHIP_CLERK,
    "县干事": RoleKind.COUNTY_CLERK,
    "联络员": RoleKind.LIAISON_OFFICER,
}

OFFICE_NAMES = {kind: name for name, kind in reversed(OFFICE_KINDS.items())}

_KINDS: tuple[tuple[re.Pattern[str], UnitKind], ...] = (
    (re.compile(r"^驻"), UnitKind.LIAISON_OFFICE),
    (re.compile(r"流动.*党"), UnitKind.MOBILE_PARTY_ORG),
    (re.compile(r"联合"), UnitKind.JOINT_BRANCH),
    (re.compile(r"(乡|镇|街道)$"), UnitKind.TOWNSHIP),
    (re.compile(r"(村|社区|居委会)$"), UnitKind.VILLAGE_BRANCH),
    (re.compile(r"(县|市|区|旗)$"), UnitKind.COUNTY),
)
_OFFICE_CITY = re.compile(
    r"^驻(?P<city>.+?)(?:市)?(?:党员)?(?:联络站|联络点|联络处|工作站|办事处)?$"
)
_BRANCH_TAIL = re.compile(r"(?<=[村区乡镇道县])(?:党总支|党支部|支部委员会|支部|党委)$")
_SEPARATORS = re.compile(r"[、,，;；/／\s]+")
_PATH_MARKS = re.compile(r"[/／\\＼>＞]+")
_BLANKS = re.compile(r"\s+")
_NAME = re.compile(r"[^\W\d_]+(?:[·•・‧][^\W\d_]+)*")
_DAY = re.compile(
    r"(\d{4})\s*(?:[-/.、]|年)\s*(\d{1,2}|元)\s*(?:[-/.、]|月)\s*(\d{1,2})\s*[日号]?"
    r"(?:\s+0?0:00(?::00)?)?"
)
_SOLID_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2}|元)\s*月?份?")
# What Excel makes of 2026.10 when it takes it for a number: January or October, nobody knows.
_EITHER_MONTH = re.compile(r"\d{4}\.1")
# Days since 1899-12-30, as Excel counts: 1950 to 2099.
_SERIAL = re.compile(r"1[89]\d{3}|[2-6]\d{4}|7[0-2]\d{3}")
_SERIAL_BEGIN = date(1899, 12, 30)
# What people write into a cell of a table that is to be empty.
_NOTHING = frozenset({"无", "/", "-", "—", "--", "——", "\\", "空", "暂无", "没有"})
_BELOW_THE_LIST = re.compile(
    r"^(合计|总计|小计|共计|总人数|人数合计|填表|制表|审核|填报|经办|负责人|说明|注[:：]|备注[:：])"
)
# A mentor of another unit stands with it: 周德厚（柳河乡/李家村）.
_MENTOR = re.compile(r"(?P<name>[^(（]+)(?:[(（](?P<unit>[^)）]+)[)）])?")
_BETWEEN_MENTORS = re.compile(r"[、,，;；\s]+(?![^(（]*[)）])|[/／](?![^(（]*[)）])")


def plain(cell: str) -> str:
    """Return a cell in one form of each character, without blanks around it."""
    return unicodedata.normalize("NFKC", cell).strip()


def bare(cell: str) -> str:
    """Return a cell without any blanks (王 芳 is 王芳)."""
    return _BLANKS.sub("", plain(cell))


def is_name(name: str) -> bool:
    """Whether this can be a person's name."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def listed(cell: str) -> tuple[str, ...]:
    """Return what a cell lists, each once."""
    return tuple(dict.fromkeys(word for word in _SEPARATORS.split(plain(cell)) if word))


def path(cell: str) -> tuple[str, ...]:
    """Return the units of a path, the outermost first (柳河乡/王家村党支部 → 柳河乡, 王家村)."""
    parts = (bare(part) for part in _PATH_MARKS.split(plain(cell)))
    return tuple(_BRANCH_TAIL.sub("", part) for part in parts if part)


def meaning_of(label: str) -> str | None:
    """Return what a column is by its heading, however it is dressed up; None when it is unknown."""
    bared = bare(label)
    for name in (bared, _MARKS_OF_LABELS.sub("", bared)):
        if name in HEADERS:
            return HEADERS[name]
    return next((meaning for pattern, meaning in _HEADINGS if pattern.search(bared)), None)


def filled(cell: str) -> str:
    """Return a cell in its plain form; empty for the signs by which people leave one empty."""
    text = plain(cell)
    return "" if text in _NOTHING else text


def is_below_the_list(cell: str) -> bool:
    """Whether a row that begins so is no person: totals, who filled it in."""
    return _BELOW_THE_LIST.match(bare(cell)) is not None


def day_in(cell: str) -> tuple[date, bool] | None:
    """Return the day of a cell, and whether only its month was written; None for what is none.

    ValueError for a day that no calendar has. A month alone is its first day.
    """
    text = plain(cell)
    match = _DAY.fullmatch(text) or _SOLID_DAY.fullmatch(text)
    if match is not None:
        return date(int(match[1]), _month(match[2]), int(match[3])), False
    if _SERIAL.fullmatch(text):
        return _SERIAL_BEGIN + timedelta(days=int(text)), False
    match = None if _EITHER_MONTH.fullmatch(text) else _MONTH.fullmatch(text)
    return None if match is None else (date(int(match[1]), _month(match[2]), 1), True)


def is_day(cell: str) -> bool:
    """Whether a cell holds a day."""
    try:
        return day_in(cell) is not None
    except ValueError:
        return False


def _month(written: str) -> int:
    return 1 if written == "元" else int(written)


def mentors_in(cell: str) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """Return the mentors of a cell, each with the unit behind his name; None for what is none."""
    found = []
    for written in (part for part in _BETWEEN_MENTORS.split(plain(cell)) if part):
        match = _MENTOR.fullmatch(written)
        if match is None or not is_name(bare(match["name"])):
            return None
        found.append((bare(match["name"]), path(match["unit"] or "")))
    return tuple(dict.fromkeys(found))


def pair_of(said: str) -> tuple[str, str]:
    """Return a column and what it is meant to be, as they are typed (备注=城市)."""
    label, _, meaning = plain(said).partition("=")
    return bare(label), bare(meaning)


def mentor_of(name: str, unit: Sequence[str]) -> str:
    """Return a mentor with his unit, as ``mentors_in`` reads it back."""
    return f"{name}（{PATH_MARK.join(unit)}）"


def kind_by_name(unit: str) -> UnitKind | None:
    """Return what a unit is by its name; None when the name does not say."""
    return next((kind for pattern, kind in _KINDS if pattern.search(unit)), None)


def city_of(unit: str) -> str | None:
    """Return the city in which a liaison office is (驻南港 → 南港)."""
    match = _OFFICE_CITY.fullmatch(unit)
    return None if match is None else match["city"]


def pause_argument(text: str) -> str:
    """Return the day words of a pause, with or without the command before them."""
    words = plain(text)
    for word in (PAUSE, *PAUSE_ALIASES):
        if words.startswith(word):
            return words.removeprefix(word).strip()
    return words


def spaced_code(code: str) -> str:
    """Return eight digits the way they are read aloud: 4829 1357."""
    return f"{code[:4]} {code[4:]}"
