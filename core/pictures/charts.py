"""Draws how much of how much, a bar a line (图): readable on a phone, and without any colour.

Blocking and pure: call it in a thread. What is done is filled, what is left is hatched and framed,
and both stand beside the bar in words (WCAG 2.2, 1.4.1); the two colours are a blue and an orange
that people with any colour blindness tell apart (Okabe and Ito, Color Universal Design, 2008).
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from core.errors import Fault
from core.pictures.drawing import ABOVE, BODY, FOOTER, TITLE, WIDTH, Style
from core.pictures.fonts import drawable, sized
from core.pictures.line_breaking import lines_of

MOST_BARS = 40
_MARGIN = 80
_ROOM = WIDTH - 2 * _MARGIN
_BAR = 52
_GAP = 34
_HATCH = 16
_SWATCH = 44
_BESIDE = 28
_COLOURS = 48

_PAPER = (251, 248, 242)
_INK = (43, 43, 43)
_TOP = (140, 47, 36)
DONE = (0, 90, 142)
LEFT = (173, 84, 0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``done`` of ``whole``, and the words for both beside its label."""

    label: str
    said: str
    done: int
    whole: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One description of a chart. ``done`` and ``left`` name what is filled and what is hatched."""

    title: str
    done: str
    left: str
    bars: tuple[Bar, ...]
    above: str = ""
    footer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of words, or a bar, ``height`` pixels high."""

    height: int
    text: str = ""
    style: Style = BODY
    right: str = ""
    bar: Bar | None = None
    is_legend: bool = False


def draw_chart(chart: Chart) -> bytes:
    """Return ``chart`` as a PNG, 1,080 px wide; bars are drawn to the longest.

    Raises Fault for more than 40 bars, a bar that is fuller than full, or when the font is not the
    shipped one.
    """
    if len(chart.bars) > MOST_BARS or any(not 0 <= bar.done <= bar.whole for bar in chart.bars):
        raise Fault("no such chart")
    rows = list(_rows(chart))
    height = 2 * _MARGIN + sum(row.height for row in rows)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 14), fill=_TOP)
    longest = max((bar.whole for bar in chart.bars), default=0)
    top = _MARGIN
    for row in rows:
        if row.bar is not None:
            _paint_bar(pen, row.bar, top, longest)
        elif row.is_legend:
            _paint_legend(pen, chart, top)
        else:
            _paint_words(pen, row, top)
        top += row.height
    out = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _rows(chart: Chart) -> Iterator[_Row]:
    yield from _words(chart.above, ABOVE)
    yield from _words(chart.title, TITLE)
    yield _Row(BODY.line + BODY.after, is_legend=True)
    for bar in chart.bars:
        yield from _label(bar)
        yield _Row(_BAR + _GAP, bar=bar)
    for line in chart.footer:
        yield from _words(line, FOOTER)


def _words(text: str, style: Style) -> Iterator[_Row]:
    lines = lines_of(drawable(text), width=_ROOM, measure=sized(style.size).getlength)
    for place, line in enumerate(lines):
        after = style.after if place == len(lines) - 1 else 0
        yield _Row(style.line + after, line, style)


def _label(bar: Bar) -> Iterator[_Row]:
    """Yield the label with the numbers at its right, or below it where there is no room."""
    measure = sized(BODY.size).getlength
    label, said = drawable(bar.label), drawable(bar.said)
    if measure(label) + measure(said) + 2 * _BESIDE <= _ROOM:
        yield _Row(BODY.line, label, BODY, right=said)
        return
    for text in (label, said):
        for line in lines_of(text, width=_ROOM, measure=measure):
            yield _Row(BODY.line, line, BODY)


def _paint_words(pen: ImageDraw.ImageDraw, row: _Row, top: int) -> None:
    style, middle = row.style, top + row.style.line // 2
    font = sized(style.size)
    pen.text(
        (_MARGIN, middle), row.text, style.colour, font, anchor="lm", stroke_width=style.weight
    )
    if row.right:
        pen.text((WIDTH - _MARGIN, middle), row.right, style.colour, font, anchor="rm")


def _paint_legend(pen: ImageDraw.ImageDraw, chart: Chart, top: int) -> None:
    font, middle, left = sized(FOOTER.size), top + BODY.line // 2, _MARGIN
    high = middle - _SWATCH // 2
    for words, is_done in ((chart.done, True), (chart.left, False)):
        box = (left, high, left + _SWATCH, high + _SWATCH)
        if is_done:
            pen.rectangle(box, fill=DONE)
        else:
            _hatch(pen, box)
        left += _SWATCH + _BESIDE // 2
        said = drawable(words)
        pen.text((left, middle), said, _INK, font, anchor="lm")
        left += int(font.getlength(said)) + 2 * _BESIDE


def _paint_bar(pen: ImageDraw.ImageDraw, bar: Bar, top: int, longest: int) -> None:
    if not bar.whole:
        pen.line((_MARGIN, top, _MARGIN, top + _BAR), fill=_INK, width=3)
        return
    end = _MARGIN + _ROOM * bar.whole // longest
    done = _MARGIN + _ROOM * bar.done // longest
    if bar.done < bar.whole:
        _hatch(pen, (done, top, end, top + _BAR))
    if bar.done:
        pen.rectangle((_MARGIN, top, done, top + _BAR), fill=DONE)


def _hatch(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    """Frame a box and stripe it from its lower left to its upper right."""
    left, top, right, bottom = box
    for start in range(left - (bottom - top), right, _HATCH):
        first, last = max(start, left), min(start + bottom - top, right)
        if first < last:
            pen.line((first, bottom - (first - start), last, bottom - (last - start)), LEFT, 4)
    pen.rectangle(box, outline=LEFT, width=4)
