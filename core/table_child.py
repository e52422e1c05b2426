"""Runs alone in a process of its own: one .xlsx from stdin, its cells as JSON to stdout.

Started by ``core.inspection`` as a file, isolated, with nothing of the project in reach. Ends with
``REFUSED`` for a damaged table, ``TOO_MANY_ROWS`` before a cell is read; whatever else goes wrong
(out of memory or time) ends in any other code. Nothing is calculated: a cell with a formula comes
out as ``FORMULA``, whatever value was stored with it.
"""

import io
import json
import re
import sys
import zipfile
from datetime import date, datetime
from typing import Any

REFUSED = 3
TOO_MANY_ROWS = 7

# What stands for a cell with a formula; no text of a roster begins so.
FORMULA = "="
# A county's roster has some ten thousand rows; a sheet formatted down to its end has a million.
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_SHEETS = 8
MOST_CHARACTERS = 200

_MEMORY_BYTES = 768 * 1024 * 1024
_CPU_S = 10

_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb"<(?:\w+:)?row\b(?:[^>]*?\br=\"(\d{1,9})\")?")
_CELL_ROW = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"[A-Z]{1,3}(\d{1,9})\"")
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*>\s*<(?:\w+:)?f[\s/>]"
)
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class TooManyRows(Exception):
    """More rows than any roster has."""


def limit() -> None:
    """Take away memory, processor time, files and processes; Windows has only the wall clock."""
    try:
        import resource  # noqa: PLC0415  # not there on Windows
    except ImportError:
        return
    limits = (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for which, most in limits:
        resource.setrlimit(which, (most, most))


def sheets_of(data: bytes) -> list[dict[str, Any]]:
    """Return the visible sheets with their rows from the first one on, and their merged ranges.

    Raises TooManyRows; whatever zipfile and calamine raise for a damaged file.
    """
    formulas = _scanned(data)
    from python_calamine import (  # noqa: PLC0415  # only after the limits hold
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found: list[dict[str, Any]] = []
    for about in book.sheets_metadata:
        shown = about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet
        if shown and len(found) < MOST_SHEETS:
            sheet = book.get_sheet_by_name(about.name)
            found.append(_sheet(sheet, formulas.get(about.name, frozenset())))
    return found


def _scanned(data: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    """Count the rows of every sheet as text; return where its formulas are, from 0."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: _formulas(archive.read(name)) for name in archive.namelist()
                 if _SHEETS.fullmatch(name)}  # fmt: skip
        names = _names(archive)
    return {name: parts[part] for name, part in names.items() if part in parts}


def _formulas(text: bytes) -> frozenset[tuple[int, int]]:
    count = last = 0
    for count, row in enumerate(_ROW.finditer(text), 1):  # noqa: B007  # counted
        last = max(last, int(row[1] or 0))
    cells = max((int(cell[1]) for cell in _CELL_ROW.finditer(text)), default=0)
    if max(count, last, cells) > MOST_ROWS:
        raise TooManyRows
    found = (_FORMULA_CELL.finditer(text)) if b"<f" in text or b":f" in text else ()
    return frozenset((int(cell[2]) - 1, _column(cell[1])) for cell in found)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415  # only after the limits hold

    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  # limited
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  # limited
    sheets = (one for one in book.iter() if one.tag.endswith("}sheet"))
    found = {}
    for sheet in sheets:
        target = targets.get(sheet.get(_RELATIONS), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found[str(sheet.get("name"))] = part
    return found


def _sheet(sheet: Any, formulas: frozenset[tuple[int, int]]) -> dict[str, Any]:
    rows = [
        [
            FORMULA if (number, place) in formulas else _text(cell)
            for place, cell in enumerate(row[:MOST_COLUMNS])
        ]
        for number, row in enumerate(sheet.to_python(skip_empty_area=False))
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    return {"name": sheet.name, "rows": rows, "merged": merged}


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell[:MOST_CHARACTERS]
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)[:MOST_CHARACTERS]


def main() -> int:
    """Read the table on stdin; return the exit code."""
    limit()
    data = sys.stdin.buffer.read()
    try:
        text = json.dumps(sheets_of(data), ensure_ascii=False)
    except TooManyRows:
        return TOO_MANY_ROWS
    except Exception:  # noqa: BLE001  # any trouble with it is a refusal
        return REFUSED
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
