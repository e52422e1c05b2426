"""Waiting for what the bot says, without polling: a bookmark for every chat."""

import asyncio
from collections.abc import Callable

from plugins.sandbox.entities import Chat, Happening, Message, MessagePosted
from plugins.sandbox.world import World

_SHOWN_IN_ERROR = 6


class Inbox:
    """Lets tests read the bot's messages of each chat once, from top to bottom."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read_up_to: dict[Chat, int] = {}
        self._wakers: dict[Chat, set[asyncio.Event]] = {}

    def happened(self, happening: Happening) -> None:
        """Wake whoever waits for this chat."""
        if isinstance(happening, MessagePosted):
            for waker in self._wakers.get(happening.message.chat, ()):
                waker.set()

    async def wait(
        self, chat: Chat, predicate: Callable[[Message], bool] | None, timeout_s: float
    ) -> Message:
        """Find or await the next fitting message and move the bookmark behind it."""
        waker = asyncio.Event()
        self._wakers.setdefault(chat, set()).add(waker)
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    found = self._next(chat, predicate)
                    if found is not None:
                        self._read_up_to[chat] = found.seq
                        return found
                    await waker.wait()
                    waker.clear()
        except TimeoutError as error:
            raise TimeoutError(self._report(chat)) from error
        finally:
            self._wakers[chat].discard(waker)

    def _next(self, chat: Chat, predicate: Callable[[Message], bool] | None) -> Message | None:
        read = self._read_up_to.get(chat, 0)
        unread: list[Message] = []
        for message in reversed(self._world.chats.get(chat, ())):
            if message.seq <= read:
                break
            if message.is_shown and message.sender_id == self._world.bot.user_id:
                unread.append(message)
        fitting = (m for m in reversed(unread) if predicate is None or predicate(m))
        return next(fitting, None)

    def _report(self, chat: Chat) -> str:
        last = self._world.messages(chat)[-_SHOWN_IN_ERROR:]
        lines = [f"{m.seq} {self._world.name_in(chat, m.sender_id)}: {m.text!r}" for m in last]
        return "\n".join([f"nothing fitting in {chat.key}; it ends with:", *lines])
