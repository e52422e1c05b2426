"""Five thousand rows with the usual mistakes, and files meant to hurt whoever opens them."""

import io
import random
import resource
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from core import inspection
from core.clock import FrozenClock, local_day
from core.errors import Refusal
from models import Invitation, Mentorship, Person
from plugins.roster import console_imports, import_views, imports
from plugins.roster.imports import Checked, Settled
from plugins.roster.plans import Reach
from plugins.roster.tables import open_table
from tests.core import hostile
from tests.plugins.roster.messy import make
from tests.plugins.roster.town_hall import workbook

SEED = 20261123


async def tried(data: bytes, clock: FrozenClock) -> Checked:
    table = await open_table(data)
    settled = Settled(table.meanings)
    return await imports.checked(table, settled, reach=Reach(), today=local_day(clock.now()))


@pytest.mark.usefixtures("database", "keys", "texts")
async def test_given_a_messy_roster_of_5000_when_it_comes_in_then_every_wrong_row_is_said_exactly(
    clock: FrozenClock,
) -> None:
    wrong = make(SEED, slips=120)
    found = await tried(wrong.data, clock)
    assert [
        (problem.fields["line"], import_views.problem(problem)) for problem in found.problems
    ] == wrong.problems
    assert len(found.problems) > 110
    assert not await Person.all().exists()

    good = make(SEED + 1)
    lines, result = await console_imports.take(good.data, ["1"], file="x", now=clock.now())
    assert lines[0] == "名册导好了：新加 5000 人，改了 0 人，没变 0 人，新建单位 20 个。"
    assert "联系电话、身份证号" in lines[1]
    assert result is not None
    assert len({item.code for item in result.invited}) == 5000
    assert await Person.all().count() == await Invitation.all().count() == 5000
    assert await Mentorship.all().count() > 3000
    assert not await Person.filter(name__contains=" ").exists()

    again, _ = await console_imports.take(good.data, ["1"], file="x", now=clock.now())
    assert again[0] == "名册导好了：新加 0 人，改了 0 人，没变 5000 人，新建单位 0 个。"


def rows_of_a_million() -> bytes:
    """A sheet of a million rows, packed small; they do not say which they are."""
    return with_sheet(f"<sheetData>{'<row/>' * 1_000_000}</sheetData>")


def formatted_to_the_end() -> bytes:
    """A sheet with a row of its own at the very end, as a column formatted whole leaves."""
    return with_sheet('<sheetData><row r="1048576"><c r="A1048576" s="1"/></row></sheetData>')


def far_corner() -> bytes:
    """Two cells so far apart that everything between them would fill the machine."""
    cells = (
        '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="20000"><c r="A20000"><v>1</v></c></row>'
    )
    return with_sheet(f"<sheetData>{cells}</sheetData>")


def with_sheet(inside: str) -> bytes:
    """An .xlsx whose sheet holds ``inside``."""
    parts = hostile.parts_of(workbook(("姓名",)))
    names = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{names}">{inside}</worksheet>'.encode()
    return hostile.packed(parts, compression=zipfile.ZIP_DEFLATED)


def bomb() -> bytes:
    """A sheet of some ten KB that unpacks to 60 MB."""
    return with_sheet(f"<sheetData/>{' ' * 60 * hostile.MIB}")


def entities() -> bytes:
    """A sheet whose one cell grows to billions of characters."""
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = (
        f'<?xml version="1.0"?><!DOCTYPE w [{names}]><worksheet xmlns="{main}"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    )
    parts = hostile.parts_of(workbook(("姓名",)))
    parts["xl/worksheets/sheet1.xml"] = text.encode()
    return hostile.packed(parts, compression=zipfile.ZIP_DEFLATED)


def macros() -> bytes:
    """A workbook with a program in it."""
    parts = hostile.parts_of(workbook(("姓名", "单位", "阶段")))
    return hostile.packed({**parts, "xl/vbaProject.bin": b"x"})


def with_formulas() -> bytes:
    """A formula where a unit should stand."""
    return workbook(("姓名", "单位", "阶段"), ("王建国", "=CONCAT(A1)", "申请人"))


def hidden_behind() -> bytes:
    """A roster with half of its bytes gone."""
    whole = workbook(("姓名", "单位", "阶段"), ("王建国", "王家村", "申请人"))
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("make_file", "key"),
    [
        (rows_of_a_million, "file.table_too_long"),
        (formatted_to_the_end, "file.table_too_long"),
        (far_corner, "file.table_broken"),
        (bomb, "file.table_broken"),
        (entities, "file.table_broken"),
        (macros, "file.table_macros"),
        (hidden_behind, "file.table_broken"),
        (lambda: hostile.word("x"), "file.table_macros"),
        (lambda: hostile.packed({"a": b"b"}), "file.table_macros"),
        (lambda: b"PK\x03\x04" + bytes(100), "file.table_broken"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(100), "roster.old_excel"),
        (lambda: bytes(9 * hostile.MIB), "file.table_broken"),
    ],
)  # fmt: skip
async def test_given_a_hostile_table_when_it_is_opened_then_it_is_refused_and_memory_stays(
    make_file: Callable[[], bytes], key: str
) -> None:
    data = make_file()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal) as caught:
        await open_table(data)
    assert caught.value.key == key
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.usefixtures("database", "keys", "texts")
async def test_given_a_formula_where_something_is_read_when_tried_then_its_row_is_refused(
    clock: FrozenClock,
) -> None:
    found = await tried(with_formulas(), clock)
    assert [(one.key, one.fields) for one in found.problems] == [
        ("roster.row_formula", {"line": 2})
    ]


async def test_given_a_spoilt_workbook_when_it_is_opened_then_it_is_a_table_or_a_refusal() -> None:
    pick = random.Random(SEED)  # noqa: S311  # nothing secret
    whole = workbook(("姓名", "单位", "阶段"), ("王建国", "王家村", "申请人"))
    for _ in range(6):
        data = bytearray(whole)
        for _ in range(20):
            data[pick.randrange(4, len(data))] = pick.randrange(256)
        try:
            await open_table(bytes(data))
        except Refusal:
            continue


async def test_given_hidden_sheets_when_a_workbook_is_opened_then_only_what_is_seen_is_read() -> (
    None
):
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        book.add_worksheet("说明").write(0, 0, "看第二张表")
        shown = book.add_worksheet("名册")
        shown.write_row(0, 0, ("姓名", "单位", "阶段"))
        shown.write_row(1, 0, ("王建国", "王家村", "申请人"))
        hidden = book.add_worksheet("旧")
        hidden.write_row(0, 0, ("姓名", "单位", "阶段", "联系人", "城市"))
        hidden.write_row(1, 0, ("李强", "王家村", "申请人"))
        hidden.hide()
    sheets = await inspection.sheets(held.getvalue())
    assert [sheet.name for sheet in sheets] == ["说明", "名册"]
    table = await open_table(held.getvalue())
    assert [cells[0] for _, cells in table.rows] == ["王建国"]
