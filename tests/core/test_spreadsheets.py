"""Tables on paper and on a screen: words stay words, columns hold them, a page is wide enough."""

import csv
import html
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import spreadsheets
from core.spreadsheets import Book

HEAD = ("姓名", "列为积极分子的日子", "摘要")


def parts(data: bytes) -> tuple[str, str, str]:
    """The sheet, the words and the looks of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = "xl/sharedStrings.xml"
        return (
            book.read("xl/worksheets/sheet1.xml").decode(),
            book.read(shared).decode() if shared in book.namelist() else "",
            book.read("xl/styles.xml").decode(),
        )


def widths(sheet: str) -> list[float]:
    return [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]


def streamed(folder: Path, rows: list[list[str | int | None]]) -> bytes:
    book = Book("刘长河", folder=folder)
    book.sheet("表", HEAD).add(rows)
    return book.close()


@pytest.mark.parametrize("name", ["王建国", "欧阳" * 8, "阿不都热合曼·阿不都克里木"])
def test_given_long_words_when_a_list_is_made_then_its_columns_hold_them(name: str) -> None:
    note = "孩子上学了，想请人帮忙问问转学要哪些手续，厂里加班多。" * 5
    sheet, _, looks = parts(spreadsheets.build("表", "刘长河", HEAD, [[name, "2026-11-22", note]]))
    first, second, third = widths(sheet)
    assert first >= min(2 * len(name), 36)
    assert second >= 10  # a day on one line; its head goes on in the next
    assert 36 <= third <= 40
    assert 'wrapText="1"' in looks
    assert "<left style=" in looks


def test_given_any_list_when_it_is_printed_then_all_columns_are_on_one_page_of_a4() -> None:
    sheet, _, _ = parts(spreadsheets.build("表", "刘长河", HEAD, [["甲", "乙", "丙"]]))
    assert 'fitToPage="1"' in sheet
    assert re.search(
        r'<pageSetup paperSize="9" [^>]*fitToHeight="0" orientation="landscape"', sheet
    )


WORDS = st.text(
    st.one_of(st.sampled_from("=+-@\t\r\n＝＋－＠0'\"{}&<>"), st.characters(codec="utf-8")),
    max_size=12,
)


@settings(max_examples=20)
@given(words=st.lists(WORDS, min_size=1, max_size=6))
def test_given_any_words_when_written_either_way_then_they_are_words_and_nothing_else(
    words: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    quoted = sum(word.startswith(spreadsheets._FORMULA_SIGNS) for word in words)
    rows: list[list[str | int | None]] = [[word] for word in words]
    for data in (
        spreadsheets.build("表", "刘长河", HEAD, [[word] for word in words]),
        streamed(tmp_path_factory.getbasetemp() / "books", rows),
    ):
        sheet, _, looks = parts(data)
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
        numbers = re.findall(r'<c r="A\d+"(?: s="\d+")?><v>', sheet)
        assert numbers == []
        own = looks.split("<cellXfs")[1].split("</cellXfs>")[0]
        styles = [number for number, xf in enumerate(own.split("<xf ")[1:]) if "quotePrefix" in xf]
        with_apostrophe = [
            cell for cell in re.findall(r'<c r="A\d+" s="(\d+)"', sheet) if int(cell) in styles
        ]
        assert len(with_apostrophe) == quoted


@pytest.mark.parametrize("sign", spreadsheets._FORMULA_SIGNS)
def test_given_a_name_like_a_formula_when_a_csv_is_written_then_it_is_not_calculated(
    sign: str,
) -> None:
    written = spreadsheets.as_csv([["姓名"], [f"{sign}cmd|' /C calc'!A0"], ["王建国"]])
    (head, odd, plain) = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert (head, plain) == (["姓名"], ["王建国"])
    assert odd == [f"'{sign}cmd|' /C calc'!A0"]


def test_given_a_long_list_when_it_is_streamed_then_it_is_the_same_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    data = streamed(tmp_path, [["王建国", 3, None], ["=1+1", 2, "挺好"]])
    sheet, _, _ = parts(data)
    assert [html.unescape(text) for text in re.findall(r"<is><t[^>]*>(.*?)</t>", sheet)][-3:] == [
        "王建国", "=1+1", "挺好",
    ]  # fmt: skip
    assert 'fitToPage="1"' in sheet
    assert widths(sheet)[0] >= 6
    assert list(tmp_path.iterdir()) == []
