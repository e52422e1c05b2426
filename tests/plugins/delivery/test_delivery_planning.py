"""Planning twice, at the same moment, creates each row once: two tasks, and two processes."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Text
from models import Delivery, Message, Push
from plugins.delivery import service
from plugins.study import library, planning
from tests.flows.faults.ends import BEGINNING
from tests.flows.faults.keeping import House
from tests.flows.faults.places import Grounds, open_grounds
from tests.plugins.delivery.conftest import group, unit
from tests.plugins.study.reading import reviewed

# Monday evening, a minute after the hour of the digest.
DIGEST = BEGINNING.replace(hour=12, minute=1)
WEEKS = 4
OCCASIONS = [f"o{number}" for number in range(20)]


async def test_given_two_tasks_when_both_plan_the_same_push_then_each_row_is_there_once(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> None:
    targets = [f"group:{number}" for number in range(1, 41)]

    async def plan(occasion: str) -> int:
        return await run_tx(
            lambda: service.broadcast(
                purpose="twice", occasion=occasion, targets=targets,
                parts=(Text("今晚有学习。"),), now=clock.now(), priority=30,
            )
        )  # fmt: skip

    added = await asyncio.gather(*(plan(each) for each in OCCASIONS for _ in range(2)))
    assert sum(added) == len(targets) * len(OCCASIONS)
    assert await Delivery.all().count() == len(targets) * len(OCCASIONS)
    assert await Message.filter(deliveries__id__isnull=True).count() == 0


async def test_given_two_tasks_when_both_plan_the_weekly_digests_then_each_group_gets_one(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> None:
    village = await unit(clock)
    groups = [await group(village, clock, f"7{number}") for number in range(12)]
    library.use(reviewed())
    for week in range(WEEKS):
        clock.advance_to(DIGEST + timedelta(weeks=week))
        await asyncio.gather(*(planning.plan_digests(now=clock.now()) for _ in range(2)))
    assert await Push.all().count() == len(groups) * WEEKS
    digests = Delivery.filter(purpose="study.digest")
    assert await digests.count() == len(groups) * WEEKS


@pytest.fixture
async def grounds(postgres_url: str) -> AsyncIterator[Grounds]:
    """A zygote that processes are forked from, and planted ledgers on PostgreSQL."""
    async with open_grounds(postgres_url) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="forks and pidfds")
async def test_given_two_processes_when_both_plan_the_same_then_each_row_is_there_once(
    grounds: Grounds,
) -> None:
    targets = [row[0] for rows in grounds.targets.values() for row in rows]
    groups = sum(name.startswith("group:") for name in targets)
    async with grounds.place(0, processes=2) as place:
        order = {
            "do": "live", "data_dir": str(place.data_dir), "url": place.url,
            "accounts": list(place.accounts), "delivery": {},
        }  # fmt: skip
        houses = [House(grounds.zygote, order | {"port": port}) for port in place.ports]
        try:
            await asyncio.gather(*(house.start(now=BEGINNING.isoformat()) for house in houses))
            pushed = await both(houses, "broadcast", occasions=OCCASIONS, targets=targets)
            for week in range(WEEKS):
                moment = (DIGEST + timedelta(weeks=week)).isoformat()
                await both(houses, "clock", to=moment)
                await both(houses, "digests")
        finally:
            await asyncio.gather(*(house.close() for house in houses))
        found = await counts(place.url)
    assert sum(answer["added"] for answer in pushed) == len(targets) * len(OCCASIONS)
    assert found["twice"] == len(targets) * len(OCCASIONS)
    assert found["study.digest"] == found["pushes"] == groups * WEEKS
    assert found["empty"] == 0


async def both(houses: list[House], do: str, **fields: Any) -> list[dict[str, Any]]:
    return await asyncio.gather(*(house.tell(do, **fields) for house in houses))


async def counts(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT purpose, count(*) AS n FROM delivery GROUP BY 1")
        pushes = await connection.fetchval("SELECT count(*) FROM push")
        empty = await connection.fetchval(
            "SELECT count(*) FROM message m"
            " WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = m.id)"
        )
    finally:
        await connection.close()
    return {row["purpose"]: row["n"] for row in rows} | {"pushes": pushes, "empty": empty}
