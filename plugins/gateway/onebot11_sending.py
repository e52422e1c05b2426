"""What goes out over OneBot v11: the calls that say some parts in a chat, and who can say them.

Words of people only ever become a text segment in a list, so that codes inside them stay words.
One body to many chats is written as JSON once: only the address differs from call to call.
"""

import asyncio
import base64
import json
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from nonebot.adapters import Bot
from nonebot.exception import ActionFailed, NetworkError

from core import files
from core.messages import Blob, Chat, Forward, MediaKind, Mention, OutPart, Text
from plugins.gateway.splitting import runs

# More are cut off by QQ (docs/sources.md).
MOST_IMAGES = 20
# A send of NapCat takes about this long for what it carries (docs/sources.md, halved).
_BYTES_PER_SECOND = 128 * 1024

# NapCat uploads a forward before it sends it (NapCatQQ issue 1009 and others).
_FORWARD_S = 20.0
# Stands for our account in a body that several accounts may share. Words cannot look like that
# member: their quotation marks are written with a backslash.
_SPEAKER = "\x00"
_WRITTEN_SPEAKER = json.dumps({"user_id": _SPEAKER})[1:-1]

LISTS_KEPT_S = 600.0

# Bodies whose JSON is kept between sends: words always fit, a photo never does. Larger ones are
# shared only while a send of theirs is under way.
_MOST_KEPT = 16
_LARGEST_KEPT = 128 * 1024

_KINDS = {MediaKind.IMAGE: "image", MediaKind.VOICE: "record", MediaKind.VIDEO: "video"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """One call without its address: ``written`` is what stands beside it, as JSON members."""

    action: str
    written: str
    extra_s: float
    is_forward: bool = False


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Native:
    """A whole body as calls; holds ``parts`` so that their identity names them."""

    parts: Sequence[OutPart]
    pieces: tuple[_Piece, ...]

    @property
    def size(self) -> int:
        return sum(len(piece.written) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Step:
    """One call: ``params`` say where to, ``written`` is the rest of them, as JSON members.

    ``extra_s`` is waited beyond the usual time-out.
    """

    action: str
    params: dict[str, Any]
    written: str
    extra_s: float
    body: _Native


_kept: OrderedDict[int, _Native] = OrderedDict()
_under_way: WeakValueDictionary[int, _Native] = WeakValueDictionary()


async def steps(chat: Chat, parts: Sequence[OutPart]) -> tuple[Step, ...]:
    """Return the calls that say ``parts`` in ``chat``, in order. Reads the stored files."""
    place = "private" if chat.is_private else "group"
    params = {"user_id" if chat.is_private else "group_id": int(chat.chat_id)}
    body = await _native(parts)
    return tuple(
        Step(piece.action.format(place), params, _as_said_by(chat, piece), piece.extra_s, body)
        for piece in body.pieces
    )


def _as_said_by(chat: Chat, piece: _Piece) -> str:
    if not piece.is_forward:
        return piece.written
    speaker = json.dumps({"user_id": chat.self_id or "0"})[1:-1]
    return piece.written.replace(_WRITTEN_SPEAKER, speaker)


async def _native(parts: Sequence[OutPart]) -> _Native:
    known = _under_way.get(id(parts))
    if known is not None and known.parts is parts:
        return known
    native = _Native(parts, await _pieces(parts))
    if isinstance(parts, tuple):  # a list could be changed between two sends
        _under_way[id(parts)] = native
        if native.size <= _LARGEST_KEPT:
            _kept[id(parts)] = native
            if len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return native


async def _pieces(parts: Sequence[OutPart]) -> tuple[_Piece, ...]:
    content = {blob.blob_id: await _base64(blob) for blob in _blobs(parts)}
    return tuple(_piece(run, content) for run in runs(parts, most_images=MOST_IMAGES))


def _piece(run: Sequence[OutPart], content: Mapping[str, str]) -> _Piece:
    first = run[0]
    size = sum(len(content[blob.blob_id]) for blob in _blobs(run))
    if isinstance(first, Forward):
        extra_s = _FORWARD_S + size / _BYTES_PER_SECOND
        written = json.dumps(_forward(first, content))[1:-1]
        return _Piece("send_{}_forward_msg", written, extra_s, is_forward=True)
    if isinstance(first, Blob) and first.kind is MediaKind.FILE:
        action = "upload_{}_file"
        said: dict[str, Any] = {"file": content[first.blob_id], "name": first.name}
    else:
        action = "send_{}_msg"
        said = {"message": list(_segments(run, content))}
    return _Piece(action, json.dumps(said)[1:-1], size / _BYTES_PER_SECOND)


def _blobs(parts: Sequence[OutPart]) -> Iterator[Blob]:
    for part in parts:
        if isinstance(part, Blob):
            yield part
        elif isinstance(part, Forward):
            for node in part.nodes:
                yield from _blobs(node)


def _forward(part: Forward, content: Mapping[str, str]) -> dict[str, Any]:
    nodes = [
        {
            "type": "node",
            "data": {
                "user_id": _SPEAKER,
                "nickname": part.title,
                "content": list(_segments(node, content)),
            },
        }
        for node in part.nodes
    ]
    return {"messages": nodes, "source": part.title}


async def _base64(blob: Blob) -> str:
    data = await files.read(blob.blob_id)
    encoded = await asyncio.to_thread(base64.b64encode, data)
    return "base64://" + encoded.decode("ascii")


def _segments(run: Sequence[OutPart], content: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    after_mention = False
    for part in run:
        match part:
            case Text(text=text):
                gap = " " if after_mention and not text[:1].isspace() else ""
                yield {"type": "text", "data": {"text": gap + text}}
            case Mention(account_id=account_id):
                yield {"type": "at", "data": {"qq": account_id}}
            case Blob(kind=kind, blob_id=blob_id):
                yield {"type": _KINDS[kind], "data": {"file": content[blob_id]}}
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
