"""Builds the Word file of counted facts for an inspection (考察素材) from words, in memory."""

import io
import re
from collections.abc import Sequence

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm

# By its English name Word finds it in every language.
_FONT = "SimSun"
# XML 1.0 knows no other control characters; a word processor refuses the whole file for one.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def build(title: str, lines: Sequence[str], blank: Sequence[str]) -> bytes:
    """Return a .docx of one page: the facts as plain lines, then headings a person writes under."""
    document = Document()
    for name in ("Normal", "Heading 1", "Heading 2"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    document.add_heading(_writable(title), level=1)
    for line in lines:
        document.add_paragraph(_writable(line))
    for heading in blank:
        document.add_heading(_writable(heading), level=2)
        document.add_paragraph()
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)
