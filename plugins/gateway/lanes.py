"""One lane a chat: what arrives there is handled strictly one after another, in order.

Lanes run side by side and vanish when they are empty. What waits is bounded in each lane and in
total, so that a flood costs neither memory nor other people's time.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from core import logs

log = logs.get("gateway")

_T = TypeVar("_T")

MOST_IN_LANE = 50
MOST_WAITING = 2_000

# Several downloads of 30 s fit; what takes longer is stuck and would close the chat for good.
HANDLING_S = 300.0
STOP_S = 5.0


class Lanes(Generic[_T]):
    """Queues of things to handle, one a key."""

    def __init__(
        self,
        handle: Callable[[_T], Coroutine[Any, Any, None]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._handle = handle
        self._sleep = sleep
        self._queues: dict[Hashable, deque[tuple[float, _T]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.waiting = 0

    def put(self, key: Hashable, item: _T, *, not_before: float = 0.0) -> bool:
        """Queue ``item`` in lane ``key``; False when the lane or the house is full.

        ``not_before`` is a moment of the event loop's clock.
        """
        queue = self._queues.get(key)
        if self.waiting >= MOST_WAITING or (queue is not None and len(queue) >= MOST_IN_LANE):
            return False
        self.waiting += 1
        if queue is not None:
            queue.append((not_before, item))
            return True
        queue = deque([(not_before, item)])
        self._queues[key] = queue
        task = asyncio.get_running_loop().create_task(self._run(key, queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _run(self, key: Hashable, queue: deque[tuple[float, _T]]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while queue:
                not_before, item = queue[0]
                if (pause := not_before - loop.time()) > 0:
                    await self._sleep(pause)
                await self._do(item)
                queue.popleft()
                self.waiting -= 1
        finally:
            self.waiting -= len(queue)
            del self._queues[key]

    async def _do(self, item: _T) -> None:
        # NoneBot shields its matchers from being cancelled: one that hangs is left behind.
        task = asyncio.create_task(self._handle(item))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            done, _ = await asyncio.wait({task}, timeout=HANDLING_S)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            log.error("lane.stuck")
            task.cancel()
        elif not task.cancelled() and (error := task.exception()) is not None:
            log.fault("lane.failed", error)

    async def idle(self) -> None:
        """Wait until nothing is left to handle."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Give up what waits and what is being handled; returns within five seconds."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
