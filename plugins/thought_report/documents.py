"""Builds a Word file of reports (导出) from plain values, in memory: pictures, words, a watermark.

Runs in a thread. Knows no tables and no wording: every word comes in ready.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Cm, Emu, Pt, RGBColor

# A4 less margins: a photo of a page fills a page, never more.
_WIDTH = Cm(16)
_HEIGHT = Cm(21)
_MARGIN = Cm(2.2)
# By its English name Word finds it in every language.
_FONT = "SimSun"
_GREY = RGBColor(0x80, 0x80, 0x80)
# XML 1.0 knows no other control characters; a word processor refuses the whole file for one.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_WATERMARK = (
    f"<w:pict {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'"
    " xmlns:o='urn:schemas-microsoft-com:office:office'>"
    "<v:shapetype id='_x0000_t136' coordsize='21600,21600' o:spt='136' adj='10800'"
    " path='m@7,l@8,m@5,21600l@6,21600e'><v:path textpathok='t' o:connecttype='rect'/>"
    "<v:textpath on='t' fitshape='t'/></v:shapetype>"
    "<v:shape id='mark' o:spid='_x0000_s1025' type='#_x0000_t136' stroked='f'"
    " fillcolor='#d0d0d0' style='position:absolute;width:420pt;height:46pt;rotation:315;"
    "z-index:-251658752;mso-position-horizontal:center;"
    "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
    "mso-position-vertical-relative:margin'><v:fill opacity='.5'/>"
    f"<v:textpath style='font-family:{_FONT};font-size:1pt' string=''/></v:shape></w:pict>"
)
_TEXTPATH = "{urn:schemas-microsoft-com:vml}textpath"


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
    _set_font(document)
    document.core_properties.title = writable(title)
    document.core_properties.author = writable(mark)
    _mark(document.sections[0], writable(mark))
    for number, sheaf in enumerate(sheaves):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        document.add_heading(writable(sheaf.title), level=1)
        for line in sheaf.lines:
            document.add_paragraph(writable(line))
        for leaf in sheaf.leaves:
            _add(document, leaf)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def writable(text: str) -> str:
    """Return ``text`` without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def _set_font(document: WordDocument) -> None:
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN


def _mark(section: Section, mark: str) -> None:
    """Write who took it out and when above and below every page, and across it."""
    for part in (section.header, section.footer):
        paragraph = part.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(mark)
        run.font.size = Pt(9)
        run.font.color.rgb = _GREY
    picture = parse_xml(_WATERMARK)
    for path in picture.iter(_TEXTPATH):
        if path.get("string") is not None:
            path.set("string", mark)
    section.header.paragraphs[0].add_run()._r.append(picture)  # noqa: SLF001  # no public way


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
