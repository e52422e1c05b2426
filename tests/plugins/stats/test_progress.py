"""在算: what takes long is promised once, comes once, and is said to have failed when it did."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.messages import Blob, Text
from core.texts import render
from models import Delivery, Message
from models.enums import DeliveryState
from plugins.delivery import bodies
from plugins.stats import progress, queries, service
from tests.plugins.mentoring.town import GROUP, Town
from tests.plugins.stats.test_stats_script import PAGE

SLOW = "在算，大约 10 秒，好了发您。"


class Gate:
    """Holds the next reading of the page back until it is opened, or breaks it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str = "page") -> None:
        self._open = asyncio.Event()
        self._error: Exception | None = None
        read = getattr(queries, name)

        async def held(*args: Any) -> Any:
            await self._open.wait()
            if self._error is not None:
                raise self._error
            return await read(*args)

        monkeypatch.setattr(queries, name, held)
        monkeypatch.setattr(progress, "PROGRESS_AFTER_S", 0.0)
        progress._took.clear()

    async def open(self, error: Exception | None = None) -> None:
        self._error = error
        self._open.set()
        await progress.settled()


@pytest.fixture
def gate_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Gate]:
    return lambda name="page": Gate(monkeypatch, name)


async def owed(purpose: str) -> list[tuple[Delivery, tuple[Any, ...]]]:
    rows = await Delivery.filter(purpose=purpose).order_by("id")
    found = []
    for row in rows:
        message = await Message.get(id=row.message_id)
        found.append((row, bodies.unseal(message.body_sealed, uid=message.uid).parts))
    return found


async def test_given_a_slow_page_when_two_seconds_are_over_then_it_is_promised_and_comes_once(
    township: Town, gate_of: Callable[..., Gate]
) -> None:
    gate = gate_of()
    assert await township.says("孙敏", "统计 三季度", key="k") == SLOW
    ((promised, parts),) = await owed(service.PROMISED)
    assert promised.state is DeliveryState.DUE
    assert promised.not_before == township.clock.now() + timedelta(minutes=10)
    assert parts == (Text(render("stats.slow_failed", line="统计 三季度")),)
    assert await owed(service.ANSWER) == []

    await gate.open()

    ((answer, parts),) = await owed(service.ANSWER)
    assert parts == (Text(PAGE),)
    assert answer.target == f"person:{township.people['孙敏'].id}"
    ((promised, _),) = await owed(service.PROMISED)
    assert promised.state is DeliveryState.CANCELLED


async def test_given_a_slow_page_when_it_breaks_then_the_promise_stands(
    township: Town, gate_of: Callable[..., Gate]
) -> None:
    gate = gate_of()
    await township.says("孙敏", "统计 三季度")
    await gate.open(OSError("gone"))
    assert await owed(service.ANSWER) == []
    ((promised, _),) = await owed(service.PROMISED)
    assert promised.state is DeliveryState.DUE


async def test_given_a_slow_page_in_a_group_when_it_is_there_then_it_comes_in_private_alone(
    township: Town, gate_of: Callable[..., Gate]
) -> None:
    gate = gate_of()
    assert await township.hear("孙敏", "统计 三季度", group=GROUP) == [f"group:{SLOW}"]
    await gate.open()
    ((answer, parts),) = await owed(service.ANSWER)
    assert parts == (Text(PAGE),)
    assert answer.target.startswith("person:")


async def test_given_a_slow_picture_when_it_is_drawn_then_it_comes_with_its_words(
    township: Town, gate_of: Callable[..., Gate]
) -> None:
    gate = gate_of("parts")
    assert await township.says("孙敏", "图 三季度") == SLOW
    await gate.open()
    ((_, parts),) = await owed(service.ANSWER)
    assert isinstance(parts[0], Blob)
    assert parts[1] == Text("图里是各村该交和交了的份数，赵家村差 2 份，另两村差 1 份。")


async def test_given_what_took_long_before_when_it_is_asked_again_then_about_as_long_is_said(
    township: Town, gate_of: Callable[..., Gate]
) -> None:
    gate = gate_of()
    progress._took[township.units["柳河乡"].path] = 31.0
    assert await township.says("孙敏", "统计 三季度") == "在算，大约 35 秒，好了发您。"
    await gate.open()
    assert progress._took[township.units["柳河乡"].path] < 30


async def test_given_a_quick_page_when_it_is_asked_then_nothing_is_promised(
    township: Town,
) -> None:
    assert await township.says("孙敏", "统计 三季度") == PAGE
    assert await owed(service.PROMISED) == []
