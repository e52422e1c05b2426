"""QQ by OneBot v11: ends connect to us over WebSocket, with the token, as an account we know.

Differs from the adapter it is made of (nonebot-adapter-onebot 2.4.6): no HTTP routes, which ignore
the token; no forward connections; a second connection of an account replaces the first; the gate
stands before parsing; one chat is handled in order; a call fails as not sent or as unanswered.
"""

import asyncio
import contextlib
import json
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from nonebot.adapters.onebot.v11 import Adapter as StockAdapter
from nonebot.adapters.onebot.v11 import Bot, NetworkError
from nonebot.drivers import URL, ASGIMixin, Driver, Request, WebSocket, WebSocketServerSetup
from nonebot.exception import ActionFailed, WebSocketClosed

from core import config, logs, texts
from core.errors import Fault
from core.messages import Chat, ChatKind
from plugins.gateway import entry, event_keys, gate, onebot11_events, signals
from plugins.gateway.adapters import ONEBOT11
from plugins.gateway.claims import SlashClaims
from plugins.gateway.lanes import Lanes
from plugins.gateway.links import Link, NotSent
from plugins.gateway.rates import OncePer, Pace
from plugins.gateway.signals import AccountChange

log = logs.get("gateway")

ROUTES = ("/onebot/v11/", "/onebot/v11/ws", "/onebot/v11/ws/")

# An event is a few kB; only answers that carry files are larger, and only when we asked.
LARGEST_EVENT = 1 << 20

TOO_FAST_S = 600.0
_CLOSE_S = 5.0
_POLICY_VIOLATION = 1008
_REPLACED = 1012


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that waits in a lane: a message to us, or a report for the hooks."""

    link: Link
    message: gate.Payload | None = None
    notice: signals.Notice | None = None
    own: signals.OwnMessage | None = None
    recall: signals.Recall | None = None


class Adapter(StockAdapter):
    """Our OneBot v11 adapter. One instance a process, made by NoneBot's driver."""

    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        limits = config.settings().limits
        self.links: dict[str, Link] = {}
        self.lanes: Lanes[Arrival] = Lanes(self._handle)
        self.pace = Pace(per_minute=limits.per_minute, burst=limits.burst)
        self._says_too_fast = OncePer(TOO_FAST_S)
        self._logs_refusal = OncePer(60.0)
        self._claims = SlashClaims()
        self._errands: set[asyncio.Task[None]] = set()
        super().__init__(driver, **kwargs)

    def _setup(self) -> None:
        if not isinstance(self.driver, ASGIMixin):
            raise Fault("OneBot v11 needs a driver that serves")
        for route in ROUTES:
            self.setup_websocket_server(
                WebSocketServerSetup(URL(route), f"{self.get_name()} {route}", self._handle_ws)
            )
        self.driver.on_shutdown(self._stop)

    async def _stop(self) -> None:
        for link in tuple(self.links.values()):
            link.end()
        await self.lanes.stop()
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)

    # A connection comes and goes.

    async def _handle_ws(self, websocket: WebSocket) -> None:
        account = await self._admitted(websocket.request)
        if account is None:
            await websocket.close(_POLICY_VIOLATION)
            return
        await websocket.accept()
        link = Link(account, websocket, Bot(self, account))
        self._take_over(link)
        reader = asyncio.create_task(self._read(link))
        link.reader = reader
        try:
            await asyncio.wait({reader})
        finally:
            reader.cancel()
            self._let_go(link)
            self._close_soon(websocket)

    async def _admitted(self, request: Request) -> str | None:
        refused = entry.refusal(request)
        account = entry.self_id(request)
        if refused is None and not await entry.is_known(account):
            refused = "unknown_account"
        if refused is None:
            return account
        if self._logs_refusal.passes(refused, asyncio.get_running_loop().time()):
            log.warning("onebot11.refused", reason=refused)
        return None

    def _take_over(self, link: Link) -> None:
        if older := self.links.get(link.self_id):
            log.warning("onebot11.replaced")
            self._let_go(older)
        self.bot_connect(link.bot)
        self.links[link.self_id] = link
        log.info("onebot11.connected")
        self._tell_change(link, is_up=True)

    def _let_go(self, link: Link) -> None:
        link.end()
        if self.links.get(link.self_id) is not link:
            return
        del self.links[link.self_id]
        self.bot_disconnect(link.bot)
        log.info("onebot11.disconnected", garbage=link.garbage)
        self._tell_change(link, is_up=False)

    def _tell_change(self, link: Link, *, is_up: bool) -> None:
        change = AccountChange(ONEBOT11, link.self_id, is_up=is_up)
        self._run_errand(signals.accounts.tell(change))

    def _run_errand(self, errand: Any) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _close_soon(self, websocket: WebSocket) -> None:
        self._run_errand(_close(websocket))

    # What comes in.

    async def _read(self, link: Link) -> None:
        while True:
            try:
                data = await link.socket.receive()
            except (WebSocketClosed, RuntimeError):
                return
            try:
                self._take(link, data)
            except Exception as error:  # noqa: BLE001  # an odd frame must not close the account
                log.fault("onebot11.frame", error)

    def _take(self, link: Link, data: str | bytes) -> None:
        if isinstance(data, str) and gate.is_chatter(data):
            return
        payload = _parsed(data, is_asked=link.awaits_answers)
        kind = gate.kind_of(payload, link.self_id, link.self_number)
        if kind is gate.Kind.REFUSED:
            return
        if kind is gate.Kind.ANSWER and payload is not None:
            link.answer(payload)
        elif payload is None or kind is gate.Kind.GARBAGE or not self._sort(link, kind, payload):
            self._count_garbage(link)

    def _sort(self, link: Link, kind: gate.Kind, payload: gate.Payload) -> bool:
        """Queue a payload that concerns us; False when its shape is broken."""
        if kind is gate.Kind.MESSAGE:
            message = gate.clean(payload)
            if message is not None:
                self._queue_message(link, message)
            return message is not None
        if kind is gate.Kind.OWN:
            own = onebot11_events.own_message(payload)
            if own is not None:
                self.lanes.put((link.self_id, "own"), Arrival(link, own=own))
            return own is not None
        if kind is gate.Kind.NOTICE:
            self._queue_notice(link, payload)
        else:
            self._note_beat(link, payload)
        return True

    def _count_garbage(self, link: Link) -> None:
        link.garbage += 1
        if link.garbage == 1 or link.garbage % 1000 == 0:
            log.warning("onebot11.garbage", count=link.garbage)

    def _queue_message(self, link: Link, message: gate.Payload) -> None:
        chat = onebot11_events.chat_of(message)
        sender = message["user_id"]
        now = asyncio.get_running_loop().time()
        if not self._claims.is_ours(message, now):
            return
        wait_s = self.pace.wait_s(sender, now)
        # In private one's own messages wait for one's turn. In a group that would hold up others.
        is_taken = (chat.is_private or not wait_s) and self.lanes.put(
            _lane(chat), Arrival(link, message=message), not_before=now + wait_s
        )
        if is_taken:
            self.pace.take(sender, now)
        if (wait_s or not is_taken) and self._says_too_fast.passes(sender, now):
            self._run_errand(self._say_too_fast(link, chat))

    async def _say_too_fast(self, link: Link, chat: Chat) -> None:
        place = "user_id" if chat.is_private else "group_id"
        words = [{"type": "text", "data": {"text": texts.render("gateway.too_fast")}}]
        params = {place: int(chat.chat_id), "message": words}
        with contextlib.suppress(NetworkError, ActionFailed):
            await link.call(f"send_{chat.kind}_msg", params, timeout_s=self.timeout_s)

    def _queue_notice(self, link: Link, payload: gate.Payload) -> None:
        if payload.get("notice_type") == "bot_offline":  # NapCat: the account was thrown out
            self._set_online(link, is_online=False)
            return
        notice = onebot11_events.notice(payload)
        if notice is not None:
            self.lanes.put((link.self_id, "notice"), Arrival(link, notice=notice))
        if taken_back := onebot11_events.recalled(payload):
            chat, message_id, at = taken_back
            recall = signals.Recall(chat, event_keys.keys_until(chat, message_id, at), at)
            # Behind the message itself, which may still wait for its turn.
            self.lanes.put(_lane(chat), Arrival(link, recall=recall))

    def _note_beat(self, link: Link, payload: gate.Payload) -> None:
        status = payload.get("status")
        if isinstance(status, dict) and isinstance(status.get("online"), bool):
            self._set_online(link, is_online=status["online"])

    def _set_online(self, link: Link, *, is_online: bool) -> None:
        if link.is_online is not is_online:
            link.is_online = is_online
            log.warning("onebot11.online", is_online=is_online)
            self._tell_change(link, is_up=is_online)

    async def _handle(self, arrival: Arrival) -> None:
        if arrival.message is not None:
            link = self.links.get(arrival.link.self_id, arrival.link)
            await link.bot.handle_event(onebot11_events.event_of(arrival.message))
        elif arrival.notice is not None:
            await signals.notices.tell(arrival.notice)
        elif arrival.own is not None:
            await signals.own_messages.tell(arrival.own)
        elif arrival.recall is not None:
            await signals.recalls.tell(arrival.recall)

    # What goes out.

    @property
    def timeout_s(self) -> float:
        """Seconds to wait for an answer."""
        return float(self.config.api_timeout or 30.0)

    async def _call_api(self, bot: Any, api: str, **data: Any) -> Any:
        timeout_s = float(data.pop("_timeout", None) or self.timeout_s)
        written = str(data.pop("_written", ""))
        link = self.links.get(bot.self_id)
        if link is None:
            raise NotSent("not connected")
        return await link.call(api, data, timeout_s=timeout_s, written=written)


def _parsed(data: str | bytes, *, is_asked: bool) -> Any:
    if not isinstance(data, str | bytes) or (len(data) > LARGEST_EVENT and not is_asked):
        return None
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError):
        return None
    too_large = len(data) > LARGEST_EVENT and isinstance(payload, dict) and "post_type" in payload
    return None if too_large else payload


def _lane(chat: Chat) -> Hashable:
    return (chat.self_id, chat.kind is ChatKind.GROUP, chat.chat_id)


async def _close(websocket: WebSocket) -> None:
    # A half-open end does not answer the farewell; nobody waits for it.
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_CLOSE_S):
            await websocket.close(_REPLACED)
