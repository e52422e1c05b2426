"""Planning a weekly digest for 20,000 groups, against bare inserts of the same rows.

Run ``python bench/study_plan.py [groups] [weeks]``. 20,000 groups under 400 branches with plans at
three levels, everything reviewed by the county and one piece held back by every fourth branch. Each
week everything of a week is planned: plans resolved, pieces chosen, Push rows, bodies and
deliveries written, the next hour set. The bare run inserts as many Push and Delivery rows by
``bulk_create`` in transactions of the same size and does nothing else. The ratio is the time of
planning over the time of the bare inserts; on SQLite with full sync, and on PostgreSQL.
"""

# ruff: noqa: E402  # NoneBot must be there before a room is imported

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import loguru
import nonebot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

loguru.logger.remove()
nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from bench.servers import postgres
from core import clock, config, crypto, database, texts
from models import Delivery, Group, MaterialReview, Message, Push, StudyPlan, Unit
from models.enums import DeliveryState, MaterialDecision, Priority, UnitKind
from plugins.study import library, planning, reviews

MONDAY = date(2026, 11, 23)
SELF = "3889000001"
BRANCHES = 400


async def plant(groups: int, now: datetime) -> None:
    """Make a county with its branches, plans and groups."""
    county = await Unit.create(name="南山县", kind=UnitKind.COUNTY, path="/1/", created_at=now)
    units = [
        Unit(name=f"{n}村", kind=UnitKind.VILLAGE_BRANCH, parent=county, path=f"/1/{n + 2}/",
             created_at=now)
        for n in range(BRANCHES)
    ]  # fmt: skip
    await database.run_tx(lambda: Unit.bulk_create(units, batch_size=400))
    await StudyPlan.create(unit=county, hour=19, changed_at=now)
    rows = [
        Group(platform="onebot11", chat_id=str(n), self_id=SELF, unit_id=n % BRANCHES + 2,
              bound_at=now)
        for n in range(groups)
    ]  # fmt: skip
    await database.run_tx(lambda: Group.bulk_create(rows, batch_size=500))
    plans = [
        StudyPlan(unit_id=n + 2, pieces=1, minute=15 * (n % 4), changed_at=now)
        for n in range(0, BRANCHES, 4)
    ]
    await database.run_tx(lambda: StudyPlan.bulk_create(plans))
    await review(county, units, now)


async def review(county: Unit, units: list[Unit], now: datetime) -> None:
    """Let the county pass everything, and every fourth branch hold one piece back."""
    pieces = library.current().all
    rows = [
        MaterialReview(
            unit_id=unit, slug=piece.slug, sha256=reviews.fingerprint(piece),
            decision=decision, reviewer_id=1, reviewed_at=now,
        )
        for decision, told, some in (
            (MaterialDecision.PASS, [county.id], pieces),
            (MaterialDecision.HOLD, range(2, len(units) + 2, 4), pieces[-1:]),
        )
        for unit in told
        for piece in some
    ]  # fmt: skip
    await database.run_tx(lambda: MaterialReview.bulk_create(rows))


async def bare(groups: int, now: datetime) -> float:
    """Insert the rows of a week and nothing else; return the seconds."""
    message = await Message.create(uid="b" * 32, purpose="bare", body_sealed=b"0", created_at=now)
    begun = time.perf_counter()
    for start in range(0, groups, planning.BATCH):
        part = range(start + 1, min(start + planning.BATCH, groups) + 1)
        pushes = [Push(group_id=n, slot_at=now, material="bare", created_at=now) for n in part]
        owed = [
            Delivery(
                message_id=message.id, purpose="bare", occasion="one", target=f"group:{n}",
                priority=Priority.DIGEST, state=DeliveryState.DUE, not_before=now, order_at=now,
                expires_at=now, created_at=now, updated_at=now,
            )
            for n in part
        ]  # fmt: skip

        async def insert(pushes: list[Push] = pushes, owed: list[Delivery] = owed) -> None:
            await Push.bulk_create(pushes, ignore_conflicts=True)
            await Delivery.bulk_create(owed, batch_size=500, ignore_conflicts=True)

        await database.run_tx(insert)
    took = time.perf_counter() - begun
    await Delivery.filter(purpose="bare").delete()
    await Push.filter(material="bare").delete()
    await message.delete()
    return took


async def measure(url: str, groups: int, weeks: int) -> None:
    """Plan ``weeks`` weeks on one database and print each against a bare run beside it."""
    with tempfile.TemporaryDirectory(prefix="yz-bench-") as name:
        folder = Path(name)
        config.use(config.Settings(data_dir=folder, database=config.Database(url=url)))
        texts.use(texts.Texts.load(ROOT / "content" / "texts"))
        library.use(library.Library.load(library.FOLDER))
        crypto.open_keys(folder)
        frozen = clock.FrozenClock(clock.at_local(MONDAY, 9))
        clock.use(frozen)
        await database.open_database(url, kind=database.PRODUCTION, data_dir=folder)
        await plant(groups, frozen.now())
        await planning.plan_digests(now=frozen.now())  # sets the first hour of each
        for week in range(weeks):
            frozen.advance_to(clock.at_local(MONDAY + timedelta(weeks=week), 20))
            least = await bare(groups, frozen.now())
            begun = time.perf_counter()
            planned = await planning.plan_digests(now=frozen.now())
            took = time.perf_counter() - begun
            assert planned == groups, f"{planned} of {groups}"
            engine = "SQLite" if url == "sqlite" else "PostgreSQL"
            print(
                f"{engine} week {week + 1}: {groups:,} groups in {took:.2f} s, "
                f"bare inserts {least:.2f} s, ratio {took / least:.2f}"
            )
        await database.close_database()


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="?", type=int, default=20_000)
    parser.add_argument("weeks", nargs="?", type=int, default=3)
    parser.add_argument("--url", help="measure on this database only")
    given = parser.parse_args()
    if given.url:
        asyncio.run(measure(given.url, given.groups, given.weeks))
        return
    with postgres() as url:
        # A process each: Tortoise keeps the statements of the first database it met.
        for one in ("sqlite", url):
            order = [sys.executable, __file__, str(given.groups), str(given.weeks), "--url", one]
            subprocess.run(order, check=True)  # noqa: S603  # ourselves


if __name__ == "__main__":
    main()
