"""Makes the roster that a township really has: thousands of rows with every usual mistake, seeded.

Title rows, headers of two rows with merged cells, villages merged over their people, ten ways to
write a day, blanks inside names, phone and ID columns, numbers made by formulas, empty rows, totals
and who filled it in. With ``slips`` some rows are wrong, and what has to be said of them is known.
"""

import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import xlsxwriter

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "建国玉梅秀英长河德厚文斌国民海燕志远小军桂兰永强春花金凤大勇冬梅立新"
_VILLAGES = [f"{c}家村" for c in "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"]
_STAGES = ("入党申请人", "积极分子", "入党积极分子", "发展对象", "预备党员", "中共党员")
_CITIES = ("", "南港", "东莞市", "苏州", "无", "/", "佛山")
# One in every village; his own row is never wrong, or all who are his would be.
_MENTOR_NAME = "周德厚"
_EPOCH = date(1899, 12, 30)
_HEAD_ABOVE = 4


@dataclass
class Messy:
    """The file, how many people are in it, and the message of every wrong row, by its line."""

    data: bytes
    people: int
    problems: list[tuple[int, str]] = field(default_factory=list)


def _shapes(day: date, pick: random.Random) -> object:
    """A day in one of the ways in which people write it."""
    return pick.choice([
        f"{day.year}.{day.month}.{day.day}", f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year}年{day.month}月{day.day}号",
        f"{day.year}年{day.month:02d}月", f" {day.year} . {day.month:02d} . {day.day:02d} ",
        f"{day:%Y-%m-%d} 00:00:00", (day - _EPOCH).days, int(f"{day:%Y%m%d}"), day,
    ])  # fmt: skip


_STAGE_SAID = "第 {line} 行的阶段看不懂，写申请人、积极分子、发展对象、预备党员或正式党员。"
_MENTOR_SAID = "第 {line} 行的联系人看不懂，写一个或两个姓名，用顿号隔开。"
_SLIPS = (
    ("date", "2026.13.1", "第 {line} 行的日期看不懂：2026.13.1。"),
    ("date", "去年底", "第 {line} 行的日期看不懂：去年底。"),
    ("date", "2026.1", "第 {line} 行的日期看不懂：2026.1。"),
    ("date", "2027-03-01", "第 {line} 行的日期还没到：2027-03-01。"),
    ("name", "王2", "第 {line} 行的姓名看不懂。"),
    ("name", "", "第 {line} 行的姓名看不懂。"),
    ("stage", "群众", _STAGE_SAID),
    ("city", "南港市人民路1号", "第 {line} 行的城市只写到市，不写门牌。"),
    ("mentor", "周德厚、李秀兰、刘长河", _MENTOR_SAID),
    ("mentor", "没这个人", "第 {line} 行的联系人不在名册里，先把他写成一行。"),
)  # fmt: skip


def make(seed: int, *, rows: int = 5000, slips: int = 0) -> Messy:
    """Make a roster of ``rows`` people; ``slips`` of them are wrong."""
    pick = random.Random(seed)  # noqa: S311  # nothing secret
    held = io.BytesIO()
    made = Messy(b"", rows)
    wrong = set(pick.sample(range(rows), slips))
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("花名册")
        day_format = book.add_format({"num_format": "yyyy年m月d日"})
        _head(page)
        line = _HEAD_ABOVE
        for village, people in _by_village(rows, pick):
            first = line
            for number, name in people:
                slip = pick.choice(_SLIPS) if number in wrong and name != _MENTOR_NAME else None
                _row(page, line, name, slip, pick, day_format)
                if slip:
                    made.problems.append((line + 1, slip[2].format(line=line + 1)))
                line += 1
            if line - first > 1:
                page.merge_range(first, 2, line - 1, 2, f"{village}党支部")
            else:
                page.write(first, 2, village)
            line += pick.random() < 0.2
        page.write(line, 0, "合计")
        page.write(line, 1, rows)
        page.write(line + 2, 0, "填表人：孙敏  审核人：郑海燕")
    made.data = held.getvalue()
    return made


def _head(page: object) -> None:
    page.merge_range(0, 0, 0, 11, "柳河乡流动党员和入党积极分子花名册")  # type: ignore[attr-defined]
    page.write(1, 0, "填报单位（盖章）：柳河乡党委")  # type: ignore[attr-defined]
    alone = {0: "序号", 1: "姓　名", 2: "所在党支部", 3: "人员类别", 8: "培养联系人", 9: "务工城市",
             10: "联系电话", 11: "身份证号"}  # fmt: skip
    for place, label in alone.items():
        page.merge_range(2, place, 3, place, label)  # type: ignore[attr-defined]
    page.merge_range(2, 4, 2, 5, "入党申请")  # type: ignore[attr-defined]
    page.merge_range(2, 6, 2, 7, "培养情况")  # type: ignore[attr-defined]
    below = {4: "递交申请书时间", 5: "谈话时间", 6: "确定为积极分子时间", 7: "备注"}
    for place, label in below.items():
        page.write(3, place, label)  # type: ignore[attr-defined]


def _by_village(rows: int, pick: random.Random) -> list[tuple[str, list[tuple[int, str]]]]:
    """People by village, no two of one name in one; the first of each is its mentor."""
    numbers, found = iter(range(rows)), []
    for place, village in enumerate(_VILLAGES):
        share = rows // len(_VILLAGES) + (place < rows % len(_VILLAGES))
        names: dict[str, None] = {_MENTOR_NAME: None}
        while len(names) < share:
            names[pick.choice(_SURNAMES) + "".join(pick.sample(_GIVEN, 2))] = None
        found.append((village, [(next(numbers), name) for name in list(names)[:share]]))
    return found


def _row(  # noqa: PLR0917  # all that one row is made of
    page: object,
    line: int,
    name: str,
    slip: tuple[str, str, str] | None,
    pick: random.Random,
    day_format: object,
) -> None:
    applied = date(2019, 1, 2) + timedelta(days=pick.randrange(1500))
    is_mentor = name == _MENTOR_NAME
    cells: dict[str, object] = {
        "name": f"{name[0]}  {name[1:]}" if pick.random() < 0.1 else name,
        "stage": "正式党员" if is_mentor else pick.choice(_STAGES),
        "date": _shapes(applied, pick),
        "mentor": "" if is_mentor or pick.random() < 0.3 else _MENTOR_NAME,
        "city": pick.choice(_CITIES),
    }
    if slip:
        cells[slip[0]] = slip[1]
    page.write_formula(line, 0, f"=ROW()-{_HEAD_ABOVE}", None, line - 3)  # type: ignore[attr-defined]
    page.write(line, 10, f"139{line:08d}")  # type: ignore[attr-defined]
    page.write(line, 11, f"33010119900101{line:04d}")  # type: ignore[attr-defined]
    for place, key in ((1, "name"), (3, "stage"), (4, "date"), (8, "mentor"), (9, "city")):
        if isinstance(cells[key], date):
            page.write_datetime(line, place, cells[key], day_format)  # type: ignore[attr-defined]
        elif cells[key] != "":
            page.write(line, place, cells[key])  # type: ignore[attr-defined]
