"""The names in double braces (``{{姓名}}``) that stand in a form: how they are found and read.

Pure: knows paragraphs and rows of a Word file as elements, no files and no tables of ours.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]  # ships no types

# Full-width braces as well: a Chinese keyboard writes them.
NAME = re.compile(r"[{｛]{2}\s*([^{}｛｝]+?)\s*[}｝]{2}")
_BRACES = frozenset("{}｛｝")
_DOTS = re.compile(r"\s*[.．。·]\s*")


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may stand in a template."""

    single: frozenset[str]
    columns: frozenset[tuple[str, str]]

    def knows(self, name: str) -> bool:
        """Whether ``name`` (with a dot: a column of a table) is one of them."""
        table, dot, column = name.partition(".")
        return (table, column) in self.columns if dot else name in self.single


def plain_name(name: str) -> str:
    """Return a name as it is looked up: without blanks, full-width characters made plain."""
    return _DOTS.sub(".", unicodedata.normalize("NFKC", "".join(name.split())))


def names_in(text: str) -> Iterator[str]:
    """Yield the names in a text, as they are looked up."""
    return (plain_name(match[1]) for match in NAME.finditer(text))


def loose(text: str) -> str:
    """Return what is left of a text when a brace stands in it that belongs to no name."""
    rest = NAME.sub("", text).strip()
    return rest if _BRACES & set(rest) else ""


def pieces_of(paragraph: etree._Element) -> Sequence[etree._Element]:
    """Return the pieces of a paragraph's own text, not those of a text box inside it."""
    own = qn("w:p")
    return [
        piece
        for piece in paragraph.iter(qn("w:t"))
        if next(above for above in piece.iterancestors(own)) is paragraph
    ]


def words_of(paragraph: etree._Element) -> str:
    """Return a paragraph's own text: Word cuts words into pieces where it likes."""
    return "".join(piece.text or "" for piece in pieces_of(paragraph))


def tables_of(line: etree._Element) -> tuple[str, ...]:
    """Return the kinds of record that a row of a table names; none for a row with a table in it."""
    if line.find(f".//{qn('w:tbl')}") is not None:
        return ()
    said = "\n".join(words_of(paragraph) for paragraph in line.iter(qn("w:p")))
    parted = (name.partition(".") for name in names_in(said))
    return tuple(dict.fromkeys(table for table, dot, _ in parted if dot))
