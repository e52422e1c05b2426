"""Many short messages at once over OneBot v11: all frames are written, then all answers awaited.

Saves a task and a time-out each. What is not one plain call (files, long words, other platforms)
is left to ``outbound.send``.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from nonebot.adapters import Bot
from nonebot.exception import ActionFailed, NetworkError

from core.messages import Chat, OutPart, SendOutcome, SendResult
from plugins.gateway import onebot11_sending
from plugins.gateway.links import Link, Pending, Unanswered, data_of
from plugins.gateway.onebot11 import Adapter
from plugins.gateway.verdicts import outcome_of, told


@dataclass(frozen=True, slots=True)
class _Call:
    place: int
    link: Link
    pending: Pending


async def send(
    wanted: Sequence[tuple[Bot, Chat, Sequence[OutPart]]], *, timeout_s: float
) -> list[SendOutcome | None]:
    """Say each in its chat; None where it is not one plain call and nothing was written."""
    outcomes: list[SendOutcome | None] = [None] * len(wanted)
    calls: list[_Call] = []
    try:
        for place, (bot, chat, parts) in enumerate(wanted):
            begun = await _begin(bot, chat, parts)
            if isinstance(begun, SendOutcome):
                outcomes[place] = begun
            elif begun is not None:
                calls.append(_Call(place, *begun))
        if calls:
            await asyncio.wait([call.pending.answer for call in calls], timeout=timeout_s)
        for call in calls:
            outcomes[call.place] = _outcome(call.pending)
    finally:
        for call in calls:
            call.link.end_call(call.pending)
    return outcomes


async def _begin(
    bot: Bot, chat: Chat, parts: Sequence[OutPart]
) -> tuple[Link, Pending] | SendOutcome | None:
    steps = await onebot11_sending.steps(chat, parts)
    adapter = bot.adapter
    link = adapter.links.get(bot.self_id) if isinstance(adapter, Adapter) else None
    if link is None or len(steps) != 1 or steps[0].extra_s > 0:
        return None
    try:
        return link, await link.begin(steps[0].action, steps[0].params, written=steps[0].written)
    except NetworkError as error:
        return outcome_of(error)


def _outcome(pending: Pending) -> SendOutcome:
    try:
        if not pending.answer.done():
            raise Unanswered("timeout")
        answer = data_of(pending.answer.result())
    except (NetworkError, ActionFailed) as error:
        return outcome_of(error)
    message_id = answer.get("message_id") if isinstance(answer, dict) else None
    return told(SendResult.SENT, [] if message_id is None else [str(message_id)])
