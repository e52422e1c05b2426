"""The town of the script book at 9:00 on day one."""

import pytest_asyncio

from core.clock import FrozenClock
from tests.plugins.mentoring.town import Town, plant


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    await plant(made)
    return made
