"""The simulated QQ itself: who is where, what was said, who may say what. No input or output."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from plugins.sandbox.calendar_jumps import LOCAL_ZONE
from plugins.sandbox.entities import (
    Chat,
    FriendChanged,
    Group,
    GroupSeed,
    Happening,
    Member,
    MemberJoined,
    MemberLeft,
    MemberMuted,
    Message,
    MessagePosted,
    MessageRecalled,
    NotPermitted,
    Observer,
    Person,
    Refusal,
    Role,
    WorldSeed,
    group,
    private,
)
from plugins.sandbox.segments import Part, mentions_everybody

# QQ: own messages can be taken back for two minutes; an administrator can take back any, any time.
RECALL_WINDOW = timedelta(minutes=2)
# Example values of get_group_at_all_remain in NapCat's reference: ten a day for the account,
# twenty a day for the group.
AT_ALL_ACCOUNT_DAILY = 10
AT_ALL_GROUP_DAILY = 20
_MANAGERS: tuple[Role, ...] = ("owner", "admin")


class World:
    """People, groups, friendships and messages around one bot account."""

    def __init__(
        self,
        seed: WorldSeed,
        *,
        bot_id: int,
        now: Callable[[], datetime],
        first_message_id: int = 1,
    ) -> None:
        self.bot = Person(bot_id, seed.bot_nickname)
        self.people = {
            p.user_id: Person(p.user_id, p.nickname, p.note, p.featured) for p in seed.people
        }
        self.friends = {p.user_id for p in seed.people if p.is_friend}
        self.groups = {g.group_id: _seeded_group(g, bot_id) for g in seed.groups}
        self.now = now
        self.next_message_id = first_message_id
        self.chats: dict[Chat, list[Message]] = {}
        self.read_up_to: dict[tuple[int, Chat], int] = {}
        self.at_all_uses: Counter[tuple[date, int]] = Counter()
        self._by_id: dict[int, Message] = {}
        self._observers: list[Observer] = []

    def observe(self, observer: Observer) -> None:
        """Have ``observer`` called, at once and in order, with everything that happens."""
        self._observers.append(observer)

    def forget(self, observer: Observer) -> None:
        """Stop calling ``observer``."""
        self._observers.remove(observer)

    def person(self, user_id: int) -> Person:
        """Find a person or the bot; KeyError when there is none."""
        return self.bot if user_id == self.bot.user_id else self.people[user_id]

    def name_in(self, chat: Chat, user_id: int) -> str:
        """Find the name others see: the group card first, then the nickname."""
        if chat.kind == "group":
            member = self.groups[chat.id].members.get(user_id)
            if member is not None and member.card:
                return member.card
        return self.person(user_id).nickname

    def groups_of(self, user_id: int) -> list[Group]:
        """List the groups somebody belongs to, in the order of the seed."""
        return [found for found in self.groups.values() if user_id in found.members]

    def messages(self, chat: Chat) -> list[Message]:
        """List what was shown in ``chat``, oldest first, recalled messages included."""
        return [message for message in self.chats.get(chat, ()) if message.is_shown]

    def message(self, message_id: int) -> Message | None:
        """Find a message by id; the newest one where a restarted counter gave an id twice."""
        return self._by_id.get(message_id)

    def all_messages(self) -> Iterator[Message]:
        """Go through every message, shown or not, chat by chat."""
        for messages in self.chats.values():
            yield from messages

    def shown_count(self, chat: Chat, text: str) -> int:
        """Count how often exactly ``text`` was shown in ``chat`` by the bot."""
        own = (m for m in self.messages(chat) if m.sender_id == self.bot.user_id)
        return sum(message.text == text for message in own)

    def chats_of(self, user_id: int) -> list[Chat]:
        """List the chats somebody has: his private one with the bot, then his groups."""
        return [private(user_id), *(group(g.group_id) for g in self.groups_of(user_id))]

    def mark_read(self, user_id: int, chat: Chat) -> None:
        """Note that somebody has seen everything shown in ``chat``."""
        log = self.chats.get(chat)
        self.read_up_to[user_id, chat] = log[-1].seq if log else 0

    def unread_count(self, user_id: int, chat: Chat) -> int:
        """Count what others said in ``chat`` since somebody last looked."""
        seen, count = self.read_up_to.get((user_id, chat), 0), 0
        for message in reversed(self.chats.get(chat, ())):
            if message.seq <= seen:
                break
            is_new = message.is_shown and message.recalled_by is None
            count += is_new and message.sender_id != user_id
        return count

    def restart_ids(self, first: int = 1) -> None:
        """Count from ``first`` again, as restarted ends do; old ids get new bearers."""
        self.next_message_id = first

    def refusal(self, chat: Chat, sender_id: int, parts: Sequence[Part]) -> Refusal | None:
        """Tell why ``sender_id`` may not say this here, or None."""
        if chat.kind == "private":
            return self._private_refusal(chat, sender_id)
        found = self.groups.get(chat.id)
        member = found.members.get(sender_id) if found else None
        if found is None or member is None:
            return Refusal.REMOVED
        is_manager = member.role in _MANAGERS
        if self.is_muted(chat.id, sender_id) or (found.is_whole_muted and not is_manager):
            return Refusal.MUTED
        if mentions_everybody(parts):
            if not is_manager:
                return Refusal.AT_ALL_USED_UP
            if sender_id == self.bot.user_id and min(self.at_all_left(chat.id)) <= 0:
                return Refusal.AT_ALL_USED_UP
        return None

    def is_muted(self, group_id: int, user_id: int) -> bool:
        """Tell whether one member's own mute is still running."""
        member = self.groups[group_id].members.get(user_id)
        return bool(member and member.muted_until and member.muted_until > self.now())

    def at_all_left(self, group_id: int) -> tuple[int, int]:
        """Count the bot's mentions of everybody left today: for the account, for the group."""
        today = self.now().astimezone(LOCAL_ZONE).date()
        used = Counter({key: n for key, n in self.at_all_uses.items() if key[0] == today})
        in_group = AT_ALL_GROUP_DAILY - used[today, group_id]
        return AT_ALL_ACCOUNT_DAILY - used.total(), in_group

    def post(
        self, chat: Chat, sender_id: int, parts: Sequence[Part], *, is_shown: bool = True
    ) -> Message:
        """Put a message into ``chat`` and tell the observers; NotPermitted when QQ would refuse."""
        refusal = self.refusal(chat, sender_id, parts)
        if refusal is not None:
            raise NotPermitted(refusal)
        if sender_id == self.bot.user_id and mentions_everybody(parts):
            self.at_all_uses[self.now().astimezone(LOCAL_ZONE).date(), chat.id] += 1
        log = self.chats.setdefault(chat, [])
        seq = log[-1].seq + 1 if log else 1
        number = self.next_message_id
        message = Message(number, seq, chat, sender_id, self.now(), tuple(parts), is_shown)
        self.next_message_id += 1
        log.append(message)
        self._by_id[message.message_id] = message
        self._tell(MessagePosted(message))
        return message

    def restore(self, messages: Sequence[Message]) -> None:
        """Put saved messages back, in the order they were said; nobody is told."""
        for message in messages:
            self.chats.setdefault(message.chat, []).append(message)
            self._by_id[message.message_id] = message

    def recall(self, message_id: int, operator_id: int) -> Message:
        """Take a message back; NotPermitted when too late, not one's own, or unknown."""
        message = self._by_id.get(message_id)
        if message is None or message.recalled_by is not None:
            raise NotPermitted(Refusal.UNKNOWN_MESSAGE)
        is_manager = self._manages(message, operator_id)
        if message.sender_id != operator_id and not is_manager:
            raise NotPermitted(Refusal.NOT_ALLOWED)
        if not is_manager and self.now() - message.time > RECALL_WINDOW:
            raise NotPermitted(Refusal.TOO_LATE)
        message.recalled_by = operator_id
        self._tell(MessageRecalled(message, operator_id))
        return message

    def mute(self, group_id: int, user_id: int, duration: timedelta, operator_id: int) -> None:
        """Silence a member for ``duration``; zero lets him speak again."""
        until = self.now() + duration if duration else None
        self.groups[group_id].members[user_id].muted_until = until
        self._tell(MemberMuted(group_id, user_id, operator_id, int(duration.total_seconds())))

    def mute_whole(self, group_id: int, operator_id: int, *, is_muted: bool) -> None:
        """Silence everybody but the managers, or end it."""
        self.groups[group_id].is_whole_muted = is_muted
        self._tell(MemberMuted(group_id, 0, operator_id, -1 if is_muted else 0))

    def join(self, group_id: int, user_id: int, operator_id: int, role: Role = "member") -> None:
        """Let somebody into a group; nothing happens when he is in already."""
        members = self.groups[group_id].members
        if user_id not in members:
            members[user_id] = Member(user_id, role)
            self._tell(MemberJoined(group_id, user_id, operator_id))

    def leave(self, group_id: int, user_id: int, operator_id: int) -> None:
        """Take somebody out of a group; ``operator_id`` is himself unless he was removed."""
        if self.groups[group_id].members.pop(user_id, None) is not None:
            self._tell(MemberLeft(group_id, user_id, operator_id))

    def set_role(self, group_id: int, user_id: int, role: Role) -> None:
        """Make a member owner, administrator or plain member."""
        self.groups[group_id].members[user_id].role = role

    def befriend(self, user_id: int) -> None:
        """Make a person and the bot friends."""
        if user_id not in self.friends:
            self.friends.add(user_id)
            self._tell(FriendChanged(user_id, is_friend=True))

    def unfriend(self, user_id: int) -> None:
        """End a friendship; the bot is not told, as on QQ."""
        if user_id in self.friends:
            self.friends.discard(user_id)
            self._tell(FriendChanged(user_id, is_friend=False))

    def add_person(self, person: Person, *, is_friend: bool = True) -> None:
        """Let somebody new into the world."""
        self.people[person.user_id] = replace(person)
        if is_friend:
            self.friends.add(person.user_id)

    def owner_of(self, group_id: int) -> int:
        """Find who acts for a group: its owner, else any manager, else nobody (0)."""
        members = self.groups[group_id].members.values()
        ranked = [m.user_id for role in _MANAGERS for m in members if m.role == role]
        return next((user_id for user_id in ranked if user_id != self.bot.user_id), 0)

    def _private_refusal(self, chat: Chat, sender_id: int) -> Refusal | None:
        if chat.id not in self.people:
            return Refusal.NOT_FRIEND
        if chat.id in self.friends:
            return None
        # A stranger can open a temporary session from a common group; the bot cannot (NapCat).
        shares_group = any(self.bot.user_id in g.members for g in self.groups_of(chat.id))
        if sender_id != self.bot.user_id and shares_group:
            return None
        return Refusal.NOT_FRIEND

    def _manages(self, message: Message, operator_id: int) -> bool:
        if message.chat.kind == "private":
            return False
        members = self.groups[message.chat.id].members
        operator, author = members.get(operator_id), members.get(message.sender_id)
        if operator is None or operator.role not in _MANAGERS:
            return False
        if operator_id == message.sender_id or operator.role == "owner":
            return True
        return author is None or author.role == "member"

    def _tell(self, happening: Happening) -> None:
        for observer in tuple(self._observers):
            observer(happening)


def _seeded_group(seed: GroupSeed, bot_id: int) -> Group:
    members = {m.user_id: Member(m.user_id, m.role, m.card) for m in seed.members}
    if seed.has_bot:
        members.setdefault(bot_id, Member(bot_id))
    return Group(seed.group_id, seed.name, members)
