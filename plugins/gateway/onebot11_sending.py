"""What goes out over OneBot v11: the calls that say some parts in a chat, and who can say them.

Words of people only ever become a text segment in a list, so that codes inside them stay words.
"""

import asyncio
import base64
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nonebot.adapters import Bot
from nonebot.adapters.onebot.v11 import MessageSegment
from nonebot.exception import ActionFailed, NetworkError

from core import files
from core.messages import Blob, Chat, MediaKind, Mention, OutPart, Text
from plugins.gateway.splitting import runs

# More are cut off by QQ (docs/sources.md).
MOST_IMAGES = 20
# A send of NapCat takes about this long for what it carries (docs/sources.md, halved).
_BYTES_PER_SECOND = 128 * 1024

LISTS_KEPT_S = 600.0

_KINDS = {MediaKind.IMAGE: "image", MediaKind.VOICE: "record", MediaKind.VIDEO: "video"}


@dataclass(frozen=True, slots=True)
class Step:
    """One call; ``extra_s`` is waited beyond the usual time-out."""

    action: str
    params: dict[str, Any]
    extra_s: float = 0.0


async def steps(chat: Chat, parts: Sequence[OutPart]) -> tuple[Step, ...]:
    """Return the calls that say ``parts`` in ``chat``, in order. Reads the stored files."""
    content = {part.blob_id: await _base64(part) for part in parts if isinstance(part, Blob)}
    made = []
    for run in runs(parts, most_images=MOST_IMAGES):
        first = run[0]
        if isinstance(first, Blob) and first.kind is MediaKind.FILE:
            made.append(_upload(chat, first, content[first.blob_id]))
        else:
            segments = list(_segments(run, content))
            size = sum(len(content[part.blob_id]) for part in run if isinstance(part, Blob))
            params = {**_target(chat), "message": segments}
            made.append(Step(f"send_{chat.kind.value}_msg", params, size / _BYTES_PER_SECOND))
    return tuple(made)


async def _base64(blob: Blob) -> str:
    data = await files.read(blob.blob_id)
    encoded = await asyncio.to_thread(base64.b64encode, data)
    return "base64://" + encoded.decode("ascii")


def _target(chat: Chat) -> dict[str, Any]:
    return {"user_id" if chat.is_private else "group_id": int(chat.chat_id)}


def _upload(chat: Chat, blob: Blob, content: str) -> Step:
    place = "private" if chat.is_private else "group"
    params = {**_target(chat), "file": content, "name": blob.name}
    return Step(f"upload_{place}_file", params, len(content) / _BYTES_PER_SECOND)


def _segments(run: Sequence[OutPart], content: dict[str, str]) -> Iterator[MessageSegment]:
    after_mention = False
    for part in run:
        match part:
            case Text(text=text):
                gap = " " if after_mention and not text[:1].isspace() else ""
                yield MessageSegment.text(gap + text)
            case Mention(account_id=account_id):
                yield MessageSegment.at(account_id)
            case Blob(kind=kind, blob_id=blob_id):
                yield MessageSegment(_KINDS[kind], {"file": content[blob_id]})
        after_mention = isinstance(part, Mention)


_lists: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}


async def is_reachable(bot: Bot, chat: Chat) -> bool | None:
    """Whether ``bot`` is in the group, or a friend of the person; None when it cannot tell.

    Asks the platform at most once in ten minutes.
    """
    action, field = ("get_friend_list", "user_id")
    if not chat.is_private:
        action, field = ("get_group_list", "group_id")
    asked_at, found = _lists.get((bot.self_id, action), (0.0, frozenset()))
    if not asked_at or time.monotonic() - asked_at > LISTS_KEPT_S:
        try:
            answer = await bot.call_api(action)
        except (NetworkError, ActionFailed):
            return None
        entries = answer if isinstance(answer, list) else ()
        found = frozenset(str(entry.get(field)) for entry in entries if isinstance(entry, dict))
        _lists[bot.self_id, action] = (time.monotonic(), found)
    return chat.chat_id in found


def forget_lists() -> None:
    """Ask anew next time: something changed for one of our accounts."""
    _lists.clear()
