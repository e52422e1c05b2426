"""Deliveries per second through the ledger, against the same sends in a bare loop.

Run ``python bench/ledger.py [count]``. SQLite with full sync in a temporary folder, one body for
all, no pauses between sends. The far end is either instant (what the ledger itself costs) or a bare
WebSocket on loopback that confirms each message (the least that a protocol end costs; the loop has
no gateway in it either). Ratios above 1 mean that the ledger is faster: it writes a window at once.
"""

# ruff: noqa: E402  # NoneBot must be there before a room is imported

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import aiohttp
import loguru
import nonebot
from aiohttp import web

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

loguru.logger.remove()
nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from core import clock, config, crypto, database, logs
from core.messages import Chat, ChatKind, OutPart, SendOutcome, SendResult, Text
from models import Delivery, Group, Unit
from models.enums import DeliveryState, Priority, UnitKind
from plugins.delivery import service
from plugins.delivery.dispatcher import Dispatcher

SELF = "3889000001"
WORDS = (Text("本周学习：工钱被拖，先做哪三步。先留考勤、工资条、聊天记录；再找单位要字据。" * 3),)

Send = Callable[[Chat, Sequence[OutPart]], Awaitable[SendOutcome]]


class End:
    """A far end that is always there."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def can_reach(self, platform: str) -> tuple[str, ...]:
        """Return our one account."""
        return (SELF,) if platform == "onebot11" else ()

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        """Send as told."""
        return await self._send(chat, parts)


async def instantly(chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
    """Answer at once."""
    del chat, parts
    return SendOutcome(SendResult.SENT, message_id="1")


class WebSocketEnd:
    """A protocol end on loopback: one WebSocket, one JSON frame a send, one a confirmation."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[str]] = {}
        self._number = 0

    async def open(self) -> None:
        """Begin to serve, connect, and read confirmations."""
        app = web.Application()
        app.router.add_get("/", _confirm)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._session = aiohttp.ClientSession()
        port = self._runner.addresses[0][1]
        self._socket = await self._session.ws_connect(f"http://127.0.0.1:{port}/")
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for frame in self._socket:
            answer = json.loads(frame.data)
            self._waiting.pop(answer["echo"]).set_result(str(answer["data"]["message_id"]))

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()
        await self._reading
        await self._session.close()
        await self._runner.cleanup()

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        """Send one message and wait for its confirmation."""
        self._number += 1
        number = self._number
        answered = self._waiting[number] = asyncio.get_running_loop().create_future()
        segments = [
            {"type": "text", "data": {"text": p.text}} for p in parts if isinstance(p, Text)
        ]
        params = {"group_id": chat.chat_id, "message": segments}
        call = {"action": "send_group_msg", "params": params, "echo": number}
        await self._socket.send_str(json.dumps(call, ensure_ascii=False))
        return SendOutcome(SendResult.SENT, message_id=await answered)


async def _confirm(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for frame in socket:
        echo = json.loads(frame.data)["echo"]
        await socket.send_str(json.dumps({"data": {"message_id": echo}, "echo": echo}))
    return socket


async def plant(count: int) -> list[str]:
    """Make ``count`` groups; return their targets."""
    now = clock.now()

    @database.transactional
    async def work() -> None:
        unit = await Unit.create(name="柳河乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=now)
        rows = [
            Group(platform="onebot11", chat_id=str(n), self_id=SELF, unit_id=unit.id, bound_at=now)
            for n in range(count)
        ]
        await Group.bulk_create(rows, batch_size=500)

    await work()
    return [f"group:{row}" for row in await Group.all().values_list("id", flat=True)]


async def through_ledger(targets: list[str], occasion: str, send: Send) -> float:
    """Return the seconds of wall time from the first claim to the last result of a broadcast."""
    await database.run_tx(
        lambda: service.broadcast(
            purpose="bench",
            occasion=occasion,
            targets=targets,
            parts=WORDS,
            now=clock.now(),
            priority=Priority.DIGEST,
        )
    )
    sender = Dispatcher({}, far_end=End(send))
    begun = time.perf_counter()
    while await sender.step():
        pass
    took = time.perf_counter() - begun
    sent = await Delivery.filter(occasion=occasion, state=DeliveryState.SENT).count()
    assert sent == len(targets)
    return took


async def in_loop(targets: list[str], send: Send, *, at_once: int) -> float:
    """Return the seconds that the same sends take without any ledger."""
    chats = [Chat("onebot11", SELF, ChatKind.GROUP, target) for target in targets]
    begun = time.perf_counter()
    for start in range(0, len(chats), at_once):
        await asyncio.gather(*(send(chat, WORDS) for chat in chats[start : start + at_once]))
    return time.perf_counter() - begun


async def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        await open_house(Path(folder))
        targets = await plant(count)
        wire = WebSocketEnd()
        await wire.open()
        await through_ledger(targets[:200], "warm-up", instantly)
        instant = await through_ledger(targets, "instant", instantly)
        ledger = await through_ledger(targets, "wire", wire.send)
        one_by_one = await in_loop(targets, wire.send, at_once=1)
        window = config.settings().delivery.window
        crowd = await in_loop(targets, wire.send, at_once=window)
        await wire.close()
        await database.close_database()
    print(f"{count} deliveries, SQLite, synchronous=FULL, windows of {window}")
    print(f"ledger, instant end      {count / instant:8.0f} a second")
    print(f"ledger, WebSocket end    {count / ledger:8.0f} a second")
    print(f"bare loop, one by one    {count / one_by_one:8.0f} a second")
    print(f"bare loop, {window} at once    {count / crowd:8.0f} a second")
    print(f"ledger / one by one      {one_by_one / ledger:8.2f}")
    print(f"ledger / {window} at once      {crowd / ledger:8.2f}")


async def open_house(folder: Path) -> None:
    """Open an empty database without pauses between sends, at noon."""
    quick = config.Delivery(min_interval_s=0.0, max_interval_s=0.0)
    config.use(config.Settings(data_dir=folder, delivery=quick))
    logs.setup(None, "ERROR", console=sys.stderr)
    clock.use(clock.FrozenClock(clock.at_local(clock.local_day(clock.now()), 12)))
    crypto.open_keys(folder)
    await database.open_database("sqlite", kind=database.PRODUCTION, data_dir=folder)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
