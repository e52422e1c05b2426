"""What stands in a chat, as its platform tells it: evidence for what nobody answered for.

NapCat and LuckyLilliaBot have ``get_group_msg_history`` and ``get_friend_msg_history``; without a
starting point both give the newest messages, oldest first (docs/sources.md). Asked with the two
parameters that both take. Whatever comes back is a claim of somebody else's program: it is read
with care, and what cannot be read makes the whole unsound, never an exception.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import nonebot
from nonebot.adapters import Bot
from nonebot.exception import ActionFailed, ApiNotAvailable, NetworkError

from core.database import in_tx
from core.errors import Fault
from core.messages import Chat
from plugins.gateway import gate, onebot11_events
from plugins.gateway.onebot11 import Adapter as OneBot11
from plugins.gateway.signals import OwnMessage

# A history is local to the end or one question to QQ; whoever waits for it holds up nobody.
_TIMEOUT_S = 10.0
# More than this of one answer is not read: no end gives so much without being asked.
_MOST_READ = 500
# "No such action": OneBot v11 and both ends.
_NO_SUCH_ACTION = 1404


class NoHistory(StrEnum):
    """Why there is no history: the end has no such call, or it failed this time."""

    UNSUPPORTED = "unsupported"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class History:
    """The newest messages of one chat: ours among them, oldest first.

    ``oldest`` is the moment of the first one, whoever wrote it, None when there are none.
    ``is_whole`` says that the end knew no more than it was asked for. ``is_sound`` is False when a
    message could not be read, or a number is missing between two: what is absent proves nothing.
    """

    own: tuple[OwnMessage, ...]
    oldest: datetime | None
    is_whole: bool
    is_sound: bool


_without: set[tuple[str, str]] = set()


def forget(platform: str, self_id: str) -> None:
    """Ask the end of an account anew: it connected again and may be another program by now."""
    _without.discard((platform, self_id))


async def recent(chat: Chat, *, count: int = 20) -> History | NoHistory:
    """Return the newest ``count`` messages of ``chat`` as our account in it sees them.

    An end that has no such call is not asked again until ``forget``. Fault inside a transaction.
    """
    if in_tx():
        raise Fault("no asking inside a transaction")
    bot = nonebot.get_bots().get(chat.self_id)
    if bot is None:
        return NoHistory.FAILED
    if not isinstance(bot.adapter, OneBot11) or (chat.platform, chat.self_id) in _without:
        return NoHistory.UNSUPPORTED
    return await _asked(bot, chat, count)


async def _asked(bot: Bot, chat: Chat, count: int) -> History | NoHistory:
    action, place = ("get_group_msg_history", "group_id")
    if chat.is_private:
        action, place = ("get_friend_msg_history", "user_id")
    try:
        where = {place: int(chat.chat_id)}
        answer = await bot.call_api(action, _timeout=_TIMEOUT_S, **where, count=count)
    except ActionFailed as error:
        info = getattr(error, "info", None) or vars(error)
        if info.get("retcode") != _NO_SUCH_ACTION:
            return NoHistory.FAILED
        _without.add((chat.platform, chat.self_id))
        return NoHistory.UNSUPPORTED
    except (NetworkError, ApiNotAvailable, ValueError):
        return NoHistory.FAILED
    messages = answer.get("messages") if isinstance(answer, dict) else None
    if not isinstance(messages, list):
        return NoHistory.FAILED
    return _read(messages[-_MOST_READ:], chat, is_whole=len(messages) < count)


def _read(messages: list[Any], chat: Chat, *, is_whole: bool) -> History:
    own: list[OwnMessage] = []
    seconds: list[int] = []
    is_sound = True
    for item in messages:
        if not isinstance(item, dict) or not gate.is_second(item.get("time")):
            is_sound = False
            continue
        seconds.append(item["time"])
        if _is_own(item, chat):
            message = _own(item, chat)
            is_sound = is_sound and message is not None
            own += [] if message is None else [message]
    oldest = onebot11_events.moment(min(seconds)) if seconds else None
    own.sort(key=lambda message: message.sent_at)
    return History(tuple(own), oldest, is_whole, is_sound and not _has_gap(messages, chat))


def _is_own(item: Mapping[str, Any], chat: Chat) -> bool:
    return str(item.get("user_id")) == chat.self_id


def _own(item: Mapping[str, Any], chat: Chat) -> OwnMessage | None:
    """Return a message of ours; None when it is broken, or still hangs in the end (number 0)."""
    message_id = item.get("message_id")
    is_readable = gate.is_id(message_id) and isinstance(item.get("message"), list | str)
    if not is_readable or str(item.get("real_seq", "1")) in {"0", ""}:
        return None
    parts = onebot11_events.parts_of(item["message"])
    return OwnMessage(chat, str(message_id), onebot11_events.moment(item["time"]), parts)


def _has_gap(messages: list[Any], chat: Chat) -> bool:
    """Whether QQ's own numbers of a group skip some: NapCat keeps no messages it slept through."""
    if chat.is_private:
        return False
    given = [str(item.get("real_seq", "")) for item in messages if isinstance(item, dict)]
    if not all(number.isascii() and number.isdigit() and len(number) < 18 for number in given):  # noqa: PLR2004
        return False
    numbers = sorted({int(number) for number in given})
    return bool(numbers) and numbers[-1] - numbers[0] + 1 != len(numbers)
