"""Keeps files from people: sealed at rest, under random ids, each written whole or not at all.

Lies in ``data/files/ab/<id>``. Names, kinds and owners stand in rows, never here.
"""

import asyncio
import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core import clock, config, crypto, disk
from core.errors import Fault, Refusal
from core.messages import MediaKind

_ID = re.compile(r"[0-9a-f]{32}")
_ANY_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")

# Exports and documents of ours are larger than a photo, but never this large.
MOST_BYTES = 64 * 1024 * 1024

_KINDS = {
    **dict.fromkeys(("jpg", "png"), MediaKind.IMAGE),
    **dict.fromkeys(("amr", "silk", "mp3", "ogg", "wav", "m4a"), MediaKind.VOICE),
}


# Sealing a file anew and removing it never cross: what is removed stays removed.
_replacing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept. ``sha256`` (hex) and ``size_bytes`` are of the plain content."""

    blob_id: str
    sha256: str
    size_bytes: int
    suffix: str
    kind: MediaKind


def kind_of(suffix: str) -> MediaKind:
    """Return what a file with ``suffix`` (no dot) is in a chat."""
    return _KINDS.get(suffix, MediaKind.FILE)


def new_id() -> str:
    """Return an id under which nothing is kept yet, to be noted before the file is there."""
    return secrets.token_hex(16)


async def put(data: bytes, *, suffix: str, blob_id: str | None = None) -> Stored:
    """Keep ``data`` and return where. Call it before the transaction that refers to it.

    ``blob_id`` is an id from ``new_id`` that a row refers to already. Raises Refusal
    ``start.disk_full_worker`` when the disk takes no more; Fault above the limit.
    """
    if len(data) > MOST_BYTES:
        raise Fault("file above the limit")
    blob_id = blob_id or new_id()
    try:
        digest = await asyncio.to_thread(_put, blob_id, data)
    except OSError as error:
        if disk.refuses_writing(error):
            raise Refusal("start.disk_full_worker") from None
        raise
    suffix = suffix.lstrip(".").lower()
    return Stored(blob_id, digest, len(data), suffix, kind_of(suffix))


async def read(blob_id: str) -> bytes:
    """Return the plain content; Fault when there is no such file or it was changed."""
    return await asyncio.to_thread(_read, blob_id)


async def delete(blob_id: str) -> None:
    """Remove a file; one that is already gone is no error."""
    await asyncio.to_thread(_delete, blob_id)


async def reseal(blob_id: str) -> bool:
    """Seal a file with the current key; return whether it was sealed with another.

    The new file takes the place of the old one whole, or not at all, and keeps its age. A file that
    goes meanwhile stays gone. Fault when it was changed, or its key is not here.
    """
    return await asyncio.to_thread(_reseal, blob_id)


async def all_ids() -> list[str]:
    """Return the ids of all files, in order."""
    return await asyncio.to_thread(lambda: sorted(p.name for p in _all_files() if _is_kept(p)))


async def is_current(blob_id: str) -> bool:
    """Whether a file is sealed with the current key; one that is gone is."""
    return await asyncio.to_thread(_is_current, _path(blob_id))


async def kept_before(moment: datetime) -> list[str]:
    """Return the ids of files last written before ``moment``, so that strays can be found.

    Unfinished files older than that are removed on the way.
    """
    return await asyncio.to_thread(_kept_before, moment.timestamp())


async def delete_older(blob_id: str, moment: datetime) -> bool:
    """Remove a file last written or used before ``moment``; return whether it was there."""
    return await asyncio.to_thread(_delete_older, blob_id, moment.timestamp())


async def use(blob_id: str) -> bool:
    """Note that a file is used now, so that it counts as young; False when there is none."""
    return await asyncio.to_thread(_use, blob_id, clock.now().timestamp())


def ids_in(text: str) -> set[str]:
    """Return whatever in a text may be the id of a file."""
    return set(_ANY_ID.findall(text))


def _path(blob_id: str) -> Path:
    if not _ID.fullmatch(blob_id):
        raise Fault("bad file id")
    return config.settings().data_dir / "files" / blob_id[:2] / blob_id


def _place(blob_id: str) -> str:
    return f"file:{blob_id}"


def _put(blob_id: str, data: bytes) -> str:
    path = _path(blob_id)
    sealed = crypto.seal(data, place=_place(blob_id))
    disk.private_folder(path.parent)
    disk.write_atomic(path, sealed)
    # Its age is one of our clock, which a demo sets forward.
    stamp = clock.now().timestamp()
    os.utime(path, (stamp, stamp))
    return hashlib.sha256(data).hexdigest()


def _read(blob_id: str) -> bytes:
    try:
        sealed = _path(blob_id).read_bytes()
    except FileNotFoundError:
        raise Fault("no file with this id") from None
    return crypto.unseal(sealed, place=_place(blob_id))


def _delete(blob_id: str) -> None:
    with _replacing:
        _path(blob_id).unlink(missing_ok=True)


def _delete_older(blob_id: str, timestamp: float) -> bool:
    path = _path(blob_id)
    with _replacing:
        if not path.exists() or path.stat().st_mtime >= timestamp:
            return False
        path.unlink(missing_ok=True)
    return True


def _use(blob_id: str, timestamp: float) -> bool:
    path = _path(blob_id)
    with _replacing:
        if not path.exists():
            return False
        os.utime(path, (timestamp, timestamp))
    return True


def _reseal(blob_id: str) -> bool:
    path = _path(blob_id)
    if _is_current(path):
        return False
    try:
        stamp = path.stat()
        plain = _read(blob_id)
    except (FileNotFoundError, Fault):
        if not path.exists():
            return False
        raise
    sealed = crypto.seal(plain, place=_place(blob_id))
    with _replacing:
        if not path.exists():
            return False
        disk.write_atomic(path, sealed)
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    return True


def _is_current(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return crypto.current().is_current(file.read(1))
    except FileNotFoundError:
        return True


def _is_kept(path: Path) -> bool:
    return _ID.fullmatch(path.name) is not None


def _kept_before(timestamp: float) -> list[str]:
    found = []
    for path in _all_files():
        if path.stat().st_mtime >= timestamp:
            continue
        if path.name.endswith(disk.TEMPORARY_SUFFIX):
            path.unlink(missing_ok=True)
        elif _is_kept(path):
            found.append(path.name)
    return sorted(found)


def _all_files() -> Iterator[Path]:
    root = config.settings().data_dir / "files"
    return root.glob("??/*") if root.is_dir() else iter(())
