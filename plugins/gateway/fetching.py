"""Gets bytes from an address that a platform names, and from nowhere inside our network.

Addresses are checked as they are dialled, so that neither a redirect nor a name that resolves to
something else leads inside. Loopback is allowed only when the address itself says so: the protocol
end may run on this machine. Our own port never is.
"""

import asyncio
import base64
import binascii
import socket
from urllib.parse import unquote_to_bytes

import aiohttp
from yarl import URL

from core import addresses, config
from core.addresses import MOST_REDIRECTS, REDIRECTS
from core.errors import Refusal

SCHEMES = ("http://", "https://", "base64://", "data:")

_OK = 200
_CHUNK = 64 * 1024
_BASE64 = "base64://"


async def content_of(source: str, limit_bytes: int) -> bytes | None:
    """Return what stands at ``source`` (http, https, base64, data), or None when it is not there.

    Raises Refusal ``file.too_big``. Waits as long as the caller lets it.
    """
    if source.startswith(_BASE64):
        return await _decoded(source[len(_BASE64) :], limit_bytes)
    if source.startswith("data:"):
        return await _data(source, limit_bytes)
    try:
        return await _download(URL(source), limit_bytes)
    except (aiohttp.ClientError, OSError, ValueError):
        return None


async def _data(source: str, limit_bytes: int) -> bytes | None:
    head, _, body = source.partition(",")
    if head.endswith(";base64"):
        return await _decoded(body, limit_bytes)
    if len(body) > 3 * limit_bytes:
        raise Refusal("file.too_big")
    content = unquote_to_bytes(body)
    if len(content) > limit_bytes:
        raise Refusal("file.too_big")
    return content


async def _decoded(encoded: str, limit_bytes: int) -> bytes | None:
    if len(encoded) // 4 * 3 - 2 > limit_bytes:
        raise Refusal("file.too_big")
    try:
        return await asyncio.to_thread(base64.b64decode, encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


async def _download(url: URL, limit_bytes: int) -> bytes | None:
    may_be_here = _names_loopback(url)
    for _ in range(MOST_REDIRECTS + 1):
        if url.scheme not in {"http", "https"} or url.user is not None:
            return None
        found = await _visit(url, limit_bytes, may_be_here=may_be_here)
        if not isinstance(found, URL):
            return found
        url, may_be_here = found, False
    return None


async def _visit(url: URL, limit_bytes: int, *, may_be_here: bool) -> bytes | URL | None:
    """Return the content at ``url``, or where it leads on, or None."""

    def guarded(info: addresses.AddrInfo) -> socket.socket:
        return _checked_socket(info, may_be_here=may_be_here)

    connector = aiohttp.TCPConnector(socket_factory=guarded, force_close=True)
    async with (
        aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},
        ) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        if response.status in REDIRECTS:
            return url.join(URL(response.headers.get("Location", "")))
        return await _body(response, limit_bytes) if response.status == _OK else None


async def _body(response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    if (response.content_length or 0) > limit_bytes:
        raise Refusal("file.too_big")
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit_bytes:
            raise Refusal("file.too_big")
    return bytes(content)


def _checked_socket(info: addresses.AddrInfo, *, may_be_here: bool) -> socket.socket:
    family, kind, protocol, _, address = info
    host, port = str(address[0]), int(str(address[1]))
    if not _is_allowed(host, port, may_be_here=may_be_here):
        raise addresses.NotAllowed
    return socket.socket(family, kind, protocol)


def _is_allowed(host: str, port: int, *, may_be_here: bool) -> bool:
    if addresses.is_loopback(host):
        return may_be_here and port != config.settings().web.port
    return addresses.is_public(host)


def _names_loopback(url: URL) -> bool:
    host = url.host or ""
    if host == "localhost":
        return True
    try:
        return addresses.is_loopback(host)
    except ValueError:
        return False
