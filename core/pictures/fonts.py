"""The one font that pictures are drawn with: shipped, checked, and which characters it has.

Nothing of the machine is asked: no fontconfig, no installed font. A character the font lacks is
replaced before drawing, so that nobody ever sees an empty box.
"""

import hashlib
import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

from core.errors import Fault

FILE = Path(__file__).resolve().parents[2] / "content" / "fonts" / "NotoSansSC-Regular.otf"
# Of the subset described in content/fonts/README.md.
SHA256 = "555f7c9dda569cf3f977c31a76931ce1d6a7a704ab10607c7fb0b0699c860ddf"

# Stands where a character cannot be drawn.
REPLACEMENT = "□"
# Joiners, variation selectors, skin tones and tags shape the emoji before them and are no signs.
_SHAPERS = frozenset({0x20E3, *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400)})
_FIRST_EMOJI = 0x1F000
_LAST_EMOJI = 0x1FBFF
_FULL_TABLE = 12


@lru_cache(maxsize=1)
def _data() -> bytes:
    try:
        data = FILE.read_bytes()
    except OSError as error:
        raise Fault("the font is missing") from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise Fault("the font was changed")
    return data


@lru_cache(maxsize=16)
def sized(pixels: int) -> ImageFont.FreeTypeFont:
    """Return the font ``pixels`` high; Fault when its file is missing or was changed."""
    layout = ImageFont.Layout.BASIC  # the same on every machine, whatever libraries it has
    return ImageFont.truetype(BytesIO(_data()), pixels, layout_engine=layout)


@lru_cache(maxsize=1)
def coverage() -> frozenset[int]:
    """Return the code points the font can draw, read from its own character table."""
    data = _data()
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {
        tag: offset
        for tag, _, offset, _ in (
            struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count)
        )
    }
    return frozenset(_codes(data, tables[b"cmap"]))


def _codes(data: bytes, start: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", data, start + 2)
    for number in range(count):
        _, _, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", data, start + offset)
        if form != _FULL_TABLE:
            continue
        (groups,) = struct.unpack_from(">I", data, start + offset + 12)
        for group in range(groups):
            place = start + offset + 16 + 12 * group
            first, last, _ = struct.unpack_from(">III", data, place)
            yield from range(first, last + 1)
        return
    raise Fault("the font has no full character table")


def drawable(text: str) -> str:
    """Return ``text`` with nothing in it that the font cannot draw.

    Emoji and invisible marks go, look-alikes by Unicode replace the rest, at last ``REPLACEMENT``.
    Lines stay lines; a tab becomes a space.
    """
    known = coverage()
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(_shown(mark, known) for mark in composed)


def _shown(mark: str, known: frozenset[int]) -> str:
    code = ord(mark)
    if mark == "\n":
        return mark
    category = unicodedata.category(mark)
    if mark == "\t" or category == "Zs":
        return "\u3000" if mark == "\u3000" else " "
    if category[0] == "C" or category in {"Zl", "Zp"} or code in _SHAPERS or _is_emoji(mark):
        return ""
    if code in known:
        return mark
    alike = unicodedata.normalize("NFKC", mark)
    return alike if all(ord(one) in known for one in alike) else REPLACEMENT


def _is_emoji(mark: str) -> bool:
    if _FIRST_EMOJI <= ord(mark) <= _LAST_EMOJI:
        return True
    return unicodedata.category(mark) == "So" and ord(mark) not in coverage()
