"""Decides at the moment of sending what becomes of each claimed delivery. Reads only.

Whether it is still owed is asked of the room that planned it, by the name of its check.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core import logs
from core.conversation import Ask
from core.messages import Chat, OutPart
from models import Message
from plugins.delivery import bodies, budgets, quiet, targets
from plugins.delivery.bodies import Body
from plugins.delivery.budgets import Purse
from plugins.delivery.claims import Claimed
from plugins.delivery.quiet import Hours
from plugins.delivery.targets import Reach, TargetKind
from plugins.delivery.voices import Voices
from plugins.identity import queries as identity

log = logs.get("delivery")

Check = Callable[[dict[str, Any]], Awaitable[bool]]

# Somebody who was asked something minutes ago is in the middle of answering: the next question
# waits (dialogues.md 2.1, point 4). One left lying longer is replaced, numbers answer the newest.
TALKING = timedelta(minutes=10)
# A check that could not be asked is asked again after this long.
RECHECK = timedelta(minutes=10)
# Quiet hours that somebody sets hold within so many seconds.
_HOURS_KEPT_S = 2.0


class Verdict(StrEnum):
    """What becomes of a claimed delivery."""

    GO = "go"
    EXPIRED = "expired"
    NOT_OWED = "not_owed"
    NO_ACCOUNT = "no_account"
    NO_GROUP = "no_group"
    BROKEN = "broken"
    QUOTA = "quota_used"
    OTHER_VOICE = "other_voice"
    TALKING = "talking"
    UNCHECKED = "unchecked"
    QUIET = "quiet"
    GROUP_GAP = "group_gap"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claimed delivery, what becomes of it, and where and what it says when it goes.

    ``rest_until`` is when it is looked at again when it waits. ``carried`` are missed deliveries to
    the same target that go out inside this one, with its fate.
    """

    row: Claimed
    verdict: Verdict
    chat: Chat | None = None
    body: Body | None = None
    parts: tuple[OutPart, ...] = ()
    rest_until: datetime | None = None
    carried: tuple[Claimed, ...] = ()

    @property
    def ask(self) -> Ask | None:
        """The question it opens; a group as a whole is asked nothing."""
        if self.body is None or self.chat is None or not self.chat.is_private:
            return None
        return self.body.ask

    @property
    def rows(self) -> tuple[Claimed, ...]:
        """All deliveries that share its fate."""
        return (self.row, *self.carried)


@dataclass(slots=True)
class _Window:
    """What the rows of one window are judged by."""

    now: datetime
    chats: Mapping[str, Chat]
    quiet: Mapping[str, datetime]
    purse: Purse
    asking: set[Chat]


class Judge:
    """Knows the checks of the rooms, and the bodies it read last."""

    def __init__(self, checks: Mapping[str, Check], voices: Voices | None = None) -> None:
        self._checks = checks
        self._voices = voices or Voices()
        self._bodies: dict[int, Body | None] = {}
        self._hours: tuple[Hours, ...] | None = None
        self._hours_until = 0.0

    async def judge(
        self, rows: Sequence[Claimed], *, reach: Reach, now: datetime, purse: Purse | None = None
    ) -> list[Judged]:
        """Return a verdict for each row, in their order; what goes is spent in ``purse``."""
        window = await self._window(rows, reach, now, purse or Purse(now))
        judged: list[Judged] = []
        for row in rows:
            item = await self._judge(row, window)
            if item.verdict is Verdict.GO and item.chat is not None:
                window.purse.spend(item.chat, item.parts)
                if item.ask is not None:
                    window.asking.add(item.chat)
            judged.append(item)
        return judged

    async def _window(
        self, rows: Sequence[Claimed], reach: Reach, now: datetime, purse: Purse
    ) -> _Window:
        chats = await targets.chats((row.target for row in rows), reach=reach)
        await self._read({row.message_id for row in rows})
        calls_all = any(body and budgets.AT_ALL in body.parts for body in self._bodies.values())
        await purse.open(set(chats.values()), with_at_all=calls_all)
        begun = [row.target for row in rows if not row.in_quiet_hours]
        held = await quiet.held_until(begun, own=await self._quiet_hours(), now=now)
        return _Window(now, chats, held, purse, set())

    async def _quiet_hours(self) -> tuple[Hours, ...]:
        """Return the hours of units, asked for at most every few seconds."""
        if self._hours is None or self._voices.seconds() >= self._hours_until:
            self._hours = await quiet.of_units()
            self._hours_until = self._voices.seconds() + _HOURS_KEPT_S
        return self._hours

    async def _judge(self, row: Claimed, window: _Window) -> Judged:
        chat, body = window.chats.get(row.target), self._bodies[row.message_id]
        if row.expires_at is not None and row.expires_at <= window.now:
            return Judged(row, Verdict.EXPIRED)
        if chat is None or body is None or targets.voice(chat) != row.self_id:
            return Judged(row, _unsendable(row, chat))
        if (waiting := self._waits(row, chat, window)) is not None:
            return waiting
        if (check := await self._checked(row)) is not None:
            return Judged(row, check)
        if body.ask is not None and (chat in window.asking or await _is_talking(chat, window.now)):
            return Judged(row, Verdict.TALKING)
        return Judged(row, Verdict.GO, chat, body, _parts(body, chat, window.purse))

    def _waits(self, row: Claimed, chat: Chat, window: _Window) -> Judged | None:
        """Return why ``row`` may not be said now although it is owed, None when it may."""
        if not row.in_quiet_hours and row.target in window.quiet:
            return Judged(row, Verdict.QUIET, rest_until=window.quiet[row.target])
        if not window.purse.may_begin(chat):
            return Judged(row, Verdict.QUOTA)
        wait_s = self._voices.group_wait_s(chat)
        if wait_s > 0:
            rest_until = window.now + timedelta(seconds=wait_s)
            return Judged(row, Verdict.GROUP_GAP, rest_until=rest_until)
        return None

    async def _checked(self, row: Claimed) -> Verdict | None:
        if row.check is None:
            return None
        try:
            is_owed = await self._checks[row.check](dict(row.reference or {}))
        except Exception as error:  # noqa: BLE001  # one room's defect must not stop all sending
            log.fault("check.failed", error, id=row.id, check=row.check)
            return Verdict.UNCHECKED
        return None if is_owed else Verdict.NOT_OWED

    async def _read(self, ids: set[int]) -> None:
        """Have the bodies of ``ids`` at hand, each opened once; drop those of earlier windows."""
        self._bodies = {number: self._bodies[number] for number in ids & self._bodies.keys()}
        missing = ids - self._bodies.keys()
        for row in await Message.filter(id__in=missing) if missing else []:
            self._bodies[row.id] = _opened(row)


def _parts(body: Body, chat: Chat, purse: Purse) -> tuple[OutPart, ...]:
    """Return what is said: the body itself, without @all where today's are used up."""
    if budgets.AT_ALL not in body.parts or (not chat.is_private and purse.may_call_all(chat)):
        return body.parts
    return tuple(part for part in body.parts if part != budgets.AT_ALL)


def _unsendable(row: Claimed, chat: Chat | None) -> Verdict:
    if chat is None:
        is_group = targets.parse(row.target).kind is TargetKind.GROUP
        return Verdict.NO_GROUP if is_group else Verdict.NO_ACCOUNT
    return Verdict.OTHER_VOICE if targets.voice(chat) != row.self_id else Verdict.BROKEN


def _opened(row: Message) -> Body | None:
    try:
        return bodies.unseal(row.body_sealed, uid=row.uid)
    except Exception as error:  # noqa: BLE001  # a damaged body must not stop the others
        log.fault("body.broken", error, message=row.id)
        return None


async def _is_talking(chat: Chat, now: datetime) -> bool:
    if not chat.is_private:
        return False
    known = await identity.who_is(chat, chat.chat_id, now)
    return known.question is not None and now - known.question.asked_at < TALKING
