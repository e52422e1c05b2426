"""Words of the room privacy: what people type, and names of files they get."""

from core.personal import CorrectionItem

MINE = "我的数据"
DETAIL = "详细"
CORRECT = "更正"
EXPORT = "导出"
ERASE = "删除"
CONFIRM_ERASE = "确认删除"
LOOKS = "谁看过"
WAITING = "等点头"

LIST_MARK = "、"
COMMA = "，"

# What may be put right, as typed behind 更正.
ITEMS: dict[str, CorrectionItem] = {
    "姓名": CorrectionItem.NAME,
    "名字": CorrectionItem.NAME,
    "城市": CorrectionItem.CITY,
    "阶段": CorrectionItem.STAGE,
    "日子": CorrectionItem.STAGE,
    "日期": CorrectionItem.STAGE,
    "村": CorrectionItem.UNIT,
    "支部": CorrectionItem.UNIT,
    "联系人": CorrectionItem.MENTOR,
    "别的": CorrectionItem.OTHER,
}

# Names inside and outside of the copy.
ARCHIVE = "我的数据"
READABLE = "我的数据.txt"
MACHINE = "我的数据.json"
FOLDER = "附件"


def item_and_right(said: str) -> tuple[CorrectionItem | None, str]:
    """Return what of 「城市 南港」 is the item and what is right; no item when none is named."""
    word, _, rest = said.strip().partition(" ")
    item = ITEMS.get(word)
    return (item, rest.strip()) if item is not None else (None, "")
