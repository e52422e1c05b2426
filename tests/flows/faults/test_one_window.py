"""A kill -9 in the middle of a push leaves at most one window in doubt, and loses nothing."""

import asyncio
import contextlib
import os
import sqlite3
import sys
from collections.abc import AsyncIterator

import pytest

from core.config import Delivery as Limits
from tests.flows.faults.accounts import draw_up, read
from tests.flows.faults.life import Life
from tests.flows.faults.places import Grounds
from tests.flows.faults.weather import Item, mark

WINDOW = Limits().window
MANY = 400
PAUSES = {"min_interval_s": 0.0, "max_interval_s": 0.0}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, pidfds and SIGKILL"),
    pytest.mark.skipif(
        os.environ.get("YANZHEN_TEST_DATABASE") == "postgres", reason="one SQLite file"
    ),
]


@pytest.fixture
async def life(grounds: Grounds) -> AsyncIterator[Life]:
    """One process without pauses, fair weather, and the people's end."""
    async with grounds.place(0, processes=1) as place:
        made = Life(0, place, grounds.zygote)
        made.weather.has_history, made.weather.is_young = True, False
        (account,) = made.houses
        made.houses[account].order["delivery"] |= PAUSES
        made.ends[account].faults.disarm()
        made.is_calm = True
        async with made:
            yield made


@pytest.mark.parametrize("after", [1, 40, 100, 200])
async def test_given_a_push_when_its_process_is_killed_then_at_most_a_window_is_in_doubt(
    after: int, life: Life
) -> None:
    (account,) = life.houses
    rows = life.place.targets[account]
    for n in range(MANY):
        target, kind, chat = rows[n % len(rows)]
        item = Item(n, account, target, (kind, chat), mark(n), 30, None, None, False, False)
        life.owed[n] = life.maybe_owed[n] = item
    told = [
        {
            "n": n, "target": item.target, "words": item.words, "priority": 30, "not_before": None,
            "expires_at": None, "has_check": False, "in_quiet_hours": False,
        }
        for n, item in life.owed.items()
    ]  # fmt: skip
    await life.ends[account].wait_connected(20)
    pushing = asyncio.create_task(life.tell(account, "owe", items=told))
    async with asyncio.timeout(30):
        while len(life.shown) < after:  # noqa: ASYNC110  # no event for so many
            await asyncio.sleep(0)
    life.kill(account)
    await life.houses[account].ended()
    assert 0 < _sending(life) <= WINDOW
    await pushing
    await life.calm()
    draw_up(life, *await read(life))
    assert not life.verdict.complaints, "\n".join(life.verdict.complaints)
    assert life.verdict.shown_once == MANY


def _sending(life: Life) -> int:
    path = life.place.data_dir / "yanzhen.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT count(*) FROM delivery WHERE state = 'sending'")
        return int(row.fetchone()[0])
