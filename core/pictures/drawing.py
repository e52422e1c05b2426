"""Draws a page: 1,080 px wide, one column, body 46 px, calm colours, small PNG files.

Blocking and pure: call it in a thread. The same page gives the same bytes with the same Pillow.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from core.errors import Fault
from core.pictures.fonts import drawable, sized
from core.pictures.line_breaking import lines_of
from core.pictures.pages import Break, Item, Page

WIDTH = 1080
MOST_HEIGHT = 12_000
MOST_BYTES = 1_000_000
MOST_CHARACTERS = 20_000
_LEAST_HEIGHT = 2_000
# Twenty characters of the body fill a line.
_MARGIN = 80
_INDENT = 92
_BOX = 62

_PAPER = (251, 248, 242)
_INK = (43, 43, 43)
_ACCENT = (140, 47, 36)
_SMALL = (99, 92, 83)
_RULE = (222, 212, 198)
_WHITE = (255, 255, 255)
# Steps between paper and each ink: the soft edges of letters.
_STEPS = 14


@dataclass(frozen=True, slots=True)
class Style:
    """How words look: sizes in pixels. ``weight`` thickens the strokes."""

    size: int
    line: int
    colour: tuple[int, int, int]
    after: int
    weight: int = 0


ABOVE = Style(38, 54, _SMALL, 18)
TITLE = Style(68, 94, _ACCENT, 30, weight=1)
BODY = Style(46, 78, _INK, 30)
FOOTER = Style(36, 56, _SMALL, 8)
_RULE_HEIGHT = 64


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of words, or a rule when there are none, ``height`` pixels high."""

    height: int
    text: str = ""
    style: Style = BODY
    indent: int = 0
    number: int | None = None
    is_rule: bool = False
    ends_block: bool = False


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the contrast of two colours as WCAG 2 counts it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def draw(page: Page) -> tuple[bytes, ...]:
    """Return ``page`` as PNG files, at most 12,000 px high and 1 MB each, cut between paragraphs.

    Raises Fault when the words are more than 20,000 characters, or the font is not the shipped one.
    """
    if _length(page) > MOST_CHARACTERS:
        raise Fault("too many words for a picture")
    rows = rows_of(page)
    height = MOST_HEIGHT
    while True:
        drawn = tuple(_paint(part) for part in _parts(rows, height))
        if height <= _LEAST_HEIGHT or all(len(data) <= MOST_BYTES for data in drawn):
            return drawn
        height //= 2


def _length(page: Page) -> int:
    words = (block.text for block in page.blocks if not isinstance(block, Break))
    return sum(map(len, (page.title, page.above, *page.footer, *words)))


def rows_of(page: Page) -> list[_Row]:
    """Return every line of ``page`` from top to bottom."""
    rows = [*_words(page.above, ABOVE), *_words(page.title, TITLE), _rule()]
    for block in page.blocks:
        if isinstance(block, Break):
            rows.append(_rule())
        elif isinstance(block, Item):
            rows += _words(block.text, BODY, number=block.number)
        else:
            rows += _words(block.text, BODY)
    if page.footer:
        rows.append(_rule())
    for line in page.footer:
        rows += _words(line, FOOTER)
    return rows


def _rule() -> _Row:
    return _Row(_RULE_HEIGHT, is_rule=True, ends_block=True)


def _words(text: str, style: Style, *, number: int | None = None) -> Iterator[_Row]:
    indent = _INDENT if number is not None else 0
    width = WIDTH - 2 * _MARGIN - indent
    lines = [
        line
        for paragraph in drawable(text).split("\n")
        if paragraph.strip()
        for line in lines_of(paragraph.strip(), width=width, measure=sized(style.size).getlength)
    ]
    for place, line in enumerate(lines):
        is_last = place == len(lines) - 1
        yield _Row(
            height=style.line + (style.after if is_last else 0),
            text=line,
            style=style,
            indent=indent,
            number=number if place == 0 else None,
            ends_block=is_last,
        )


def _parts(rows: Sequence[_Row], most: int) -> Iterator[list[_Row]]:
    """Yield the rows of one picture after another; a cut falls between blocks where it can."""
    rest, room = list(rows), most - 2 * _MARGIN
    while rest:
        fits = used = 0
        for row in rest:
            if used + row.height > room:
                break
            used += row.height
            fits += 1
        if fits < len(rest):
            ends = [n for n in range(fits, 0, -1) if rest[n - 1].ends_block]
            fits = ends[0] if ends else fits
        yield rest[:fits]
        rest = rest[fits:]
        while rest and rest[0].is_rule:
            rest.pop(0)


def _paint(rows: Sequence[_Row]) -> bytes:
    height = 2 * _MARGIN + sum(row.height for row in rows)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 14), fill=_ACCENT)
    top = _MARGIN
    for row in rows:
        _paint_row(pen, row, top)
        top += row.height
    small = image.quantize(palette=_palette(), dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "PNG", compress_level=6)  # 9 takes seven times as long for a tenth less
    return out.getvalue()


def _paint_row(pen: ImageDraw.ImageDraw, row: _Row, top: int) -> None:
    if row.is_rule:
        middle = top + _RULE_HEIGHT // 3
        pen.rectangle((_MARGIN, middle, WIDTH - _MARGIN, middle + 2), fill=_RULE)
        return
    style = row.style
    font = sized(style.size)
    middle = top + style.line // 2
    place = (_MARGIN + row.indent, middle)
    # Full-width glyphs hang on the middle of the line; "lm" is the middle of ascent and descent.
    pen.text(place, row.text, style.colour, font, anchor="lm", stroke_width=style.weight)
    if row.number is not None:
        left, high = _MARGIN, middle - _BOX // 2
        pen.rounded_rectangle((left, high, left + _BOX, high + _BOX), 14, fill=_ACCENT)
        pen.text((left + _BOX // 2, middle), str(row.number), _WHITE, sized(40), anchor="mm")


def _palette() -> Image.Image:
    ends = [(_PAPER, ink) for ink in (_INK, _ACCENT, _SMALL)] + [(_ACCENT, _WHITE)]
    colours = [_RULE, *(_mixed(a, b, n / _STEPS) for a, b in ends for n in range(_STEPS + 1))]
    flat = [part for colour in dict.fromkeys(colours) for part in colour]
    palette = Image.new("P", (1, 1))
    palette.putpalette(flat + flat[:3] * (256 - len(flat) // 3))
    return palette


def _mixed(
    one: tuple[int, int, int], other: tuple[int, int, int], share: float
) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
