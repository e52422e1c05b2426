"""A protocol end that answers every call at once, in a process of its own.

Run by the benches: ``python bench/quick_end.py URL ACCOUNT TOKEN``. It dials the bot, confirms
whatever is sent and shows it to nobody; its CPU is not the bot's. Ends when the connection does.
"""

import asyncio
import itertools
import json
import os
import sys

import websockets
from websockets.asyncio.client import ClientConnection


async def answer(connection: ClientConnection) -> None:
    """Confirm every call with a message id of its own."""
    numbers = itertools.count(1)
    async for frame in connection:
        data = {"message_id": next(numbers)}
        echo = json.loads(frame)["echo"]
        await connection.send(
            json.dumps({"status": "ok", "retcode": 0, "data": data, "echo": echo})
        )


async def serve(url: str, account: str, token: str) -> None:
    """Dial once and answer until the bot hangs up."""
    headers = {
        "X-Self-ID": account,
        "X-Client-Role": "Universal",
        "Authorization": f"Bearer {token}",
    }
    async with websockets.connect(
        url, additional_headers=headers, compression=None, max_queue=None, ping_interval=None
    ) as connection:
        await answer(connection)


async def launch(port: int, path: str, account: str, token: str) -> asyncio.subprocess.Process:
    """Start an end that dials ``path`` on loopback; it is connected a moment later."""
    return await asyncio.create_subprocess_exec(
        sys.executable, __file__, f"ws://127.0.0.1:{port}{path}", account, token,
        env={**os.environ},
    )  # fmt: skip


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
