"""Writes tables (台账, 花名册, 明细) as a spreadsheet, row by row: words stay words.

Blocking: call it in a thread. A name that begins with ``=``, ``+``, ``-`` or ``@`` is text here;
nothing in the file is calculated or followed, and it stays text when somebody edits the cell.
"""

import csv
import io
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

# Excel cuts a sheet's footer at 255 characters, and reads & as the beginning of a code.
_LONGEST_FOOTER = 200
_A4 = 9
# Widths in half-width characters; what is longer than the widest goes on in the next line.
_NARROWEST, _WIDEST = 5, 36
_WIDE = "WF"
# So many half-width characters on a page across are still read: 7 points high.
_PAGE_WIDTH = 230
_LINE_POINTS, _HEAD_LINES = 15, 2
_FIRST_ROW = 2
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection).
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float


class Book:
    """A spreadsheet under way. ``mark`` (who, when) stands above every sheet and on every page.

    With a ``folder`` memory does not grow with the rows: they go through files of the writer's own
    in it, which are gone when it is closed. Names stand in them: a folder of the house alone.
    """

    def __init__(self, mark: str, *, folder: Path | None = None) -> None:
        self._held = io.BytesIO()
        self._mark = mark
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        options: dict[str, Any] = {**_OPTIONS, "in_memory": True}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="book-")
            options = {**_OPTIONS, "constant_memory": True, "tmpdir": self._folder.name}
        self._book = xlsxwriter.Workbook(self._held, options)
        self._grey = self._book.add_format({"font_color": "#808080"})
        cell = {"border": 1, "valign": "top", "text_wrap": True}
        self._head = self._book.add_format({**cell, "bold": True, "valign": "vcenter"})
        self._cell = self._book.add_format(cell)
        # As if somebody had typed an apostrophe before it: editing makes no formula of it either.
        self._quoted = self._book.add_format({**cell, "quote_prefix": True})
        self._sheets: list[Sheet] = []

    def sheet(self, name: str, head: Sequence[str]) -> "Sheet":
        """Begin a sheet with its head; printed it is as wide as a page of A4, or as several."""
        page = self._book.add_worksheet(name)
        page.freeze_panes(_FIRST_ROW, 1)
        page.set_paper(_A4)
        page.set_landscape()
        page.repeat_rows(0, 1)
        page.repeat_columns(0)
        page.set_footer("&C" + self._mark.replace("&", "&&")[:_LONGEST_FOOTER])
        page.write_string(0, 0, self._mark, self._grey)
        # Said aloud: not every program makes a row as high as the words in it.
        page.set_row(1, _HEAD_LINES * _LINE_POINTS)
        for column, word in enumerate(head):
            page.write_string(1, column, word, self._head)
        made = Sheet(page, head, plain=self._cell, quoted=self._quoted)
        self._sheets.append(made)
        return made

    def close(self) -> bytes:
        """Return the finished .xlsx; what was written on the way is gone."""
        try:
            for sheet in self._sheets:
                sheet.set_widths()
            self._book.close()
            return self._held.getvalue()
        finally:
            self.drop()

    def drop(self) -> None:
        """Remove what was written on the way; harmless after ``close``."""
        if self._folder is not None:
            self._folder.cleanup()


class Sheet:
    """One sheet; rows are only added."""

    def __init__(self, page: Any, head: Sequence[str], *, plain: object, quoted: object) -> None:
        self._page = page
        self._plain, self._quoted = plain, quoted
        self._next = _FIRST_ROW
        # A head may go on in a second line, a date or a name may not.
        self._widths = [-(-_width(word) // 2) for word in head]

    def add(self, rows: Iterable[Sequence[Cell | None]]) -> None:
        """Add rows below those that are there; None leaves a cell empty."""
        for row in rows:
            longest = max((len(cell) for cell in row if isinstance(cell, str)), default=0)
            if 2 * longest > _WIDEST:
                lines = max(-(-_width(cell) // _WIDEST) for cell in row if isinstance(cell, str))
                self._page.set_row(self._next, max(lines, 1) * _LINE_POINTS)
            for column, value in enumerate(row):
                self._write(column, value)
            self._next += 1

    def _write(self, column: int, value: Cell | None) -> None:
        if value is None:
            self._page.write_blank(self._next, column, None, self._plain)
            return
        if isinstance(value, int | float):
            self._page.write_number(self._next, column, value, self._plain)
        else:
            look = self._quoted if value.startswith(_FORMULA_SIGNS) else self._plain
            self._page.write_string(self._next, column, value, look)
        text = str(value)
        # Twice the length is the most it can be: nearly every cell ends here.
        if column < len(self._widths) and 2 * len(text) > self._widths[column]:
            self._widths[column] = max(self._widths[column], _width(text))

    def set_widths(self) -> None:
        """Make every column as wide as its longest cell, within reason; then count the pages."""
        widths = [min(max(width, _NARROWEST), _WIDEST) + 1.5 for width in self._widths]
        for column, width in enumerate(widths):
            self._page.set_column(column, column, width)
        self._page.fit_to_pages(max(1, -(-int(sum(widths)) // _PAGE_WIDTH)), 0)


def _width(text: str) -> int:
    """Return how many half-width characters stand in the longest line of a text."""
    lines = text.splitlines() or [""]
    return max(sum(1 + (unicodedata.east_asian_width(c) in _WIDE) for c in one) for one in lines)


def build(sheet: str, mark: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an .xlsx of one sheet, made in memory."""
    book = Book(mark)
    book.sheet(sheet, head).add(rows)
    return book.close()


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as a .csv that a spreadsheet opens in Chinese.

    It has no cell that is only words: an apostrophe stands before what would be calculated.
    """
    page = io.StringIO(newline="")
    csv.writer(page).writerows([_harmless(cell) for cell in row] for row in rows)
    return page.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def clear(folder: Path) -> None:
    """Remove what a process that was killed left of its books behind."""
    if not folder.is_dir():
        return
    for left in folder.glob("book-*"):
        for path in left.iterdir():
            path.unlink(missing_ok=True)
        left.rmdir()
