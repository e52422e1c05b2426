"""What every Word file we make shares: writable words, one font, and who took it out on each page.

Knows no tables and no wording: every word comes in ready.
"""

import io
import re

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Pt, RGBColor

# By its English name Word finds it in every language.
FONT = "SimSun"
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
    f"<v:textpath style='font-family:{FONT};font-size:1pt' string=''/></v:shape></w:pict>"
)
_TEXTPATH = "{urn:schemas-microsoft-com:vml}textpath"


def writable(text: str) -> str:
    """Return ``text`` without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def set_font(document: WordDocument, *styles: str) -> None:
    """Let the named styles use one font for every script."""
    for name in styles:
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(kind), FONT)


def mark(section: Section, words: str) -> None:
    """Write who took it out and when above and below every page, and across it.

    What stands above and below already stays; a template may have a header of its own.
    """
    said = writable(words)
    for part in (section.header, section.footer):
        paragraph = part.paragraphs[-1] if part.paragraphs else part.add_paragraph()
        if paragraph.text.strip():
            paragraph = part.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(said)
        run.font.size = Pt(9)
        run.font.color.rgb = _GREY
    picture = parse_xml(_WATERMARK)
    for path in picture.iter(_TEXTPATH):
        if path.get("string") is not None:
            path.set("string", said)
    section.header.paragraphs[-1].add_run()._r.append(picture)  # noqa: SLF001  # no public way


def saved(document: WordDocument) -> bytes:
    """Return a document as the bytes of a .docx."""
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()
