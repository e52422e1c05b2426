"""Makes the files in which codes are handed over: a table, and slips of paper to cut apart.

Runs in a thread; every word comes from content/texts. Large digits: they are read by old eyes.
"""

from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell

from core import spreadsheets, word_files
from core.clock import local
from core.config import settings
from core.progress import Stretch
from core.texts import render
from plugins.roster import words
from plugins.roster.service import Invited

_IN_A_ROW = 2
_MARGIN = Cm(1.5)
_CODE_SIZE = Pt(26)
_NAME_SIZE = Pt(14)
_LINE_SIZE = Pt(10)
# A slip that a thick thumb can hold: twelve on a page.
_HEIGHT = Cm(4.2)
_GAP = Pt(4)


def build(
    invited: Sequence[Invited], now: datetime, stretch: Stretch | None = None
) -> list[tuple[str, bytes]]:
    """Return the files with the codes of ``invited``, each by the name it is sent under.

    It is noted in ``stretch`` for how many of them a slip is there.
    """
    stamp = f"{local(now):%Y%m%d-%H%M}"
    return [
        (f"{words.CODES_FILE}-{stamp}.xlsx", table(invited, now)),
        (f"{words.SLIPS_FILE}-{stamp}.docx", slips(invited, stretch)),
    ]


def table(invited: Sequence[Invited], now: datetime) -> bytes:
    """Return an .xlsx with a code a row."""
    days = settings().privacy.invitation_days
    mark = render("roster.codes_mark", at=f"{local(now):%Y-%m-%d %H:%M}", days=days)
    rows = [(item.name, item.unit, words.spaced_code(item.code)) for item in invited]
    return spreadsheets.build(words.CODES_FILE, mark, words.CODES_HEADERS, rows)


def slips(invited: Sequence[Invited], stretch: Stretch | None = None) -> bytes:
    """Return a .docx with a slip for everybody, broken lines to cut along between them."""
    document = Document()
    word_files.set_page(document, margin=_MARGIN)
    word_files.set_font(document, "Normal")
    rows = -(-len(invited) // _IN_A_ROW)
    sheet = document.add_table(rows=rows, cols=_IN_A_ROW)
    sheet.alignment = WD_TABLE_ALIGNMENT.CENTER
    _cut_lines(sheet)
    hint = render("roster.slip_hint", days=settings().privacy.invitation_days)
    word_files.keep_rows_whole(sheet)
    for number, (row, pair) in enumerate(zip(sheet.rows, _pairs(invited), strict=True)):
        if stretch is not None:
            stretch.note(number * _IN_A_ROW)
        row.height = _HEIGHT
        for cell, item in zip(row.cells, pair, strict=False):
            _fill(cell, item, hint)
    return word_files.saved(document)


def _pairs(invited: Sequence[Invited]) -> list[Sequence[Invited]]:
    return [invited[start : start + _IN_A_ROW] for start in range(0, len(invited), _IN_A_ROW)]


def _fill(cell: _Cell, item: Invited, hint: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    who = render("roster.slip_who", name=item.name, unit=item.unit)
    lines = ((who, _NAME_SIZE), (words.spaced_code(item.code), _CODE_SIZE), (hint, _LINE_SIZE))
    for number, (text, size) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = _GAP
        run = paragraph.add_run(word_files.writable(text))
        run.font.size = size
        run.bold = size is _CODE_SIZE


def _cut_lines(sheet: Table) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "dashed"), ("sz", "6"), ("space", "0"), ("color", "808080")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    sheet._tbl.tblPr.append(borders)  # noqa: SLF001  # python-docx has no word for it
