"""CPU that one 帮助 of a bound person costs: ours with every room, against a bare NoneBot.

Run: ``python bench/command.py [--people 1000] [--rounds 3]``. Each bot stands in a process of its
own; this process is the protocol end. It sends one command at a time over a real WebSocket, answers
the API call with which the bot replies, and goes on. The bare bot has one ``on_command`` that says
the same text. Ours works on a real SQLite file and pays for identity, de-duplication and the
numbered question it opens: ``first`` is the first 帮助 of each person (the question is written),
``again`` the second within ten minutes (it stands already).
CPU is the bot's process time, all its threads; the lowest of the rounds counts, since whatever else
runs on the machine only adds. Exit code 1 when either costs over 1.3 of bare.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import nonebot
import uvicorn
import websockets
from nonebot.adapters.onebot.v11 import Adapter as StockAdapter
from websockets.asyncio.client import ClientConnection

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bot  # noqa: E402
from core import clock, config  # noqa: E402
from core.actors import ConsentKind, Stage  # noqa: E402
from core.database import run_tx  # noqa: E402
from models import Account, Consent, Person, Unit  # noqa: E402
from models.enums import ConsentDecision, UnitKind  # noqa: E402

MOST_RATIO = 1.3
WARM_UP = 200
ACCOUNT = "10001"
TOKEN = "bench"  # noqa: S105  # of a process that lives for a minute on loopback
BOTS = ("ours", "bare", "bare, quiet log")
FIRST_PERSON = 20_000


def command(person: int, number: int) -> str:
    """Return one private 帮助, as NapCat writes it."""
    user = FIRST_PERSON + person
    body = {
        "self_id": int(ACCOUNT), "user_id": user, "time": 1_795_395_600 + number,
        "message_id": number + 1, "message_seq": number + 1, "real_id": number + 1,
        "real_seq": str(number), "message_type": "private", "raw_message": "帮助", "font": 14,
        "sender": {"user_id": user, "nickname": "王建国", "card": ""}, "sub_type": "friend",
        "message": [{"type": "text", "data": {"text": "帮助"}}], "message_format": "array",
        "post_type": "message", "target_id": user,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False)


# The children: one bot each, asked for its CPU time over its standard input.


def quiet_output() -> int:
    """Send what the bot prints to nowhere, as a service would; return the real output."""
    real = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return real


def report(port: int, output: int) -> None:
    """Answer every line on standard input with the CPU seconds so far, until it ends."""
    os.write(output, f"{port}\n".encode())
    for _ in sys.stdin:
        os.write(output, f"{time.process_time()}\n".encode())


async def serve_bare(output: int, log_level: str, said: str) -> None:
    """Run NoneBot with the stock adapter and one matcher that answers ``said``."""
    nonebot.init(
        _env_file=(os.devnull,), driver="~fastapi", log_level=log_level,
        onebot_access_token=TOKEN, command_start={""},
    )  # fmt: skip
    nonebot.get_driver().register_adapter(StockAdapter)
    matcher = nonebot.on_command("帮助")

    async def answer() -> None:
        await matcher.finish(said)

    matcher.append_handler(answer)
    server = uvicorn.Server(
        uvicorn.Config(nonebot.get_asgi(), port=0, log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = int(server.servers[0].sockets[0].getsockname()[1])
    await asyncio.to_thread(report, port, output)
    serving.cancel()


async def serve_ours(output: int, people: int) -> None:
    """Run the whole house with bound workers in its database."""
    folder = Path(tempfile.mkdtemp(prefix="yanzhen-bench-"))
    made = config.Settings(data_dir=folder, onebot11=config.OneBot11(accounts=[ACCOUNT]))  # type: ignore[arg-type]  # as TOML gives it
    house = bot.build(made, folder)
    async with house.running(host="127.0.0.1", port=0):
        await run_tx(lambda: plant(people, clock.now()))
        await asyncio.to_thread(report, house.port, output)


async def plant(people: int, now: datetime) -> None:
    """Write a branch with bound workers who gave both consents."""
    unit = await Unit.create(
        name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=now
    )
    numbers = range(1, people + WARM_UP + 1)
    await Person.bulk_create(
        Person(
            id=number, uid=f"{number:032d}", name="王建国", home_unit_id=unit.id,
            stage=Stage.ACTIVIST, created_at=now,
        )
        for number in numbers
    )  # fmt: skip
    await Account.bulk_create(
        Account(
            platform="onebot11", account_id=str(FIRST_PERSON + number), person_id=number,
            self_id=ACCOUNT, bound_at=now,
        )
        for number in numbers
    )  # fmt: skip
    await Consent.bulk_create(
        Consent(
            person_id=number, kind=kind, version="1", decision=ConsentDecision.GIVEN,
            decided_at=now,
        )
        for number in numbers
        for kind in ConsentKind
    )  # fmt: skip


# The parent: the protocol end.


@dataclass
class Child:
    """A bot under measurement."""

    process: asyncio.subprocess.Process
    port: int

    async def cpu(self) -> float:
        """Return the CPU seconds of the child, once it has nothing left to do."""
        before = await self._ask()
        while True:
            await asyncio.sleep(0.2)
            seconds = await self._ask()
            if seconds - before < 0.004:  # noqa: PLR2004  # what asking itself costs
                return seconds
            before = seconds

    async def _ask(self) -> float:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError
        self.process.stdin.write(b"\n")
        return float(await self.process.stdout.readline())


@asynccontextmanager
async def running(name: str, people: int, said: str) -> AsyncIterator[Child]:
    """Run one bot in a process of its own."""
    environment = os.environ | {
        "YANZHEN_ONEBOT11_TOKEN": TOKEN, "PYTHONIOENCODING": "utf-8", "BENCH_SAID": said,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--child", name, "--people", str(people), env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise SystemExit(await process.wait())
        yield Child(process, int(line))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def connect(child: Child) -> ClientConnection:
    """Connect to a child as an account it knows."""
    return await websockets.connect(
        f"ws://127.0.0.1:{child.port}/onebot/v11/ws",
        additional_headers={
            "X-Self-ID": ACCOUNT, "X-Client-Role": "Universal", "Authorization": f"Bearer {TOKEN}",
        },
        compression=None, ping_interval=None,
    )  # fmt: skip


async def ask(end: ClientConnection, frame: str) -> str:
    """Send one command, answer the calls of the bot until it has replied; return its words."""
    await end.send(frame)
    while True:
        call = json.loads(await asyncio.wait_for(end.recv(), 10))
        params = call.get("params") or {}
        data = {"message_id": 1} if "message" in params else {"user_id": int(ACCOUNT), "list": []}
        answer = {"status": "ok", "retcode": 0, "data": data, "echo": call.get("echo")}
        await end.send(json.dumps(answer))
        if "message" in params:
            return words(params["message"])


def words(message: object) -> str:
    """Return the text of an outgoing message."""
    if isinstance(message, str):
        return message
    parts = message if isinstance(message, list) else []
    return "".join(part["data"]["text"] for part in parts if part["type"] == "text")


async def costs(name: str, people: int, said: str) -> tuple[float, float, str]:
    """Return the CPU milliseconds of a first and of a second 帮助, and the answer."""
    async with running(name, people, said) as child:
        end = await connect(child)
        for number in range(WARM_UP):
            answer = await ask(end, command(people + 1 + number, number))
        if not answer.startswith("1 "):
            raise SystemExit("the answer is no menu")
        marks = [await child.cpu()]
        for turn in range(2):
            for person in range(1, people + 1):
                number = WARM_UP + turn * people + person
                if await ask(end, command(person, number)) != answer:
                    raise SystemExit("an answer was not the menu")
            marks.append(await child.cpu())
        await end.close()
    first, again = (1000 * (after - before) / people for before, after in pairwise(marks))
    return first, again, answer


async def measure(people: int, rounds: int) -> int:
    """Measure, print the table, and return the exit code."""
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in BOTS}
    said = ""
    for _ in range(rounds):
        for name in BOTS:
            first, again, answer = await costs(name, people, said)
            said = answer if name == "ours" else said
            results[name].append((first, again))
    lowest = {
        name: tuple(min(column) for column in zip(*values, strict=True))
        for name, values in results.items()
    }
    bare = tuple(min(lowest[name][turn] for name in BOTS[1:]) for turn in range(2))
    ratios = {
        name: tuple(cost / other for cost, other in zip(values, bare, strict=True))
        for name, values in lowest.items()
    }
    print(f"CPU per 帮助, lowest of {rounds} x {people:,} people, one at a time")
    print(f"  {'':<16} {'first':>9} {'again':>9}   of the cheaper bare one")
    for name, (first, again) in lowest.items():
        shown = "  ".join(f"{ratio:.3f}" for ratio in ratios[name])
        print(f"  {name:<16} {first:6.3f} ms {again:6.3f} ms   {shown}")
    is_good = max(ratios["ours"]) <= MOST_RATIO
    print("good" if is_good else f"over: ratio at most {MOST_RATIO}")
    return 0 if is_good else 1


def main() -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", choices=BOTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is None:
        return asyncio.run(measure(given.people, given.rounds))
    output = quiet_output()
    if given.child == "ours":
        asyncio.run(serve_ours(output, given.people))
    else:
        level = "INFO" if given.child == "bare" else "WARNING"
        asyncio.run(serve_bare(output, level, os.environ["BENCH_SAID"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
