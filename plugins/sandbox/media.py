"""Bytes of pictures, recordings and files by random id, taken from wherever a bot points to."""

import asyncio
import base64
import binascii
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import aiohttp

MAX_BYTES = 25 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FETCH_TIMEOUT_S = 10
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF8", "image/gif", ".gif"),
    (b"BM", "image/bmp", ".bmp"),
)
OTHER_TYPE = "application/octet-stream"


class UnreadableSource(Exception):
    """A bot pointed to bytes that cannot be had."""


@dataclass(frozen=True, slots=True)
class Media:
    """One stored piece; ``content_type`` is what its first bytes say, never what a name says."""

    media_id: str
    name: str
    content_type: str
    content: bytes

    @property
    def is_picture(self) -> bool:
        """Tell whether a browser may show it inline."""
        return self.content_type.startswith("image/")


class MediaStore:
    """Everything that was ever attached to a message in this world."""

    def __init__(self) -> None:
        self._kept: dict[str, Media] = {}

    def keep(self, content: bytes, name: str = "") -> Media:
        """Store bytes under a new random id."""
        content_type, suffix = sniff(content)
        media_id = secrets.token_hex(16)
        media = Media(media_id, _plain_name(name) or f"{media_id}{suffix}", content_type, content)
        self._kept[media_id] = media
        return media

    def find(self, media_id: str) -> Media | None:
        """Find by id."""
        return self._kept.get(media_id)

    def find_named(self, reference: str) -> Media | None:
        """Find by id, or by the ``file`` of an image segment: pictures have names of their own."""
        found = self._kept.get(reference)
        if found is not None:
            return found
        return next((m for m in self._kept.values() if m.name == reference), None)

    def restore(self, media_id: str, name: str, content: bytes) -> None:
        """Put a saved piece back under its old id."""
        self._kept[media_id] = Media(media_id, name, sniff(content)[0], content)

    async def take(self, source: str, name: str = "") -> Media:
        """Store what a bot names: base64://, file://, a path, data:, or a loopback address."""
        return self.keep(await _read(source), name)


def sniff(content: bytes) -> tuple[str, str]:
    """Tell content type and suffix from the first bytes."""
    for signature, content_type, suffix in _SIGNATURES:
        if content.startswith(signature):
            return content_type, suffix
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", ".webp"
    return OTHER_TYPE, ""


async def _read(source: str) -> bytes:
    scheme, _, rest = source.partition("://")
    try:
        if scheme == "base64":
            return base64.b64decode(rest, validate=True)
        if source.startswith("data:"):
            return base64.b64decode(source.partition(",")[2], validate=True)
        if scheme in ("http", "https"):
            return await _fetch(source)
        path = url2pathname(unquote(urlsplit(source).path)) if scheme == "file" else source
        return await asyncio.to_thread(_read_file, Path(path))
    except (binascii.Error, OSError, ValueError, aiohttp.ClientError, TimeoutError) as error:
        raise UnreadableSource(source[:80]) from error


async def _fetch(address: str) -> bytes:
    # A simulated world asks nobody outside: what the bot offers stands on this machine.
    if urlsplit(address).hostname not in _LOOPBACK:
        raise ValueError("only loopback addresses are read")
    timeout = aiohttp.ClientTimeout(total=_FETCH_TIMEOUT_S)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(address, allow_redirects=False) as answer,
    ):
        if answer.status != HTTPStatus.OK:
            raise ValueError("the address does not answer with 200")
        content = await answer.content.read(MAX_BYTES + 1)
    return _bounded(content)


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bounded(file.read(MAX_BYTES + 1))


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise ValueError("too large")
    return content


def _plain_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:120]
