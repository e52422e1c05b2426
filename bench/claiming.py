"""Whether claiming slows down as sent rows pile up: an empty ledger against millions of sent rows.

Run ``python bench/claiming.py [rows] [--database sqlite]``. Rows are 10,000,000 unless told
otherwise; the disk needs about 5 GB for them. The same 6,400 due deliveries are claimed in windows
of 64, given back, and claimed again once the sent rows are there, put in by the database itself.
The look for deliveries without a voice, which every step begins with, is timed beside it. The
median window counts. Exit code 1 above 1.2 times the empty table.
"""

# ruff: noqa: E402  # NoneBot must be there before a room is imported

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path

import loguru
import nonebot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

loguru.logger.remove()
nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from tortoise.connection import get_connection

from bench.servers import postgres
from core import clock, config, crypto, database, logs
from core.messages import Text
from models import Group, Message, Unit
from models.enums import Priority, UnitKind
from plugins.delivery import ledger, service
from plugins.identity import statements

SELF = "3889000001"
VOICE = f"onebot11:{SELF}"
GROUPS = 2000
DUE = 6400
WINDOW = 64
MOST_RATIO = 1.2
PART = 1_000_000

_COLUMNS = (
    "message_id, purpose, occasion, target, priority, state, in_quiet_hours, not_before, order_at,"
    " is_held, attempts, self_id, platform_message_id, written_at, looks, created_at, updated_at"
)
_SENT = (
    f"INSERT INTO delivery ({_COLUMNS}) SELECT %(message)s, 'old', 'week ' || (n / {GROUPS}),"  # noqa: S608  # numbers of our own
    f" 'group:' || (n %% {GROUPS} + 1), 30, 'sent', FALSE, %(then)s, %(then)s, FALSE, 0, '{VOICE}',"
    " '' || n, %(then)s, 0, %(then)s, %(then)s FROM %(numbers)s"
)  # numbers of our own
_NUMBERS = {
    "postgres": "generate_series(%d, %d) AS numbers(n)",
    "sqlite": "(WITH RECURSIVE c(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM c WHERE n < %d)"
    " SELECT n FROM c) AS numbers",
}
_BACK = """
UPDATE delivery SET state = 'due', lease_owner = NULL, lease_until = NULL
WHERE state = 'leased' RETURNING 1 AS one
"""
_ROUTE = "UPDATE delivery SET self_id = $1 WHERE state = 'due' RETURNING 1 AS one"


async def plant() -> int:
    """Owe the due deliveries, with their voice chosen; return the message of old ones."""
    now = clock.now()

    async def work() -> int:
        unit = await Unit.create(name="柳河乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=now)
        rows = [
            Group(platform="onebot11", chat_id=str(n), self_id=SELF, unit_id=unit.id, bound_at=now)
            for n in range(GROUPS)
        ]
        await Group.bulk_create(rows, batch_size=500)
        for number in range(DUE // GROUPS + 1):
            await service.broadcast(
                purpose="bench",
                occasion=str(number),
                targets=[f"group:{n + 1}" for n in range(min(GROUPS, DUE - number * GROUPS))],
                parts=(Text("本周学习。"),),
                now=now,
                priority=Priority.DIGEST,
            )
        old = await Message.create(uid="0" * 32, purpose="old", body_sealed=b"", created_at=now)
        return old.id

    message = await database.run_tx(work)
    await statements.rows(_ROUTE, VOICE)
    return message


async def pile_up(message: int, rows: int) -> None:
    """Put in ``rows`` sent deliveries of the last weeks, a million to a commit."""
    client = get_connection("default")
    engine = "postgres" if ledger.is_shared() else "sqlite"
    then = (clock.now() - timedelta(days=10)).astimezone(UTC).isoformat(" ")
    for first in range(0, rows, PART):
        numbers = _NUMBERS[engine] % (first, min(first + PART, rows) - 1)
        moment = f"'{then}'::timestamptz" if engine == "postgres" else f"'{then}'"
        values = {"message": message, "then": moment, "numbers": numbers}
        await client.execute_script(_SENT % values)
        print(f"  {min(first + PART, rows):,} sent rows", file=sys.stderr)
    await client.execute_script("ANALYZE")


async def claim_all() -> tuple[float, float]:
    """Claim everything due, give it back; return the median milliseconds of a claim and a look."""
    now = clock.now()
    claims, looks = [], []
    while True:
        begun = time.perf_counter()
        await ledger.unrouted(now=now, most=512, is_quiet=False)
        looked = time.perf_counter()
        rows = await ledger.claim(owner="bench", quotas={VOICE: WINDOW}, now=now, most=WINDOW)
        if not rows:
            break
        looks.append(looked - begun)
        claims.append(time.perf_counter() - looked)
    assert len(claims) == DUE // WINDOW, len(claims)
    await statements.rows(_BACK)
    return statistics.median(claims) * 1000, statistics.median(looks) * 1000


async def best_of(rounds: int) -> tuple[float, float]:
    """Return the lowest of ``rounds`` medians: whatever else runs on the machine only adds."""
    found = [await claim_all() for _ in range(rounds)]
    return min(claim for claim, _ in found), min(look for _, look in found)


async def measure(url: str, folder: Path, rows: int) -> bool:
    """Measure one engine and print; return whether it is good enough."""
    config.use(config.Settings(data_dir=folder))
    logs.setup(None, "ERROR", console=sys.stderr)
    clock.use(clock.FrozenClock(clock.at_local(clock.local_day(clock.now()), 12)))
    crypto.open_keys(folder)
    await database.open_database(url, kind=database.PRODUCTION, data_dir=folder)
    message = await plant()
    await claim_all()
    empty, empty_look = await best_of(3)
    await pile_up(message, rows)
    await claim_all()
    full, full_look = await best_of(3)
    await database.close_database()
    print(f"{'sqlite' if url == 'sqlite' else 'postgres'}, windows of {WINDOW}, median of each")
    print(f"  claim, no sent rows            {empty:8.2f} ms   look {empty_look:6.2f} ms")
    print(f"  claim, {rows:>11,} sent rows  {full:8.2f} ms   look {full_look:6.2f} ms")
    print(f"  ratio                          {full / empty:8.2f}   (limit {MOST_RATIO})")
    return full / empty <= MOST_RATIO


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yz-claiming-")))
        url = "sqlite"
        if options.database == "postgres":
            url = stack.enter_context(postgres())
        is_good = asyncio.run(measure(url, folder, options.rows))
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
