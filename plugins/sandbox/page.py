"""The page's WebSocket: one JSON object a frame, told apart by ``op``.

From the page:
    be       person                       look through this person's eyes from now on
    say      chat, parts, ref             parts: {type:text,text} {type:at,user|null}
                                          {type:image|file,media}; ref comes back with a refusal
    recall   message                      take back a message of one's own
    read     chat                         everything in the chat was seen
    history  chat, before                 older messages, before that seq
    befriend                              become the bot's friend
    jump     name                         a key of ``calendar_jumps.targets``
    fault    name, group                  offline, online, mute, unmute (with group), no_answer
To the page:
    hello    people, bot                  once, at the beginning
    you      person, friend, chats        after ``be``, and whenever membership changes
    message  chat, message                in a chat of the person only
    recalled chat, message                the message as it looks now
    history  chat, messages, has_more
    unread   people                       waiting messages by person
    clock    now, jumps, busy
    link     connected, held, no_answer   the connection to the bot and the armed fault
    refused  why, ref
A chat is named by its key: private-<user id> or group-<group id>.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

from plugins.sandbox import page_views
from plugins.sandbox.calendar_jumps import ClockControl, targets
from plugins.sandbox.end import OneBotEnd
from plugins.sandbox.entities import Happening, MessagePosted, MessageRecalled, NotPermitted
from plugins.sandbox.faults import Fault, Faults
from plugins.sandbox.media import MediaStore
from plugins.sandbox.page_requests import Frame, PageRequests, may_see
from plugins.sandbox.world import World

_log = logging.getLogger(__name__)

_WAITING_FRAMES = 2000
_TICK_S = 1.0


class _Visitor:
    """One open page: whom it shows, and the frames on their way to it."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.person: int | None = None
        self.queue: asyncio.Queue[str] = asyncio.Queue(_WAITING_FRAMES)
        self.is_lost = False

    def put(self, frame: Frame) -> None:
        try:
            self.queue.put_nowait(json.dumps(frame, ensure_ascii=False))
        except asyncio.QueueFull:
            # A page that does not read is told nothing more; it starts afresh when it returns.
            self.is_lost = True

    async def write(self) -> None:
        while not self.is_lost:
            await self.socket.send_str(await self.queue.get())
        await self.socket.close()


class PageHub:
    """All open pages; passes on what happens and does what visitors ask."""

    def __init__(
        self,
        *,
        world: World,
        media: MediaStore,
        end: OneBotEnd,
        faults: Faults,
        clock: ClockControl,
    ) -> None:
        self._world = world
        self._requests = PageRequests(world=world, media=media, end=end, faults=faults)
        self._end = end
        self._faults = faults
        self._clock = clock
        self._visitors: set[_Visitor] = set()
        self._jump: asyncio.Task[None] | None = None
        self._is_unread_due = False
        self._told_link: Frame = {}

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Talk with one page until it goes."""
        visitor = _Visitor(socket)
        self._visitors.add(visitor)
        visitor.put(page_views.hello(self._world))
        visitor.put(self._clock_frame())
        visitor.put(self._link_frame())
        visitor.put(page_views.unread(self._world))
        writer = asyncio.create_task(visitor.write())
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._take(visitor, frame.data)
        finally:
            self._visitors.discard(visitor)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def watch(self) -> None:
        """Tell the pages about the clock's minutes and the connection; cancelled to stop."""
        shown_minute = ""
        while True:
            minute = self._clock.now().isoformat(timespec="minutes")
            if minute != shown_minute:
                self._tell_all(self._clock_frame())
                shown_minute = minute
            if self._link_frame() != self._told_link:
                self.link_changed()
            await asyncio.sleep(_TICK_S)

    async def close(self) -> None:
        """Send every page away and drop a jump that is under way."""
        if self._jump is not None:
            self._jump.cancel()
        closing = [v.socket.close(code=1001) for v in tuple(self._visitors)]
        await asyncio.gather(*closing, return_exceptions=True)

    def happened(self, happening: Happening) -> None:
        """Pass a happening on to the pages that may see it."""
        if not self._visitors:
            return
        match happening:
            case MessagePosted(message) if message.is_shown:
                frame = {"op": "message"}
            case MessagePosted():
                return
            case MessageRecalled(message):
                frame = {"op": "recalled"}
            case _:
                for visitor in self._visitors:
                    self._show(visitor)
                return
        body = page_views.message_view(self._world, message)
        for visitor in self._visitors:
            if visitor.person is not None and may_see(self._world, visitor.person, message.chat):
                visitor.put(frame | {"chat": message.chat.key, "message": body})
        self._unread_soon()

    def link_changed(self) -> None:
        """Tell the pages that the connection to the bot came or went."""
        self._told_link = self._link_frame()
        self._tell_all(self._told_link)

    def _take(self, visitor: _Visitor, text: str) -> None:
        ref: Any = None
        try:
            asked = json.loads(text)
            ref = asked.get("ref")
            self._do(visitor, asked)
        except NotPermitted as error:
            visitor.put({"op": "refused", "why": error.refusal.value, "ref": ref})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("sandbox.bad_frame error=%s", type(error).__name__)
            visitor.put({"op": "refused", "why": "malformed", "ref": ref})

    def _do(self, visitor: _Visitor, asked: Mapping[str, Any]) -> None:
        if asked["op"] == "be":
            visitor.person = self._world.people[int(asked["person"])].user_id
            self._show(visitor)
        elif visitor.person is None:
            raise ValueError("be somebody first")
        elif asked["op"] == "jump":
            self._start_jump(str(asked["name"]))
        elif asked["op"] == "fault":
            self._requests.set_fault(visitor.person, asked)
            self.link_changed()
        elif (answer := self._requests.do(visitor.person, asked)) is not None:
            visitor.put(answer)

    def _show(self, visitor: _Visitor) -> None:
        if visitor.person is not None:
            visitor.put(page_views.you(self._world, visitor.person))

    def _start_jump(self, name: str) -> None:
        moment = targets(self._clock.now())[name]
        if self._jump is None or self._jump.done():
            self._jump = asyncio.create_task(self._clock.jump(moment))
            self._jump.add_done_callback(self._jumped)
            self._tell_all(self._clock_frame())

    def _jumped(self, jump: asyncio.Task[None]) -> None:
        if not jump.cancelled() and (error := jump.exception()) is not None:
            _log.error("sandbox.jump_failed", exc_info=error)
        self._tell_all(self._clock_frame())

    def _clock_frame(self) -> Frame:
        is_busy = self._jump is not None and not self._jump.done()
        return page_views.clock(self._clock, is_busy=is_busy)

    def _link_frame(self) -> Frame:
        return {
            "op": "link",
            "connected": self._end.connected.is_set(),
            "held": self._end.is_held,
            "no_answer": self._faults.is_armed(Fault.NO_ANSWER),
        }

    def _unread_soon(self) -> None:
        if not self._is_unread_due:
            self._is_unread_due = True
            asyncio.get_running_loop().call_soon(self._tell_unread)

    def _tell_unread(self) -> None:
        self._is_unread_due = False
        self._tell_all(page_views.unread(self._world))

    def _tell_all(self, frame: Frame) -> None:
        for visitor in self._visitors:
            visitor.put(frame)
