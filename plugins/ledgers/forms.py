"""Fills an official form (登记表, 纪实表): a .docx in content/forms with names in double braces.

``{{姓名}}`` is replaced by what is known, ``{{汇报.交的日子}}`` repeats its row of a table once a
report. What is put in is never read again, so that braces in somebody's words stay words; a
template is a document and no program (no loops, no conditions: nothing in it is executed). A name
that nobody knows leaves an empty place and is reported. Runs in a thread; knows no tables.
"""

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from core import word_files
from core.errors import Refusal
from core.word_files import writable

# A form of a few pages has a few dozen kilobytes.
_LARGEST_BYTES = 5 * 1024 * 1024
# Full-width braces as well: a Chinese keyboard writes them.
_NAME = re.compile(r"[{｛]{2}\s*([^{}｛｝]+?)\s*[}｝]{2}")
_DOTS = re.compile(r"\s*[.．。·]\s*")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_JOINT = "；"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What fills a form: single words by name, and rows by the name of their table."""

    single: Mapping[str, str]
    rows: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may stand in a template."""

    single: frozenset[str]
    columns: frozenset[tuple[str, str]]

    def knows(self, name: str) -> bool:
        """Whether ``name`` (with a dot: a column of a table) is one of them."""
        table, dot, column = name.partition(".")
        return (table, column) in self.columns if dot else name in self.single


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


def read(path: Path) -> bytes:
    """Return a template; Refusal ``ledgers.template_missing`` or ``ledgers.template_broken``."""
    try:
        data = path.read_bytes()
    except OSError:
        raise Refusal("ledgers.template_missing", file=path.name) from None
    if len(data) > _LARGEST_BYTES:
        raise Refusal("ledgers.template_broken", file=path.name)
    _opened(data, path.name)
    return data


def unknown(template: bytes, names: Names, file: str) -> tuple[str, ...]:
    """Return the names in a template that are not among ``names``, in the order they stand in."""
    document = _opened(template, file)
    found = (
        plain_name(match[1])
        for root in _roots(document)
        for paragraph in root.iter(qn("w:p"))
        for match in _NAME.finditer("".join(one.text or "" for one in _texts(paragraph)))
    )
    return tuple(dict.fromkeys(name for name in found if not names.knows(name)))


def fill(template: bytes, facts: Facts, *, mark: str, title: str, file: str) -> bytes:
    """Return the .docx of ``template`` filled with ``facts``, with ``mark`` on every page."""
    document = _opened(template, file)
    filling = _Filling(facts)
    for root in list(_roots(document)):
        done = {row for line in list(root.iter(qn("w:tr"))) for row in _fill_row(line, filling)}
        for paragraph in root.iter(qn("w:p")):
            # What was put into a row is not read again: it may have braces of its own.
            if done.isdisjoint(paragraph.iterancestors(qn("w:tr"))):
                _fill_paragraph(paragraph, filling)
    document.core_properties.title = writable(title)
    document.core_properties.author = writable(mark)
    word_files.mark(document, mark)
    return word_files.saved(document)


def plain_name(name: str) -> str:
    """Return a name as it is looked up: without blanks, full-width characters made plain."""
    return _DOTS.sub(".", unicodedata.normalize("NFKC", "".join(name.split())))


def _opened(data: bytes, file: str) -> WordDocument:
    """Open a template; a program in it (.docm) is none."""
    try:
        return Document(io.BytesIO(data))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, etree.XMLSyntaxError):
        raise Refusal("ledgers.template_broken", file=file) from None


def _roots(document: WordDocument) -> Iterator[etree._Element]:
    """Yield the body, then headers and footers that a section has of its own."""
    yield document.element.body
    for section in document.sections:
        for part in word_files.margins(section):
            if not part.is_linked_to_previous:
                yield part._element  # noqa: SLF001  # no public way


def _fill_row(line: etree._Element, filling: _Filling) -> list[etree._Element]:
    """Repeat a row once for each of what it names, and return them; one stays, empty, for none."""
    if line.find(f".//{qn('w:tbl')}") is not None:
        return []
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
    said = "".join(one.text or "" for one in line.iter(qn("w:t")))
    tables = (plain_name(match[1]).partition(".") for match in _NAME.finditer(said))
    return next((table for table, dot, _ in tables if dot and table in facts.rows), "")


def _texts(paragraph: etree._Element) -> list[etree._Element]:
    """Return the pieces of a paragraph's own text, not those of a text box inside it."""
    own = qn("w:p")
    return [
        piece
        for piece in paragraph.iter(qn("w:t"))
        if next(above for above in piece.iterancestors(own)) is paragraph
    ]


def _fill_paragraph(paragraph: etree._Element, filling: _Filling) -> None:
    """Replace the names of one paragraph at once: Word cuts words into pieces where it likes."""
    pieces = _texts(paragraph)
    said = "".join(piece.text or "" for piece in pieces)
    found = list(_NAME.finditer(said))
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
            kept.append(_one_line(filling.value(plain_name(match[1]))))
        place = min(match.end(), end)
    return "".join((*kept, said[place:end]))


def _one_line(text: str) -> str:
    return " ".join(writable(text).split())
