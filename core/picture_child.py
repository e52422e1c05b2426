"""Runs alone in a process of its own: one picture from stdin, a clean JPEG to stdout.

Started by ``core.inspection`` as a file, isolated, with nothing of the project in reach. Ends with
``REFUSED`` for a damaged picture, with ``TOO_LARGE`` for one with too many pixels (a bomb, or a
camera's original); whatever else goes wrong ends in any other code.
"""

import io
import sys

REFUSED = 3
TOO_LARGE = 4

# 40 million pixels: more than any phone's photo, and 160 MB when decoded.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")

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


def clean(data: bytes) -> bytes:
    """Return the picture upright, at most 2000 px long, as JPEG without any metadata.

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
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def main() -> int:
    """Clean the picture on stdin; return the exit code."""
    limit()
    data = sys.stdin.buffer.read()
    try:
        result = clean(data)
    except TooManyPixels:
        return TOO_LARGE
    except Exception:  # noqa: BLE001  # any trouble with it is a refusal
        return REFUSED
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
