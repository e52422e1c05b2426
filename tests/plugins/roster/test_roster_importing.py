"""Tables as people really save them: encodings, delimiters, dates, and what is never read."""

import csv
import io
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.actors import RoleKind, Stage
from core.conversation import Say
from core.errors import Refusal
from core.texts import Texts
from plugins.roster import importing, words

TODAY = date(2026, 11, 23)
HEAD = "姓名,单位,阶段,申请日期,谈话日期,积极分子日期,联系人,职务,城市,流入单位"
GOOD = (
    "王建国,柳河乡/王家村,积极分子,2025-02-07,2025.2.28,2025年9月29日,周德厚、李秀兰,,南港,驻南港"
)


def refusal(data: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        importing.read(data, today=TODAY)
    return caught.value


def table(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_given_any_way_to_save_a_table_when_it_is_read_then_the_row_is_the_same(
    encoding: str, delimiter: str, ending: str
) -> None:
    text = ending.join(line.replace(",", delimiter) for line in (HEAD, GOOD)) + ending
    row = importing.read(text.encode(encoding), today=TODAY).rows[0]
    assert row == importing.RosterRow(
        line=2,
        name="王建国",
        unit=("柳河乡", "王家村"),
        stage=Stage.ACTIVIST,
        applied_on=date(2025, 2, 7),
        talk_on=date(2025, 2, 28),
        activist_on=date(2025, 9, 29),
        mentors=(("周德厚", ()), ("李秀兰", ())),
        city="南港",
        inflow=("驻南港",),
    )


def test_given_a_title_above_the_headers_when_it_is_read_then_rows_keep_their_numbers() -> None:
    data = f"平川县花名册,,\n填表日期,2026,\n{HEAD}\n\n{GOOD}\n".encode()
    assert importing.read(data, today=TODAY).rows[0].line == 5


def test_given_columns_of_numbers_when_it_is_read_then_they_are_dropped_and_named() -> None:
    data = (
        "姓名,手机号码,单位,身份证号,阶段,银行卡,微信,备注\n"
        "王建国,13800138000,王家村,330101199001011234,申请人,6222,wx,好\n"
    ).encode()
    found = importing.read(data, today=TODAY)
    assert found.dropped == ("手机号码", "身份证号", "银行卡", "微信")
    assert found.unused == ("备注",)
    assert "138" not in repr(found)
    assert "3301" not in repr(found)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (",王家村,申请人", "roster.row_name"),
        ("王建国1,王家村,申请人", "roster.row_name"),
        ("=cmd(),王家村,申请人", "roster.row_name"),
        ("王建国,,申请人", "roster.row_unit"),
        ("王建国,王家村,", "roster.row_stage"),
        ("王建国,王家村,群众", "roster.row_stage"),
        ("王建国,王家村,申请人,2026.13.1", "roster.row_date"),
        ("王建国,王家村,申请人,去年", "roster.row_date"),
        ("王建国,王家村,申请人,2025-13", "roster.row_date"),
        ("王建国,王家村,申请人,2026.1", "roster.row_date"),
        ("王建国,王家村,申请人,=TODAY()", "roster.row_formula"),
        ("王建国,王家村,申请人,1890-01-01", "roster.row_date"),
        ("王建国,王家村,申请人,2026-11-24", "roster.row_date_ahead"),
        ("王建国,王家村,申请人,2025-02-01,2025-01-01", "roster.row_date_order"),
        ("王建国,王家村,申请人,,,,甲、乙、丙", "roster.row_mentors"),
        ("王建国,王家村,申请人,,,,周德厚13", "roster.row_mentors"),
        ("王建国,王家村,申请人,,,,,司机", "roster.row_office"),
        ("王建国,王家村,申请人,,,,,,南港市人民路1号", "roster.row_city"),
        ('王建国,王家村,"申请人', "roster.row_quote"),
        ('王建国,王家村,"申"请人', "roster.row_quote"),
    ],
)
def test_given_a_row_that_cannot_be_read_when_it_is_read_then_the_table_is_refused_with_its_line(
    line: str, key: str
) -> None:
    caught = refusal(table(GOOD.replace("王建国", "李强"), line))
    assert (caught.key, caught.fields["line"]) == (key, 3)


def test_given_a_bad_date_when_it_is_said_then_in_the_words_of_the_script_book(
    texts: Texts,
) -> None:
    people = [GOOD.replace("王建国", f"王{c}") for c in "一二三四五六七八九十百千万东南"]
    caught = refusal(table(*people, "王建国,王家村,申请人,2026.13.1"))
    said = texts.render(Say(caught.key, **caught.fields))
    assert said == "第 17 行的日期看不懂：2026.13.1。一行都没写进去，改好再传。"


@pytest.mark.parametrize("cell", ["330101199001011234", "2025年1月1日上午开的支部大会"])
def test_given_a_long_text_in_a_column_of_dates_when_it_is_refused_then_it_is_not_repeated(
    cell: str,
) -> None:
    assert refusal(table(f"王建国,王家村,申请人,{cell}")).fields["value"] == "…"


@pytest.mark.parametrize("cell", ["11010519491231002X", "13800138000", "139 0013 9000"])
@pytest.mark.parametrize("place", [3, 8, 10])
def test_given_a_number_of_a_person_anywhere_when_it_is_read_then_its_row_is_refused(
    cell: str, place: int
) -> None:
    line = ["王建国", "王家村", "申请人", *[""] * (place - 3), cell]
    caught = refusal(f"{HEAD},备注\n{','.join(line)}\n".encode())
    assert (caught.key, caught.fields) == ("roster.row_number", {"line": 2})


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "roster.no_headers"),
        (b"PK\x03\x04rest", "roster.not_csv"),
        (b"\xd0\xcf\x11\xe0rest", "roster.not_csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "roster.not_csv"),
        (b"\xff\xff\xff", "roster.not_csv"),
        ("姓名,单位\n王建国,王家村\n".encode(), "roster.no_headers"),
        ("姓名,单位,阶段,所在支部\n".encode(), "roster.header_twice"),
        (HEAD.encode(), "roster.empty"),
        (f"{HEAD}\n,,,\n".encode(), "roster.empty"),
        (b"x" * (importing.MOST_BYTES + 1), "roster.not_csv"),
    ],
)
def test_given_what_is_no_roster_when_it_is_read_then_it_is_refused(data: bytes, key: str) -> None:
    assert refusal(data).key == key


def test_given_headers_that_are_missing_when_it_is_refused_then_they_are_named() -> None:
    assert refusal("姓名,单位\n".encode()).fields["missing"] == "阶段"


def test_given_one_person_twice_when_it_is_read_then_both_lines_are_named() -> None:
    caught = refusal(table("王建国,柳河乡/王家村,申请人", "王 建国,柳河乡／王家村党支部,申请人"))
    assert (caught.key, caught.fields) == ("roster.row_twice", {"line": 3, "first": 2})


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("柳河乡/王家村", ("柳河乡", "王家村")),
        (" 平川县 ／ 柳河乡 ＼ 王家村党支部 ", ("平川县", "柳河乡", "王家村")),
        ("柳河乡党委>王家村支部", ("柳河乡", "王家村")),
        ("驻南港", ("驻南港",)),
        ("//", ()),
    ],
)
def test_given_a_path_of_units_when_it_is_read_then_it_has_one_form(
    cell: str, path: tuple[str, ...]
) -> None:
    assert words.path(cell) == path


def test_given_offices_when_they_are_read_then_each_stands_once() -> None:
    row = importing.read(
        table("刘长河,王家村,正式党员,,,,,支部书记、组织委员、书记"), today=TODAY
    ).rows[0]
    assert row.offices == (RoleKind.BRANCH_SECRETARY, RoleKind.ORGANIZATION_COMMISSIONER)


@pytest.mark.parametrize(
    ("unit", "city"),
    [("驻南港", "南港"), ("驻东莞市", "东莞"), ("驻南港联络站", "南港"), ("王家村", None)],
)
def test_given_an_office_away_from_home_when_it_is_named_then_so_is_its_city(
    unit: str, city: str | None
) -> None:
    assert words.city_of(unit) == city


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
@example("姓名,单位,阶段\n\x00".encode())
def test_given_any_bytes_when_they_are_read_then_there_is_a_table_or_a_refusal(
    data: bytes,
) -> None:
    try:
        importing.read(data, today=TODAY)
    except Refusal:
        return


cells = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)


@given(rows=st.lists(st.lists(cells, min_size=10, max_size=12), min_size=1, max_size=6))
def test_given_any_cells_when_they_are_read_then_a_refusal_names_a_row_that_is_there(
    rows: list[list[str]],
) -> None:
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(HEAD.split(","))
    writer.writerows(rows)
    try:
        found = importing.read(page.getvalue().encode(), today=TODAY)
    except Refusal as caught:
        assert 2 <= int(str(caught.fields.get("line", 2))) <= len(rows) + 1  # noqa: PT017
        return
    assert all(2 <= row.line <= len(rows) + 1 for row in found.rows)


names = st.text(alphabet="王李赵建国强玉梅", min_size=2, max_size=4)
days = st.dates(date(1990, 1, 1), TODAY)


@given(
    people=st.lists(st.tuples(names, days), min_size=1, max_size=8, unique_by=lambda p: p[0]),
    delimiter=st.sampled_from(",\t;"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    style=st.sampled_from(
        ["{0}-{1:02}-{2:02}", "{0}.{1}.{2}", "{0}/{1}/{2}", "{0}年{1}月{2}日", "{0}{1:02}{2:02}"]
    ),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    blanks=st.booleans(),
)
def test_given_good_people_when_saved_in_any_style_then_all_come_back(
    people: list[tuple[str, date]], delimiter: str, encoding: str, style: str, quoting: int,
    *, blanks: bool,
) -> None:  # fmt: skip
    page = io.StringIO(newline="")
    writer = csv.writer(page, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["单位", "姓名", "阶段", "申请日期"])
    for name, day in people:
        shown = f" {name[0]} {name[1:]} " if blanks else name
        written = style.format(day.year, day.month, day.day)
        writer.writerow(["柳河乡/王家村", shown, "入党申请人", written])
        if blanks:
            writer.writerow([])
    found = importing.read(page.getvalue().encode(encoding), today=TODAY).rows
    assert [(row.name, row.applied_on) for row in found] == people
    assert [row.line for row in found] == [2 + n * (1 + blanks) for n in range(len(people))]
