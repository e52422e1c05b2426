"""Draws several pages side by side on one sheet, each small and with its number.

Blocking and pure: call it in a thread. Pictures are JPEG or PNG files of our own making.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from core.pictures.drawing import WIDTH
from core.pictures.fonts import drawable, sized
from core.pictures.line_breaking import lines_of

_COLUMNS = 3
_GAP = 24
_CELL = ((WIDTH - (_COLUMNS + 1) * _GAP) // _COLUMNS, 448)
_BADGE = 58
_LETTER = 30
_LINE = 46
_PAPER = (251, 248, 242)
_PAGE = (255, 255, 255)
_INK = (43, 43, 43)
_ACCENT = (140, 47, 36)
_RULE = (222, 212, 198)
_QUALITY = 78


@dataclass(frozen=True, slots=True)
class Thumb:
    """One page: a picture, or words that stand for it."""

    number: int
    picture: bytes | None = None
    words: str = ""


def draw_sheet(thumbs: Sequence[Thumb]) -> bytes:
    """Return a JPEG of ``thumbs`` in rows of three, as wide as a card; OSError for no picture."""
    rows = -(-len(thumbs) // _COLUMNS)
    sheet = Image.new("RGB", (WIDTH, rows * (_CELL[1] + _GAP) + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for place, thumb in enumerate(thumbs):
        left = _GAP + place % _COLUMNS * (_CELL[0] + _GAP)
        top = _GAP + place // _COLUMNS * (_CELL[1] + _GAP)
        box = (left, top, left + _CELL[0], top + _CELL[1])
        pen.rectangle(box, fill=_PAGE, outline=_RULE, width=2)
        if thumb.picture is None:
            _write(pen, thumb.words, left, top)
        else:
            small = _small(thumb.picture)
            middle = (left + (_CELL[0] - small.width) // 2, top + (_CELL[1] - small.height) // 2)
            sheet.paste(small, middle)
        badge = (left, top, left + _BADGE, top + _BADGE)
        pen.rectangle(badge, fill=_ACCENT)
        centre = (left + _BADGE // 2, top + _BADGE // 2)
        pen.text(centre, str(thumb.number), _PAGE, sized(36), anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _small(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
        picture.draft("RGB", _CELL)
        small = picture.convert("RGB")
    small.thumbnail(_CELL)
    return small


def _write(pen: ImageDraw.ImageDraw, words: str, left: int, top: int) -> None:
    font = sized(_LETTER)
    lines = [
        line
        for paragraph in drawable(words).split("\n")
        for line in lines_of(paragraph.strip(), width=_CELL[0] - 2 * _GAP, measure=font.getlength)
    ]
    first = top + _BADGE + _GAP
    room = (_CELL[1] - _BADGE - _GAP) // _LINE
    for number, line in enumerate(lines[:room]):
        pen.text((left + _GAP, first + number * _LINE), line, _INK, font)
