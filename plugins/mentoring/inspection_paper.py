"""Builds the Word file of counted facts for an inspection (考察素材) from words, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.shared import Cm, Pt

from core import word_files
from core.word_files import writable

_MARGIN = Cm(2.2)
_GAP = Pt(4)


@dataclass(frozen=True, slots=True)
class Blank:
    """Room for a hand to write under a heading, ``height_cm`` high."""

    heading: str
    height_cm: float


def build(title: str, mark: str, lines: Sequence[str], blanks: Sequence[Blank]) -> bytes:
    """Return a .docx of one page: the facts as plain lines, then room for a person to write.

    ``mark`` (who, when) stands above and below the page, and across it.
    """
    document = Document()
    word_files.set_font(document, "Normal", "Heading 1", "Heading 2")
    word_files.set_page(document, margin=_MARGIN)
    document.core_properties.title = writable(title)
    document.core_properties.author = writable(mark)
    word_files.mark(document, mark)
    document.add_heading(writable(title), level=1)
    for line in lines:
        document.add_paragraph(writable(line)).paragraph_format.space_after = _GAP
    for blank in blanks:
        document.add_heading(writable(blank.heading), level=2)
        box = document.add_table(rows=1, cols=1, style="Table Grid")
        box.rows[0].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        box.rows[0].height = Cm(blank.height_cm)
        word_files.keep_rows_whole(box)
    return word_files.saved(document)
