"""Reads a roster out of a text table (CSV): bytes to rows, nothing written, nothing guessed.

The whole file is refused at the first row that cannot be read, with its number as the spreadsheet
shows it. Columns of phone, ID and bank numbers are dropped before they become values; that they
were there is said, what stood in them is not kept anywhere.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.actors import RoleKind, Stage
from core.errors import Refusal
from plugins.roster import words

# A county's roster of some ten thousand rows has 2 MB; a table beyond this is something else.
MOST_BYTES = 8 * 1024 * 1024
# Rows above the headers: a title, a line "filled in on".
_ROWS_ABOVE = 5
_DELIMITERS = (",", "\t", ";", "，", "；")
_REQUIRED = (words.NAME, words.UNIT, words.STAGE)
_LONGEST_CITY = 12
_MOST_MENTORS = 2
_EARLIEST_YEAR = 1950


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the table has him. ``line`` is the row in the spreadsheet, from 1.

    None and empty mean that the table says nothing; what is known already then stays.
    """

    line: int
    name: str
    unit: tuple[str, ...]
    stage: Stage
    applied_on: date | None = None
    talk_on: date | None = None
    activist_on: date | None = None
    mentors: tuple[str, ...] = ()
    offices: tuple[RoleKind, ...] = ()
    city: str | None = None
    inflow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table. ``dropped`` are headers never read, ``unused`` those we do not know."""

    rows: tuple[RosterRow, ...]
    dropped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def read(data: bytes, *, today: date) -> Table:
    """Return the table in ``data``.

    Raises Refusal: ``roster.not_csv``, ``roster.no_headers``, ``roster.header_twice``,
    ``roster.empty``, and for a row with its ``line``: ``roster.row_name``, ``row_unit``,
    ``row_stage``, ``row_date``, ``row_date_order``, ``row_mentors``, ``row_office``, ``row_city``,
    ``row_quote``, ``row_twice``.
    """
    text = _decoded(data)
    start, columns, cells = _found_headers(text)
    known = {index: words.HEADERS[name] for index, name in columns.items() if name in words.HEADERS}
    dropped = tuple(name for name in columns.values() if words.NEVER_READ.search(name))
    unused = tuple(n for n in columns.values() if n not in words.HEADERS and n not in dropped)
    rows = []
    for line, row in enumerate(cells[start + 1 :], start + 2):
        values = {column: row[index] for index, column in known.items() if index < len(row)}
        if any(words.plain(value) for value in values.values()):
            rows.append(_row(line, values, today))
    if not rows:
        raise Refusal("roster.empty")
    _refuse_twins(rows)
    return Table(tuple(rows), dropped, unused)


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES or data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refusal("roster.not_csv")
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else []
    for encoding in (*encodings, "utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refusal("roster.not_csv")


def _found_headers(text: str) -> tuple[int, Mapping[int, str], Sequence[Sequence[str]]]:
    """Return the index of the header row, its columns by place, and all rows."""
    nearest: tuple[int, Refusal] = (0, Refusal("roster.no_headers", missing=_missing(_REQUIRED)))
    for delimiter in _DELIMITERS:
        head, _ = _rows(text, delimiter, most=_ROWS_ABOVE)
        for number, row in enumerate(head):
            names = {i: words.bare(cell) for i, cell in enumerate(row) if words.bare(cell)}
            meanings = [words.HEADERS[name] for name in names.values() if name in words.HEADERS]
            lacking = [name for name in _REQUIRED if name not in meanings]
            if not lacking:
                _refuse_double(meanings)
                return number, names, _all_rows(text, delimiter)
            if len(meanings) > nearest[0]:
                refusal = Refusal("roster.no_headers", missing=_missing(lacking))
                nearest = (len(meanings), refusal)
    raise nearest[1]


def _missing(names: Iterable[str]) -> str:
    return words.LIST_MARK.join(names)


def _refuse_double(meanings: Sequence[str]) -> None:
    double = next((name for name in meanings if meanings.count(name) > 1), None)
    if double is not None:
        raise Refusal("roster.header_twice", header=double)


def _all_rows(text: str, delimiter: str) -> list[list[str]]:
    rows, is_whole = _rows(text, delimiter)
    if not is_whole:
        raise Refusal("roster.row_quote", line=len(rows) + 1)
    return rows


def _rows(text: str, delimiter: str, most: int | None = None) -> tuple[list[list[str]], bool]:
    """Return the rows as a spreadsheet numbers them, and whether the text is a table to the end.

    With ``most`` only the first ones.
    """
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == most:
                break
    except csv.Error:
        return rows, False
    return rows, True


def _row(line: int, values: Mapping[str, str], today: date) -> RosterRow:
    name = words.bare(values[words.NAME]) if words.NAME in values else ""
    if not words.is_name(name):
        raise Refusal("roster.row_name", line=line)
    unit = words.path(values.get(words.UNIT, ""))
    if not unit:
        raise Refusal("roster.row_unit", line=line)
    stage = words.STAGES.get(words.bare(values.get(words.STAGE, "")))
    if stage is None:
        raise Refusal("roster.row_stage", line=line)
    days = [
        _day(line, values.get(column, ""), today)
        for column in (words.APPLIED, words.TALKED, words.ACTIVIST)
    ]
    _refuse_order(line, days)
    return RosterRow(
        line=line,
        name=name,
        unit=unit,
        stage=stage,
        applied_on=days[0],
        talk_on=days[1],
        activist_on=days[2],
        mentors=_mentors(line, values.get(words.MENTORS, "")),
        offices=_offices(line, values.get(words.OFFICES, "")),
        city=_city(line, values.get(words.CITY, "")),
        inflow=words.path(values.get(words.INFLOW, "")),
    )


def _day(line: int, cell: str, today: date) -> date | None:
    written = words.plain(cell)
    if not written:
        return None
    parts = words.day_parts(written)
    try:
        day = None if parts is None else date(*parts)
    except ValueError:
        day = None
    if day is None or day.year < _EARLIEST_YEAR:
        raise Refusal("roster.row_date", line=line, value=_harmless(written))
    if day > today:
        raise Refusal("roster.row_date_ahead", line=line, value=_harmless(written))
    return day


def _harmless(written: str) -> str:
    """Return what stands in a cell of dates, unless it may be a number of a person."""
    digits = sum(character.isdigit() for character in written)
    return written if len(written) <= 12 and digits <= 8 else "…"  # noqa: PLR2004  # 20260101


def _refuse_order(line: int, days: Sequence[date | None]) -> None:
    known = [day for day in days if day is not None]
    if known != sorted(known):
        raise Refusal("roster.row_date_order", line=line)


def _mentors(line: int, cell: str) -> tuple[str, ...]:
    names = words.listed(cell)
    if len(names) > _MOST_MENTORS or not all(words.is_name(name) for name in names):
        raise Refusal("roster.row_mentors", line=line)
    return names


def _offices(line: int, cell: str) -> tuple[RoleKind, ...]:
    listed = words.listed(cell)
    kinds = [words.OFFICE_KINDS[word] for word in listed if word in words.OFFICE_KINDS]
    if len(kinds) != len(listed):
        raise Refusal("roster.row_office", line=line)
    return tuple(dict.fromkeys(kinds))


def _city(line: int, cell: str) -> str | None:
    city = words.bare(cell)
    if len(city) > _LONGEST_CITY or any(character.isdigit() for character in city):
        raise Refusal("roster.row_city", line=line)
    return city or None


def _refuse_twins(rows: Iterable[RosterRow]) -> None:
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    for row in rows:
        first = seen.setdefault((row.name, row.unit), row.line)
        if first != row.line:
            raise Refusal("roster.row_twice", line=row.line, first=first)
