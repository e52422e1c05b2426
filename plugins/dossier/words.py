"""The words of the dossier that stand behind its numbers, as if somebody typed them."""

from core.periods import Quarter

LIST_MARK = "、"
NUMERALS = {1: "一", 2: "二", 3: "三", 4: "四"}


def read_line(name: str, quarter: Quarter) -> str:
    """Return the line that opens a person's report of a quarter."""
    return f"阅汇报 {name} {quarter.year}年{NUMERALS[quarter.number]}季度"


def look_line(name: str) -> str:
    """Return the line that shows a dossier anew."""
    return f"查档 {name}"
