"""What a note is about (闭合的话题单), and what of a place is kept: the city, no door. Pure."""

import re

from models.enums import Topic

_NONE = r"(?<![没不])(?<!没有)(?<!没啥)(?<!什么)"
# Found by words, never asked for. Several may be true of one note.
_TOPICS = (
    (Topic.STUDY, re.compile(r"学习|汇报|上课|听课|课时|两节课|入党|动机|党章|党课")),
    (Topic.WORK, re.compile(r"厂|工地|加班|夜班|上班|工作|换活|干活|单位|老板|订单|辞工|跳槽")),
    (Topic.LIFE, re.compile(r"孩子|娃|家里|爱人|媳妇|身体|吃住|宿舍|过年|老人|感冒|回村|回来")),
    (
        Topic.DIFFICULTY,
        re.compile(
            rf"{_NONE}(?:难处|困难|帮忙|拖欠|犯愁)|欠(?:薪|.{{0,4}}工)|没发|受了?伤|工伤|住院|愁"
        ),
    ),
    (Topic.POLICY, re.compile(r"政策|社保|医保|合作医疗|公积金|补贴|流转|养老金|户口|低保|赔偿")),
)
# A street or a house number (DESIGN 2.5: city level only).
_ADDRESS = re.compile(
    r"(?:住|在)?(?:[\u4e00-\u9fff]{1,6}(?:大道|路|街|巷|弄|胡同))\s*\d+\s*(?:号|弄|栋|之\d+)*"
    r"(?:\s*\d+\s*(?:号楼|栋|幢|单元|室|房|楼))*"
    r"|\d+\s*(?:号楼|栋|幢|单元)(?:\s*\d+\s*(?:单元|室|房|楼))*"
)
_SPARE = re.compile(r"^[，\s]+|[，\s]+$|(?<=，)[，\s]+")


def topics_of(note: str) -> tuple[Topic, ...]:
    """Return what a note is about, in the order of the list."""
    return tuple(topic for topic, pattern in _TOPICS if pattern.search(note))


def without_address(note: str) -> str:
    """Return the note without streets and house numbers."""
    return _SPARE.sub("", _ADDRESS.sub("", note)) if has_address(note) else note


def has_address(note: str) -> bool:
    """Whether a street or a house number stands in the note."""
    return _ADDRESS.search(note) is not None
