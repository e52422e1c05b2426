"""One look at one feed: asks for it if it changed, and takes no more time, bytes or trust than set.

Redirects are followed here, each checked anew; what a name resolves to is checked as it is dialled.
Bytes are counted after unpacking, while they come.
"""

import asyncio
import zlib
from dataclasses import dataclass

import aiohttp
from yarl import URL

from core import addresses

TOTAL_S = 20.0
CONNECT_S = 5.0
LIMIT_BYTES = 2 * 1024 * 1024

_CHUNK = 64 * 1024
_OK = 200
_NOT_MODIFIED = 304
_AUTOMATIC = 47  # zlib: a gzip or a zlib head, whichever comes
_RAW = -15  # zlib: deflate without a head, as some servers send it
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_HEADERS = {
    "User-Agent": "Yanzhen",
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}

# What may be asked. Tests, and nobody else, put another one here.
rules = addresses.STRICT


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look brought. ``body`` is None when nothing changed; ``charset`` as the head says."""

    body: bytes | None
    charset: str
    etag: str
    modified: str


class NotFetched(Exception):
    """A look that brought nothing. ``code`` says why, in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def fetch(address: str, *, etag: str, modified: str) -> Fetched:
    """Ask for the feed at ``address``, if it changed since; NotFetched when it cannot be had."""
    headers = dict(_HEADERS)
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    try:
        async with asyncio.timeout(TOTAL_S):
            return await _follow(URL(address), headers)
    except TimeoutError:
        raise NotFetched("timeout") from None
    except addresses.NotAllowed:
        raise NotFetched("address") from None
    except aiohttp.ClientConnectorError as error:
        refused = isinstance(error.os_error, addresses.NotAllowed)
        raise NotFetched("address" if refused else "unreachable") from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise NotFetched("unreachable") from None


async def _follow(url: URL, headers: dict[str, str]) -> Fetched:
    for _ in range(addresses.MOST_REDIRECTS + 1):
        if not rules.allows(url):
            raise NotFetched("address")
        found = await _visit(url, headers)
        if isinstance(found, Fetched):
            return found
        url = found
    raise NotFetched("redirects")


async def _visit(url: URL, headers: dict[str, str]) -> Fetched | URL:
    connector = aiohttp.TCPConnector(socket_factory=rules.guarded, force_close=True)
    async with (
        aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=TOTAL_S, connect=CONNECT_S),
        ) as session,
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        if response.status in addresses.REDIRECTS:
            return url.join(URL(response.headers.get("Location", "")))
        etag = response.headers.get("ETag", "")
        modified = response.headers.get("Last-Modified", "")
        if response.status == _NOT_MODIFIED:
            return Fetched(None, "", etag, modified)
        if response.status != _OK:
            raise NotFetched(f"status_{response.status}")
        return Fetched(await _body(response), response.charset or "", etag, modified)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in _PACKED | {"", "identity"}:
        raise NotFetched("packing")
    unpack = _Unpacking() if packing in _PACKED else None
    content = bytearray()
    came = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        came += len(chunk)
        content += unpack.more(chunk, LIMIT_BYTES - len(content)) if unpack else chunk
        if max(came, len(content)) > LIMIT_BYTES:
            raise NotFetched("too_big")
    return bytes(content)


class _Unpacking:
    """Unpacks gzip or deflate as it comes."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(_AUTOMATIC)
        self._is_first = True

    def more(self, chunk: bytes, room: int) -> bytes:
        """Unpack ``chunk`` into ``room`` bytes and one more at most, which says: too big."""
        try:
            return self._engine.decompress(chunk, room + 1)
        except zlib.error:
            if not self._is_first:
                raise NotFetched("packing") from None
            return self._raw(chunk, room)
        finally:
            self._is_first = False

    def _raw(self, chunk: bytes, room: int) -> bytes:
        self._engine = zlib.decompressobj(_RAW)
        try:
            return self._engine.decompress(chunk, room + 1)
        except zlib.error:
            raise NotFetched("packing") from None
