"""Writes that are either whole or not there, and what the disk's refusals mean."""

import errno
import os
import secrets
from pathlib import Path

from core.errors import StartRefused

# No room (quota included) against no rights; everything else the system refuses is a defect.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_DENIED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST})

TEMPORARY_SUFFIX = ".part"


def refuses_writing(error: OSError) -> bool:
    """Whether ``error`` says that the disk is full or may not be written."""
    return error.errno in _FULL or error.errno in _DENIED


def write_atomic(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write ``data`` to ``path`` so that a crash leaves the old file or the new one, on the disk.

    OSError passes through; the unfinished file is removed.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Put a new name on the disk too; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def private_folder(folder: Path) -> None:
    """Make ``folder``, readable by this user alone, if it is not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def prove_writable(folder: Path) -> None:
    """Make ``folder`` and write a file in it.

    Raises StartRefused ``start.disk_full`` or ``start.data_readonly``.
    """
    probe = folder / f".probe-{secrets.token_hex(4)}"
    try:
        private_folder(folder)
        write_atomic(probe, b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        raise start_refusal(error) from None


def start_refusal(error: OSError) -> StartRefused:
    """Return what a refusal of the disk means to the operator."""
    return StartRefused("start.disk_full" if error.errno in _FULL else "start.data_readonly")
