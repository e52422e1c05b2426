"""Looking for equal clauses among 1,000, 10,000 and 100,000 stored reports, and what is caught.

Run ``python bench/report_overlap.py [sizes …]``. Synthetic reports of about 1,500 characters: 94
clauses of random characters each, with 6 formulae that every report has and, in every tenth, 20
clauses of a lesson. Only their fingerprints are stored, as the job stores them; the look-up opens
no text. Timed is everything a reader waits for: cutting and hashing the opened report, leaving out
lessons and formulae, the index, comparing whole hashes, names and scopes. Every third report that
is looked up is half copied from one that is stored. Beside it, on the same connection: one indexed
SELECT of one row, and the bare SELECTs of the same index ranges. SQLite with full sync, and
PostgreSQL.

The accuracy table compares pairs of such reports as the look-up does (at least three equal clauses
after subtraction), 60 pairs a line.
"""

# ruff: noqa: E402, S311  # NoneBot must be there before a room is imported; texts are no secrets

import argparse
import array
import asyncio
import itertools
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # ships no types
import loguru
import nonebot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

loguru.logger.remove()
nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from bench.servers import postgres
from core import clock, config, crypto, database
from core.actors import Actor, Grant, RoleKind, Stage
from models import Person, ReportDraft, ThoughtReport, Unit
from models.enums import DraftState, ReportState, UnitKind
from plugins.identity import statements
from plugins.thought_report import clauses, fingerprints, overlap, quotable

DAY = date(2026, 12, 21)
SIZES = (1_000, 10_000, 100_000)
CLAUSES = 94
LOOKS = 60
PAIRS = 60
RING = crypto.KeyRing({1: b"k" * 32}, 1)
LETTERS = [chr(0x4E00 + n) for n in range(2500)]
# Frequent characters are frequent: Zipf's law, as in written Chinese.
WEIGHTS = list(itertools.accumulate(1 / (n + 8) for n in range(2500)))


def writing(rng: random.Random, count: int = CLAUSES) -> list[str]:
    """Return clauses of 6 to 24 characters."""
    lengths = [rng.randint(6, 24) for _ in range(count)]
    stream = "".join(rng.choices(LETTERS, cum_weights=WEIGHTS, k=sum(lengths)))
    found, start = [], 0
    for length in lengths:
        found.append(stream[start : start + length])
        start += length
    return found


def prose(written: Sequence[str]) -> str:
    """Return clauses as a text."""
    return "，".join(written) + "。"


FORMULAE = writing(random.Random("formulae"), 6)
LESSONS = [(f"课 {n}", writing(random.Random(f"lesson {n}"), 40)) for n in range(80)]


def report(number: int) -> list[str]:
    """Return the clauses of the stored report with this number."""
    rng = random.Random(f"report {number}")
    written = writing(rng) + FORMULAE
    if number % 10 == 0:
        written += rng.choice(LESSONS)[1][:20]
    return written


def looked_up(number: int, stored: int) -> list[str]:
    """Return a new report; every third is half copied from a stored one."""
    own = report(-1 - number)
    if number % 3:
        return own
    return report(1 + number * 997 % stored)[: CLAUSES // 2] + own[CLAUSES // 2 :]


# Storing.


def hash_all(size: int, path: Path) -> None:
    """Write the hashes of all reports to a file: a length, then so many numbers."""
    crypto.use(RING)
    key = fingerprints.key()
    with path.open("wb") as file:
        for number in range(1, size + 1):
            found = clauses.hashes_of(clauses.clauses_of(prose(report(number))), key=key)
            array.array("q", [len(found), *found]).tofile(file)


def hashes(path: Path, size: int) -> list["array.array[int]"]:
    """Read what ``hash_all`` wrote, the first ``size`` reports."""
    numbers = array.array("q")
    numbers.frombytes(path.read_bytes())
    found: list[array.array[int]] = []
    start = 0
    while len(found) < size:
        end = start + 1 + numbers[start]
        found.append(numbers[start + 1 : end])
        start = end
    return found


async def plant(units: int, now: datetime) -> None:
    """Make branches with a person each; everybody else's reports are theirs."""
    for n in range(1, units + 1):
        unit = await Unit.create(
            name=f"{n}村", kind=UnitKind.VILLAGE_BRANCH, path=f"/{n}/", created_at=now
        )
        await Person.create(
            uid=f"p{n}", name=f"人{n}", home_unit=unit, stage=Stage.ACTIVIST, created_at=now
        )
    await ReportDraft.create(
        uid="d", person_id=1, quarter="2026Q4", state=DraftState.SUBMITTED, opened_at=now,
        updated_at=now,
    )  # fmt: skip


UNITS = 100
_REPORT = ("id", "uid", "person_id", "draft_id", "quarter", "version", "state", "is_late", "pages",
           "submitted_at")  # fmt: skip
_PRINT = ("report_id", "edition", "hashes", "made_at")


def rows(
    found: list["array.array[int]"], now: Any
) -> tuple[list[Any], list[Any], list[tuple[int]]]:
    """Return the rows of reports, fingerprints and clauses."""
    edition = fingerprints.edition()
    reports, prints = [], []
    ids: set[int] = set()
    for number, one in enumerate(found, 1):
        version = 1 + number // UNITS
        reports.append((number, f"r{number}", 1 + number % UNITS, 1, "2026Q3", version,
                        ReportState.DONE.value, False, 1, now))  # fmt: skip
        prints.append((number, edition, clauses.packed(list(one)), now))
        ids.update(fingerprints.first_of(value) | number for value in one)
    return reports, prints, [(number,) for number in sorted(ids)]


async def load(url: str, folder: Path, found: list["array.array[int]"], now: datetime) -> float:
    """Store everything past the ORM; return the seconds."""
    begun = time.perf_counter()
    if url == "sqlite":
        reports, prints, ids = rows(found, now.isoformat(" "))
        connection = sqlite3.connect(folder / "yanzhen.db")
        for table, names, values in (
            ("thought_report", _REPORT, reports),
            ("report_fingerprint", _PRINT, prints),
            ("report_clause", ("id",), ids),
        ):
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
                values,
            )
        connection.commit()
        connection.close()
    else:
        reports, prints, ids = rows(found, now)
        connection = await asyncpg.connect(url)
        for table, names, values in (
            ("thought_report", _REPORT, reports),
            ("report_fingerprint", _PRINT, prints),
            ("report_clause", ("id",), ids),
        ):
            await connection.copy_records_to_table(table, columns=names, records=values)
        await connection.execute("ANALYZE")
        await connection.close()
    return time.perf_counter() - begun


async def megabytes(url: str) -> float:
    """Return what the clause table and the fingerprints take on disk, indexes included."""
    tables = ("report_clause", "report_fingerprint")
    if url == "sqlite":
        query = "SELECT SUM(pgsize) AS size FROM dbstat WHERE name LIKE $1 OR name LIKE $2"
        found = await statements.rows(query, "%report_clause%", "%report_fingerprint%")
        return int(found[0]["size"]) / 1e6
    query = "SELECT pg_total_relation_size($1::text::regclass) AS size"
    sizes = [int((await statements.rows(query, one))[0]["size"]) for one in tables]
    return sum(sizes) / 1e6


# Looking up.

READER = Actor(person_id=1, name="刘长河", grants=(Grant(RoleKind.BRANCH_SECRETARY, 1, "/1/"),))


async def look_up(opened: ThoughtReport, text: str) -> overlap.Overlap:
    """Do what happens when a reader opens a report."""
    return await overlap.find(READER, opened, clauses.clauses_of(text), DAY)


def compared(text: str) -> frozenset[int]:
    """Return the hashes that a look-up asks the index for."""
    free, key = quotable.current(), fingerprints.key()
    letters = {clause.letters for clause in clauses.clauses_of(text)}
    return frozenset(clauses.hash_of(one, key=key) for one in letters if one not in free)


async def timed(work: Callable[[int], Any]) -> list[float]:
    """Return the milliseconds of each of the looks."""
    took = []
    for number in range(LOOKS):
        begun = time.perf_counter()
        await work(number)
        took.append(1000 * (time.perf_counter() - begun))
    return took


async def measure(url: str, size: int, path: Path) -> None:
    """Store ``size`` reports on one database and look up others."""
    with tempfile.TemporaryDirectory(prefix="yz-bench-") as name:
        folder = Path(name)
        config.use(config.Settings(data_dir=folder, database=config.Database(url=url)))
        crypto.use(RING)
        clock.use(clock.FrozenClock(clock.at_local(DAY, 20)))
        pieces = tuple((title, prose(one)) for title, one in LESSONS)
        quotable.use_library(lambda: pieces)
        await database.open_database(url, kind=database.PRODUCTION, data_dir=folder)
        await plant(UNITS, clock.now())
        loaded = await load(url, folder, hashes(path, size), clock.now())
        opened = ThoughtReport(id=0, uid="new", person_id=1, quarter="2026Q4")
        texts = [prose(looked_up(number, size)) for number in range(LOOKS)]
        found = [await look_up(opened, text) for text in texts]
        caught = sum(not one.is_empty for one in found[::3])
        stray = sum(bool(one.matches) for n, one in enumerate(found) if n % 3)
        whole = await timed(lambda n: look_up(opened, texts[n]))
        asked_for = [compared(text) for text in texts]
        ranges = await timed(lambda n: overlap._holders(asked_for[n]))  # noqa: SLF001  # alone
        query = "SELECT id FROM report_clause WHERE id = $1"
        single = await timed(lambda n: statements.rows(query, n))
        jobs = []
        for job in (fingerprints.make_new, fingerprints.make_missing):
            begun = time.perf_counter()
            assert not await job(now=clock.now())
            jobs.append(1000 * (time.perf_counter() - begun))
        engine = "SQLite" if url == "sqlite" else "PostgreSQL"
        middle = statistics.median(whole)
        print(
            f"{engine} {size:>7,} reports: look-up {middle:.1f} ms (most {max(whole):.1f}), "
            f"bare index ranges {statistics.median(ranges):.1f} ms, "
            f"one indexed row {statistics.median(single):.2f} ms "
            f"(ratio {middle / statistics.median(single):.0f}), "
            f"index {await megabytes(url):.0f} MB, loaded in {loaded:.0f} s, "
            f"jobs find nothing to do in {jobs[0]:.1f} ms each minute, {jobs[1]:.0f} ms hourly; "
            f"copied halves found {caught} of {len(found[::3])}, "
            f"among the others {stray}"
        )
        await database.close_database()


# Accuracy.


def changed(text: str, share: float, rng: random.Random) -> str:
    """Replace a share of the characters, marks aside."""
    return "".join(
        rng.choice(LETTERS) if one not in "，。" and rng.random() < share else one for one in text
    )


def accuracy() -> None:
    """Print how many pairs of each kind are caught, and how many clauses they share."""
    rng = random.Random(2026)
    free = quotable.current()

    def shared(one: str, other: str) -> int:
        ours = {c.letters for c in clauses.clauses_of(one) if c.letters not in free}
        return len(ours & {c.letters for c in clauses.clauses_of(other)})

    def part_copied(written: list[str], share: float) -> list[str]:
        end = round(len(written) * share)
        return written[:end] + writing(rng, len(written) - end)

    def shuffled(written: list[str]) -> list[str]:
        return rng.sample(written, len(written))

    kinds: list[tuple[str, Callable[[list[str]], str]]] = [
        *(
            (f"{percent} % of characters changed",
             lambda one, share=percent / 100: changed(prose(one), share, rng))
            for percent in (1, 2, 5, 10, 20)
        ),
        ("half copied", lambda one: prose(part_copied(one, 1 / 2))),
        ("a third copied", lambda one: prose(part_copied(one, 1 / 3))),
        ("sentences shuffled", lambda one: prose(shuffled(one))),
        ("unrelated", lambda one: prose(writing(rng, len(one)))),
    ]  # fmt: skip
    print(f"caught of {PAIRS} pairs (equal clauses: least, median)")
    for name, other in kinds:
        counts = []
        for number in range(PAIRS):
            written = writing(random.Random(f"pair {number}"))
            counts.append(shared(prose(written), other(written)))
        caught = sum(count >= overlap.LEAST_EQUAL for count in counts)
        print(f"  {name:<28} {caught:>3}   ({min(counts)}, {statistics.median(counts):.0f})")


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--url", help="measure on this database only")
    parser.add_argument("--hashes", type=Path, help="hashes of the stored reports")
    given = parser.parse_args()
    if given.url and given.hashes:
        asyncio.run(measure(given.url, given.sizes[0], given.hashes))
        return
    accuracy()
    with tempfile.TemporaryDirectory(prefix="yz-bench-") as name:
        path = Path(name) / "hashes"
        begun = time.perf_counter()
        hash_all(max(given.sizes), path)
        each = 1000 * (time.perf_counter() - begun) / max(given.sizes)
        print(f"writing and hashing a synthetic report: {each:.2f} ms")
        for size in given.sizes:
            for kind in ("sqlite", "postgres"):
                # A process each: Tortoise keeps the statements of the first database it met.
                order = [sys.executable, __file__, str(size), "--hashes", str(path), "--url"]
                if kind == "sqlite":
                    subprocess.run([*order, "sqlite"], check=True)  # noqa: S603  # ourselves
                    continue
                with postgres() as url:
                    subprocess.run([*order, url], check=True)  # noqa: S603  # ourselves


if __name__ == "__main__":
    main()
