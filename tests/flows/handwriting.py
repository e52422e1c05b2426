"""Photos of handwritten pages, drawn by a script: no hand wrote them.

Every character is a glyph of the font in content/fonts, drawn by itself a little larger or smaller,
turned, shifted and uneven in its ink, on ruled paper that lies askew under uneven light. It looks
like careful handwriting from afar and has what a photo of it has: strokes, lines, a shadow.
"""

import io
import random
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

_FONT = Path(__file__).resolve().parents[2] / "content" / "fonts" / "NotoSansSC-Regular.otf"
_SIZE = (900, 1200)
_LINE = 74
_PAPER, _RULE = (247, 243, 230), (176, 190, 214)
_EDGE = 90


@lru_cache(maxsize=8)
def _pen(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)


def _glyph(character: str, dice: random.Random) -> Image.Image:
    """One character as a hand might write it: a mask of its ink."""
    size = dice.choice((44, 46, 48, 50))
    mask = Image.new("L", (72, 72), 0)
    ImageDraw.Draw(mask).text((12, 2), character, fill=dice.randint(190, 255), font=_pen(size))
    return mask.rotate(dice.uniform(-9, 9), Image.Resampling.BICUBIC)


def _light(dice: random.Random) -> Image.Image:
    """Uneven light: a soft shadow across the page."""
    small = Image.new("L", (6, 8))
    dark = dice.randint(0, 5)
    small.putdata(
        [238 - 9 * abs(x - dark) - dice.randint(0, 8) for _ in range(8) for x in range(6)]
    )
    return small.resize(_SIZE, Image.Resampling.BICUBIC)


def page(text: str, seed: int) -> bytes:
    """A photo of a page with ``text`` (JPEG, 900 x 1200); each seed is another hand and page."""
    dice = random.Random(seed)  # noqa: S311  # not a secret
    paper = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(paper)
    for y in range(_EDGE + _LINE, _SIZE[1] - 40, _LINE):
        draw.line((50, y, _SIZE[0] - 50, y), fill=_RULE, width=2)
    x, y = _EDGE, _EDGE + 6
    ink = (dice.randint(10, 40), dice.randint(15, 45), dice.randint(60, 110))
    for character in text:
        if x > _SIZE[0] - 130 or character == "\n":
            x, y = _EDGE, y + _LINE
        if character == "\n" or y > _SIZE[1] - 120:
            continue
        glyph = _glyph(character, dice)
        paper.paste(ink, (x + dice.randint(-2, 2), y + dice.randint(-5, 5)), glyph)
        x += 50 + dice.randint(-3, 4)
    turned = paper.rotate(dice.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, fillcolor=(96, 82, 70))
    lit = ImageChops.multiply(turned, Image.merge("RGB", [_light(dice)] * 3))
    held = io.BytesIO()
    lit.save(held, "JPEG", quality=88)
    return held.getvalue()


def screenshot() -> bytes:
    """What a phone shows, sent by mistake: flat colours and sharp edges (PNG)."""
    shown = Image.new("RGB", (540, 960), "white")
    draw = ImageDraw.Draw(shown)
    draw.rectangle((0, 0, 540, 90), fill="#2b6cb0")
    for row in range(6):
        draw.rectangle((24, 130 + row * 120, 516, 220 + row * 120), fill="#edf2f7")
        draw.text((40, 150 + row * 120), "1234567890", fill="black", font=_pen(44))
    held = io.BytesIO()
    shown.save(held, "PNG")
    return held.getvalue()


def pdf(text: str) -> bytes:
    """A page as a scanner app packs it: one picture in a PDF."""
    held = io.BytesIO()
    with Image.open(io.BytesIO(page(text, 99))) as picture:
        picture.save(held, "PDF")
    return held.getvalue()
