"""Fills an official form (登记表, 纪实表): a .docx in content/forms with names in double braces.

``{{姓名}}`` is replaced by what is known, ``{{汇报.交的日子}}`` repeats its row of a table once a
report. What is put in is never read again, so that braces in somebody's words stay words; a
template is a document and no program (no loops, no conditions: nothing in it is executed). A name
that nobody knows leaves an empty place and is reported. Runs in a thread; knows no tables.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise

from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from core import word_files
from core.word_files import writable
from plugins.ledgers import placeholders, template_reading

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_JOINT = "；"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What fills a form: single words by name, and rows by the name of their table."""

    single: Mapping[str, str]
    rows: Mapping[str, Sequence[Row]]


@dataclass(slots=True)
class _Filling:
    facts: Facts
    row: Row = field(default_factory=dict)
    table: str = ""

    def value(self, name: str) -> str:
        table, dot, column = name.partition(".")
        if not dot:
            return self.facts.single.get(name, "")
        if table == self.table:
            return self.row.get(column, "")
        return _JOINT.join(row[column] for row in self.facts.rows.get(table, ()) if column in row)


def fill(template: bytes, facts: Facts, *, mark: str, title: str, file: str) -> bytes:
    """Return the .docx of ``template`` filled with ``facts``, with ``mark`` on every page."""
    document = template_reading.opened(template, file)
    filling = _Filling(facts)
    for _, root in list(template_reading.roots(document)):
        done = {row for line in list(root.iter(qn("w:tr"))) for row in _fill_row(line, filling)}
        for paragraph in root.iter(qn("w:p")):
            # What was put into a row is not read again: it may have braces of its own.
            if done.isdisjoint(paragraph.iterancestors(qn("w:tr"))):
                _fill_paragraph(paragraph, filling)
    document.core_properties.title = writable(title)
    document.core_properties.author = writable(mark)
    word_files.mark(document, mark)
    return word_files.saved(document)


def _fill_row(line: etree._Element, filling: _Filling) -> list[etree._Element]:
    """Repeat a row once for each of what it names, and return them; one stays, empty, for none."""
    table = _table_of(line, filling.facts)
    if not table:
        return []
    rows = filling.facts.rows[table] or ({},)
    copies = [line, *(deepcopy(line) for _ in rows[1:])]
    for before, after in pairwise(copies):
        before.addnext(after)
    for copy, row in zip(copies, rows, strict=True):
        one = _Filling(filling.facts, row, table)
        for paragraph in copy.iter(qn("w:p")):
            _fill_paragraph(paragraph, one)
    return copies


def _table_of(line: etree._Element, facts: Facts) -> str:
    return next((table for table in placeholders.tables_of(line) if table in facts.rows), "")


def _fill_paragraph(paragraph: etree._Element, filling: _Filling) -> None:
    """Replace the names of one paragraph at once: Word cuts words into pieces where it likes."""
    pieces = placeholders.pieces_of(paragraph)
    said = "".join(piece.text or "" for piece in pieces)
    found = list(placeholders.NAME.finditer(said))
    if not found:
        return
    new, place = [], 0
    for piece in pieces:
        end = place + len(piece.text or "")
        new.append(_piece(said, place, end, found, filling))
        place = end
    for piece, text in zip(pieces, new, strict=True):
        piece.text = text
        piece.set(_XML_SPACE, "preserve")


def _piece(
    said: str, start: int, end: int, found: Sequence[re.Match[str]], filling: _Filling
) -> str:
    """Return what one piece says: a value stands where its name begins, the rest of a name goes."""
    kept, place = [], start
    for match in found:
        if match.end() <= start or match.start() >= end:
            continue
        kept.append(said[place : max(place, match.start())])
        if match.start() >= start:
            kept.append(_one_line(filling.value(placeholders.plain_name(match[1]))))
        place = min(match.end(), end)
    return "".join((*kept, said[place:end]))


def _one_line(text: str) -> str:
    return " ".join(writable(text).split())
