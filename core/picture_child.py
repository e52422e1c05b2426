"""Runs alone in a process of its own: one picture from stdin, a clean JPEG to stdout.

Started by ``core.inspection`` as a file, isolated, with nothing of the project in reach. What it
saw of the picture stands before the JPEG (``HEAD``). Ends with ``REFUSED`` for a damaged picture,
with ``TOO_LARGE`` for one with too many pixels (a bomb, or a camera's original); whatever else goes
wrong ends in any other code.
"""

import io
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

REFUSED = 3
TOO_LARGE = 4

# 40 million pixels: more than any phone's photo, and 160 MB when decoded.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")

# Before the JPEG: a mark, the flaws as bits, and the look (256 bits, see ``look_of``).
HEAD = struct.Struct("<4sB32s")
MARK = b"YZP1"
BLURRED = 1
DARK = 2
EMPTY = 4

# Measured on pages of handwriting drawn by tests/core/handwriting.py (pens of 3 to 8 px on
# 1500 x 2000, three inks, grain of 3 and 8 grey levels, JPEG 60): in focus 0.36 to 1.2; out of
# focus by 2 px, still easy to read, 0.05 to 0.14; by 4 px, where strokes run together, 0.012 to
# 0.05; shaken by 8 times 5 px 0.03.
LEAST_SHARPNESS = 0.04
# Mean grey of 255; a page under a lamp has 180 and more, one lit by a street lamp about 90.
LEAST_LIGHT = 60
# A tile holds strokes when its variance is so far above that of bare paper.
_STROKES = 100
_LOOKED_AT = 1000
_TILE = 50
_LOOK_SIDE = 16

_MEMORY_BYTES = 768 * 1024 * 1024
_CPU_S = 10


def limit() -> None:
    """Take away memory, processor time, files and processes; Windows has only the wall clock."""
    try:
        import resource  # noqa: PLC0415  # not there on Windows
    except ImportError:
        return
    limits = (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for which, most in limits:
        resource.setrlimit(which, (most, most))


class TooManyPixels(Exception):
    """The header announces more than is decoded."""


def clean(data: bytes) -> "Image.Image":
    """Return the picture upright, at most 2000 px long, as a new one without any metadata.

    Raises TooManyPixels before decoding; whatever Pillow raises for a damaged picture.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415  # only after the limits hold

    Image.MAX_IMAGE_PIXELS = None  # counted here instead: for Pillow twice the limit is a warning
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixels
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            layer.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            flat = Image.new("RGB", layer.size, "white")
            flat.paste(layer, mask=layer.getchannel("A"))
        else:
            flat = upright.convert("RGB")
            flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # A new picture: what rode along in ``info`` stays behind.
        bare = Image.new("RGB", flat.size)
        bare.paste(flat)
    return bare


def flaws_of(picture: "Image.Image") -> int:
    """Return what makes a page hard to read: ``BLURRED``, ``DARK`` or ``EMPTY``, or 0.

    Sharpness is the variance of the second difference against that of the grey levels, in tiles
    that hold strokes, the grain of bare paper taken off both; the lesser of both directions, since
    a shaken hand blurs one. A tenth of the tiles decides: a page with a sharp corner is no page.
    """
    from PIL import ImageStat  # noqa: PLC0415  # only after the limits hold

    grey = picture.convert("L")
    grey.thumbnail((_LOOKED_AT, _LOOKED_AT))
    if ImageStat.Stat(grey).mean[0] < LEAST_LIGHT:
        return DARK
    tiles = _tiles(grey)
    if not tiles:
        return 0
    still = len(tiles) // 20
    paper, *grain = (sorted(column)[still] for column in zip(*tiles, strict=True))
    sharp = sorted(
        min((across - grain[0]), (down - grain[1])) / (spread - paper)
        for spread, across, down in tiles
        if spread > paper + _STROKES
    )
    if not sharp:
        return EMPTY
    return BLURRED if sharp[len(sharp) * 9 // 10] < LEAST_SHARPNESS else 0


def _tiles(grey: "Image.Image") -> list[tuple[float, float, float]]:
    """Return for every tile its variance, and those of its second differences both ways."""
    from PIL import ImageFilter, ImageStat  # noqa: PLC0415  # only after the limits hold

    halved = 128  # keeps negative differences in a byte; the scale is put back below
    across = grey.filter(
        ImageFilter.Kernel((3, 3), (0, 0, 0, 1, -2, 1, 0, 0, 0), scale=4, offset=halved)
    )
    down = grey.filter(
        ImageFilter.Kernel((3, 3), (0, 1, 0, 0, -2, 0, 0, 1, 0), scale=4, offset=halved)
    )
    found = []
    for top in range(1, grey.height - _TILE, _TILE):
        for left in range(1, grey.width - _TILE, _TILE):
            box = (left, top, left + _TILE, top + _TILE)
            parts = (ImageStat.Stat(layer.crop(box)).var[0] for layer in (grey, across, down))
            spread, first, second = parts
            found.append((spread, first * 16, second * 16))
    return found


def look_of(picture: "Image.Image") -> bytes:
    """Return 256 bits that stay nearly the same when a picture is packed again (a difference hash).

    Each bit says whether a field of a 17 x 16 grid is brighter than the one to its left.
    """
    small = picture.convert("L").resize((_LOOK_SIDE + 1, _LOOK_SIDE))
    grey = small.tobytes()
    bits = 0
    for row in range(_LOOK_SIDE):
        for column in range(_LOOK_SIDE):
            place = row * (_LOOK_SIDE + 1) + column
            bits = bits << 1 | (grey[place + 1] > grey[place])
    return bits.to_bytes(_LOOK_SIDE * _LOOK_SIDE // 8, "big")


def main() -> int:
    """Clean the picture on stdin; return the exit code."""
    limit()
    data = sys.stdin.buffer.read()
    out = io.BytesIO()
    try:
        picture = clean(data)
        out.write(HEAD.pack(MARK, flaws_of(picture), look_of(picture)))
        picture.save(out, "JPEG", quality=QUALITY)
    except TooManyPixels:
        return TOO_LARGE
    except Exception:  # noqa: BLE001  # any trouble with it is a refusal
        return REFUSED
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
