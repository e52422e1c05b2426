"""Handing in reports of three photos against bare file writes and inserts of the same bytes.

Usage: ``python -m bench.report sqlite|postgres [count]``. A report is what a person's messages
make of it: the draft, three photos looked at and drawn anew in the limited child process, sealed,
three pages, the report handed in with its audit row. ``kept`` leaves the child process out. Bare is
three files written and flushed to the disk, and one row inserted, one after the other. Photos are
drawn by a script (tests/core/handwriting.py). Looking for equal sentences in 1,000 to 100,000
stored reports is ``bench/report_overlap.py``.
"""

# ruff: noqa: E402  # NoneBot must be there before a room is imported

import asyncio
import io
import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import nonebot
from tortoise.connection import get_connection

nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from bench.servers import postgres
from core import clock, config, crypto, database, files, inspection, logs, texts
from core.actors import Actor, ConsentKind, Stage
from core.inspection import Inspected
from core.messages import MediaKind
from models import Account, Person, ThoughtReport, Unit
from models.enums import PartKind, UnitKind
from plugins.thought_report import pages, service, submission
from plugins.thought_report.pages import NewPage
from plugins.thought_report.service import Opened
from tests.core import handwriting

ROOT = Path(__file__).resolve().parent.parent
NOW = clock.at_local(date(2026, 12, 18), 12)
PHOTOS = 3


def photo(seed: int) -> bytes:
    """Return a photo of a page as a phone sends it."""
    out = io.BytesIO()
    handwriting.page(seed).save(out, "JPEG", quality=90)
    return out.getvalue()


async def plant(count: int) -> list[Actor]:
    """Make the authors."""
    unit = await Unit.create(name="u", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=NOW)
    people = []
    for number in range(count):
        row = await Person.create(
            uid=f"p{number}", name="n", home_unit=unit, stage=Stage.ACTIVIST,
            activist_on=date(2026, 1, 5), created_at=NOW,
        )  # fmt: skip
        account = await Account.create(
            platform="onebot11", account_id=f"{number}", person=row, self_id="1", bound_at=NOW
        )
        people.append(
            Actor(
                account_id=account.id,
                person_id=row.id,
                name="n",
                stage=Stage.ACTIVIST,
                home_unit_id=unit.id,
                home_path="/1/",
                consents=frozenset(ConsentKind),
            )
        )
    return people


async def hand_in(actor: Actor, taken: list[bytes], looked: list[Inspected] | None) -> None:
    """Hand in a report of ``taken``; ``looked`` are photos that were looked at already."""
    opened = await service.open_draft(actor=actor, quarter=None, now=NOW)
    assert isinstance(opened, Opened)
    for place, data in enumerate(taken):
        seen = looked[place] if looked else await inspection.inspect(data, name="1.jpg")
        stored = await files.put(seen.data, suffix=seen.suffix)
        page = NewPage(f"{actor.person_id}:{place}", PartKind.IMAGE, stored=stored, look=seen.look)
        await pages.add_pages(actor=actor, draft_uid=opened.uid, pages=[page], now=NOW)
    await submission.submit(actor=actor, now=NOW)


async def bare(folder: Path, number: int, looked: list[Inspected], url: str) -> None:
    """Write the same files and one row, and nothing else."""
    for place, seen in enumerate(looked):
        await asyncio.to_thread(_flushed, folder / f"{number}-{place}", seen.data)
    mark = "?" if url == "sqlite" else "$1"
    columns = "unit_id, quarter, opens_on, closes_on"
    insert = f"INSERT INTO report_cycle ({columns}) VALUES (1, {mark}, '2026-12-01', '2026-12-31')"  # noqa: S608  # ours
    await get_connection("default").execute_query(insert, [f"{number:06}"])


def _flushed(path: Path, data: bytes) -> None:
    with path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


async def lived(folder: Path, url: str, count: int, times: dict[str, list[float]]) -> None:
    """Hand reports in and write bare files, in turns; fill ``times`` in seconds."""
    people = await plant(2 * count)
    taken = [photo(seed) for seed in range(PHOTOS)]
    looked = [await inspection.inspect(data, name="1.jpg") for data in taken]
    assert all(seen.kind is MediaKind.IMAGE for seen in looked)
    for number in range(count):
        begun = time.perf_counter()
        await hand_in(people[number], taken, None)
        times["whole"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await hand_in(people[count + number], taken, looked)
        times["kept"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await bare(folder, number, looked, url)
        times["bare"].append(time.perf_counter() - begun)
    assert await ThoughtReport.all().count() == 2 * count


async def measured(name: str, url: str, count: int) -> None:
    """Print how many reports a second, and how that compares."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        config.use(config.Settings(data_dir=folder))
        crypto.open_keys(folder)
        await database.open_database(url, kind=database.PRODUCTION, data_dir=folder)
        times: dict[str, list[float]] = {"whole": [], "kept": [], "bare": []}
        try:
            await lived(folder, url, count, times)
        finally:
            await database.close_database()
    whole, kept, alone = (statistics.median(times[key]) for key in ("whole", "kept", "bare"))
    print(f"{name}, {count} reports of {PHOTOS} photos, one after the other, medians")
    print(f"  whole {1 / whole:.1f} a second; without looking at photos {1 / kept:.1f}")
    print(f"  bare files and a row {1 / alone:.1f} a second")
    print(f"  whole / bare {alone / whole:.3f}, without looking at photos {alone / kept:.2f}")


async def main(what: str, count: int) -> None:
    """Measure and print."""
    logs.setup(None, "ERROR", console=sys.stderr)
    texts.use(texts.Texts.load(ROOT / "content" / "texts"))
    if what == "sqlite":
        await measured("SQLite, synchronous=FULL", "sqlite", count)
    else:
        with postgres() as url:
            await measured("PostgreSQL", url, count)


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    asyncio.run(main(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 100))  # noqa: PLR2004
