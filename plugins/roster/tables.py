"""From bytes to the table that somebody brought in: .xlsx or text (CSV), numbers of people dropped.

Columns of phone, ID and bank numbers are dropped before anything is kept; that they were there is
said, what stood in them is nowhere. What is left can be kept sealed while its owner looks at it.
"""

import asyncio
import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core import inspection, private_numbers
from core.errors import Refusal
from core.inspection import Sheet
from plugins.roster import headings, words
from plugins.roster.headings import Headed

# A county's roster of some ten thousand rows has 2 MB; a table beyond this is something else.
MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 20_000
_DELIMITERS = (",", "\t", ";", "，", "；")
_XLSX = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# A column in which this share of the cells are numbers of people is one of them, however named.
_MOSTLY = 0.5
_LEAST_OF_A_COLUMN = 3


@dataclass(frozen=True, slots=True)
class Brought:
    """A table that was brought in, without what is never read.

    ``labels`` name the columns by place, ``meanings`` what they were taken for. ``rows`` are the
    cells by place, each with its line in the spreadsheet, from 1.
    """

    labels: Mapping[int, str]
    meanings: Mapping[int, str]
    rows: tuple[tuple[int, Mapping[int, str]], ...]
    dropped: tuple[str, ...] = ()
    doubles: tuple[str, ...] = ()
    damaged_at: int | None = None

    def unused(self, columns: Mapping[int, str]) -> tuple[str, ...]:
        """Return the labels of the columns that nothing is read from."""
        return tuple(label for place, label in self.labels.items() if place not in columns)


async def open_table(data: bytes) -> Brought:
    """Return the table in ``data``, an .xlsx or a text table.

    Raises Refusal ``roster.not_csv``, ``roster.old_excel``, ``file.table_broken``,
    ``file.table_macros``, ``file.table_too_long``, ``roster.no_headers``, ``roster.row_number``.
    """
    if len(data) > MOST_BYTES:
        raise Refusal("file.table_broken")
    if data.startswith(_OLD_EXCEL):
        raise Refusal("roster.old_excel")
    if data.startswith(_XLSX):
        return await asyncio.to_thread(brought, await inspection.sheets(data))
    return await asyncio.to_thread(open_text, data)


def open_text(data: bytes) -> Brought:
    """Return the table in a text file (CSV). Raises as ``open_table``."""
    if len(data) > MOST_BYTES or data.startswith((_XLSX, _OLD_EXCEL)):
        raise Refusal("roster.not_csv")
    text = _decoded(data)
    heads = [
        Sheet(mark, _rows(text, mark, most=headings.ROWS_ABOVE + 2)[0]) for mark in _DELIMITERS
    ]
    mark = headings.find(heads).sheet.name
    rows, is_whole = _rows(text, mark)
    if len(rows) > MOST_ROWS:
        raise Refusal("file.table_too_long")
    return brought([Sheet("", rows)], damaged_at=None if is_whole else len(rows) + 1)


def _decoded(data: bytes) -> str:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else []
    for encoding in (*encodings, "utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refusal("roster.not_csv")


def _rows(
    text: str, delimiter: str, most: int = MOST_ROWS + 1
) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the rows as a spreadsheet numbers them, and whether the text is a table to the end.

    At most the first ``most``.
    """
    rows: list[tuple[str, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(tuple(row))
            if len(rows) == most:
                break
    except csv.Error:
        return tuple(rows), False
    return tuple(rows), True


def brought(sheets: Sequence[Sheet], *, damaged_at: int | None = None) -> Brought:
    """Find the headers and take the rows below, without columns that are never read."""
    headed = headings.find(sheets)
    rows = list(_below(headed))
    named = {p: label for p, label in headed.labels.items() if words.NEVER_READ.search(label)}
    hidden = {p: headed.labels[p] for p in _number_columns(headed, rows) if p not in named}
    labels = {p: label for p, label in headed.labels.items() if p not in named | hidden}
    kept = tuple((line, {p: row[p] for p in labels if p in row}) for line, row in rows)
    for line, row in kept:
        if any(_is_number(cell) for cell in row.values()):
            raise Refusal("roster.row_number", line=line)
    return Brought(
        labels=labels,
        meanings={p: meaning for p, meaning in headed.meanings.items() if p in labels},
        rows=kept,
        dropped=(*named.values(), *hidden.values()),
        doubles=headed.doubles,
        damaged_at=damaged_at,
    )


def _below(headed: Headed) -> Iterable[tuple[int, dict[int, str]]]:
    """Yield the rows below the headers, merged cells spread over what they cover."""
    spread: dict[tuple[int, int], str] = {}
    rows = headed.sheet.rows
    for top, left, bottom, right in headed.sheet.merged:
        if headed.first <= top < bottom < len(rows) and left == right and left < len(rows[top]):
            spread |= {(line, left): rows[top][left] for line in range(top + 1, bottom + 1)}
    for number, row in enumerate(rows[headed.first :], headed.first):
        cells = {place: cell for place, cell in enumerate(row) if words.plain(cell)}
        first = next(iter(cells.values()), "")
        if not cells or words.is_below_the_list(first):
            continue
        if not any(cells.get(place) for place in headed.meanings):
            continue
        cells |= {p: spread[number, p] for p in headed.labels if (number, p) in spread}
        yield number + 1, cells


def _number_columns(headed: Headed, rows: Sequence[tuple[int, Mapping[int, str]]]) -> list[int]:
    found = []
    for place in headed.labels:
        cells = [row[place] for _, row in rows if row.get(place)]
        numbers = sum(_is_number(cell) for cell in cells)
        if numbers >= _LEAST_OF_A_COLUMN and numbers >= len(cells) * _MOSTLY:
            found.append(place)
    return found


def _is_number(cell: str) -> bool:
    return len(cell) > 10 and private_numbers.find(cell) is not None  # noqa: PLR2004  # shortest


def to_bytes(table: Brought) -> bytes:
    """Return a table in the form in which it is kept, sealed, until it is written or dropped."""
    packed = {
        "labels": list(table.labels.items()),
        "meanings": list(table.meanings.items()),
        "rows": [[line, list(cells.items())] for line, cells in table.rows],
        "dropped": table.dropped,
        "doubles": table.doubles,
        "damaged_at": table.damaged_at,
    }
    return json.dumps(packed, ensure_ascii=False).encode()


def from_bytes(data: bytes) -> Brought:
    """Return the table that was kept as ``data``."""
    packed = json.loads(data)
    return Brought(
        labels=dict(packed["labels"]),
        meanings=dict(packed["meanings"]),
        rows=tuple((line, dict(cells)) for line, cells in packed["rows"]),
        dropped=tuple(packed["dropped"]),
        doubles=tuple(packed["doubles"]),
        damaged_at=packed["damaged_at"],
    )
