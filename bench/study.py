"""Recording quiz answers against bare inserts, and searching the library against a plain scan.

Usage: ``python -m bench.study search|sqlite|postgres [count]``: 5,000 pieces, 100,000 answers.
Each backend is a run of its own: Tortoise keeps the statements of the first one it met.
"""

# ruff: noqa: E402  # NoneBot must be there before a room is imported

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path

import nonebot
from tortoise.connection import get_connection

nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from bench.servers import postgres
from core import clock, config, crypto, database, logs
from core.actors import Actor, Stage
from models import Person, QuizAnswer, Unit
from models.enums import UnitKind
from plugins.study import library, search, service
from plugins.study.front_matter import Question
from plugins.study.library import Library, Material

NOW = clock.at_local(date(2026, 11, 24), 12)
PEOPLE = 1000
COMMON = "".join(bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xBA)
                 for cell in range(0xA1, 0xFF))  # fmt: skip


def piece(number: int, dice: random.Random) -> Material:
    """Make a piece of the usual size out of common characters."""

    def words(count: int) -> str:
        return "".join(dice.choices(COMMON, k=count))

    question = Question(ask="a", options=("b", "c"), answer=1, explain="d")
    return Material(
        slug=f"piece-{number}", title=words(12), series="s", order=number,
        audience=frozenset(Stage), public=True, source="s", source_date=date(2020, 1, 1),
        effective_from=date(2026, 1, 1), effective_until=date(2027, 12, 31), push=words(90),
        sections=(words(200), words(200), words(200)), quiz=(question,) * 3,
        tags=(words(2), words(2)), reviewed_by="r", reviewed_on=date(2026, 1, 1),
    )  # fmt: skip


def searching(count: int) -> None:
    """Print the time of a query over ``count`` pieces, and of looking through all of them."""
    dice = random.Random(7)  # noqa: S311  # the same pieces every time
    pieces = Library([piece(number, dice) for number in range(count)])
    begun = time.perf_counter()
    index = search.index_of(pieces.all)
    built = time.perf_counter() - begun
    queries = []
    for one in dice.sample(pieces.all, 100):
        place = dice.randrange(150)
        queries += [one.title[3:5], one.sections[1][place : place + 4]]
    indexed, scanned = [], []
    for query in queries:
        begun = time.perf_counter()
        found = index.find(query, lambda _: True)
        indexed.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        plain = scan(pieces, query)
        scanned.append(time.perf_counter() - begun)
        assert set(found) <= set(plain)
        assert found
    fast, slow = statistics.median(indexed), statistics.median(scanned)
    print(f"search, {count} pieces: index built in {built:.2f} s; median of {len(queries)} queries")
    print(f"  index {fast * 1e3:.3f} ms, worst {max(indexed) * 1e3:.3f} ms")
    print(f"  plain scan {slow * 1e3:.2f} ms, scan / index {slow / fast:.0f}")


def scan(pieces: Library, query: str) -> list[str]:
    """Return the pieces that hold ``query``, found by looking at each."""
    return [
        one.slug
        for one in pieces.all
        if any(query in text for text in (one.title, *one.tags, one.push, *one.sections))
    ]


async def plant() -> list[Actor]:
    """Make the people who answer."""
    unit = await Unit.create(name="u", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=NOW)
    people = []
    for number in range(PEOPLE):
        row = await Person.create(
            uid=f"p{number}", name="n", home_unit=unit, stage=Stage.ACTIVIST, created_at=NOW
        )
        people.append(Actor(person_id=row.id, stage=Stage.ACTIVIST))
    return people


async def timed(count: int, at_once: int, one: Callable[[int], Awaitable[object]]) -> float:
    """Return the seconds that ``count`` calls of ``one`` take, ``at_once`` side by side."""

    async def some(start: int) -> None:
        for number in range(start, count, at_once):
            await one(number)

    begun = time.perf_counter()
    await asyncio.gather(*(some(start) for start in range(at_once)))
    return time.perf_counter() - begun


async def recording(name: str, url: str, count: int, at_once: int) -> None:
    """Print how fast answers are recorded and how fast bare rows are committed one by one."""
    with tempfile.TemporaryDirectory() as folder:
        crypto.open_keys(Path(folder))
        await database.open_database(url, kind=database.PRODUCTION, data_dir=Path(folder))
        people = await plant()
        slugs = [one.slug for one in library.current().all]

        async def answer(number: int) -> None:
            person, step = people[number // 3 % PEOPLE], number // 3 // PEOPLE
            await service.answer(
                actor=person, material=slugs[step % len(slugs)], question=number % 3,
                chosen=1, now=NOW,
            )  # fmt: skip

        marks: Sequence[str] = ["?"] * 6 if url == "sqlite" else [f"${n}" for n in range(1, 7)]
        columns = "person_id, material, question, chosen, is_right, answered_at"
        insert = f"INSERT INTO quiz_answer ({columns}) VALUES ({', '.join(marks)})"  # noqa: S608  # ours
        moment = NOW.isoformat(" ") if url == "sqlite" else NOW

        async def bare(number: int) -> None:
            values = [people[number % PEOPLE].person_id, "bare", number % 3, 1, True, moment]
            await get_connection("default").execute_query(insert, values)

        await timed(300, at_once, answer)
        recorded = await timed(count, at_once, answer)
        inserted = await timed(count, at_once, bare)
        assert await QuizAnswer.filter(material="bare").count() == count
        await database.close_database()
    print(f"{name}, {count} answers, {at_once} at once")
    print(f"  recorded {count / recorded:.0f} a second, bare inserts {count / inserted:.0f}")
    print(f"  recorded / bare {inserted / recorded:.2f}")


async def main(what: str, count: int) -> None:
    """Measure and print."""
    config.use(config.Settings())
    if what == "search":
        searching(count)
        return
    dice = random.Random(7)  # noqa: S311  # the same pieces every time
    library.use(Library([piece(number, dice) for number in range(60)]))
    logs.setup(None, "ERROR", console=sys.stderr)
    if what == "sqlite":
        await recording("SQLite, synchronous=FULL", "sqlite", count, 1)
    else:
        with postgres() as url:
            await recording("PostgreSQL", url, count, 8)


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "search"
    usual = 5000 if asked == "search" else 100_000
    asyncio.run(main(asked, int(sys.argv[2]) if len(sys.argv) > 2 else usual))  # noqa: PLR2004
