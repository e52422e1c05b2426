"""Says that counting takes a moment (在算), and hands the answer over when it is there.

The promise is a row before it is said: a process that ends meanwhile leaves behind that the person
is asked to say it again, and an answer that comes takes that back in the same transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core import clock, logs
from core.conversation import Call, Reply
from plugins.stats import service
from plugins.stats.asking import Asked

log = logs.get("stats")

_T = TypeVar("_T")
# Whoever waits longer hears that it is being counted (a chat that is silent looks broken).
PROGRESS_AFTER_S = 2.0
# What is said before anything of the kind has ever taken long here.
_USUAL_S = 10
_STEP_S = 5

_later: set[asyncio.Task[None]] = set()
# Seconds that counting took the last time, by the path of what was counted.
_took: dict[str, float] = {}


async def reply(call: Call, asked: Asked, make: Callable[[], Awaitable[Reply]]) -> Reply:
    """Return an answer, or that it comes later."""
    found = await ready(call, asked, make, show=lambda made: made)
    return slow(asked) if found is None else found


async def ready(
    call: Call, asked: Asked, make: Callable[[], Awaitable[_T]], *, show: Callable[[_T], Reply]
) -> _T | None:
    """Return what ``make`` gives when it is there soon; else promise it and return None.

    ``show`` turns it into the private answer that then follows, once. Raises what ``make`` raises
    in time; what it raises later is logged, and the promise says so.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    task = asyncio.ensure_future(make())
    task.add_done_callback(lambda _: _took.update({asked.area.path: loop.time() - begun}))
    done, _ = await asyncio.wait({task}, timeout=PROGRESS_AFTER_S)
    if done:
        return task.result()
    await service.promise(actor=call.actor, line=asked.line, key=call.message_key, now=call.now)
    following = asyncio.create_task(_follow(call, task, show))
    _later.add(following)
    following.add_done_callback(_ended)
    return None


async def _follow(call: Call, task: asyncio.Future[_T], show: Callable[[_T], Reply]) -> None:
    answer = show(await task)
    await service.keep_promise(
        actor=call.actor, reply=answer, key=call.message_key, now=clock.now()
    )


def _ended(task: asyncio.Task[None]) -> None:
    """Log what went wrong; the promise stands and says so to whoever asked."""
    _later.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.fault("late_answer_not_made", error)


def slow(asked: Asked) -> Reply:
    """Say that it takes a moment: about as long as it took there the last time."""
    took = _took.get(asked.area.path, _USUAL_S)
    return Reply.of("stats.slow", seconds=max(1, -(-int(took) // _STEP_S)) * _STEP_S)


async def settled() -> None:
    """Wait until every answer that was promised here has been handed over."""
    while _later:
        await asyncio.wait(_later)
