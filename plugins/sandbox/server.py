"""The web server of the page: loopback only, own host and origin only, strict headers."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from plugins.sandbox.media import MAX_BYTES, Media, MediaStore
from plugins.sandbox.page import PageHub

HOST = "127.0.0.1"
_STATIC = Path(__file__).with_name("static")
_LONGEST_FRAME = 256 * 1024
_CLOSE_S = 3.0
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer:
    """Serves the page, its media and its WebSocket on one loopback port."""

    def __init__(self, *, media: MediaStore, hub: PageHub, port: int) -> None:
        self.port = port
        self._media = media
        self._hub = hub
        self._runner: web.AppRunner | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        return f"http://{HOST}:{self.port}"

    def media_url(self, media_id: str) -> str:
        """Build the address of one medium, as events carry it."""
        return f"{self.address}/media/{media_id}"

    async def start(self) -> None:
        """Listen; OSError when the port is taken."""
        app = web.Application(middlewares=[self._guard], client_max_size=MAX_BYTES + 1)
        app.router.add_get("/", self._page)
        app.router.add_static("/static", _STATIC)
        app.router.add_get("/media/{media_id}", self._get_media)
        app.router.add_post("/upload", self._upload)
        app.router.add_get("/ws", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSE_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = int(self._runner.addresses[0][1])
        self._watch = asyncio.create_task(self._hub.watch())

    async def stop(self) -> None:
        """Send the pages away and stop listening; bounded by a few seconds."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._hub.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _names(self) -> tuple[str, str]:
        return f"{HOST}:{self.port}", f"localhost:{self.port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        # The Host check stops a foreign name that resolves to loopback (DNS rebinding).
        if request.host not in self._names():
            raise web.HTTPForbidden(text="unknown host")
        response = await handler(request)
        if not response.prepared:
            self._harden(response)
        return response

    def _harden(self, response: web.StreamResponse) -> None:
        # Older browsers do not count a WebSocket to the same host as 'self'.
        sockets = " ".join(f"ws://{name}" for name in self._names())
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; "
            f"base-uri 'none'; frame-ancestors 'none'; connect-src 'self' {sockets}"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-cache"

    def _check_origin(self, request: web.Request) -> None:
        allowed = {f"http://{name}" for name in self._names()}
        if request.headers.get("Origin") not in allowed:
            raise web.HTTPForbidden(text="unknown origin")

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_STATIC / "index.html")

    async def _get_media(self, request: web.Request) -> web.StreamResponse:
        piece = self._media.find(request.match_info["media_id"])
        if piece is None:
            raise web.HTTPNotFound
        return web.Response(
            body=piece.content,
            content_type=piece.content_type,
            headers={"Content-Disposition": _disposition(piece)},
        )

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        self._check_origin(request)
        if (request.content_length or 0) > MAX_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BYTES, request.content_length or 0)
        # read() enforces client_max_size for bodies that do not say how long they are.
        content = await request.read()
        piece = self._media.keep(content, request.query.get("name", ""))
        return web.json_response(
            {
                "media": piece.media_id,
                "name": piece.name,
                "size": len(content),
                "picture": piece.is_picture,
            }
        )

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self._check_origin(request)
        socket = web.WebSocketResponse(max_msg_size=_LONGEST_FRAME, heartbeat=30, timeout=_CLOSE_S)
        await socket.prepare(request)
        await self._hub.serve(socket)
        return socket


def _disposition(piece: Media) -> str:
    kind = "inline" if piece.is_picture else "attachment"
    return f"{kind}; filename*=UTF-8''{quote(piece.name)}"
