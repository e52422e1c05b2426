"""One WebSocket connection of one account: calls out, answers in, and how they can fail."""

import asyncio
import itertools
import json
from dataclasses import dataclass
from typing import Any

from nonebot.adapters.onebot.v11 import ActionFailed, Bot, NetworkError
from nonebot.drivers import WebSocket
from nonebot.utils import DataclassEncoder

_numbers = itertools.count(1)


class NotSent(NetworkError):
    """Nothing was written: certain that it did not happen."""


class Unanswered(NetworkError):
    """Written, and then no answer: nobody knows whether it happened."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that was written: its answer is a future with the payload, or Unanswered."""

    echo: str
    answer: asyncio.Future[dict[str, Any]]


class Link:
    """The connection, its pending calls, and what its heartbeat claims."""

    def __init__(self, self_id: str, socket: WebSocket, bot: Bot) -> None:
        self.self_id = self_id
        self.self_number = int(self_id)
        self.socket = socket
        self.bot = bot
        self.reader: asyncio.Task[None] | None = None
        self.is_open = True
        # A heartbeat is believed when it says offline, never when it says online.
        self.is_online = True
        self.garbage = 0
        self._echo_start = f"{next(_numbers)}."
        self._echoes = itertools.count(1)
        self._pending: dict[str, asyncio.Future[dict[str, Any]]] = {}

    @property
    def awaits_answers(self) -> bool:
        """Whether calls are pending."""
        return bool(self._pending)

    async def call(
        self, action: str, params: dict[str, Any], *, timeout_s: float, written: str = ""
    ) -> Any:
        """Call ``action`` and return the data of its answer.

        ``written`` are further parameters, JSON already: ``"message": [...]``. Raises NotSent
        before anything is written, Unanswered after, ActionFailed when the end says no.
        """
        try:
            async with asyncio.timeout(timeout_s):
                pending = await self.begin(action, params, written=written)
                try:
                    return data_of(await pending.answer)
                finally:
                    self.end_call(pending)
        except TimeoutError:
            raise Unanswered("timeout") from None

    async def begin(self, action: str, params: dict[str, Any], *, written: str = "") -> Pending:
        """Write a call and return what waits for its answer; give it to ``end_call`` afterwards.

        Raises NotSent before anything is written, Unanswered when writing failed.
        """
        echo = f"{self._echo_start}{next(self._echoes)}"
        frame = _frame(action, params, echo, written)
        if not self.is_open or self.socket.closed:
            raise NotSent("not connected")
        answer = asyncio.get_running_loop().create_future()
        self._pending[echo] = answer
        try:
            await self._write(frame)
        except BaseException:
            self._pending.pop(echo, None)
            raise
        return Pending(echo, answer)

    def end_call(self, pending: Pending) -> None:
        """Wait no longer for an answer; one that comes later is dropped."""
        self._pending.pop(pending.echo, None)

    async def _write(self, frame: str) -> None:
        try:
            await self.socket.send(frame)
        except TimeoutError:
            raise
        except Exception:  # noqa: BLE001  # every server words a lost connection differently
            # Some servers raise after a part went out, so this is not certain.
            raise Unanswered("disconnect") from None

    def answer(self, payload: dict[str, Any]) -> None:
        """Give an answer to the call that waits for it; late and foreign ones are dropped."""
        echo = payload.get("echo")
        pending = self._pending.get(echo) if isinstance(echo, str) else None
        if pending is not None and not pending.done():
            pending.set_result(payload)

    def end(self) -> None:
        """Take no more calls; those that are pending end at once, unanswered."""
        self.is_open = False
        for pending in self._pending.values():
            if not pending.done():
                pending.set_exception(Unanswered("disconnect"))
        if self.reader is not None:
            self.reader.cancel()


def _frame(action: str, params: dict[str, Any], echo: str, written: str) -> str:
    if not written:
        call = {"action": action, "params": params, "echo": echo}
        return json.dumps(call, cls=DataclassEncoder)
    where = json.dumps(params)[1:-1]
    return f'{{"action": "{action}", "params": {{{where}, {written}}}, "echo": "{echo}"}}'


def data_of(answer: dict[str, Any]) -> Any:
    """Return the data of an answer; ActionFailed when it says no, Unanswered when "later"."""
    status, retcode = answer.get("status"), answer.get("retcode")
    if status == "failed" or (type(retcode) is int and retcode not in {0, 1}):
        kept = {key: answer.get(key) for key in ("retcode", "message", "wording", "msg")}
        raise ActionFailed(**kept)  # type: ignore[no-untyped-call]  # as the adapter has it
    if status == "async" or retcode == 1:
        raise Unanswered("async")
    return answer.get("data")
