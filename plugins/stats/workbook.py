"""Writes the rows of 明细 as a spreadsheet, row by row, in memory that does not grow with them.

Blocking: call it in a thread, one call after the other. Rows go through files of the writer's own
in a folder beside the database, where the same names stand, and are gone when it is closed. Words
stay words, as if an apostrophe stood before each: nothing is calculated or followed.
"""

import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

Cell = str | int

# Excel cuts a sheet's footer at 255 characters, and reads & as the beginning of a code.
_LONGEST_FOOTER = 200
_WIDTH = 14
_FIRST_ROW = 2


class Book:
    """A spreadsheet under way. ``mark`` (who, when) stands above every sheet and on every page."""

    def __init__(self, folder: Path, mark: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="book-")
        self._held = io.BytesIO()
        self._mark = mark
        self._book = xlsxwriter.Workbook(
            self._held,
            {
                "constant_memory": True,
                "tmpdir": self._folder.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._plain = self._book.add_format({"quote_prefix": True})
        self._grey = self._book.add_format({"font_color": "#808080"})

    def sheet(self, name: str, head: Sequence[str]) -> "Sheet":
        """Begin a sheet with its head."""
        page = self._book.add_worksheet(name)
        page.set_column(0, len(head) - 1, _WIDTH)
        page.freeze_panes(_FIRST_ROW, 1)
        page.set_landscape()
        page.repeat_rows(0, 1)
        page.set_footer("&C" + self._mark.replace("&", "&&")[:_LONGEST_FOOTER])
        page.write_string(0, 0, self._mark, self._grey)
        for column, word in enumerate(head):
            page.write_string(1, column, word, self._bold)
        return Sheet(page, self._plain)

    def close(self) -> bytes:
        """Return the finished .xlsx; what was written on the way is gone."""
        try:
            self._book.close()
            return self._held.getvalue()
        finally:
            self._folder.cleanup()

    def drop(self) -> None:
        """Remove what was written on the way; harmless after ``close``."""
        self._folder.cleanup()


class Sheet:
    """One sheet; rows are only added."""

    def __init__(self, page: Any, plain: object) -> None:
        self._page = page
        self._plain = plain
        self._next = _FIRST_ROW

    def add(self, rows: Iterable[Sequence[Cell | None]]) -> None:
        """Add rows below those that are there; None leaves a cell empty."""
        for row in rows:
            for column, value in enumerate(row):
                if isinstance(value, int):
                    self._page.write_number(self._next, column, value)
                elif value is not None:
                    self._page.write_string(self._next, column, value, self._plain)
            self._next += 1


def clear(folder: Path) -> None:
    """Remove what a process that was killed left behind."""
    if not folder.is_dir():
        return
    for left in folder.glob("book-*"):
        for path in left.iterdir():
            path.unlink(missing_ok=True)
        left.rmdir()
