"""A OneBot v11 end under full control of a test, over a real WebSocket."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

SELF_ID = "10001"
GROUP = 500_001
WORKER = 20_001
SECOND = 1_795_395_600

_message_ids = itertools.count(1)

Payload = dict[str, Any]


def text(words: str) -> Payload:
    return {"type": "text", "data": {"text": words}}


def at(account: object = SELF_ID) -> Payload:
    return {"type": "at", "data": {"qq": str(account)}}


def quote(message_id: int = 7) -> Payload:
    return {"type": "reply", "data": {"id": str(message_id)}}


def message(
    *segments: Payload, group: int | None = None, sender: int = WORKER, **more: Any
) -> Payload:
    body = {
        "time": SECOND,
        "self_id": int(SELF_ID),
        "post_type": "message",
        "message_type": "private" if group is None else "group",
        "sub_type": "friend" if group is None else "normal",
        "message_id": next(_message_ids),
        "user_id": sender,
        "message": list(segments),
        "raw_message": "".join(str(s["data"].get("text", "")) for s in segments),
        "font": 14,
        "sender": {"user_id": sender, "nickname": "王建国", "card": ""},
    }
    if group is not None:
        body["group_id"] = group
    return body | more


def notice(kind: str, **fields: Any) -> Payload:
    return {
        "time": SECOND,
        "self_id": int(SELF_ID),
        "post_type": "notice",
        "notice_type": kind,
        **fields,
    }


def beat(*, online: bool) -> Payload:
    return {
        "time": SECOND,
        "self_id": int(SELF_ID),
        "post_type": "meta_event",
        "meta_event_type": "heartbeat",
        "status": {"online": online, "good": True},
        "interval": 30000,
    }


class End:
    """One connection. Calls that come in wait in ``calls``; ``answers`` does so by itself."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.calls: asyncio.Queue[Payload] = asyncio.Queue()
        self.seen: list[Payload] = []
        self.answer: Callable[[Payload], Payload | None] | None = None
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                call = json.loads(frame)
                self.seen.append(call)
                made = self.answer(call) if self.answer else None
                if made is None:
                    self.calls.put_nowait(call)
                else:
                    await self.emit({**made, "echo": call["echo"]})
        except websockets.ConnectionClosed:
            return

    async def emit(self, *payloads: Payload) -> None:
        for payload in payloads:
            await self.socket.send(json.dumps(payload, ensure_ascii=False, separators=(",", ":")))

    async def raw(self, frame: str | bytes) -> None:
        await self.socket.send(frame)

    async def next_call(self) -> Payload:
        return await asyncio.wait_for(self.calls.get(), 30)

    def actions(self) -> list[str]:
        return [call["action"] for call in self.seen]

    async def closed(self) -> None:
        await asyncio.wait_for(self.socket.wait_closed(), 30)

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    def cut(self) -> None:
        """Break the connection without a farewell."""
        self.socket.transport.abort()


def ok(**data: Any) -> Payload:
    return {"status": "ok", "retcode": 0, "data": data}


def failed(retcode: int, message: str = "", wording: str = "") -> Payload:
    return {
        "status": "failed",
        "retcode": retcode,
        "data": None,
        "message": message,
        "wording": wording or message,
    }
