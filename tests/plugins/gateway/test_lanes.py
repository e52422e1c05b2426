"""One lane a chat."""

import asyncio

import pytest

from plugins.gateway import lanes
from plugins.gateway.lanes import Lanes


async def test_given_a_handler_that_hangs_when_its_time_is_over_then_the_lane_goes_on(monkeypatch):
    monkeypatch.setattr(lanes, "HANDLING_S", 0.01)
    done: list[str] = []

    async def handle(item: str) -> None:
        if item == "hangs":
            await asyncio.Event().wait()
        done.append(item)

    queue: Lanes[str] = Lanes(handle)
    queue.put(1, "hangs")
    queue.put(1, "next")
    await asyncio.wait_for(queue.idle(), 30)
    assert done == ["next"]
    assert queue.waiting == 0


async def test_given_a_full_house_when_it_stops_then_nothing_is_left():
    started = asyncio.Event()

    async def handle(_item: int) -> None:
        started.set()
        await asyncio.Event().wait()

    queue: Lanes[int] = Lanes(handle)
    for number in range(20):
        queue.put(number % 4, number)
    await started.wait()
    await asyncio.wait_for(queue.stop(), 30)
    assert queue.waiting == 0
    assert not queue._queues
    assert not queue._tasks


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_given_a_handler_that_raises_when_more_waits_then_the_lane_goes_on(error):
    done: list[int] = []

    async def handle(item: int) -> None:
        if item == 1:
            raise error
        done.append(item)

    queue: Lanes[int] = Lanes(handle)
    for number in range(3):
        queue.put("one", number)
    await asyncio.wait_for(queue.idle(), 30)
    assert done == [0, 2]
