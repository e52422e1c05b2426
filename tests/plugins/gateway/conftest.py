"""NoneBot with the gateway, on a real port; made once, unless somebody made it before."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import nonebot
import pytest
import pytest_asyncio
import uvicorn
import websockets
from nonebot.adapters import Bot, Event

from core import config, secrets, texts
from core.messages import Incoming
from tests.plugins.gateway.ends import SELF_ID, End

ROOT = Path(__file__).resolve().parents[3]


def _house() -> None:
    try:
        nonebot.get_driver()
    except ValueError:
        nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="WARNING")
    if not nonebot.get_adapters():
        nonebot.load_plugin("plugins.gateway")


_house()

from plugins.gateway import inbound  # noqa: E402
from plugins.gateway.onebot11 import Adapter  # noqa: E402
from plugins.gateway.rates import OncePer, Pace  # noqa: E402

Dial = Callable[..., Awaitable[End]]


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """Those of every test, with one known account."""
    listed = settings.model_copy(update={"onebot11": config.OneBot11(accounts=[SELF_ID, "10002"])})
    config.use(listed)
    return listed


@pytest.fixture
def adapter(settings: config.Settings) -> Adapter:
    """The adapter, with no memory of other tests and no limits."""
    found = nonebot.get_adapter(Adapter)
    found.pace = Pace(per_minute=600_000, burst=100_000)
    found._says_too_fast = OncePer(600)
    found._logs_refusal = OncePer(60)
    found._claims._claims.clear()
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def port() -> AsyncIterator[int]:
    """The port on which the real server listens."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            nonebot.get_asgi(), log_config=None, access_log=False, lifespan="on",
            timeout_graceful_shutdown=2, ws_max_size=64 << 20,
        )
    )  # fmt: skip
    serving = asyncio.create_task(server.serve(sockets=[door]))
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.005)
    yield door.getsockname()[1]
    server.should_exit = True
    await serving
    door.close()


@pytest_asyncio.fixture
async def dial(port: int, adapter: Adapter) -> AsyncIterator[Dial]:
    """Connect as an end: ``await dial()``; header by header where a test wants it."""
    ends: list[End] = []

    async def connect(
        account: str = SELF_ID,
        *,
        path: str = "/onebot/v11/ws",
        token: str | None = None,
        headers: list[tuple[str, str]] | None = None,
    ) -> End:
        usual = [
            ("X-Self-ID", account),
            ("X-Client-Role", "Universal"),
            ("Authorization", f"Bearer {token or secrets.secret('onebot11_token')}"),
        ]
        socket = await websockets.connect(
            f"ws://127.0.0.1:{port}{path}",
            additional_headers=usual if headers is None else headers,
            compression=None,
            max_size=None,
        )
        ends.append(End(socket))
        return ends[-1]

    yield connect
    for end in ends:
        with contextlib.suppress(OSError):
            await end.close()
    await until_gone(adapter)
    await adapter.lanes.stop()


async def until_gone(adapter: Adapter) -> None:
    """Wait until the adapter knows that every end is gone."""
    while adapter.links:  # noqa: ASYNC110  # turns of the loop, no time
        await asyncio.sleep(0)


class Heard:
    """What reached the only matcher, as reception would get it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Incoming] = asyncio.Queue()
        self.all: list[Incoming] = []
        self.events = 0
        self.before: Callable[[Incoming], Awaitable[None]] | None = None
        self.gate = asyncio.Event()

    async def take(self, bot: Bot, event: Event) -> None:
        self.events += 1
        incoming = await inbound.to_incoming(bot, event)
        if incoming is None:
            return
        if self.before is not None:
            await self.before(incoming)
        self.all.append(incoming)
        self.queue.put_nowait(incoming)

    async def hold(self, _incoming: Incoming) -> None:
        """Be as slow as the test wants: as ``before``."""
        await self.gate.wait()

    async def next(self) -> Incoming:
        return await asyncio.wait_for(self.queue.get(), 60)

    async def until(self, words: str) -> list[str]:
        """Return the words of everything heard until somebody says ``words``, without them."""
        heard: list[str] = []
        while (incoming := await self.next()).words != words:
            heard.append(incoming.words)
        return heard


@pytest_asyncio.fixture
async def heard(adapter: Adapter) -> AsyncIterator[Heard]:
    """A matcher before any other, which keeps what it gets from them."""
    found = Heard()

    async def take(bot: Bot, event: Event) -> None:
        await found.take(bot, event)

    matcher = nonebot.on_message(priority=0, block=True, handlers=[take])
    yield found
    found.before = None
    found.gate.set()
    for link in adapter.links.values():
        link.end()
    await adapter.lanes.stop()
    matcher.destroy()


@pytest.fixture(autouse=True)
def _sentences() -> Iterator[None]:
    texts.use(texts.Texts.load(ROOT / "content" / "texts"))
    yield
    texts.use(texts.Texts({}))
