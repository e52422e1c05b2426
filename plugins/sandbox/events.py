"""What happens in the world, as OneBot v11 events with the fields NapCat fills."""

from collections.abc import Callable
from typing import Any

from plugins.sandbox.entities import (
    FriendChanged,
    Happening,
    MemberJoined,
    MemberLeft,
    MemberMuted,
    Message,
    MessagePosted,
    MessageRecalled,
)
from plugins.sandbox.segments import Attachment, raw_message, to_onebot
from plugins.sandbox.world import World

# The folder number QQ gives to a group's permanent files; ends pass it on.
_BUSID = 102
_FONT = 14


class EventWriter:
    """Writes events as one bot account gets to see them."""

    def __init__(self, world: World, media_url: Callable[[str], str]) -> None:
        self._world = world
        self._media_url = media_url

    def events_for(self, happening: Happening) -> list[dict[str, Any]]:
        """Write what the bot's end reports: nothing for groups the bot is not in."""
        match happening:
            case MessagePosted(message):
                return self._posted(message)
            case MessageRecalled(message, operator_id):
                return [self._recalled(message, operator_id)] if self._sees(message) else []
            case FriendChanged(user_id, is_friend):
                return [self._notice("friend_add", user_id=user_id)] if is_friend else []
            case MemberMuted() | MemberJoined() | MemberLeft():
                return self._group_change(happening)

    def message(self, message: Message) -> dict[str, Any]:
        """Write a message's body as get_msg, the history and the events show it."""
        world = self._world
        segments = to_onebot(message.parts, self._media_url)
        body: dict[str, Any] = {
            "self_id": world.bot.user_id,
            "user_id": message.sender_id,
            "time": int(message.time.timestamp()),
            "message_id": message.message_id,
            "message_seq": message.message_id,
            "real_id": message.message_id,
            "real_seq": str(message.seq),
            "message_type": message.chat.kind,
            "sender": self._sender(message),
            "raw_message": raw_message(segments),
            "font": _FONT,
            "message": segments,
            "message_format": "array",
        }
        if message.chat.kind == "group":
            group = world.groups[message.chat.id]
            return body | {
                "sub_type": "normal",
                "group_id": group.group_id,
                "group_name": group.name,
            }
        is_friend = message.chat.id in world.friends
        return body | {
            "sub_type": "friend" if is_friend else "group",
            "target_id": self._to(message),
        }

    def lifecycle(self) -> dict[str, Any]:
        """Write the announcement at the beginning of every connection."""
        return self._event("meta_event", meta_event_type="lifecycle", sub_type="connect")

    def heartbeat(self, interval_s: float, *, is_online: bool) -> dict[str, Any]:
        """Write a heartbeat."""
        return self._event(
            "meta_event",
            meta_event_type="heartbeat",
            status={"online": is_online, "good": True},
            interval=int(interval_s * 1000),
        )

    def bot_offline(self) -> dict[str, Any]:
        """Write NapCat's notice that the account was thrown out."""
        return self._notice(
            "bot_offline", user_id=self._world.bot.user_id, tag="KickedOffLine", message=""
        )

    def _posted(self, message: Message) -> list[dict[str, Any]]:
        if not self._sees(message):
            return []
        if message.sender_id == self._world.bot.user_id:
            own = self.message(message) | {"post_type": "message_sent", "message_sent_type": "self"}
            return [own | {"target_id": message.chat.id}]
        events = [self.message(message) | {"post_type": "message"}]
        if message.chat.kind == "group":
            files = (part for part in message.parts if isinstance(part, Attachment))
            events += [self._uploaded(message, file) for file in files]
        return events

    def _sees(self, message: Message) -> bool:
        if message.chat.kind == "private":
            return True
        return self._world.bot.user_id in self._world.groups[message.chat.id].members

    def _to(self, message: Message) -> int:
        is_own = message.sender_id == self._world.bot.user_id
        return message.chat.id if is_own else self._world.bot.user_id

    def _sender(self, message: Message) -> dict[str, Any]:
        person = self._world.person(message.sender_id)
        sender: dict[str, Any] = {
            "user_id": person.user_id,
            "nickname": person.nickname,
            "card": "",
        }
        if message.chat.kind == "group":
            member = self._world.groups[message.chat.id].members.get(person.user_id)
            sender |= {
                "card": member.card if member else "",
                "role": member.role if member else "member",
                "title": "",
            }
        return sender

    def _recalled(self, message: Message, operator_id: int) -> dict[str, Any]:
        if message.chat.kind == "private":
            return self._notice(
                "friend_recall", user_id=message.sender_id, message_id=message.message_id
            )
        return self._notice(
            "group_recall",
            group_id=message.chat.id,
            user_id=message.sender_id,
            operator_id=operator_id,
            message_id=message.message_id,
        )

    def _uploaded(self, message: Message, file: Attachment) -> dict[str, Any]:
        return self._notice(
            "group_upload",
            group_id=message.chat.id,
            user_id=message.sender_id,
            file={
                "id": file.media_id,
                "name": file.name,
                "size": file.size_bytes,
                "busid": _BUSID,
                "url": self._media_url(file.media_id),
            },
        )

    def _group_change(
        self, change: MemberMuted | MemberJoined | MemberLeft
    ) -> list[dict[str, Any]]:
        is_self = change.user_id == self._world.bot.user_id
        is_inside = self._world.bot.user_id in self._world.groups[change.group_id].members
        if not is_inside and not is_self:
            return []
        ids = {
            "group_id": change.group_id,
            "user_id": change.user_id,
            "operator_id": change.operator_id,
        }
        match change:
            case MemberMuted(duration_s=duration_s):
                sub_type = "lift_ban" if duration_s == 0 else "ban"
                fields = ids | {"sub_type": sub_type, "duration": duration_s}
                return [self._notice("group_ban", **fields)]
            case MemberJoined():
                sub_type = "invite" if is_self else "approve"
                return [self._notice("group_increase", sub_type=sub_type, **ids)]
            case MemberLeft(user_id=user_id, operator_id=operator_id):
                kicked = "kick_me" if is_self else "kick"
                sub_type = "leave" if user_id == operator_id else kicked
                return [self._notice("group_decrease", sub_type=sub_type, **ids)]

    def _notice(self, notice_type: str, **fields: Any) -> dict[str, Any]:
        return self._event("notice", notice_type=notice_type, **fields)

    def _event(self, post_type: str, **fields: Any) -> dict[str, Any]:
        moment = int(self._world.now().timestamp())
        ids = {"time": moment, "self_id": self._world.bot.user_id, "post_type": post_type}
        return ids | fields
