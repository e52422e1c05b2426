"""Seals texts and files at rest: AES-256-GCM under a ring of keys in ``data/secrets/keys.json``.

A sealed value is ``key id (1 byte) ‖ nonce (12) ‖ ciphertext and tag``. Its place
(``table.column:uid``) and key id are authenticated with it, so a value moved to another row does
not open.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import disk
from core.errors import Fault, StartRefused

_KEY_BYTES = 32
_NONCE_BYTES = 12
_MOST_KEYS = 255

# Sealed values are longer than their content by key id, nonce and tag.
OVERHEAD_BYTES = 1 + _NONCE_BYTES + 16


class KeyRing:
    """The keys of this installation; the current one seals, all of them open."""

    def __init__(self, keys: Mapping[int, bytes], current: int) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self.current = current
        self._oldest = min(keys.items())

    def derived(self, purpose: str) -> tuple[int, bytes]:
        """Return a key of its own for keyed hashes of ``purpose``, and the number it comes from.

        It comes from the oldest key, so that what was hashed before a rotation still matches. Who
        keeps hashes keeps the number with them, and hashes anew when it changes.
        """
        number, key = self._oldest
        return number, hashlib.blake2b(purpose.encode(), key=key, digest_size=_KEY_BYTES).digest()

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Return ``plain`` sealed for ``place``."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, plain, _bound(place, self.current))
        return bytes((self.current,)) + nonce + sealed

    def unseal(self, blob: bytes, *, place: str) -> bytes:
        """Return what was sealed for ``place``; Fault when it was not, or was changed."""
        if len(blob) < OVERHEAD_BYTES or blob[0] not in self._ciphers:
            raise Fault("not a sealed value, or sealed with a key that is not here")
        nonce, sealed = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
        try:
            return self._ciphers[blob[0]].decrypt(nonce, sealed, _bound(place, blob[0]))
        except InvalidTag:
            raise Fault("sealed value changed, or opened at another place") from None

    @property
    def has_older(self) -> bool:
        """Whether there are keys besides the current one."""
        return len(self._ciphers) > 1

    def knows(self, blob: bytes) -> bool:
        """Whether the key that ``blob`` was sealed with is here."""
        return bool(blob) and blob[0] in self._ciphers

    def is_current(self, blob: bytes) -> bool:
        """Whether ``blob`` is sealed with the current key; if not, rotation seals it anew."""
        return blob[:1] == bytes((self.current,))


def _bound(place: str, number: int) -> bytes:
    return f"{place}:{number}".encode()


def open_keys(data_dir: Path) -> KeyRing:
    """Read the key ring of ``data_dir`` and use it; make it on the first start.

    Raises StartRefused: ``start.secret_rights`` when others may read it, ``start.secret_broken``
    when it is damaged, or gone although sealed files are there.
    """
    path = _path(data_dir)
    if not path.exists():
        _refuse_lost_keys(data_dir)
        _write(path, {1: secrets.token_bytes(_KEY_BYTES)}, 1)
    check_rights(path)
    ring = KeyRing(*_read(path))
    use(ring, data_dir)
    return ring


def add_key(data_dir: Path) -> KeyRing:
    """Add a key, make it the current one and use the ring; older keys keep opening.

    The file is written before the key is used. Fault when the ring is full.
    """
    path = _path(data_dir)
    keys, current = _read(path)
    number = max(keys) + 1
    if number > _MOST_KEYS:
        raise Fault(f"key ring is full at {current}")
    keys[number] = secrets.token_bytes(_KEY_BYTES)
    _write(path, keys, number)
    return open_keys(data_dir)


def drop_older_keys(data_dir: Path) -> int:
    """Take away every key but the current one; return how many went.

    For good: what is still sealed with them opens never again. Callers make sure that nothing is
    (core.resealing).
    """
    path = _path(data_dir)
    keys, current = _read(path)
    _write(path, {current: keys[current]}, current)
    open_keys(data_dir)
    return len(keys) - 1


def check_rights(path: Path) -> None:
    """Refuse a secret file or its folder that others may read (``start.secret_rights``)."""
    if os.name == "nt":
        return
    for item in (path, path.parent):
        if item.stat().st_mode & 0o077:
            where = f"{path.parent.name}/{path.name}" if item == path else path.parent.name
            raise StartRefused("start.secret_rights", file=f"data/{where}")


def _path(data_dir: Path) -> Path:
    return data_dir / "secrets" / "keys.json"


def _refuse_lost_keys(data_dir: Path) -> None:
    files = data_dir / "files"
    if files.is_dir() and any(files.iterdir()):
        raise StartRefused("start.secret_broken", file="data/secrets/keys.json")


def _write(path: Path, keys: Mapping[int, bytes], current: int) -> None:
    encoded = {str(number): base64.b64encode(key).decode() for number, key in keys.items()}
    try:
        disk.private_folder(path.parent)
        disk.write_atomic(path, json.dumps({"current": current, "keys": encoded}).encode())
    except OSError as error:
        raise disk.start_refusal(error) from None


def _read(path: Path) -> tuple[dict[int, bytes], int]:
    try:
        data = json.loads(path.read_bytes())
        keys = {int(n): base64.b64decode(key, validate=True) for n, key in data["keys"].items()}
        current = int(data["current"])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        keys, current = {}, 0
    good = all(0 < n <= _MOST_KEYS and len(key) == _KEY_BYTES for n, key in keys.items())
    if current not in keys or not good:
        raise StartRefused("start.secret_broken", file="data/secrets/keys.json")
    return keys, current


_ring: KeyRing | None = None
_home: Path | None = None


def use(ring: KeyRing | None, data_dir: Path | None = None) -> None:
    """Make ``ring`` the one of this process; ``data_dir`` is where it was read."""
    global _ring, _home
    _ring, _home = ring, data_dir


def current() -> KeyRing:
    """Return the ring of this process; Fault before ``open_keys``."""
    if _ring is None:
        raise Fault("keys are not open")
    return _ring


def derived(purpose: str) -> tuple[int, bytes]:
    """Return a key of 32 bytes for keyed hashes of ``purpose``, and the number it comes from."""
    return current().derived(purpose)


def seal(plain: bytes, *, place: str) -> bytes:
    """Return ``plain`` sealed for ``place`` (``report_part.text:<uid>``)."""
    return current().seal(plain, place=place)


def unseal(blob: bytes, *, place: str) -> bytes:
    """Return what was sealed for ``place``; Fault when it was not.

    A key that another process added since is read from the file.
    """
    ring = current()
    if blob and not ring.knows(blob) and _home is not None:
        ring = open_keys(_home)
    return ring.unseal(blob, place=place)


def seal_text(text: str, *, place: str) -> bytes:
    """Return ``text`` sealed for ``place``."""
    return seal(text.encode(), place=place)


def unseal_text(blob: bytes, *, place: str) -> str:
    """Return the text sealed for ``place``; Fault when it was not."""
    return unseal(blob, place=place).decode()
