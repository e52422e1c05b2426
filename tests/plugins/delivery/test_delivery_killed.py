"""kill -9 at every step of the ledger: nothing lost, nothing twice, doubts are called doubts."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import clock as clocks
from core import config, database, migrating
from core.clock import FrozenClock
from models import Delivery, Unit
from models.enums import DeliveryState as S
from models.enums import UnitKind
from tests.plugins.delivery.conftest import SELF, group, owe

pytestmark = pytest.mark.skipif(
    os.name == "nt" or os.environ.get("YANZHEN_TEST_DATABASE") == "postgres",
    reason="SIGKILL and one SQLite file",
)
PROGRAM = Path(__file__).with_name("killed_sender.py")


class Recorder:
    """The far end: writes down what arrived. ``kill_at`` counts messages until it says stop."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.kill_at: int | None = None
        self.reached = asyncio.Event()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode().strip()
        if line:
            self.got[line] += 1
            if self.kill_at is not None and self.got.total() >= self.kill_at:
                self.reached.set()
            else:
                writer.write(f"{self.got.total()}\n".encode())
                await writer.drain()
        writer.close()


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    made = Recorder()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


class Bench:
    """A ledger on disk, processes that send from it, and a look at it in between."""

    def __init__(self, data_dir: Path, app: migrating.App, recorder: Recorder) -> None:
        self.data_dir = data_dir
        self.app = app
        self.recorder = recorder

    async def plant(self, clock: FrozenClock, count: int) -> None:
        village = await Unit.create(
            name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=clock.now()
        )
        for number in range(count):
            row = await group(village, clock, f"7{number:03d}", self_id=SELF)
            await owe(f"group:{row.id}", clock, f"m{number}", occasion=f"o{number}")
        await database.close_database()

    async def run(self, stop_at: str = "never") -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAM),
            str(self.data_dir),
            self.app.migrations,
            str(self.recorder.port),
            stop_at,
            cwd=config.ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(config.ROOT), *sys.path])},
            stdout=asyncio.subprocess.PIPE,
        )

    async def kill_at_point(self, stop_at: str) -> None:
        process = await self.run(stop_at)
        assert process.stdout is not None
        assert (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip() == stop_at
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async def finish(self) -> None:
        process = await self.run()
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        assert out.decode().strip() == "done"

    async def states(self) -> dict[str, S]:
        await database.open_database(
            "sqlite", kind="production", data_dir=self.data_dir, app=self.app
        )
        rows = {row.occasion.replace("o", "m"): row.state for row in await Delivery.all()}
        await database.close_database()
        return rows


@pytest.fixture
async def bench(  # noqa: PLR0917  # fixtures
    database: str, keys: object, texts: object, settings: config.Settings, app: migrating.App,
    recorder: Recorder,
) -> Bench:  # fmt: skip
    return Bench(settings.data_dir, app, recorder)


@pytest.fixture
def clock() -> FrozenClock:
    """Noon of this very day: the killed process stands there too."""
    frozen = FrozenClock(clocks.at_local(clocks.local_day(clocks.now()), 11))
    clocks.use(frozen)
    return frozen


@pytest.mark.parametrize(
    ("point", "got", "state"),
    [
        ("due", 1, S.SENT),
        ("claimed", 1, S.SENT),
        ("marked", 0, S.UNKNOWN),
        ("written", 1, S.UNKNOWN),
        ("answered", 1, S.UNKNOWN),
        ("recorded", 1, S.SENT),
    ],
)
async def test_given_a_kill_at_any_step_when_the_next_process_runs_then_nothing_is_lost_or_twice(  # noqa: PLR0917
    point: str, got: int, state: S, bench: Bench, recorder: Recorder, clock: FrozenClock
) -> None:
    await bench.plant(clock, 1)
    await bench.kill_at_point(point)
    await bench.finish()
    assert recorder.got == Counter({"m0": got} if got else {})
    assert await bench.states() == {"m0": state}


@pytest.mark.slow
async def test_given_kills_at_random_messages_when_all_is_done_then_doubts_are_the_only_doubts(
    bench: Bench, recorder: Recorder, clock: FrozenClock
) -> None:
    many = 300
    await bench.plant(clock, many)
    dice = random.Random(20261123)  # noqa: S311  # the same kills in every run
    for _ in range(12):
        recorder.kill_at = recorder.got.total() + dice.randint(1, 40)
        recorder.reached.clear()
        process = await bench.run()
        ended = asyncio.create_task(process.wait())
        told = asyncio.create_task(recorder.reached.wait())
        await asyncio.wait({ended, told}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if ended.done():
            break
        process.send_signal(signal.SIGKILL)
        await ended
    recorder.kill_at = None
    await bench.finish()
    states = await bench.states()
    assert set(states.values()) <= {S.SENT, S.UNKNOWN}
    assert len(states) == many
    assert max(recorder.got.values()) == 1
    assert all(recorder.got[name] == 1 for name, state in states.items() if state is S.SENT)
    assert sum(state is S.UNKNOWN for state in states.values()) > 0
