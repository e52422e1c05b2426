"""Builds a Word file of reports (导出) from plain values, in memory: pictures, words, a watermark.

Runs in a thread. Knows no tables and no wording: every word comes in ready.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.image.exceptions import UnrecognizedImageError
from docx.shared import Cm, Emu

from core import word_files
from core.word_files import writable

# A4 less margins: a photo of a page fills a page, never more.
_WIDTH = Cm(16)
_HEIGHT = Cm(21)
_MARGIN = Cm(2.2)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a report.

    ``picture`` is a JPEG or PNG; ``note`` says what stands there instead when it cannot be shown.
    """

    heading: str
    text: str = ""
    picture: bytes | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheaf:
    """One report: its title, how it went, and its pages."""

    title: str
    lines: tuple[str, ...]
    leaves: tuple[Leaf, ...]


def build(title: str, mark: str, sheaves: Sequence[Sheaf]) -> bytes:
    """Return a .docx of ``sheaves``; ``mark`` (who, when) stands on every page."""
    document = Document()
    word_files.set_font(document, "Normal", "Heading 1", "Heading 2")
    word_files.set_page(document, margin=_MARGIN)
    document.core_properties.title = writable(title)
    document.core_properties.author = writable(mark)
    word_files.mark(document, mark)
    for number, sheaf in enumerate(sheaves):
        heading = document.add_heading(writable(sheaf.title), level=1)
        heading.paragraph_format.page_break_before = number > 0
        for line in sheaf.lines:
            document.add_paragraph(writable(line))
        for leaf in sheaf.leaves:
            _add(document, leaf)
    return word_files.saved(document)


def _add(document: WordDocument, leaf: Leaf) -> None:
    document.add_heading(writable(leaf.heading), level=2)
    for line in writable(leaf.text).splitlines():
        document.add_paragraph(line)
    if leaf.picture is None:
        if leaf.note:
            document.add_paragraph(writable(leaf.note))
        return
    run = document.add_paragraph().add_run()
    try:
        shape = run.add_picture(io.BytesIO(leaf.picture), width=_WIDTH)
    except UnrecognizedImageError:
        run.add_text(writable(leaf.note))
        return
    if shape.height > _HEIGHT:
        shape.width = Emu(shape.width * _HEIGHT // shape.height)
        shape.height = _HEIGHT
