"""The small world of the sandbox tests, a clock that stands, and an independent bot."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiocqhttp import CQHttp, Event
from hypercorn.asyncio import serve
from hypercorn.config import Config

from plugins.sandbox import GroupSeed, MemberSeed, PersonSeed, Sandbox, WorldSeed

BOT = 90001
WANG, CHEN, ZHOU, MA = 10001, 10002, 10003, 10004
VILLAGE, TOWN = 70001, 70002
TOKEN = "a-token-for-tests"  # noqa: S105 - opens nothing
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SEED = WorldSeed(
    people=(
        PersonSeed(WANG, "王建国", "申请人", featured=True),
        PersonSeed(CHEN, "陈玉梅", "积极分子", featured=True),
        PersonSeed(ZHOU, "周德厚", "培养联系人", featured=True),
        PersonSeed(MA, "马小军", "陌生人", is_friend=False),
    ),
    groups=(
        GroupSeed(
            VILLAGE,
            "王家村在外",
            (MemberSeed(ZHOU, "owner"), MemberSeed(WANG, card="建国"), MemberSeed(CHEN)),
        ),
        GroupSeed(TOWN, "乡里", (MemberSeed(ZHOU, "owner"), MemberSeed(BOT, "admin"))),
    ),
    bot_nickname="雁阵",
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


class StandingClock:
    """A ClockControl that moves only when told to."""

    def __init__(self) -> None:
        self.moment = MONDAY
        self.jumps: list[datetime] = []

    def now(self) -> datetime:
        return self.moment

    async def jump(self, to: datetime) -> None:
        self.jumps.append(to)
        self.moment = to


@dataclass
class Bot:
    """An aiocqhttp bot on a loopback port, and what it was told."""

    cq: CQHttp
    url: str
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)

    async def next_event(self, is_wanted: Callable[[Event], bool] | None = None) -> Event:
        """Take events until one is wanted; heartbeats and lifecycles only when asked for."""
        async with asyncio.timeout(5):
            while True:
                event = await self.events.get()
                if is_wanted(event) if is_wanted else event.type != "meta_event":
                    return event

    async def call(self, action: str, **params: Any) -> Any:
        return await self.cq.call_action(action, **params)


def kind(name: str) -> Callable[[Event], bool]:
    """Want events of one kind: message, message_sent, group_recall, lifecycle ..."""
    return lambda event: name in (event.type, event.detail_type)


@asynccontextmanager
async def running_bot() -> AsyncIterator[Bot]:
    """Run an aiocqhttp bot until the block ends."""
    cq = CQHttp(access_token=TOKEN, api_timeout_sec=5)
    # The server gets the bound socket itself: a port that is only looked up may be taken meanwhile.
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    port = door.getsockname()[1]
    bot = Bot(cq, f"ws://127.0.0.1:{port}/ws")

    async def note(event: Event) -> None:
        bot.events.put_nowait(event)

    # message_sent is no post_type of its own in aiocqhttp's helpers, so the bus is asked directly.
    for name in ("message", "message_sent", "notice", "meta_event"):
        cq.subscribe(name, note)
    config = Config()
    config.bind = [f"fd://{door.detach()}"]
    config.errorlog = None
    config.graceful_timeout = 0.2
    ended = asyncio.Event()
    task = asyncio.create_task(serve(cq.asgi, config, shutdown_trigger=ended.wait))
    try:
        yield bot
    finally:
        ended.set()
        await task


@asynccontextmanager
async def running_sandbox(
    bot_url: str, clock: StandingClock, *, state_path: Path | None = None, **options: Any
) -> AsyncIterator[Sandbox]:
    """Run a sandbox until the block ends."""
    sandbox = Sandbox(
        seed=SEED,
        bot_url=bot_url,
        token=TOKEN,
        self_id=BOT,
        clock=clock,
        state_path=state_path,
        **options,
    )
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()
