"""Word tables of reception: courtesy, danger, numbers, marks of secrecy, menus."""

import re
from dataclasses import dataclass

from core.actors import Who

# Said to be polite, answered by nothing (dialogues.md 2.1, point 5).
COURTESY = frozenset(
    [
        *("收到", "收到了", "好的", "好", "好嘞", "好滴", "嗯", "嗯嗯", "嗯好", "哦", "哦哦", "噢"),
        *("谢谢", "谢谢您", "谢谢你", "谢了", "多谢", "感谢", "辛苦", "辛苦了", "您辛苦了"),
        *("知道了", "明白", "明白了", "晓得了", "ok", "okay", "早", "早上好", "晚上好", "晚安"),
        *("再见", "拜拜"),
    ]
)

# Somebody is in danger: say where help is before anything else (dialogues.md 2.1, point 2).
DANGER = re.compile(
    r"救命(?!之恩|恩人|钱|稻草|药)|着火了?(?!点)|不想活|活不下去|想自杀|要自杀|想跳楼|要跳楼"
)
# In a longer text only the words about one's own life count: a report may tell of a fire.
DANGER_IN_LONG_TEXT = re.compile(r"不想活|活不下去|想自杀|要自杀|想跳楼|要跳楼")
SHORT_TEXT = 60
HELP_WORD = "求助"

# Around a command: brackets people copy from our sentences, marks they end with.
OPENING, CLOSING = "「", "」"
END_MARKS = " \t\r\n。．.!！?？,，、;；~～…—"

_TENS = "一二三四五六七八九十"
NUMERALS = (
    {digit: number for number, digit in enumerate(_TENS, 1)}
    | {f"十{digit}": number for number, digit in enumerate(_TENS[:9], 11)}
    | {"两": 2, "二十": 20}
)
LONE_NUMBER = re.compile(
    r"(?:选|第|我选)?\s*([0-9]{1,2}|十[一二三四五六七八九]?|二十|[一二两三四五六七八九])\s*(?:个|项|条)?"
)

# Marks of secrecy where they are used as marks, not as words of a sentence (保守党的秘密).
SECRECY_MARKS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"(?:绝密|机密|秘密)\s*[★☆✩*]",
        r"^\s*[【\[(（「]?\s*(?:绝密|机密)\s*[】\])）」]?\s*(?:[:：].*)?$",
        r"^\s*[【\[(（]\s*秘密\s*[】\])）]",
        r"^\s*秘密\s*$",
        r"密级\s*[:：]\s*(?:绝密|机密|秘密|内部)",
        r"(?:请勿|不得|严禁|禁止|切勿|不要|不准)\s*(?:外传|外泄|扩散|对外)",
        r"内部\s*(?:资料|文件|材料|刊物)\s*[,，、:：]?\s*(?:注意|请|严格)?\s*(?:保密|保存|保管|勿传)",
        r"^\s*[【\[(（]?\s*(?:内部资料|内部文件|内部材料)\s*[】\])）]?\s*$",
    )
)
# Under a picture or a file these are enough: somebody passes a document on.
SECRECY_CAPTIONS = re.compile(r"红头文件|内部(?:的|资料|文件|材料)|涉密|绝密|机密|别外传|不外传")

MORE = "别的"
MENU_WORD = "菜单"
LIST_MARK = "、"
QUOTE_OPEN, QUOTE_CLOSE = "「", "」"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. Several words become a list of their own."""

    label: str
    words: tuple[str, ...]


def _plain(*words: str) -> tuple[Entry, ...]:
    return tuple(Entry(word, (word,)) for word in words)


MENUS: dict[Who, tuple[Entry, ...]] = {
    Who.WORKER: (
        *_plain("学习", "交汇报", "求助"),
        Entry("出发、到了、换地方、回乡", ("出发", "到了", "换地方", "我要回乡")),
        *_plain("任务", "我的数据"),
        Entry("少发点、不收了", ("退订",)),
    ),
    Who.MENTOR: (
        *_plain("待办", "记联系", "阅汇报", "我带的人", "代班"),
        *_plain("替人求助"),
    ),
    Who.SECRETARY: (
        *_plain("待办", "统计", "未交", "谁没联系", "推送"),
        Entry("出发、委托、接收", ("行前清单", "委托", "接收")),
    ),
    Who.TOWNSHIP: (
        *_plain("待办", "统计", "推送", "发送进度"),
        Entry("驻外点和委托", ("驻外点", "委托")),
        *_plain("帮助汇总"),
    ),
    Who.INFLOW: _plain("待办", "接收", "反馈", "受理", "办结"),
    Who.OPERATOR: _plain("发送进度", "暂停发送", "继续发送", "补发"),
}
# Menus that lead to everything else by their last number.
WITH_MORE = frozenset(MENUS) - {Who.WORKER}
# Words that are of no use to somebody who reads a list in private chat, or never get a number.
NOT_LISTED = frozenset({"绑定", "确认删除"})
# What is offered to somebody whose words nothing is near to.
OFTEN_MEANT: dict[Who, tuple[str, ...]] = {
    Who.WORKER: ("交汇报", "学习", "求助"),
    Who.MENTOR: ("记联系", "阅汇报", "待办"),
    Who.SECRETARY: ("未交", "统计", "待办"),
    Who.TOWNSHIP: ("统计", "发送进度", "待办"),
    Who.INFLOW: ("待办", "接收", "学习"),
    Who.OPERATOR: ("发送进度", "学习"),
}
