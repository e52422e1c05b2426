"""Writes a list (台账, 花名册) as a spreadsheet, in memory: words stay words.

Runs in a thread. A name that begins with ``=``, ``+``, ``-`` or ``@`` is text here; nothing in the
file is calculated or followed, and it stays text when somebody edits the cell.
"""

import io
from collections.abc import Sequence

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

# Excel cuts a sheet's footer at 255 characters, and reads & as the beginning of a code.
_LONGEST_FOOTER = 200
_WIDTHS = (10, 16, 14, 12, 8, 8, 14, 8)
_OTHER_WIDTH = 16
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection).
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int


def build(sheet: str, mark: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return an .xlsx with ``mark`` (who, when) above ``head`` and on every printed page."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _OPTIONS) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True, "bottom": 1})
        grey = book.add_format({"font_color": "#808080"})
        # As if somebody had typed an apostrophe before it: editing makes no formula of it either.
        plain = book.add_format({"quote_prefix": True})
        page.write_string(0, 0, mark, grey)
        for column, word in enumerate(head):
            width = _WIDTHS[column] if column < len(_WIDTHS) else _OTHER_WIDTH
            page.set_column(column, column, width)
            page.write_string(1, column, word, bold)
        for line, row in enumerate(rows, 2):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    page.write_number(line, column, value)
                else:
                    prefixed = plain if value.startswith(_FORMULA_SIGNS) else None
                    page.write_string(line, column, value, prefixed)
        page.freeze_panes(2, 1)
        page.set_landscape()
        page.repeat_rows(0, 1)
        page.set_footer("&C" + mark.replace("&", "&&")[:_LONGEST_FOOTER])
    return held.getvalue()
