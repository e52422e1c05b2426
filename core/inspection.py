"""Looks at every file from outside before it is kept: what it is, by its bytes, and if it is taken.

Pictures are decoded in a limited process of their own and come back as fresh JPEGs without place or
device; the words of documents are read in another; voice is recognised by its header and never
opened. Unpacked sizes, parts and pixels are counted before anything is unpacked.
"""

import asyncio
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import filetype  # type: ignore[import-untyped]  # ships no types

from core import config, document_child, logs, picture_child, table_child
from core.errors import Refusal
from core.messages import MediaKind

log = logs.get("inspection")

_WALL_S = 15
_TOO_SLOW = -1000
# What the exit codes of the children mean to whoever sent the file.
_REFUSALS = {
    picture_child.REFUSED: "file.broken",
    picture_child.TOO_LARGE: "file.too_big",
    document_child.TOO_MANY_PAGES: "file.too_many_pages",
    document_child.ACTIVE: "file.unknown_kind",
}
_TABLE_REFUSALS = {table_child.TOO_MANY_ROWS: "file.table_too_long"}
_EXPECTED = frozenset({0, table_child.REFUSED, *_REFUSALS, *_TABLE_REFUSALS})
_CHILDREN = asyncio.Semaphore(2)

_PICTURES = frozenset({"jpg", "png", "webp", "gif", "bmp"})
_VOICES = frozenset({"amr", "mp3", "ogg", "wav", "m4a"})
_SILK = (b"#!SILK_V3", b"\x02#!SILK_V3")

# A sender's name that says program is believed, whatever the bytes look like.
_PROGRAMS = frozenset(
    (
        *("exe", "com", "bat", "cmd", "msi", "scr", "pif", "lnk", "cpl", "dll", "hta", "reg"),
        *("js", "jse", "vbs", "vbe", "wsf", "ps1", "psm1", "sh", "jar", "apk", "docm", "dotm"),
    )
)

# Bits of 256 in which two looks of one picture differ at most: packed again or made smaller up to
# 10, two pages of one hand 88 and more (tests/core/handwriting.py).
SAME_LOOK = 16

# Word files have a few dozen parts and unpack to a few MB (bombs of 300 MB seen in 0.4 MB).
_MOST_PARTS = 2000
_MOST_UNPACKED = 50 * 1024 * 1024
_MOST_DIRECTORY = 512 * 1024
_ZIP_END = struct.Struct("<4s4H2LH")

# What Apple phones write when nobody tells them otherwise; Pillow alone does not open it, and its
# decoders are a new door for every damaged file.
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")

# Where an archive at the end of another file would have its directory's end.
_ARCHIVE_TAIL = 66_000

# Words of PDFs that run something or carry something when opened.
_PDF_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


class Flaw(StrEnum):
    """What makes a photographed page hard to read: a hint to its author, never a refusal."""

    BLURRED = "blurred"
    DARK = "dark"
    EMPTY = "empty"


_FLAWS = {
    picture_child.BLURRED: Flaw.BLURRED,
    picture_child.DARK: Flaw.DARK,
    picture_child.EMPTY: Flaw.EMPTY,
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: ``data`` is what to keep, not what came in.

    ``words`` are those of a document, without its pictures. ``look`` (hex, 256 bits) is nearly the
    same for the same picture packed again; empty for what is no picture.
    """

    kind: MediaKind
    suffix: str
    data: bytes
    words: str = ""
    look: str = ""
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a table: its rows from the first one on, every cell as text.

    ``merged`` are ranges of cells that show one value: first row and column, last row and column.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()


async def inspect(data: bytes, *, name: str) -> Inspected:
    """Return ``data`` made harmless; ``name`` is the sender's and only ever a reason to refuse.

    Raises Refusal ``file.too_big``, ``file.unknown_kind``, ``file.heic``, ``file.too_many_pages``
    or ``file.broken``.
    """
    if len(data) > config.settings().thought_report.max_photo_mb * 1024 * 1024:
        raise Refusal("file.too_big")
    if not data:
        raise Refusal("file.broken")
    suffix = None if _is_program(name) else suffix_of(data)
    if suffix in _PICTURES:
        return await _picture(data)
    if suffix in _VOICES or suffix == "silk":
        _refuse_archive_behind(data)
        return Inspected(MediaKind.VOICE, suffix, data)
    if suffix == "pdf":
        _check_pdf(data)
    elif suffix == "docx":
        _check_archive(data, {"[Content_Types].xml", "word/document.xml"})
    elif data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise Refusal("file.heic")
    else:
        raise Refusal("file.unknown_kind")
    return Inspected(MediaKind.FILE, suffix, data, words=await _words(data, suffix))


async def sheets(data: bytes) -> tuple[Sheet, ...]:
    """Return the visible sheets of an .xlsx. Dates come as ISO days, formulas as ``=``.

    Raises Refusal ``file.table_broken``, ``file.table_macros``, ``file.table_too_long``.
    """
    try:
        _check_archive(data, {"[Content_Types].xml", "xl/workbook.xml"})
    except Refusal as refusal:
        is_active = refusal.key == "file.unknown_kind"
        raise Refusal("file.table_macros" if is_active else "file.table_broken") from None
    found = await _by_child(
        table_child.__file__, data, refusals=_TABLE_REFUSALS, otherwise="file.table_broken"
    )
    return tuple(
        Sheet(
            one["name"],
            tuple(tuple(row) for row in one["rows"]),
            tuple((span[0], span[1], span[2], span[3]) for span in one["merged"]),
        )
        for one in json.loads(found)
    )


def suffix_of(data: bytes) -> str | None:
    """Return what the first bytes say; ``docx`` for any zip, to be checked; None when unknown."""
    if data.startswith(_SILK):
        return "silk"
    head = data[:8192]
    guessed = filetype.guess_extension(head)
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    return None if guessed is None else str(guessed)


def _is_program(name: str) -> bool:
    return name.lower().rstrip(". ").rpartition(".")[2] in _PROGRAMS


def _refuse_archive_behind(data: bytes) -> None:
    """Refuse a file that is an archive too, read from its end; what we keep is one thing only."""
    if b"PK\x05\x06" in data[-_ARCHIVE_TAIL:]:
        raise Refusal("file.unknown_kind")


def _check_pdf(data: bytes) -> None:
    if not data.startswith((b"%PDF-1.", b"%PDF-2.")) or b"startxref" not in data[-2048:]:
        raise Refusal("file.broken")
    if any(word in data for word in _PDF_ACTIVE):
        raise Refusal("file.unknown_kind")
    _refuse_archive_behind(data)


def _check_archive(data: bytes, wanted: Collection[str]) -> None:
    """Look at a zip's directory, its size first; nothing is unpacked."""
    if len(data) < _ZIP_END.size:
        raise Refusal("file.broken")
    mark, disk, *_, size, _, comment = _ZIP_END.unpack(data[-_ZIP_END.size :])
    if mark != b"PK\x05\x06" or disk or comment or size > _MOST_DIRECTORY:
        raise Refusal("file.broken")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise Refusal("file.broken") from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or any(p.flag_bits & 1 for p in parts):
        raise Refusal("file.broken")
    names = {part.filename for part in parts}
    if not names.issuperset(wanted) or any("vbaproject" in part.lower() for part in names):
        raise Refusal("file.unknown_kind")


async def _picture(data: bytes) -> Inspected:
    found = await _by_child(picture_child.__file__, data)
    size = picture_child.HEAD.size
    if len(found) < size:
        raise Refusal("file.broken")
    mark, flaws, look = picture_child.HEAD.unpack(found[:size])
    jpeg = found[size:]
    if mark != picture_child.MARK or not jpeg.startswith(b"\xff\xd8"):
        raise Refusal("file.broken")
    return Inspected(MediaKind.IMAGE, "jpg", jpeg, look=look.hex(), flaw=_FLAWS.get(flaws))


async def _words(data: bytes, suffix: str) -> str:
    found = await _by_child(document_child.__file__, data, suffix)
    return found.decode("utf-8", "replace")


async def _by_child(
    script: str,
    data: bytes,
    *arguments: str,
    refusals: Mapping[int, str] = _REFUSALS,
    otherwise: str = "file.broken",
) -> bytes:
    async with _CHILDREN:
        code, found = await asyncio.to_thread(_in_child, script, data, arguments)
    if code == 0:
        return found
    raise Refusal(refusals.get(code, otherwise))


def _in_child(script: str, data: bytes, arguments: Sequence[str]) -> tuple[int, bytes]:
    """Return how a child ended, and what it said; ``_TOO_SLOW`` when it did not end."""
    environment = {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and our own file
            [sys.executable, "-I", "-B", str(Path(script)), *arguments],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_WALL_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("child.too_slow", child=Path(script).stem, size=len(data))
        return _TOO_SLOW, b""
    if done.returncode not in _EXPECTED:
        log.warning("child.died", child=Path(script).stem, code=done.returncode, size=len(data))
    return done.returncode, done.stdout
