"""The storm's hold on its processes: a zygote that forks houses, and houses that can be killed."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

PROGRAM = Path(__file__).with_name("house_process.py")
ROOT = PROGRAM.parents[3]
START_S = 60.0
LONGEST_LINE = 1 << 24


@contextlib.contextmanager
def kept_ports(count: int) -> Iterator[tuple[int, ...]]:
    """Keep free ports on loopback for houses that come and go: nobody else is given them meanwhile.

    A bound socket that never listens shares its port with the house's own (SO_REUSEADDR on both)
    and with nobody who asks for any free one; else the end of one life may dial another's house.
    """
    with contextlib.ExitStack() as kept:
        doors = [kept.enter_context(socket.socket()) for _ in range(count)]
        for door in doors:
            door.bind(("127.0.0.1", 0))
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield tuple(int(door.getsockname()[1]) for door in doors)


class Zygote:
    """Has loaded everything; each start of a house is a fork of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAM),
            str(self.folder),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._line()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _line(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_S)
        if not line:
            raise RuntimeError(f"the zygote ended, see {self.folder / 'zygote.log'}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def fork(self, order: dict[str, Any]) -> int:
        """Make a child that begins with ``order``; return its pid."""
        assert self._process is not None
        assert self._process.stdin is not None
        async with self._one_at_a_time:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
            return int((await self._line())["pid"])


class Dead(Exception):
    """The house ended before it answered."""


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class House:
    """One place for a process: it may be started, ordered about, killed, and started again."""

    def __init__(self, zygote: Zygote, order: dict[str, Any]) -> None:
        self.order = order
        self.pid = 0
        self.port = int(order.get("port", 0))
        self._zygote = zygote
        self._gone: int | None = None
        self._server: asyncio.Server | None = None
        self._greeted: asyncio.Future[_Streams] | None = None
        self._link: _Streams | None = None
        self._one_at_a_time = asyncio.Lock()

    async def start(self, *, now: str) -> dict[str, Any]:
        """Fork, and return what the house says when it is ready; Dead when it never is."""
        await self.close()
        self._greeted = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._greet, "127.0.0.1", 0, limit=LONGEST_LINE)
        answer_to = self._server.sockets[0].getsockname()[1]
        order = {**self.order, "now": now, "answer_to": answer_to}
        self.pid = await self._zygote.fork(order)
        try:
            self._gone = os.pidfd_open(self.pid)
        except ProcessLookupError:
            raise Dead from None
        streams: _Streams = await self._alive(self._greeted)
        answer = await self._answer(streams[0])
        self._link = streams
        return answer

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._greeted is not None and not self._greeted.done():
            self._greeted.set_result((reader, writer))

    async def _alive(self, awaited: asyncio.Future[Any]) -> Any:
        """Wait for ``awaited`` or the death of the process, whichever comes first."""
        ended = asyncio.ensure_future(self.ended())
        try:
            done, _ = await asyncio.wait(
                {ended, awaited}, timeout=START_S, return_when=asyncio.FIRST_COMPLETED
            )
            if awaited not in done:
                raise Dead
            return await awaited
        finally:
            ended.cancel()

    async def _answer(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            line = await asyncio.wait_for(reader.readline(), START_S)
        except OSError:
            raise Dead from None
        if not line:
            raise Dead
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def ended(self) -> None:
        """Wait until the process is gone, all its files and locks with it."""
        if self._gone is None:
            return
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        watched = os.dup(self._gone)
        loop.add_reader(watched, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(watched)
            os.close(watched)

    async def tell(self, do: str, **fields: Any) -> dict[str, Any]:
        """Give an order and return the answer; Dead when the process ends before it answers."""
        if self._link is None:
            raise Dead
        reader, writer = self._link
        async with self._one_at_a_time:
            try:
                writer.write(json.dumps({"do": do, **fields}).encode() + b"\n")
                await writer.drain()
            except OSError:
                raise Dead from None
            return await self._answer(reader)

    def kill(self) -> bool:
        """kill -9, at once; False when there is nobody to kill."""
        if self._gone is None:
            return False
        try:
            signal.pidfd_send_signal(self._gone, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    async def close(self) -> None:
        """End the process for good, and let go of what belonged to it."""
        self.kill()
        await self.ended()
        if self._gone is not None:
            os.close(self._gone)
            self._gone = None
        if self._greeted is not None and self._greeted.done():
            self._greeted.result()[1].close()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._link = self._greeted = None
