"""Recordings of pieces (听): an audio file beside the piece in content/materials, of the same name.

Nothing is spoken by a machine: where nobody recorded a piece, there is nothing to listen to.
"""

import asyncio
from pathlib import Path

from core import config, files
from core.errors import Fault
from core.messages import Blob, MediaKind

SUFFIXES = ("mp3", "m4a", "amr", "wav", "ogg")
# What ends take as one voice message; a longer one is a file nobody listens to on a phone.
MOST_BYTES = 20 * 1024 * 1024

_paths: dict[str, Path] = {}
_stored: dict[tuple[Path, Path], str] = {}


def use(folder: Path) -> None:
    """Look below ``folder`` for recordings."""
    _paths.clear()
    for suffix in SUFFIXES:
        for path in sorted(folder.rglob(f"*.{suffix}")):
            if path.stat().st_size <= MOST_BYTES:
                _paths.setdefault(path.stem, path)


def has(slug: str) -> bool:
    """Whether somebody recorded the piece ``slug``."""
    return slug in _paths


async def blob_of(slug: str) -> Blob:
    """Return the recording of ``slug``, kept once a process while it is used.

    Not inside a transaction. Fault when there is none.
    """
    path = _paths.get(slug)
    if path is None:
        raise Fault("no recording")
    key = (config.settings().data_dir, path)
    # One that nobody used for a day, and that no message names, may be gone.
    if key not in _stored or not await files.use(_stored[key]):
        data = await asyncio.to_thread(path.read_bytes)
        stored = await files.put(data, suffix=path.suffix.removeprefix("."))
        _stored[key] = stored.blob_id
    return Blob(MediaKind.VOICE, _stored[key], path.name)
