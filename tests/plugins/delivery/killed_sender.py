"""A process that sends what the ledger owes, to be killed: run by test_delivery_killed.

It sends to a recorder over TCP, one line a message, and waits for its answer. At the point it is
told it says so on stdout and stands still.
"""

# ruff: noqa: E402, T201  # NoneBot comes before a room; stdout is where the points are told

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import loguru
import nonebot

loguru.logger.remove()  # stdout is where the points are told
nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="ERROR")

from core import clock, config, crypto, database, logs, migrating, texts
from core.messages import Chat, OutPart, SendOutcome, SendResult, Text
from plugins.delivery import ledger, recovery, settling
from plugins.delivery.dispatcher import Dispatcher

SELF = "3889000001"


class Recorder:
    """The far end."""

    def __init__(self, port: int, stop_at: str) -> None:
        self._port = port
        self._stop_at = stop_at

    def can_reach(self, platform: str) -> tuple[str, ...]:
        return (SELF,) if platform == "onebot11" else ()

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        del chat
        await stand("marked", self._stop_at)
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        line = "".join(part.text for part in parts if isinstance(part, Text))
        writer.write(line.encode() + b"\n")
        await writer.drain()
        answer = await reader.readline()
        writer.close()
        await stand("written", self._stop_at)
        return SendOutcome(SendResult.SENT, message_id=answer.decode().strip())


async def stand(point: str, stop_at: str) -> None:
    if point == stop_at:
        print(point, flush=True)
        await asyncio.Event().wait()


def stopping(
    function: Callable[..., Awaitable[Any]], before: str, after: str, stop_at: str
) -> Callable[..., Awaitable[Any]]:
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        await stand(before, stop_at)
        result = await function(*args, **kwargs)
        if result is None or result:
            await stand(after, stop_at)
        return result

    return wrapped


async def main(data_dir: Path, migrations: str, port: int, stop_at: str) -> None:
    config.use(
        config.Settings(
            data_dir=data_dir, delivery=config.Delivery(min_interval_s=0.0, max_interval_s=0.0)
        )
    )
    noon = clock.at_local(clock.local_day(clock.now()), 12)
    clock.use(clock.FrozenClock(noon))
    texts.use(texts.Texts.load(config.ROOT / "content" / "texts"))
    crypto.open_keys(data_dir)
    app = migrating.App(migrations=migrations)
    await database.open_database("sqlite", kind="production", data_dir=data_dir, app=app)
    ledger.claim = stopping(ledger.claim, "due", "claimed", stop_at)  # type: ignore[assignment]
    settling.record = stopping(  # type: ignore[assignment]
        settling.record, "answered", "recorded", stop_at
    )
    sender = Dispatcher({}, far_end=Recorder(port, stop_at))
    await recovery.recover(now=noon, owner=sender.owner, alone=not ledger.is_shared())
    while await sender.step():
        pass
    await database.close_database()
    print("done", flush=True)


if __name__ == "__main__":
    logs.setup(None, "ERROR", console=sys.stderr)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
