"""What a visitor asks for through the page, checked and done to the world."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from plugins.sandbox import page_views
from plugins.sandbox.end import OneBotEnd
from plugins.sandbox.entities import Chat, chat_from_key, private
from plugins.sandbox.faults import Fault, Faults
from plugins.sandbox.media import MediaStore
from plugins.sandbox.segments import At, Attachment, Part, Picture, Text
from plugins.sandbox.world import World

_LONGEST_TEXT = 5000
_MUTE = timedelta(days=30)

Asked: TypeAlias = Mapping[str, Any]
Frame: TypeAlias = dict[str, Any]


def may_see(world: World, user_id: int, chat: Chat) -> bool:
    """Tell whether ``chat`` is one of this person's."""
    if chat.kind == "private":
        return chat == private(user_id)
    found = world.groups.get(chat.id)
    return found is not None and user_id in found.members


class PageRequests:
    """Does one request for one person; ValueError or KeyError when it makes no sense."""

    def __init__(self, *, world: World, media: MediaStore, end: OneBotEnd, faults: Faults) -> None:
        self._world = world
        self._media = media
        self._end = end
        self._faults = faults
        self._by_op: Mapping[str, Callable[[int, Asked], Frame | None]] = {
            "say": self._say,
            "recall": self._recall,
            "read": self._read,
            "history": self._history,
            "befriend": self._befriend,
        }

    def do(self, me: int, asked: Asked) -> Frame | None:
        """Carry out a request of ``me``; a frame is the answer, NotPermitted QQ's refusal."""
        return self._by_op[asked["op"]](me, asked)

    def set_fault(self, me: int, asked: Asked) -> None:
        """Turn one of the few faults that visitors may turn."""
        match asked["name"]:
            case "offline":
                self._end.hold()
            case "online":
                self._end.resume()
            case "no_answer":
                self._faults.arm(Fault.NO_ANSWER)
            case "mute":
                self._mute_bot(me, int(asked["group"]), _MUTE)
            case "unmute":
                self._mute_bot(me, int(asked["group"]), timedelta())
            case _:
                raise ValueError("no such fault")

    def _say(self, me: int, asked: Asked) -> None:
        chat = self._own_chat(me, asked)
        self._world.post(chat, me, self._parts(asked["parts"]))
        self._world.mark_read(me, chat)

    def _recall(self, me: int, asked: Asked) -> None:
        self._world.recall(int(asked["message"]), me)

    def _read(self, me: int, asked: Asked) -> Frame:
        self._world.mark_read(me, self._own_chat(me, asked))
        return page_views.unread(self._world)

    def _history(self, me: int, asked: Asked) -> Frame:
        chat = self._own_chat(me, asked)
        return page_views.history(self._world, chat, int(asked["before"]))

    def _befriend(self, me: int, _asked: Asked) -> None:
        self._world.befriend(me)

    def _mute_bot(self, me: int, group_id: int, duration: timedelta) -> None:
        owner = self._world.owner_of(group_id) or me
        self._world.mute(group_id, self._world.bot.user_id, duration, owner)

    def _own_chat(self, me: int, asked: Asked) -> Chat:
        chat = chat_from_key(str(asked["chat"]))
        if not may_see(self._world, me, chat):
            raise ValueError("not a chat of this person")
        return chat

    def _parts(self, given: list[Asked]) -> list[Part]:
        parts = [self._part(entry) for entry in given]
        if not parts or sum(len(p.text) for p in parts if isinstance(p, Text)) > _LONGEST_TEXT:
            raise ValueError("nothing, or too much")
        return parts

    def _part(self, given: Asked) -> Part:
        match given["type"]:
            case "text":
                return Text(str(given["text"]))
            case "at":
                return At(None if given["user"] is None else int(given["user"]))
            case "image" | "file":
                kept = self._media.find(str(given["media"]))
                if kept is None:
                    raise ValueError("no such upload")
                is_picture = given["type"] == "image" and kept.is_picture
                shape = Picture if is_picture else Attachment
                return shape(kept.media_id, kept.name, len(kept.content))
            case _:
                raise ValueError("no such part")
