"""Fixtures of the sandbox tests: a bot, a sandbox connected to it, and one that is alone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from plugins.sandbox import Faults, Sandbox
from tests.plugins.sandbox.browsing import ARGUMENTS, CHROMIUM, Visit, visit
from tests.plugins.sandbox.small_world import (
    Bot,
    StandingClock,
    kind,
    running_bot,
    running_sandbox,
)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with running_bot() as running:
        yield running


@pytest.fixture
async def sandbox(bot: Bot, clock: StandingClock) -> AsyncIterator[Sandbox]:
    """A sandbox that the bot is connected to."""
    async with running_sandbox(bot.url, clock, faults=Faults()) as running:
        await running.wait_connected()
        await bot.next_event(kind("lifecycle"))
        yield running


@pytest.fixture
async def lonely(clock: StandingClock) -> AsyncIterator[Sandbox]:
    """A sandbox without a bot: nothing listens where it dials."""
    async with running_sandbox("ws://127.0.0.1:9/nobody", clock) as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture
async def desk(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Visit]:
    """A desktop page, held to its word: no complaints, no request to anywhere else."""
    opened = await visit(browser, sandbox)
    yield opened
    assert opened.complaints == []
    inside = (f"{sandbox.address}/", f"blob:{sandbox.address}/")
    assert [url for url in opened.requests if not url.startswith(inside)] == []
    await opened.page.context.close()
