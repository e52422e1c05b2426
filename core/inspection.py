"""Looks at every file from outside before it is kept: what it is, by its bytes, and if it is taken.

Pictures are decoded in a limited process of their own and come back as fresh JPEGs without place or
device; documents and voice are recognised by their headers and never opened. Unpacked sizes, parts
and pixels are counted before anything is unpacked.
"""

import asyncio
import io
import os
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import filetype  # type: ignore[import-untyped]  # ships no types

from core import config, logs, picture_child
from core.errors import Refusal
from core.messages import MediaKind

log = logs.get("inspection")

_WALL_S = 15
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

# Word files have a few dozen parts and unpack to a few MB (bombs of 300 MB seen in 0.4 MB).
_MOST_PARTS = 2000
_MOST_UNPACKED = 50 * 1024 * 1024
_MOST_DIRECTORY = 512 * 1024
_ZIP_END = struct.Struct("<4s4H2LH")

# Words of PDFs that run something or carry something when opened.
_PDF_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: ``data`` is what to keep, not what came in."""

    kind: MediaKind
    suffix: str
    data: bytes


async def inspect(data: bytes, *, name: str) -> Inspected:
    """Return ``data`` made harmless; ``name`` is the sender's and only ever a reason to refuse.

    Raises Refusal ``file.too_big``, ``file.unknown_kind`` or ``file.broken``.
    """
    if len(data) > config.settings().thought_report.max_photo_mb * 1024 * 1024:
        raise Refusal("file.too_big")
    if not data:
        raise Refusal("file.broken")
    suffix = None if _is_program(name) else suffix_of(data)
    if suffix in _PICTURES:
        return Inspected(MediaKind.IMAGE, "jpg", await _cleaned(data))
    if suffix in _VOICES or suffix == "silk":
        return Inspected(MediaKind.VOICE, suffix, data)
    if suffix == "pdf":
        _check_pdf(data)
    elif suffix == "docx":
        _check_docx(data)
    else:
        raise Refusal("file.unknown_kind")
    return Inspected(MediaKind.FILE, suffix, data)


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


def _check_pdf(data: bytes) -> None:
    if not data.startswith((b"%PDF-1.", b"%PDF-2.")) or b"startxref" not in data[-2048:]:
        raise Refusal("file.broken")
    if any(word in data for word in _PDF_ACTIVE):
        raise Refusal("file.unknown_kind")


def _check_docx(data: bytes) -> None:
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
    wanted = {"[Content_Types].xml", "word/document.xml"}
    if not wanted <= names or any("vbaproject" in part.lower() for part in names):
        raise Refusal("file.unknown_kind")


async def _cleaned(data: bytes) -> bytes:
    async with _CHILDREN:
        return await asyncio.to_thread(_in_child, data)


def _in_child(data: bytes) -> bytes:
    environment = {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    script = Path(picture_child.__file__)
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and our own file
            [sys.executable, "-I", "-B", str(script)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_WALL_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("picture.too_slow", size=len(data))
        raise Refusal("file.broken") from None
    if done.returncode == picture_child.TOO_LARGE:
        raise Refusal("file.too_big")
    if done.returncode != 0 or not done.stdout.startswith(b"\xff\xd8"):
        if done.returncode != picture_child.REFUSED:
            log.warning("picture.child_died", code=done.returncode, size=len(data))
        raise Refusal("file.broken")
    return done.stdout
