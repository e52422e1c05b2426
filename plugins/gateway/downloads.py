"""Fetches what people sent, by the address in the message or by asking the protocol end.

Never reads a path that somebody else names. Where bytes may come from is decided in ``fetching``.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import nonebot
from nonebot.adapters.onebot.v11 import Bot
from nonebot.exception import ActionFailed, ApiNotAvailable, NetworkError

from core.database import in_tx
from core.errors import Fault, Refusal
from core.messages import Chat, Media, MediaKind
from plugins.gateway import fetching

TIME_LIMIT_S = 30.0

Question = tuple[str, dict[str, Any]]


async def fetch(chat: Chat, media: Media, *, limit_bytes: int) -> bytes:
    """Return the content of ``media`` sent in ``chat``, within 30 seconds.

    Raises Refusal ``file.too_big``, or ``file.not_arrived`` for every other trouble;
    Fault inside a transaction.
    """
    if in_tx():
        raise Fault("no download inside a transaction")
    if media.size_bytes is not None and media.size_bytes > limit_bytes:
        raise Refusal("file.too_big")
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            async for source in _sources(chat, media):
                content = await fetching.content_of(source, limit_bytes)
                if content:
                    return content
    except TimeoutError:
        pass
    raise Refusal("file.not_arrived")


async def _sources(chat: Chat, media: Media) -> AsyncIterator[str]:
    """Yield where the content may be: as the message says, then as the end says when asked."""
    if media.url:
        yield media.url
    bot = nonebot.get_bots().get(chat.self_id)
    if not media.file_id or not isinstance(bot, Bot):
        return
    for action, params in _questions(chat, media.kind, media.file_id):
        try:
            answer = await bot.call_api(action, **params)
        except (NetworkError, ActionFailed, ApiNotAvailable):
            continue
        for source in _told(answer):
            yield source


def _questions(chat: Chat, kind: MediaKind, file_id: str) -> Iterator[Question]:
    if kind is MediaKind.IMAGE:
        yield "get_image", {"file": file_id}
    elif kind is MediaKind.VOICE:
        yield "get_record", {"file": file_id, "out_format": "mp3"}
    elif chat.chat_id.isdecimal() and kind is MediaKind.FILE:
        place = "user_id" if chat.is_private else "group_id"
        params = {place: int(chat.chat_id), "file_id": file_id}
        yield f"get_{chat.kind.value}_file_url", params
    yield "get_file", {"file_id": file_id}


def _told(answer: object) -> Iterator[str]:
    if not isinstance(answer, dict):
        return
    encoded = answer.get("base64")
    if isinstance(encoded, str) and encoded:
        yield "base64://" + encoded
    for key in ("url", "file"):
        told = answer.get(key)
        if isinstance(told, str) and told.startswith(fetching.SCHEMES):
            yield told
