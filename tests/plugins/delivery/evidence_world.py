"""A ledger, the real adapter on a real port, and a simulated QQ at the other end of the wire."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import nonebot
import uvicorn

from core import secrets
from core.clock import FrozenClock
from models import Delivery, Group, Person, Unit
from models.enums import DeliveryState as S
from plugins.delivery import evidence
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.gateway import outbound
from plugins.gateway.onebot11 import Adapter
from plugins.sandbox import Faults, GroupSeed, MemberSeed, PersonSeed, Sandbox, WorldSeed
from plugins.sandbox.entities import Chat as Room
from plugins.sandbox.entities import Message, group, private
from plugins.sandbox.segments import Text as Words
from tests.plugins.delivery import conftest
from tests.plugins.delivery.conftest import SELF, owe

WANG, ZHOU, VILLAGE = 20001, 20002, 70001
SEED = WorldSeed(
    people=(PersonSeed(WANG, "王建国", ""), PersonSeed(ZHOU, "周德厚", "")),
    groups=(GroupSeed(VILLAGE, "王家村", (MemberSeed(ZHOU, "owner"), MemberSeed(WANG))),),
    bot_nickname="雁阵",
)
IN_GROUP, IN_PRIVATE = group(VILLAGE), private(WANG)


class Hand:
    """The clock of the end: the bot's, off by ``skew``."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.skew = timedelta()

    def now(self) -> datetime:
        return self.clock.now() + self.skew

    async def jump(self, to: datetime) -> None:
        self.clock.advance_to(to)


@dataclass
class Place:
    """What a test works with. Targets: the village's group, and Wang in private."""

    clock: FrozenClock
    hand: Hand
    end: Sandbox
    adapter: Adapter
    sender: Dispatcher
    village: str
    wang: str

    def pass_time(self, seconds: float = 61) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))

    async def send(
        self, words: str = "今晚有学习。", *, target: str = "", **rest: object
    ) -> Delivery:
        """Owe a message and send it; return its row."""
        target = target or self.village
        occasion = str(await Delivery.all().count())
        await owe(target, self.clock, words, **{"occasion": occasion, **rest})
        await self.drain()
        return await Delivery.get(occasion=rest.get("occasion", occasion))

    async def drain(self) -> None:
        while await self.sender.step():
            pass

    async def look(self, seconds: float = 91) -> int:
        """Pass time and look."""
        self.pass_time(seconds)
        return await evidence.look(now=self.clock.now())

    def shown(self, room: Room = IN_GROUP) -> list[Message]:
        """What the bot said and people see."""
        return [m for m in self.end.messages(room) if m.sender_id == int(SELF)]


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until ``check`` is true."""
    async with asyncio.timeout(20):
        while not await check():  # noqa: ASYNC110  # turns of the loop, no time
            await asyncio.sleep(0)


async def is_in(number: int, state: S) -> bool:
    return (await Delivery.get(id=number)).state is state


@contextlib.asynccontextmanager
async def server() -> AsyncIterator[int]:
    """Serve NoneBot on a free port."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        nonebot.get_asgi(), log_config=None, access_log=False, lifespan="on",
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    running = uvicorn.Server(config)
    serving = asyncio.create_task(running.serve(sockets=[door]))
    while not running.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.005)
    yield door.getsockname()[1]
    running.should_exit = True
    await serving
    door.close()


@contextlib.asynccontextmanager
async def place(clock: FrozenClock, port: int, **options: object) -> AsyncIterator[Place]:
    """Plant a village, connect an end with ``options``, listen for evidence."""
    village = await Unit.create(
        name="王家村", kind="village_branch", path="/1/", created_at=clock.now()
    )
    row = await Group.create(
        platform="onebot11", chat_id=str(VILLAGE), self_id=SELF, name="王家村", unit=village,
        bound_at=clock.now(),
    )  # fmt: skip
    wang: Person = await conftest.person(village, clock)
    await conftest.account(wang, clock, str(WANG))
    hand = Hand(clock)
    end = Sandbox(
        seed=SEED, bot_url=f"ws://127.0.0.1:{port}/onebot/v11/ws", self_id=int(SELF), clock=hand,
        token=secrets.secret("onebot11_token"), **{"faults": Faults(), **options},  # type: ignore[arg-type]
    )  # fmt: skip
    adapter = nonebot.get_adapter(Adapter)
    sender = Dispatcher({}, Voices(lambda: 0.0), outbound)
    # People talked a while ago, so that a history reaches back.
    end.world.post(IN_GROUP, ZHOU, [Words("大家好")])
    end.world.post(IN_PRIVATE, WANG, [Words("你好")])
    clock.advance_to(clock.now() + timedelta(minutes=10))
    await evidence.start()
    await end.start()
    await end.wait_connected()
    try:
        yield Place(clock, hand, end, adapter, sender, f"group:{row.id}", f"person:{wang.id}")
    finally:
        await end.stop()
        while adapter.links:  # noqa: ASYNC110  # turns of the loop, no time
            await asyncio.sleep(0)
        await adapter.lanes.stop()
        await evidence.stop()
