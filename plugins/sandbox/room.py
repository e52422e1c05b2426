"""The sandbox as one object: a world, its end at the bot, its page, and handles for tests."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from plugins.sandbox import actions, saved_world
from plugins.sandbox.calendar_jumps import ClockControl
from plugins.sandbox.end import OneBotEnd
from plugins.sandbox.entities import (
    Chat,
    Happening,
    Message,
    MessagePosted,
    WorldSeed,
    group,
    private,
)
from plugins.sandbox.events import EventWriter
from plugins.sandbox.faults import Faults
from plugins.sandbox.inbox import Inbox
from plugins.sandbox.lookups import Desk
from plugins.sandbox.media import MediaStore
from plugins.sandbox.page import PageHub
from plugins.sandbox.segments import At, Attachment, Part, Picture, Text
from plugins.sandbox.sending import Send, Sending
from plugins.sandbox.server import PageServer

_log = logging.getLogger(__name__)

_SAVE_PAUSE_S = 1.0


class Sandbox:
    """A simulated QQ around one bot account."""

    def __init__(
        self,
        *,
        seed: WorldSeed,
        bot_url: str,
        token: str,
        self_id: int,
        clock: ClockControl,
        port: int = 0,
        state_path: Path | None = None,
        faults: Faults | None = None,
        first_message_id: int | None = None,
        report_self: bool = True,
        offers_history: bool = True,
        heartbeat_s: float = 30.0,
    ) -> None:
        """Build everything; nothing listens or connects before ``start``.

        ``state_path`` is read here and written by a running sandbox; ``first_message_id`` restarts
        the numbering even over a saved world; ``report_self`` switches own-message events,
        ``offers_history`` the two calls for what was said.
        """
        self.faults = faults or Faults()
        self.media = MediaStore()
        self.report_self = report_self
        self._offers_history = offers_history
        self._state_path = state_path
        self.world = saved_world.open_world(
            state_path,
            seed,
            self.media,
            bot_id=self_id,
            now=clock.now,
            first_message_id=first_message_id,
        )
        self._sending = Sending(self.world, self.faults)
        self.end = OneBotEnd(
            url=bot_url, token=token, self_id=self_id, answer=self._answer, faults=self.faults
        )
        self.hub = PageHub(
            world=self.world, media=self.media, end=self.end, faults=self.faults, clock=clock
        )
        self.server = PageServer(media=self.media, hub=self.hub, port=port)
        self._events = EventWriter(self.world, self.server.media_url)
        self._desk = self._make_desk()
        self._inbox = Inbox(self.world)
        self._is_changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._seems_offline = False
        self._wire(heartbeat_s)

    @property
    def address(self) -> str:
        """The page's address; the port is known after ``start``."""
        return self.server.address

    @property
    def connected(self) -> asyncio.Event:
        """Set while the bot is connected."""
        return self.end.connected

    @property
    def sends(self) -> Sequence[Send]:
        """Every send call of the bot, with the truth about it."""
        return self._sending.ledger

    async def start(self) -> None:
        """Open the page and begin to connect in the background; never waits for the bot."""
        await self.server.start()
        self._tasks = [asyncio.create_task(self.end.run())]
        if self._state_path is not None:
            self._tasks.append(asyncio.create_task(self._keep_saving()))

    async def stop(self) -> None:
        """Disconnect, close the page, save; bounded by a few seconds."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.server.stop()
        if self._state_path is not None:
            await self.save()

    async def wait_connected(self, timeout_s: float = 10.0) -> None:
        """Wait for a connection; TimeoutError when none comes."""
        await asyncio.wait_for(self.connected.wait(), timeout_s)

    async def wait_disconnected(self, timeout_s: float = 10.0) -> None:
        """Wait until the end has noticed that the bot is gone; TimeoutError when it stays."""
        await asyncio.wait_for(self.end.disconnected.wait(), timeout_s)

    async def flushed(self) -> None:
        """Wait until every event so far is written to the connection."""
        await self.end.flushed()

    async def say(
        self,
        user_id: int,
        content: str | Sequence[Part],
        *,
        group_id: int | None = None,
        at_bot: bool = False,
    ) -> Message:
        """Speak as a person, privately or in a group; NotPermitted where QQ would refuse."""
        parts: tuple[Part, ...] = (Text(content),) if isinstance(content, str) else tuple(content)
        if at_bot:
            first, *rest = parts
            head = Text(f" {first.text}") if isinstance(first, Text) else first
            parts = (At(self.world.bot.user_id), head, *rest)
        chat = private(user_id) if group_id is None else group(group_id)
        message = self.world.post(chat, user_id, parts)
        self.world.mark_read(user_id, chat)
        return message

    async def send_image(
        self, user_id: int, *pictures: bytes, group_id: int | None = None, text: str = ""
    ) -> Message:
        """Send pictures, in this order, in one message, after ``text`` if any."""
        kept = [self.media.keep(content) for content in pictures]
        parts = [Picture(piece.media_id, piece.name, len(piece.content)) for piece in kept]
        head: list[Part] = [Text(text)] if text else []
        return await self.say(user_id, head + list(parts), group_id=group_id)

    async def send_file(
        self, user_id: int, name: str, content: bytes, *, group_id: int | None = None
    ) -> Message:
        """Send one file."""
        kept = self.media.keep(content, name)
        part = Attachment(kept.media_id, kept.name, len(content))
        return await self.say(user_id, [part], group_id=group_id)

    def messages(self, chat: Chat) -> list[Message]:
        """List what people see in ``chat``, oldest first."""
        return self.world.messages(chat)

    async def wait_for_message(
        self,
        chat: Chat,
        predicate: Callable[[Message], bool] | None = None,
        timeout_s: float = 5.0,
    ) -> Message:
        """Wait for the bot's next shown message in ``chat`` that fits; TimeoutError else.

        Every chat has a bookmark: a found message, and those before it, are not found again, so
        that a test reads a talk from top to bottom. The error lists what stood there instead.
        """
        return await self._inbox.wait(chat, predicate, timeout_s)

    def recall(self, message_id: int, operator_id: int) -> None:
        """Take a message back; NotPermitted when too late or not allowed."""
        self.world.recall(message_id, operator_id)

    def mute(
        self, group_id: int, user_id: int | None = None, duration: timedelta = timedelta(hours=1)
    ) -> None:
        """Mute a member, the bot by default; a zero duration unmutes."""
        target = self.world.bot.user_id if user_id is None else user_id
        self.world.mute(group_id, target, duration, self.world.owner_of(group_id))

    def kick(self, group_id: int, user_id: int | None = None) -> None:
        """Remove a member, the bot by default."""
        target = self.world.bot.user_id if user_id is None else user_id
        self.world.leave(group_id, target, self.world.owner_of(group_id))

    def join(self, group_id: int, user_id: int | None = None) -> None:
        """Let somebody in, the bot by default."""
        target = self.world.bot.user_id if user_id is None else user_id
        self.world.join(group_id, target, self.world.owner_of(group_id))

    def befriend(self, user_id: int) -> None:
        """Make a person the bot's friend."""
        self.world.befriend(user_id)

    def unfriend(self, user_id: int) -> None:
        """End a friendship; the bot hears nothing."""
        self.world.unfriend(user_id)

    def disconnect(self, *, stay_away: bool = False) -> None:
        """Break the connection now; dials again by itself unless told to stay away."""
        if stay_away:
            self.end.hold()
        else:
            self.end.cut()

    def reconnect(self) -> None:
        """End ``stay_away`` and dial at once."""
        self.end.resume()

    def half_open(self) -> None:
        """Leave the connection open but dead, and connect a second time."""
        self.end.abandon()

    def freeze(self, *, is_honest: bool = True) -> None:
        """Throw the account out: sends end in the ambiguous time-out and reach nobody.

        An honest end reports ``bot_offline`` and offline heartbeats; a lying one stays "online".
        """
        self._sending.is_frozen = True
        self._seems_offline = is_honest
        if is_honest:
            self.end.emit(self._events.bot_offline())

    def thaw(self) -> None:
        """Log the account in again."""
        self._sending.is_frozen = False
        self._seems_offline = False

    async def save(self) -> None:
        """Write the world to ``state_path``; ValueError without one."""
        if self._state_path is None:
            raise ValueError("no state_path was given")
        data = saved_world.snapshot(self.world)
        pieces = saved_world.media_in_use(self.world, self.media)
        await asyncio.to_thread(saved_world.write, self._state_path, data, pieces)

    def _make_desk(self) -> Desk:
        return Desk(
            self.world,
            self.media,
            self._sending,
            self._events,
            self.server.media_url,
            lambda: not self._seems_offline,
            offers_history=self._offers_history,
        )

    def _wire(self, heartbeat_s: float) -> None:
        self.end.changed = self.hub.link_changed
        self.end.heartbeat_s = heartbeat_s
        self.end.lifecycle = self._events.lifecycle
        self.end.heartbeat = lambda: self._events.heartbeat(
            heartbeat_s, is_online=not self._seems_offline
        )
        self.world.observe(self._happened)

    async def _answer(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        return await actions.call(self._desk, action, params)

    def _happened(self, happening: Happening) -> None:
        posted = happening.message if isinstance(happening, MessagePosted) else None
        is_own = posted is not None and posted.sender_id == self.world.bot.user_id
        # What reached nobody is no event either: a silent drop is silent.
        if posted is None or not is_own or (self.report_self and posted.is_shown):
            for event in self._events.events_for(happening):
                self.end.emit(event, posted.chat if posted else None)
        self._inbox.happened(happening)
        self.hub.happened(happening)
        self._is_changed.set()

    async def _keep_saving(self) -> None:
        while True:
            await self._is_changed.wait()
            await asyncio.sleep(_SAVE_PAUSE_S)
            self._is_changed.clear()
            try:
                await self.save()
            except OSError as error:
                # A full disk costs the visitor his history, not the talk he is in.
                _log.warning("sandbox.not_saved error=%s", type(error).__name__)
