"""CPU and memory that group chatter costs: ours with every room, against bare NoneBot.

Run: ``python bench/chatter.py [--messages 20000] [--rounds 3]``. Each bot stands in a process of
its own; this process is the protocol end and writes the same messages to each over WebSocket.
CPU is the bot's process time, so the end's cost does not count. Exit code 1 when ours costs more
than a tenth of the cheaper bare one, or when memory grows over 100,000 messages.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nonebot
import uvicorn
import websockets
from nonebot.adapters.onebot.v11 import Adapter as StockAdapter
from websockets.asyncio.client import ClientConnection

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bot  # noqa: E402
from core import config, logs, texts  # noqa: E402

MOST_RATIO = 0.10
MEMORY_MESSAGES = 100_000
MOST_GROWTH_MIB = 5.0
ACCOUNT = "10001"
TOKEN = "bench"  # noqa: S105  # of a process that lives for a minute on loopback
BATCH = 200
BOTS = ("ours", "bare", "bare, quiet log")
CANNOT_BUILD = 3


def chatter(number: int) -> str:
    """Return one message of a group, as NapCat writes it."""
    words = "今天工地上发工资了，大家都领到没有？我这边还差三天的。"
    body = {
        "self_id": int(ACCOUNT), "user_id": 20_000 + number % 200, "time": 1_795_395_600 + number,
        "message_id": number + 1, "message_seq": number + 1, "real_id": number + 1,
        "real_seq": str(number), "message_type": "group", "raw_message": words, "font": 14,
        "sender": {"user_id": 20_000 + number % 200, "nickname": "王建国", "card": "", "title": ""},
        "sub_type": "normal", "message": [{"type": "text", "data": {"text": words}}],
        "message_format": "array", "post_type": "message", "group_id": 500_000 + number % 20,
        "group_name": "柳河乡流动党员",
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# The children: one bot each, asked for its CPU time and memory over its standard input.


def memory_mib() -> float:
    """Return the memory of this process in MiB; 0 where /proc is missing."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def quiet_output() -> int:
    """Send what the bot prints to nowhere, as a service would; return the real output."""
    real = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return real


def report(port: int, output: int) -> None:
    """Answer every line on standard input with CPU seconds and memory, until it ends."""
    os.write(output, f"{port}\n".encode())
    for _ in sys.stdin:
        os.write(output, f"{time.process_time()} {memory_mib()}\n".encode())


async def serve_bare(output: int, log_level: str) -> None:
    """Run NoneBot with the stock adapter and nothing else."""
    nonebot.init(
        _env_file=(os.devnull,), driver="~fastapi", log_level=log_level,
        onebot_access_token=TOKEN,
    )  # fmt: skip
    nonebot.get_driver().register_adapter(StockAdapter)
    await serve_app(output)


async def serve_gateway(output: int) -> None:
    """Run our gateway without the other rooms."""
    config.use(settings())
    texts.use(texts.Texts.load(ROOT / "content" / "texts"))
    nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="WARNING")
    logs.setup(None)
    nonebot.load_plugin("plugins.gateway")
    await serve_app(output)


async def serve_app(output: int) -> None:
    """Serve NoneBot's app as bot.py does."""
    server = uvicorn.Server(
        uvicorn.Config(nonebot.get_asgi(), port=0, log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = int(server.servers[0].sockets[0].getsockname()[1])
    await asyncio.to_thread(report, port, output)
    serving.cancel()


async def serve_ours(output: int) -> None:
    """Run the whole house; exit code 3 when it cannot be built."""
    made = settings()
    try:
        house = bot.build(made, made.data_dir)
    except Exception as error:  # noqa: BLE001  # rooms may be missing; then the gateway alone
        print(f"bot.build: {type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(CANNOT_BUILD) from None
    async with house.running(host="127.0.0.1", port=0):
        await asyncio.to_thread(report, house.port, output)


def settings() -> config.Settings:
    """Return settings of a fresh house with one known account."""
    folder = Path(tempfile.mkdtemp(prefix="yanzhen-bench-"))
    return config.Settings(data_dir=folder, onebot11=config.OneBot11(accounts=[ACCOUNT]))  # type: ignore[arg-type]  # as TOML gives it


CHILDREN: dict[str, Callable[[int], Coroutine[Any, Any, None]]] = {
    "ours": serve_ours,
    "gateway": serve_gateway,
    "bare": lambda output: serve_bare(output, "INFO"),
    "bare, quiet log": lambda output: serve_bare(output, "WARNING"),
}


# The parent: the protocol end.


@dataclass
class Child:
    """A bot under measurement."""

    process: asyncio.subprocess.Process
    port: int

    async def ask(self) -> tuple[float, float]:
        """Return the CPU seconds and MiB of the child, once it has nothing left to do."""
        before, _ = await self._ask()
        while True:
            await asyncio.sleep(0.2)
            seconds, mib = await self._ask()
            if seconds - before < 0.004:  # noqa: PLR2004  # what asking itself costs
                return seconds, mib
            before = seconds

    async def _ask(self) -> tuple[float, float]:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError
        self.process.stdin.write(b"\n")
        seconds, mib = (await self.process.stdout.readline()).split()
        return float(seconds), float(mib)


@asynccontextmanager
async def running(name: str) -> AsyncIterator[Child]:
    """Run one bot in a process of its own. SystemExit with its code when it does not start."""
    environment = os.environ | {"YANZHEN_ONEBOT11_TOKEN": TOKEN, "PYTHONIOENCODING": "utf-8"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--child", name, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Child(process, await port_of(process))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def port_of(process: asyncio.subprocess.Process) -> int:
    """Return the port that a child reports."""
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise SystemExit(await process.wait())
    return int(line)


async def connect(child: Child) -> ClientConnection:
    """Connect to a child as an account it knows."""
    return await websockets.connect(
        f"ws://127.0.0.1:{child.port}/onebot/v11/ws",
        additional_headers={
            "X-Self-ID": ACCOUNT, "X-Client-Role": "Universal", "Authorization": f"Bearer {TOKEN}",
        },
        compression=None, ping_interval=None,
    )  # fmt: skip


async def talk(end: ClientConnection, frames: list[str]) -> None:
    """Write the frames, in batches that the bot has read before the next one begins."""
    for begin in range(0, len(frames), BATCH):
        for frame in frames[begin : begin + BATCH]:
            await end.send(frame)
        await (await end.ping())


async def cpu_ms(name: str, messages: int) -> float:
    """Return the CPU milliseconds that one unaddressed message costs."""
    frames = [chatter(number) for number in range(messages)]
    async with running(name) as child:
        end = await connect(child)
        await talk(end, frames[:2000])
        before, _ = await child.ask()
        await talk(end, frames)
        after, _ = await child.ask()
        await end.close()
    return (after - before) / messages * 1000


async def growth(name: str) -> tuple[float, float]:
    """Return MiB before, and MiB more after 100,000 messages."""
    frames = [chatter(number) for number in range(5000)]
    async with running(name) as child:
        end = await connect(child)
        await talk(end, frames)
        _, before = await child.ask()
        for _ in range(MEMORY_MESSAGES // len(frames)):
            await talk(end, frames)
        _, after = await child.ask()
        await end.close()
    return before, after - before


async def ours_or_gateway() -> str:
    """Return which of ours can be measured: the whole house, else the gateway alone."""
    try:
        async with running("ours"):
            return "ours"
    except SystemExit:
        print("the whole house does not build here; measuring the gateway alone")
        return "gateway"


async def measure(messages: int, rounds: int) -> int:
    """Measure, print the table, and return the exit code."""
    mine = await ours_or_gateway()
    names = (mine, *BOTS[1:])
    results: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            results[name].append(await cpu_ms(name, messages))
    before, more = await growth(mine)
    medians = {name: statistics.median(values) for name, values in results.items()}
    cheapest = min(medians[name] for name in names[1:])
    print(f"CPU per unaddressed group message, median of {rounds} x {messages:,}")
    for name, value in medians.items():
        print(f"  {name:<16} {value:8.4f} ms   {value / cheapest:6.3f} of the cheapest bare one")
    print(f"memory of {mine}: {before:.1f} MiB, {more:+.2f} MiB after {MEMORY_MESSAGES:,} messages")
    is_good = medians[mine] <= MOST_RATIO * cheapest and more <= MOST_GROWTH_MIB
    print("good" if is_good else f"over: ratio at most {MOST_RATIO}, growth {MOST_GROWTH_MIB} MiB")
    return 0 if is_good else 1


def main() -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", choices=sorted(CHILDREN), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        asyncio.run(CHILDREN[given.child](quiet_output()))
        return 0
    return asyncio.run(measure(given.messages, given.rounds))


if __name__ == "__main__":
    sys.exit(main())
