"""What every Word file we make shares: writable words, one font, and who took it out on each page.

Knows no tables and no wording: every word comes in ready.
"""

import io
import re

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section, _Footer, _Header
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table

# By its English name Word finds it in every language.
FONT = "SimSun"
_THEME_FONTS = ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme")
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
    """Let the named styles use one font for every script, in black.

    The fonts and colours of the theme go: Word prefers them to what stands beside them.
    """
    for name in styles:
        look = document.styles[name].element.get_or_add_rPr()
        fonts = look.get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(kind), FONT)
        for kind in _THEME_FONTS:
            fonts.attrib.pop(qn(kind), None)
        for colour in look.findall(qn("w:color")):
            look.remove(colour)


def set_page(document: WordDocument, *, margin: Length) -> None:
    """Make every section A4, upright, with one margin on all sides."""
    for section in document.sections:
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = margin
        section.top_margin = section.bottom_margin = margin


def keep_rows_whole(table: Table, *, heads: int = 0) -> None:
    """Let no row be cut by the end of a page; the first ``heads`` rows stand on each page."""
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  # python-docx has no word for it
        properties.append(OxmlElement("w:cantSplit"))
        if number < heads:
            properties.append(OxmlElement("w:tblHeader"))


Margin = _Header | _Footer


def mark(document: WordDocument, words: str) -> None:
    """Write who took it out and when above and below every page, and across it.

    What stands above and below already stays; a template may have headers of its own.
    """
    said = writable(words)
    for number, section in enumerate(document.sections):
        for part in margins(section):
            # The first section gets a header anyhow; later ones go on with the one before.
            if number == 0 or not part.is_linked_to_previous:
                _write(part, said)


def margins(section: Section) -> tuple[Margin, ...]:
    """Return the headers and footers of a section that its pages use."""
    found: list[Margin] = [section.header, section.footer]
    if section.different_first_page_header_footer:
        found += [section.first_page_header, section.first_page_footer]
    if section.even_page_header.is_linked_to_previous is False:
        found += [section.even_page_header, section.even_page_footer]
    return tuple(found)


def _write(part: Margin, said: str) -> None:
    paragraph = part.paragraphs[-1] if part.paragraphs else part.add_paragraph()
    if paragraph.text.strip():
        paragraph = part.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(said)
    run.font.size = Pt(9)
    run.font.color.rgb = _GREY
    if isinstance(part, _Header):
        paragraph.add_run()._r.append(_across(said))  # noqa: SLF001  # no public way


def _across(said: str) -> BaseOxmlElement:
    picture = parse_xml(_WATERMARK)
    for path in picture.iter(_TEXTPATH):
        if path.get("string") is not None:
            path.set("string", said)
    return picture


def saved(document: WordDocument) -> bytes:
    """Return a document as the bytes of a .docx."""
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()
