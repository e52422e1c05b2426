"""Chinese words of the roster: headers of the table, stages, offices, and what people type."""

import re
import unicodedata

from core.actors import RoleKind, Stage
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

LIST_MARK = "、"

# The column of names takes no more.
LONGEST_NAME = 32

# What a table with codes is called, and its headers.
CODES_FILE = "邀请码"
CODES_HEADERS = ("姓名", "单位", "邀请码")

NAME = "姓名"
UNIT = "单位"
STAGE = "阶段"
APPLIED = "申请日期"
TALKED = "谈话日期"
ACTIVIST = "积极分子日期"
MENTORS = "联系人"
OFFICES = "职务"
CITY = "城市"
INFLOW = "流入单位"

# What else a column may be called.
HEADERS: dict[str, str] = {
    **{name: name for name in (NAME, UNIT, STAGE, APPLIED, TALKED, ACTIVIST)},
    **{name: name for name in (MENTORS, OFFICES, CITY, INFLOW)},
    "名字": NAME,
    "所在单位": UNIT,
    "所在支部": UNIT,
    "支部": UNIT,
    "目前阶段": STAGE,
    "申请入党日期": APPLIED,
    "递交申请书日期": APPLIED,
    "确定为积极分子日期": ACTIVIST,
    "培养联系人": MENTORS,
    "务工城市": CITY,
    "所在城市": CITY,
}

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
_DAY = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?")
_SOLID_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")


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


def day_parts(cell: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a date as tables have it; None when it is written otherwise."""
    text = plain(cell)
    match = _DAY.fullmatch(text) or _SOLID_DAY.fullmatch(text)
    return None if match is None else (int(match[1]), int(match[2]), int(match[3]))


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
