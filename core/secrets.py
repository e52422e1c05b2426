"""Tokens and passwords: from the environment, else from a file in ``data/secrets``."""

import os
import re
import secrets as random_source

from core import config, crypto, disk
from core.errors import Fault

_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")


def given(name: str) -> str | None:
    """Return the secret somebody set, or None.

    The variable ``YANZHEN_<NAME>`` wins over the file ``data/secrets/<name>``. Raises StartRefused
    ``start.secret_rights`` when others may read the file.
    """
    if not _NAME.fullmatch(name):
        raise Fault("bad name of a secret")
    from_environment = os.environ.get(f"YANZHEN_{name.upper()}", "").strip()
    if from_environment:
        return from_environment
    path = config.settings().data_dir / "secrets" / name
    if not path.is_file():
        return None
    crypto.check_rights(path)
    return path.read_text("utf-8").strip() or None


def secret(name: str) -> str:
    """Return a secret, made at random (256 bits) and kept in its file on first use."""
    found = given(name)
    if found is not None:
        return found
    made = random_source.token_urlsafe(32)
    path = config.settings().data_dir / "secrets" / name
    try:
        disk.private_folder(path.parent)
        disk.write_atomic(path, made.encode())
    except OSError as error:
        raise disk.start_refusal(error) from None
    return made
