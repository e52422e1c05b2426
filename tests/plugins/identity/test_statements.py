"""Raw statements: the same words on both databases; quick ones leave everything as it was."""

import asyncio
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from core.clock import FrozenClock
from core.database import run_tx
from models import SeenEvent
from plugins.identity import statements

TAKE = (
    "INSERT INTO seen_event (key, seen_at) VALUES ($1, $2)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)


async def level() -> int:
    client = get_connection("default")
    if client.capabilities.dialect != "sqlite":
        pytest.skip("PostgreSQL flushes by its own settings")
    rows = await client.execute_query_dict("PRAGMA synchronous")
    return int(rows[0]["synchronous"])


async def test_given_a_quick_write_when_it_ran_then_it_is_there_once(
    database: str, clock: FrozenClock
) -> None:
    assert len(await statements.quick_rows(TAKE, "a", clock.now())) == 1
    assert await statements.quick_rows(TAKE, "a", clock.now()) == []
    assert await SeenEvent.all().count() == 1


async def test_given_full_flushing_when_quick_writes_ran_or_broke_then_it_is_full_again(
    database: str, clock: FrozenClock
) -> None:
    before = await level()
    await asyncio.gather(
        *(statements.quick_rows(TAKE, str(number), clock.now()) for number in range(20))
    )
    with pytest.raises(OperationalError):
        await statements.quick_rows("INSERT INTO no_such_table VALUES ($1)", 1)
    task = asyncio.create_task(statements.quick_rows(TAKE, "late", clock.now()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await level() == before == 2


async def test_given_a_transaction_when_a_quick_write_joins_it_then_it_is_rolled_back_with_it(
    database: str, clock: FrozenClock
) -> None:
    async def work() -> Any:
        await statements.quick_rows(TAKE, "a", clock.now())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await run_tx(work)
    assert await SeenEvent.all().count() == 0
