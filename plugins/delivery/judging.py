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
from core.messages import Chat
from models import Delivery, Message
from plugins.delivery import bodies, targets
from plugins.delivery.bodies import Body
from plugins.delivery.targets import Reach, TargetKind
from plugins.identity import queries as identity

log = logs.get("delivery")

Check = Callable[[dict[str, Any]], Awaitable[bool]]

# Somebody who was asked something minutes ago is in the middle of answering: the next question
# waits (dialogues.md 2.1, point 4). One left lying longer is replaced, numbers answer the newest.
TALKING = timedelta(minutes=10)
# A check that could not be asked is asked again after this long.
RECHECK = timedelta(minutes=10)


class Verdict(StrEnum):
    """What becomes of a claimed delivery."""

    GO = "go"
    EXPIRED = "expired"
    NOT_OWED = "not_owed"
    NO_ACCOUNT = "no_account"
    NO_GROUP = "no_group"
    BROKEN = "broken"
    OTHER_VOICE = "other_voice"
    TALKING = "talking"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claimed delivery, what becomes of it, and where and what it says when it goes."""

    row: Delivery
    verdict: Verdict
    chat: Chat | None = None
    body: Body | None = None

    @property
    def ask(self) -> Ask | None:
        """The question it opens; a group as a whole is asked nothing."""
        if self.body is None or self.chat is None or not self.chat.is_private:
            return None
        return self.body.ask


class Judge:
    """Knows the checks of the rooms, and the bodies it read last."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._bodies: dict[int, Body | None] = {}

    async def judge(self, rows: Sequence[Delivery], *, reach: Reach, now: datetime) -> list[Judged]:
        """Return a verdict for each row, in their order."""
        chats = await targets.chats((row.target for row in rows), reach=reach)
        await self._read({row.message_id for row in rows})
        judged: list[Judged] = []
        asking: set[Chat] = set()
        for row in rows:
            chat, body = chats.get(row.target), self._bodies[row.message_id]
            verdict = await self._verdict(row, chat, body, asking, now)
            if verdict is Verdict.GO and body is not None and chat is not None and body.ask:
                asking.add(chat)
            judged.append(Judged(row, verdict, chat, body))
        return judged

    async def _verdict(
        self, row: Delivery, chat: Chat | None, body: Body | None, asking: set[Chat], now: datetime
    ) -> Verdict:
        if row.expires_at is not None and row.expires_at <= now:
            return Verdict.EXPIRED
        if chat is None or body is None or targets.voice(chat) != row.self_id:
            return _unsendable(row, chat)
        if (check := await self._checked(row)) is not None:
            return check
        if body.ask is not None and (chat in asking or await _is_talking(chat, now)):
            return Verdict.TALKING
        return Verdict.GO

    async def _checked(self, row: Delivery) -> Verdict | None:
        if row.check is None:
            return None
        try:
            is_owed = await self._checks[row.check](row.reference or {})
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


def _unsendable(row: Delivery, chat: Chat | None) -> Verdict:
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
