"""Messages out: parts said in a chat, and what is known afterwards.

Never inside a transaction: a send takes as long as somebody else's network.
"""

import asyncio
from collections.abc import Sequence

import nonebot
from nonebot.adapters import Bot
from nonebot.exception import ActionFailed, ApiNotAvailable, NetworkError

from core.database import in_tx
from core.errors import Fault
from core.messages import Chat, OutPart, SendOutcome, SendResult
from plugins.gateway import adapters, crowds, onebot11_sending, uniseg_sending
from plugins.gateway.onebot11 import Adapter as OneBot11
from plugins.gateway.splitting import runs
from plugins.gateway.verdicts import outcome_of, told

_OFFLINE = SendOutcome(SendResult.NOT_SENT, reason="offline")
_LONGEST_ID = 18


async def send(chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
    """Say ``parts`` in ``chat``; an empty ``self_id`` means any account that can.

    Long words become several messages. When one of several failed after another was sent, the whole
    is unknown (``partial``). Platform trouble is an outcome, never an exception; Fault inside a
    transaction, without parts, or for a stored file that is missing.
    """
    if in_tx():
        raise Fault("no sending inside a transaction")
    if not parts:
        raise Fault("nothing to send")
    bot = await _speaker(chat)
    if isinstance(bot, SendOutcome):
        return bot
    if not isinstance(bot.adapter, OneBot11):
        return await uniseg_sending.send(bot, chat, parts)
    if not _is_number(chat.chat_id):
        return SendOutcome(SendResult.REJECTED, reason="refused")
    return await _send_onebot11(bot, chat, parts)


async def send_many(wanted: Sequence[tuple[Chat, Sequence[OutPart]]]) -> list[SendOutcome]:
    """Say each of ``wanted`` at once, as ``send`` does one; outcomes in the same order."""
    if in_tx():
        raise Fault("no sending inside a transaction")
    outcomes: list[SendOutcome | None] = [None] * len(wanted)
    plain = [(number, *_plain(chat), parts) for number, (chat, parts) in enumerate(wanted) if parts]
    crowd = [(n, bot, chat, parts) for n, bot, chat, parts in plain if bot is not None]
    if crowd:
        timeout_s = _onebot11_adapter(crowd[0][1]).timeout_s
        found = await crowds.send([item[1:] for item in crowd], timeout_s=timeout_s)
        for (number, *_), outcome in zip(crowd, found, strict=True):
            outcomes[number] = outcome
    left = [number for number, outcome in enumerate(outcomes) if outcome is None]
    for number, outcome in zip(
        left, await asyncio.gather(*(send(*wanted[number]) for number in left)), strict=True
    ):
        outcomes[number] = outcome
    return [outcome for outcome in outcomes if outcome is not None]


def _plain(chat: Chat) -> tuple[Bot | None, Chat]:
    """Return the account that can say something in ``chat`` by one plain call, if any."""
    bot = _named(chat) if chat.self_id and _is_number(chat.chat_id) else None
    return (bot if bot is not None and isinstance(bot.adapter, OneBot11) else None), chat


async def _send_onebot11(bot: Bot, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
    timeout_s = _onebot11_adapter(bot).timeout_s
    ids: list[str] = []
    for number, step in enumerate(await onebot11_sending.steps(chat, parts)):
        try:
            answer = await bot.call_api(
                step.action,
                _timeout=timeout_s + step.extra_s,
                _written=step.written,
                **step.params,
            )
        except (NetworkError, ActionFailed, ApiNotAvailable) as error:
            if number:
                return told(SendResult.UNKNOWN, ids, "partial")
            return outcome_of(error)
        message_id = answer.get("message_id") if isinstance(answer, dict) else None
        if message_id is not None:
            ids.append(str(message_id))
    return told(SendResult.SENT, ids)


def messages_of(platform: str, parts: Sequence[OutPart]) -> list[list[OutPart]]:
    """Return ``parts`` cut into messages as ``send`` cuts them on ``platform``."""
    most = onebot11_sending.MOST_IMAGES if platform == adapters.ONEBOT11 else 0
    return list(runs(parts, most_images=most))


def _onebot11_adapter(bot: Bot) -> OneBot11:
    if not isinstance(bot.adapter, OneBot11):
        raise Fault("not a OneBot v11 account")
    return bot.adapter


def connected(platform: str) -> tuple[str, ...]:
    """Return our accounts on ``platform`` that can be used now, in a steady order."""
    return tuple(bot.self_id for bot in _bots(platform))


can_reach = connected


async def recall(chat: Chat, message_id: str) -> bool:
    """Take back a message of ours; False when the platform does not, or nobody is connected."""
    if in_tx():
        raise Fault("no recalling inside a transaction")
    bot = _named(chat)
    if bot is None:
        return False
    if not isinstance(bot.adapter, OneBot11):
        return await uniseg_sending.recall(bot, chat, message_id)
    if not _is_number(message_id):
        return False
    try:
        await bot.call_api("delete_msg", message_id=int(message_id))
    except (NetworkError, ActionFailed, ApiNotAvailable):
        return False
    return True


def _bots(platform: str) -> list[Bot]:
    bots = (
        bot
        for bot in nonebot.get_bots().values()
        if adapters.name_of(bot.adapter.get_name()) == platform and _is_up(bot)
    )
    return sorted(bots, key=lambda bot: bot.self_id)


def _named(chat: Chat) -> Bot | None:
    """Return the account that ``chat`` names, when it can be used now."""
    bot = nonebot.get_bots().get(chat.self_id)
    if bot is None or adapters.name_of(bot.adapter.get_name()) != chat.platform:
        return next((bot for bot in _bots(chat.platform) if bot.self_id == chat.self_id), None)
    return bot if _is_up(bot) else None


def _is_up(bot: Bot) -> bool:
    if not isinstance(bot.adapter, OneBot11):
        return True
    link = bot.adapter.links.get(bot.self_id)
    return link is not None and link.is_open and link.is_online


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_ID


async def _speaker(chat: Chat) -> Bot | SendOutcome:
    """Return the account that says something in ``chat``, or why there is none."""
    if chat.self_id:
        return _named(chat) or _OFFLINE
    bots = _bots(chat.platform)
    if len(bots) <= 1:
        return bots[0] if bots else _OFFLINE
    doubtful = []
    for bot in bots:
        can = await _can_speak(bot, chat)
        if can:
            return bot
        if can is None:
            doubtful.append(bot)
    if doubtful:
        return doubtful[0]
    reason = "not_friend" if chat.is_private else "removed"
    return SendOutcome(SendResult.REJECTED, reason=reason)


async def _can_speak(bot: Bot, chat: Chat) -> bool | None:
    if not isinstance(bot.adapter, OneBot11):
        return None
    return await onebot11_sending.is_reachable(bot, chat)
