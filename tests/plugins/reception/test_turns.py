"""One sender at a time, in order; nothing is kept when nobody waits."""

import asyncio

from plugins.reception.turns import Turns


async def test_given_one_sender_when_several_wait_then_they_go_in_order() -> None:
    turns, order = Turns(), []

    async def stay(number: int) -> None:
        async with turns.of("a"):
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(stay(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]
    assert turns._lines == {}


async def test_given_another_sender_when_the_first_is_busy_then_he_does_not_wait() -> None:
    turns, done = Turns(), asyncio.Event()

    async def busy() -> None:
        async with turns.of("a"):
            await done.wait()

    task = asyncio.create_task(busy())
    await asyncio.sleep(0)
    async with turns.of("b"):
        done.set()
    await task


async def test_given_a_waiting_message_when_it_is_cancelled_then_the_line_goes_on() -> None:
    turns, done, went = Turns(), asyncio.Event(), []

    async def stay(number: int) -> None:
        async with turns.of("a"):
            await done.wait()
            went.append(number)

    tasks = [asyncio.create_task(stay(number)) for number in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    done.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert went == [0, 2]
    assert turns._lines == {}
