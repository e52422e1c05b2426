"""Several processes on one PostgreSQL, and memory under a million owed rows.

Run ``python bench/processes.py``. Each process is the whole house with an account and an end of its
own (processes too), without pauses; all send from one ledger, on however few cores there are: the
figures say that they share, not how far it goes. Then one process on SQLite meets 1,000,000 owed
rows, and its resident memory is read before and after it sent 5,000 of them.
"""

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import nonebot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

nonebot.init(_env_file=("/dev/null",), driver="~fastapi", log_level="ERROR")

from bench import quick_end  # noqa: E402
from bench.servers import postgres  # noqa: E402
from tests.flows.faults.ends import BEGINNING  # noqa: E402
from tests.flows.faults.keeping import House  # noqa: E402
from tests.flows.faults.life import Place  # noqa: E402
from tests.flows.faults.places import Grounds, open_grounds  # noqa: E402

CHATS = 250
OCCASIONS = 20
OWED = 1_000_000
SENT = 5_000
LONGEST_S = 120.0
NO_PAUSES = {"min_interval_s": 0.0, "max_interval_s": 0.0, "group_gap_s": 0.0, "warm_up_s": 0.0}
_FILL = """
WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ? - 1)
INSERT INTO delivery (message_id, purpose, occasion, target, priority, state, in_quiet_hours,
    not_before, order_at, is_held, attempts, looks, created_at, updated_at)
SELECT d.message_id, 'owed', 'o' || (c.n / 250), 'group:' || (c.n % 250 + 1), d.priority, 'due', 0,
    d.not_before, d.order_at, 0, 0, 0, d.created_at, d.updated_at
FROM c, (SELECT * FROM delivery LIMIT 1) AS d
"""


def house_of(grounds: Grounds, place: Place, port: int) -> House:
    """Return a house without pauses, not started yet."""
    order = {
        "do": "live",
        "data_dir": str(place.data_dir),
        "url": place.url,
        "accounts": list(place.accounts),
        "port": port,
        "delivery": NO_PAUSES,
        "api_timeout_s": 30.0,  # more processes than cores
    }
    return House(grounds.zygote, order)


@asynccontextmanager
async def connected(place: Place, houses: list[House]) -> AsyncIterator[None]:
    """Give each house an end of its own."""
    ends = [
        await quick_end.launch(house.port, "/onebot/v11/ws", account, place.token)
        for house, account in zip(houses, place.accounts, strict=True)
    ]
    try:
        yield
    finally:
        for end in ends:
            end.kill()
            await end.wait()


async def shared(grounds: Grounds, processes: int) -> float:
    """Return deliveries per second of so many processes together."""
    async with grounds.place(processes, processes=processes) as place:
        houses = [house_of(grounds, place, port) for port in place.ports]
        await asyncio.gather(*(house.start(now=BEGINNING.isoformat()) for house in houses))
        targets = [row[0] for a in place.accounts for row in place.targets[a] if row[1] == "group"]
        await houses[0].tell(
            "broadcast", occasions=[str(n) for n in range(OCCASIONS)], targets=targets
        )
        begun = time.perf_counter()
        async with connected(place, houses):
            await drained(houses[0])
        took = time.perf_counter() - begun
        await asyncio.gather(*(house.close() for house in houses))
    return len(targets) * OCCASIONS / took


async def drained(house: House, *, left: int = 0) -> None:
    """Wait until no more than ``left`` deliveries are due or under way."""
    async with asyncio.timeout(LONGEST_S):
        report = await house.tell("report")
        while report["due"] + report["busy"] > left:
            await asyncio.sleep(0.05)
            report = await house.tell("report")


async def memory(grounds: Grounds) -> tuple[float, float]:
    """Return resident MiB with a million rows owed, before and after 5,000 were sent."""
    async with grounds.place(0, processes=1) as place:
        house = house_of(grounds, place, place.ports[0])
        await house.start(now=BEGINNING.isoformat())
        await house.tell("broadcast", occasions=["first"], targets=["group:1"])
        await house.close()
        with closing(sqlite3.connect(place.data_dir / "yanzhen.db")) as connection:
            connection.execute(_FILL, [OWED])
            connection.commit()
        await house.start(now=BEGINNING.isoformat())
        async with connected(place, [house]):
            await drained(house, left=OWED - 500)
            before = resident_mib(house.pid)
            await drained(house, left=OWED - 500 - SENT)
            after = resident_mib(house.pid)
        await house.close()
    return before, after


def resident_mib(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


async def run(url: str) -> None:
    """Measure and print."""
    async with open_grounds(url, chats_each=CHATS) as grounds:
        for processes in (1, 2, 4):
            print(f"{processes} on PostgreSQL   {await shared(grounds, processes):8.0f} a second")
        before, after = await memory(grounds)
        print(
            f"resident with {OWED:,} owed: {before:.1f} MiB, {SENT:,} sends later {after:.1f} MiB"
        )


def main() -> None:
    """Run on a server of our own."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with postgres() as url:
        asyncio.run(run(url))


if __name__ == "__main__":
    main()
