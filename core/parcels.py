"""Packs files with a list (压缩包): every file by number and name, with size and SHA-256. Pure.

Runs in a thread, in memory; what comes out is sealed before it touches the disk.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import local

MANIFEST = "manifest.json"
FORMAT = 1
# Letters of any script, digits, and two harmless marks: no path, no hidden file, no wildcard.
_STRANGE = re.compile(r"[^\w-]+")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a parcel. ``about`` says in codes what it is (quarter, version, page)."""

    path: str
    data: bytes
    about: Mapping[str, Any]


def safe_name(text: str) -> str:
    """Return ``text`` as a file may be called everywhere; ``_`` for what may not stand there."""
    return _STRANGE.sub("_", text).strip("_-")[:_LONGEST_NAME] or "_"


def pack(files: Sequence[Packed], *, head: Mapping[str, Any], at: datetime) -> bytes:
    """Return a .zip of ``files`` and of the list that names them all; ``head`` opens the list."""
    held = io.BytesIO()
    stamp = local(at).timetuple()[:6]
    with zipfile.ZipFile(held, "w") as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.path, stamp), file.data)
        archive.writestr(
            zipfile.ZipInfo(MANIFEST, stamp), _manifest(files, head), zipfile.ZIP_DEFLATED
        )
    return held.getvalue()


def _manifest(files: Sequence[Packed], head: Mapping[str, Any]) -> bytes:
    entries = [
        {
            "path": file.path,
            "bytes": len(file.data),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            **file.about,
        }
        for file in files
    ]
    listed = {"format": FORMAT, **head, "files": entries}
    return json.dumps(listed, ensure_ascii=False, indent=1).encode()
