"""The whole bot in a process of its own, with a clock that the test moves, and its end of the wire.

Run as a program it is the bot; imported it starts, kills and commands that program. The process is
what ``python bot.py`` runs (same build, same rooms, same server), but for its clock.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class BotProcess:
    """A bot that can be killed at any moment and started again on the same data."""

    def __init__(
        self, data_dir: Path, moment: datetime, *, port: int = 0, config: Path | None = None
    ) -> None:
        self.data_dir = data_dir
        self._config = {} if config is None else {"YANZHEN_CONFIG": str(config)}
        self.moment = moment
        self.port = port
        self._process: asyncio.subprocess.Process | None = None

    @property
    def returncode(self) -> int | None:
        """How the process ended; None while it runs."""
        return None if self._process is None else self._process.returncode

    async def start(self) -> None:
        """Start, and return once it listens."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            self.moment.isoformat(),
            str(self.port),
            cwd=ROOT,
            env={
                **os.environ,
                **self._config,
                "YANZHEN_DATA": str(self.data_dir),
                "PYTHONPATH": str(ROOT),
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self.port = int((await self._line())["port"])

    async def _line(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        while True:
            line = await asyncio.wait_for(self._process.stdout.readline(), 120)
            if not line:
                raise RuntimeError("the bot ended")
            if line.startswith(b"{"):
                answer: dict[str, Any] = json.loads(line)
                return answer

    async def command(self, word: str, **fields: Any) -> dict[str, Any]:
        """Tell the process something and return its answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"word": word, **fields}).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._line()

    async def advance(self, moment: datetime) -> None:
        """Move the clock and run what is due by then."""
        self.moment = moment
        answer = await self.command("advance", to=moment.isoformat())
        assert answer["settled"]

    async def settle(self) -> None:
        """Wait until everything owed by now has a fate; nothing is then half-way to anybody."""
        answer = await self.command("settle")
        assert answer["settled"]

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> None:
        """End it the polite way."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 30)


def _answer(**fields: Any) -> None:
    print(json.dumps(fields, ensure_ascii=False), flush=True)  # noqa: T201  # the answer channel


async def _serve(moment: datetime, port: int) -> None:
    import bot  # noqa: PLC0415  # the parent imports this module without loading the bot
    from core import clock, config  # noqa: PLC0415

    frozen = clock.FrozenClock(moment)
    clock.use(frozen)
    own = config.load_own()
    kept = {"data_dir": own.data_dir, "database": own.database}
    settings = config.for_demo(own).model_copy(update=kept)
    house = bot.build(settings, settings.data_dir)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async with house.running(port=port):
        _answer(port=house.port)
        while line := await reader.readline():
            await _obey(house, frozen, json.loads(line))


async def _obey(house: Any, frozen: Any, order: dict[str, Any]) -> None:
    from plugins.roster import demo_county  # noqa: PLC0415  # only inside the bot's process
    from plugins.study import demo_reviews  # noqa: PLC0415

    match order["word"]:
        case "advance":
            frozen.advance_to(datetime.fromisoformat(order["to"]))
            await house.scheduler.tick_now()
            _answer(settled=await _settled(frozen.now()))
        case "settle":
            _answer(settled=await _settled(frozen.now()))
        case "plant":
            county = await demo_county.plant(frozen.now())
            await demo_reviews.plant(now=frozen.now())
            _answer(county=asdict(county))
        case word:
            _answer(unknown=word)


async def _settled(now: datetime) -> bool:
    """Wait until everything owed by ``now`` has a fate that is written down."""
    from models import Delivery  # noqa: PLC0415  # only inside the bot's process

    owed = Delivery.filter(state__in=["due", "leased", "sending"], not_before__lte=now)
    # On PostgreSQL a killed process keeps its account until its mark runs out: half a minute.
    for _ in range(4500):
        if not await owed.exists():
            return True
        await asyncio.sleep(0.02)
    return False


if __name__ == "__main__":
    asyncio.run(_serve(datetime.fromisoformat(sys.argv[1]), int(sys.argv[2])))
