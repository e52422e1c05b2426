"""The words of thought reports with something inside: quarters, and what to do with a page."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.periods import HALF_YEAR, MONTH, QUARTER, Quarter

# Words that are claimed before the catalogue while a draft is open.
FINISH_WORDS = ("完成", "完城")
NEAR_FINISH_WORDS = ("好了", "行", "写完了", "写好了", "交了", "弄好了")
LOOK_WORDS = ("看看", "有几页")
RESTORE_WORDS = ("撤销",)
# The command that shows the list of reports anew after a day.
REVIEW_WORD = "阅汇报"
# What a secretary may say about when and how often; the first is the one people are told.
EXTEND_WORDS = ("延期", "宽几天")
EXTEND_EXAMPLE = "王建国 1月10日 夜班多"
EXEMPT_WORDS = ("免交",)
EXEMPT_EXAMPLE = "王建国 住院"
ARRANGE_WORDS = ("汇报安排", "多久一份")
ARRANGE_EXAMPLE = "每月"
CANCEL_WORDS = ("取消", "算了", "不写了")
DRAFT_WORDS = (*FINISH_WORDS, *NEAR_FINISH_WORDS, *LOOK_WORDS, *RESTORE_WORDS)

_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_NUMBER = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_PAGE = rf"第?\s*{_NUMBER}\s*[页张]"
_LOOSE = rf"第?\s*{_NUMBER}\s*[页张]?"

REMOVE_PATTERN = (
    rf"^(?:(?:删|删掉|删除|去掉|拿掉|不要)\s*{_LOOSE}|{_PAGE}\s*(?:不要|删|删掉|去掉|拿掉)了?)$"
)
REPLACE_PATTERN = rf"^(?:(?:换|换掉|重拍)\s*{_LOOSE}|{_PAGE}\s*(?:换|换掉|换一张|重拍)了?)$"
MOVE_PATTERN = rf"^{_PAGE}\s*放(?:到|在)?\s*(?:(最后|末尾|后面|最前|前面|开头)[面边]?|{_LOOSE})$"

_QUARTER = re.compile(r"^(?:(\d{4})年|(今年|去年|上年))?第?([一二三四1-4])季度?(?:的|汇报)*$")
_MONTH = re.compile(
    r"^(?:(\d{4})年|(今年|去年|上年))?(\d{1,2}|[一二三四五六七八九]|十[一二]?)月份?(?:的|汇报)*$"
)
_HALF = re.compile(r"^(?:(\d{4})年|(今年|去年|上年))?([上下])半年(?:的|汇报)*$")
_THIS = {
    **dict.fromkeys(("本季", "本季度", "这季", "这季度", "这个季度"), QUARTER),
    **dict.fromkeys(("本月", "这月", "这个月"), MONTH),
}
_LAST = {
    **dict.fromkeys(("上季", "上季度", "上个季度"), QUARTER),
    **dict.fromkeys(("上月", "上个月"), MONTH),
}
_OFTEN = (
    (re.compile(r"每个?月(?:一份|一次)?|一月一份"), 1),
    (re.compile(r"每个?季度?(?:一份|一次)?|一季一份"), 3),
    (re.compile(r"每?半年(?:一份|一次)?"), 6),
)
_AS_ABOVE = re.compile(r"[照跟按]上[级面]的?")
_BEFORE = re.compile(r"提前(\d{1,3})天(?:开始|收)?")
_AFTER = re.compile(r"(?:宽限|晚|推后|宽)(\d{1,3})天")
_EDGES = " \t\n\r「」/。.,;~…"
_TO_THE_END = {"最后", "末尾", "后面"}
_BEYOND = 1000


class PageAct(StrEnum):
    """What somebody wants done with a page."""

    REMOVE = "remove"
    MOVE = "move"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class PageWord:
    """A page word read: the page, and where it is to stand when it is moved."""

    act: PageAct
    page: int
    to: int = 0


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _DIGITS.get(ones, 0)
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)


@dataclass(frozen=True, slots=True)
class ScheduleWords:
    """How often a unit is to collect: ``unit`` as typed, ``as_above`` goes back to the unit above.

    ``before`` are days before the last day, ``after`` days after it.
    """

    months: int
    unit: str = ""
    as_above: bool = False
    before: int | None = None
    after: int = 0


def schedule_words(text: str) -> ScheduleWords | None:
    """Return what ``text`` wants of a unit's schedule; None when it does not say how often."""
    rest = plain(text)
    before, rest = _taken(_BEFORE, rest)
    after, rest = _taken(_AFTER, rest)
    days = {"before": int(before[1]) if before else None, "after": int(after[1]) if after else 0}
    above, left = _taken(_AS_ABOVE, rest)
    if above is not None:
        return ScheduleWords(QUARTER, left, as_above=True)
    for pattern, months in _OFTEN:
        found, left = _taken(pattern, rest)
        if found is not None:
            return ScheduleWords(months, left, before=days["before"], after=days["after"] or 0)
    return None


def _taken(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    found = pattern.search(text)
    if found is None:
        return None, text
    return found, (text[: found.start()] + text[found.end() :]).strip()


def reason_of(text: str) -> str:
    """Return the reason in what was typed beside a name and a day, without joints between."""
    return text.strip().removeprefix("到").removeprefix("因为").strip(_EDGES + "，、：:")


def plain(text: str) -> str:
    """Return ``text`` with full-width digits made plain, without blanks and end marks."""
    return unicodedata.normalize("NFKC", text).strip(_EDGES)


def page_word(text: str) -> PageWord | None:
    """Return what ``text`` wants done with a page, or None when it is no page word."""
    said = plain(text)
    if found := re.fullmatch(REMOVE_PATTERN, said):
        return PageWord(PageAct.REMOVE, _number(found[1] or found[2]))
    if found := re.fullmatch(REPLACE_PATTERN, said):
        return PageWord(PageAct.REPLACE, _number(found[1] or found[2]))
    if found := re.fullmatch(MOVE_PATTERN, said):
        place = found[2]
        end = _BEYOND if place in _TO_THE_END else 1
        return PageWord(PageAct.MOVE, _number(found[1]), end if place else _number(found[3]))
    return None


def quarter_word(text: str, today: date) -> Quarter | None:
    """Return the cycle that ``text`` names, or None. Without a year it is the last one begun."""
    said = plain(text)
    if said in _THIS:
        return Quarter.of(today, _THIS[said])
    if said in _LAST:
        return Quarter.of(today, _LAST[said]).previous
    for pattern, months in ((_QUARTER, QUARTER), (_MONTH, MONTH), (_HALF, HALF_YEAR)):
        if found := pattern.match(said):
            return _named(found, months, today)
    return None


def _named(found: re.Match[str], months: int, today: date) -> Quarter | None:
    number = {"上": 1, "下": 2}.get(found[3]) or _number(found[3])
    if not 1 <= number <= 12 // months:
        return None
    if found[1]:
        return Quarter(int(found[1]), number, months)
    if found[2]:
        return Quarter(today.year - (found[2] != "今年"), number, months)
    current = Quarter.of(today, months)
    return Quarter(today.year - (number > current.number), number, months)


# Reading on, paper originals and files to take out.
NEXT_WORD = "下一份"
NEXT_ALIASES = ("下一个汇报",)
REVIEW_ARGUMENTS = "王建国 四季度"
ORIGINAL_WORD = "原件已收"
ORIGINAL_ALIASES = ("收到原件", "原件收到", "原件收到了")
ORIGINAL_ARGUMENTS = "王建国 四季度 12月28日"
ORIGINALS_WORD = "原件"
ORIGINALS_ALIASES = ("缺原件", "差原件", "谁没交原件")
EXPORT_WORD = "导出 汇报"
EXPORT_ARGUMENTS = "王建国"
LEDGER_WORD = "导出 汇报台账"
LEDGER_ARGUMENTS = "四季度"
_ARCHIVE_WORDS = {"压缩包", "原样", "打包"}


@dataclass(frozen=True, slots=True)
class About:
    """Whose report of which quarter somebody means; ``rest`` is what else was said."""

    name: str
    quarter: Quarter | None
    rest: str = ""


def about(text: str, today: date) -> About:
    """Read 「王建国 四季度 …」 in any order: the first piece that is no quarter is the name."""
    name, quarter, rest = "", None, []
    for piece in plain(text).split():
        found = quarter_word(piece, today)
        if found is not None and quarter is None:
            quarter = found
        elif not name:
            name = piece
        else:
            rest.append(piece)
    return About(name, quarter, " ".join(rest))


def without_archive(text: str) -> str:
    """Return ``text`` without the words that only say how it is to be packed."""
    return " ".join(piece for piece in plain(text).split() if piece not in _ARCHIVE_WORDS)


def wants_archive(text: str) -> bool:
    """Whether somebody wants the files as they came, packed with a list."""
    return any(piece in _ARCHIVE_WORDS for piece in plain(text).split())
