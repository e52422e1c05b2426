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
from core.errors import Fault

MANIFEST = "manifest.json"
FORMAT = 1
# Letters of any script, digits, and two harmless marks: no path, no hidden file, no wildcard.
_STRANGE = re.compile(r"[^\w-]+")
_LONGEST_NAME = 40
# What stands between two slashes: no empty one, none that begins or ends with a dot.
_PLAIN = re.compile(r"\w(?:[\w.-]*\w)?")


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a parcel. ``about`` says in codes what it is (quarter, version, page)."""

    path: str
    data: bytes
    about: Mapping[str, Any]


def safe_name(text: str) -> str:
    """Return ``text`` as a file may be called everywhere; ``_`` for what may not stand there."""
    return _STRANGE.sub("_", text).strip("_-")[:_LONGEST_NAME].rstrip("_-") or "_"


def pack(files: Sequence[Packed], *, head: Mapping[str, Any], at: datetime) -> bytes:
    """Return a .zip of ``files`` and of the list that names them all; ``head`` opens the list.

    Fault for a path that leads out of the folder it is unpacked into, or that is there already.
    """
    _require_harmless([*(file.path for file in files), MANIFEST])
    held = io.BytesIO()
    stamp = local(at).timetuple()[:6]
    with zipfile.ZipFile(held, "w") as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.path, stamp), file.data)
        archive.writestr(
            zipfile.ZipInfo(MANIFEST, stamp), _manifest(files, head), zipfile.ZIP_DEFLATED
        )
    return held.getvalue()


def _require_harmless(paths: Sequence[str]) -> None:
    """Fault unless every path is made of plain names; where capitals are one, so are files."""
    if len({path.casefold() for path in paths}) != len(paths):
        raise Fault("two files of one name in a parcel")
    for path in paths:
        if any(_PLAIN.fullmatch(name) is None for name in path.split("/")):
            raise Fault("no plain name in a parcel")


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
