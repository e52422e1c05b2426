"""Opens a form's template, whoever made it, and says what is odd in it before anybody prints it.

Runs in a thread; knows no tables. Filling is ``forms``.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from core import word_files
from core.errors import Refusal
from plugins.ledgers import placeholders
from plugins.ledgers.placeholders import Names

# A form of a few pages has a few dozen kilobytes; unpacked it is never larger than this.
_LARGEST_BYTES = 5 * 1024 * 1024
_LARGEST_UNPACKED = 50 * 1024 * 1024
# How files begin: the old Office formats, which a password makes of a .docx as well.
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_MACROS = b"macroEnabled"
_SHOWN = 24
# What a file somebody made or damaged may raise in the libraries that open it.
_DAMAGED = (
    PackageNotFoundError, zipfile.BadZipFile, zlib.error, struct.error, etree.XMLSyntaxError,
    EOFError, OSError, NotImplementedError, RuntimeError, AttributeError, LookupError, TypeError,
    ValueError,
)  # fmt: skip


class Place(StrEnum):
    """Where in a template something stands."""

    BODY = "body"
    BOX = "box"
    HEADER = "header"
    FOOTER = "footer"
    ELSEWHERE = "elsewhere"


class Slip(StrEnum):
    """What is wrong: nobody knows the name, braces without a partner, never filled, two tables."""

    UNKNOWN = "unknown"
    LOOSE = "loose"
    UNFILLED = "unfilled"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing in a template that would not come out as its maker meant; ``words`` show it."""

    slip: Slip
    place: Place
    words: str


def read(path: Path) -> bytes:
    """Return a template as bytes.

    Raises Refusal ``ledgers.template_missing``, ``template_large``, ``template_old``,
    ``template_macros`` or ``template_broken``.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise Refusal("ledgers.template_missing", file=path.name) from None
    if len(data) > _LARGEST_BYTES:
        raise Refusal("ledgers.template_large", file=path.name)
    opened(data, path.name)
    return data


def opened(data: bytes, file: str) -> WordDocument:
    """Open a template; a program in it (.docm) is none. Raises as ``read``."""
    if data.startswith(_OLE):
        raise Refusal("ledgers.template_old", file=file)
    try:
        _require_modest(data, file)
        return Document(io.BytesIO(data))
    except _DAMAGED:
        raise Refusal("ledgers.template_broken", file=file) from None


def _require_modest(data: bytes, file: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
            raise Refusal("ledgers.template_large", file=file)
        if _MACROS in archive.read("[Content_Types].xml"):
            raise Refusal("ledgers.template_macros", file=file)


def roots(document: WordDocument) -> Iterator[tuple[Place, etree._Element]]:
    """Yield the body, then headers and footers that a section has of its own."""
    yield Place.BODY, document.element.body
    for section in document.sections:
        for number, part in enumerate(word_files.margins(section)):
            if not part.is_linked_to_previous:
                place = Place.FOOTER if number % 2 else Place.HEADER
                yield place, part._element  # noqa: SLF001  # no public way


def oddities(template: bytes, names: Names, file: str) -> tuple[Oddity, ...]:
    """Return what is odd in a template, each thing once, in the order it stands. Raises ``read``'s.

    Headers, footers, text boxes and tables inside tables are looked through like the body.
    """
    document = opened(template, file)
    try:
        found = [*_filled_places(document, names), *_other_places(document)]
    except _DAMAGED:
        raise Refusal("ledgers.template_broken", file=file) from None
    return tuple(dict.fromkeys(found))


def _filled_places(document: WordDocument, names: Names) -> Iterator[Oddity]:
    for place, root in roots(document):
        for paragraph in root.iter(qn("w:p")):
            inside = paragraph.iterancestors(qn("w:txbxContent"))
            where = Place.BOX if next(inside, None) is not None else place
            said = placeholders.words_of(paragraph)
            for name in placeholders.names_in(said):
                if not names.knows(name):
                    yield Oddity(Slip.UNKNOWN, where, name)
            if loose := placeholders.loose(said):
                yield Oddity(Slip.LOOSE, where, loose[:_SHOWN])
        for line in root.iter(qn("w:tr")):
            if mixed := placeholders.tables_of(line)[1:]:
                yield Oddity(Slip.MIXED, place, mixed[0])


def _other_places(document: WordDocument) -> Iterator[Oddity]:
    """Yield names where nothing is filled: notes below a page, comments, charts, unused headers."""
    used = {document.element.getroottree().getroot()}
    used |= {root.getroottree().getroot() for _, root in roots(document)}
    for part in document.part.package.iter_parts():
        if not part.content_type.endswith("xml") or not part.partname.startswith("/word/"):
            continue
        element = getattr(part, "element", None)
        if element is None:
            element = etree.fromstring(part.blob, _SAFELY)
        if element.getroottree().getroot() in used:
            continue
        for name in placeholders.names_in("".join(element.itertext())):
            yield Oddity(Slip.UNFILLED, Place.ELSEWHERE, name)


_SAFELY = etree.XMLParser(resolve_entities=False, no_network=True)
