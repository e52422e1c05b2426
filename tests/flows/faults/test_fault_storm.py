"""A seeded random storm over the ledger: nothing lost, nothing twice, doubts are called doubts.

Two hundred seeds, each a process (every fifth two, every twentieth four, on PostgreSQL) that is
killed with -9, cut off, lied to and moved through time. bench/storm.py lives thousands of them.
"""

import asyncio
import os
import sys

import pytest

from tests.flows.faults.places import Grounds, processes_of
from tests.flows.faults.verdicts import Verdict

SEEDS = 200
BATCH = 10
AT_ONCE = 3

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, pidfds and SIGKILL"),
    pytest.mark.skipif(
        os.environ.get("YANZHEN_TEST_DATABASE") == "postgres", reason="has both engines itself"
    ),
]


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
async def test_given_a_storm_when_it_is_over_then_nothing_is_lost_or_twice_and_doubts_are_listed(
    first: int, grounds: Grounds
) -> None:
    seeds = iter(range(first, first + BATCH))
    total = Verdict()

    async def live() -> None:
        for seed in seeds:
            if grounds.postgres or processes_of(seed) == 1:
                total.add(await grounds.live(seed))

    await asyncio.gather(*(live() for _ in range(AT_ONCE)))
    assert not total.complaints, "\n".join(total.complaints)
    assert total.deliveries > 0
    assert total.shown_once > 0
