"""The seeded storm over thousands of seeds: what was lost, doubled, doubtful, and found.

Run ``python bench/storm.py [count] [start] [--at-once 4]``. The harness is that of
tests/flows/faults (200 of these seeds run in CI): each seed is a short life of a ledger under
disconnects, ambiguous time-outs, silent drops, refusals, kill -9, jumps of the clock; then calm;
then what people saw is held against what the ledger says. Every fifth seed has two processes on
PostgreSQL, every twentieth four. Exit code 1 when anything is lost or doubled, or any other bound
is broken; the seeds are named.
"""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

import nonebot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from bench.servers import postgres  # noqa: E402
from tests.flows.faults.places import Grounds, open_grounds  # noqa: E402
from tests.flows.faults.verdicts import Verdict  # noqa: E402

SHOWN_COMPLAINTS = 50


async def blow(grounds: Grounds, seeds: range, at_once: int) -> Verdict:
    """Live all ``seeds``, some at a time; return the sum."""
    total, left = Verdict(), iter(seeds)

    async def live() -> None:
        for seed in left:
            total.add(await grounds.live(seed))
            if total.seeds % 100 == 0:
                print(f"  {total.seeds} seeds, {len(total.complaints)} complaints", file=sys.stderr)

    await asyncio.gather(*(live() for _ in range(at_once)))
    return total


async def run(options: argparse.Namespace, postgres: str | None) -> int:
    """Blow and print."""
    begun = time.perf_counter()
    async with open_grounds(postgres) as grounds:
        seeds = range(options.start, options.start + options.count)
        total = await blow(grounds, seeds, options.at_once)
    print(total.table())
    print(f"{'seconds':24} {time.perf_counter() - begun:9,.0f}")
    for complaint in total.complaints[:SHOWN_COMPLAINTS]:
        print(complaint)
    return 1 if total.complaints else 0


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=5000)
    parser.add_argument("start", type=int, nargs="?", default=0)
    parser.add_argument("--at-once", type=int, default=4)
    options = parser.parse_args()
    with postgres() as url:
        return asyncio.run(run(options, url))


if __name__ == "__main__":
    sys.exit(main())
