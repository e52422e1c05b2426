"""The reverse WebSocket as seen from the end: events out, calls in, breaking on purpose."""

import asyncio
import contextlib
import json
import logging
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from plugins.sandbox.entities import Chat
from plugins.sandbox.failures import BAD_REQUEST, LinkCut, Unanswered
from plugins.sandbox.faults import Fault, Faults, Injected

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 3.0
_KEPT_EVENTS = 1000
_CLOSE_TIMEOUT = aiohttp.ClientWSTimeout(ws_close=1.0)

Event = dict[str, Any]
Answer = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


class _Link:
    """One WebSocket connection with its queue: what is put first is written first."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self.websocket = websocket
        self.queue: asyncio.Queue[str] = asyncio.Queue()
        self.is_dead = False
        self.left = asyncio.Event()

    def put(self, message: dict[str, Any]) -> None:
        if not self.is_dead:
            self.queue.put_nowait(json.dumps(message, ensure_ascii=False))

    def retire(self) -> None:
        """Take nothing more; what still waits is lost."""
        self.is_dead = True
        while not self.queue.empty():
            self.queue.get_nowait()
            self.queue.task_done()

    def kill(self) -> None:
        """Break the connection without a farewell."""
        self.retire()
        raw = self.websocket.get_extra_info("socket")
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)
        self.left.set()


class OneBotEnd:
    """Keeps one account connected to the bot until it is told to stop."""

    def __init__(
        self, *, url: str, token: str, self_id: int, answer: Answer, faults: Faults
    ) -> None:
        self.connected = asyncio.Event()
        self.disconnected = asyncio.Event()
        self.disconnected.set()
        self.lifecycle: Callable[[], Event] = dict
        self.heartbeat: Callable[[], Event] = dict
        self.changed: Callable[[], None] = _nobody_asks
        self.heartbeat_s = 30.0
        self.connections = 0
        self._url = url
        self._headers = {
            "X-Self-ID": str(self_id),
            "X-Client-Role": "Universal",
            "User-Agent": "OneBot/11",
        }
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._answer = answer
        self._faults = faults
        self._written: deque[Event] = deque(maxlen=_KEPT_EVENTS)
        self._may_connect = asyncio.Event()
        self._may_connect.set()
        self._hurry = asyncio.Event()
        self._link: _Link | None = None
        self._abandoned: list[_Link] = []
        self._calls: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect, serve, and connect again for ever; cancelled to stop."""
        pause = _FIRST_PAUSE_S
        async with aiohttp.ClientSession() as session:
            try:
                while True:
                    await self._may_connect.wait()
                    before = self.connections
                    with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                        await self._connect_once(session)
                    if self.connections > before:
                        pause = _FIRST_PAUSE_S
                    await self._rest(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE_S)
            finally:
                await self._end_everything()

    def emit(self, event: Event, chat: Chat | None = None) -> None:
        """Report an event; lost, as on real ends, while nobody is connected."""
        if self._link is None:
            return
        for _ in range(2 if self._faults.draws_twice(chat) else 1):
            self._link.put(event)
        self._written.append(event)

    def cut(self) -> None:
        """Break the connection at once; the end dials again by itself."""
        if self._link is not None:
            self._drop(self._link)

    def hold(self) -> None:
        """Break the connection and stay away until ``resume``."""
        self._may_connect.clear()
        self.cut()

    def resume(self) -> None:
        """Dial again, without waiting out the pause."""
        self._may_connect.set()
        self._hurry.set()

    def abandon(self) -> None:
        """Leave the connection half open, as a lost route does, and dial a second one."""
        link = self._link
        if link is not None:
            self._abandoned.append(link)
            self._forget(link)
            link.left.set()
            self._hurry.set()

    @property
    def is_held(self) -> bool:
        """Tell whether the end stays away on purpose."""
        return not self._may_connect.is_set()

    async def flushed(self) -> None:
        """Wait until everything reported so far is written to the connection."""
        if self._link is not None:
            await self._link.queue.join()

    async def _connect_once(self, session: aiohttp.ClientSession) -> None:
        websocket = await session.ws_connect(
            self._url, headers=self._headers, max_msg_size=0, timeout=_CLOSE_TIMEOUT
        )
        link = _Link(websocket)
        if self.is_held:
            link.kill()
            return
        self._link = link
        self.connections += 1
        link.put(self.lifecycle())
        self._replay(link)
        self.disconnected.clear()
        self.connected.set()
        self.changed()
        _log.info("sandbox.connected")
        try:
            await self._serve(link)
        finally:
            self._forget(link)
            if link not in self._abandoned:
                await websocket.close()

    async def _serve(self, link: _Link) -> None:
        tasks = [
            asyncio.create_task(part)
            for part in (self._read(link), self._write(link), self._beat(link), _left(link))
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, link: _Link) -> None:
        async for frame in link.websocket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                task = asyncio.create_task(self._take_call(link, frame.data))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)

    async def _write(self, link: _Link) -> None:
        while True:
            text = await link.queue.get()
            try:
                await link.websocket.send_str(text)
            finally:
                link.queue.task_done()

    async def _beat(self, link: _Link) -> None:
        while True:
            await asyncio.sleep(self.heartbeat_s)
            link.put(self.heartbeat())

    async def _take_call(self, link: _Link, text: str) -> None:
        try:
            called = json.loads(text)
            action, params, echo = called["action"], called.get("params"), called.get("echo")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("sandbox.bad_call error=%s", type(error).__name__)
            link.put({"status": "failed", "retcode": BAD_REQUEST, "data": None})
            return
        try:
            answer = await self._answer(action, params if isinstance(params, dict) else {})
        except Unanswered:
            return
        except LinkCut:
            self._drop(link)
            return
        # An answer goes back where the call came from, and nowhere when that is gone.
        link.put({**answer, "echo": echo})

    def _replay(self, link: _Link) -> None:
        count = self._faults.replay_on_reconnect
        if count and self.connections > 1:
            for event in list(self._written)[-count:]:
                link.put(event)
                self._faults.record(
                    Injected(Fault.REPLAY, None, message_id=event.get("message_id"))
                )

    def _drop(self, link: _Link) -> None:
        self._forget(link)
        link.kill()

    def _forget(self, link: _Link) -> None:
        link.retire()
        if self._link is link:
            self._link = None
            self.connected.clear()
            self.disconnected.set()
            self.changed()
            _log.info("sandbox.disconnected")

    async def _rest(self, pause_s: float) -> None:
        # Not wait_for: in Python 3.11 it can swallow a cancellation that comes at the same moment.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._hurry.wait()
        self._hurry.clear()

    async def _end_everything(self) -> None:
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        for link in self._abandoned:
            link.kill()
            await link.websocket.close()


def _nobody_asks() -> None:
    pass


async def _left(link: _Link) -> None:
    await link.left.wait()
