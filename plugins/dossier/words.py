"""The words of the dossier that stand behind its numbers, as if somebody typed them."""

from core.periods import HALF_YEAR, MONTH, Quarter

LIST_MARK = "、"
_NUMERALS = {1: "一", 2: "二", 3: "三", 4: "四"}
_HALVES = {1: "上半年", 2: "下半年"}


def cycle_name(cycle: Quarter) -> str:
    """Return how people call a month, a quarter or half a year, without its year."""
    if cycle.months == MONTH:
        return f"{cycle.number}月"
    if cycle.months == HALF_YEAR:
        return _HALVES[cycle.number]
    return f"{_NUMERALS[cycle.number]}季度"


def read_line(name: str, quarter: Quarter) -> str:
    """Return the line that opens a person's report of a quarter."""
    return f"阅汇报 {name} {quarter.year}年{cycle_name(quarter)}"


def look_line(name: str) -> str:
    """Return the line that shows a dossier anew."""
    return f"查档 {name}"
