"""What one person may see of the world, as JSON values for the page."""

from typing import Any

from plugins.sandbox.calendar_jumps import ClockControl, targets
from plugins.sandbox.entities import Chat, Message
from plugins.sandbox.segments import Quote, to_json
from plugins.sandbox.world import World

PAGE_SIZE = 100


def hello(world: World) -> dict[str, Any]:
    """List everybody one can be, and who the bot is."""
    people = [
        {"id": p.user_id, "name": p.nickname, "note": p.note, "featured": p.featured}
        for p in world.people.values()
    ]
    bot = {"id": world.bot.user_id, "name": world.bot.nickname}
    return {"op": "hello", "people": people, "bot": bot}


def you(world: World, user_id: int) -> dict[str, Any]:
    """Show one person's chats with their newest messages."""
    return {
        "op": "you",
        "person": user_id,
        "friend": user_id in world.friends,
        "chats": [_chat(world, user_id, chat) for chat in world.chats_of(user_id)],
    }


def history(world: World, chat: Chat, before_seq: int) -> dict[str, Any]:
    """Show the messages that stand before one already shown."""
    earlier = [m for m in world.messages(chat) if m.seq < before_seq]
    return {
        "op": "history",
        "chat": chat.key,
        "messages": [message_view(world, m) for m in earlier[-PAGE_SIZE:]],
        "has_more": len(earlier) > PAGE_SIZE,
    }


def message_view(world: World, message: Message) -> dict[str, Any]:
    """Show one message; of a recalled one nothing but who took it back."""
    view: dict[str, Any] = {
        "id": message.message_id,
        "seq": message.seq,
        "sender": message.sender_id,
        "name": world.name_in(message.chat, message.sender_id),
        "time": message.time.isoformat(),
        "recalled_by": message.recalled_by,
        "parts": [],
    }
    if message.recalled_by is not None:
        return view | {"recaller": world.name_in(message.chat, message.recalled_by)}
    view["parts"] = [to_json(part) for part in message.parts]
    for part, shown in zip(message.parts, view["parts"], strict=True):
        if isinstance(part, Quote):
            shown["quoted"] = _quoted(world, message.chat, part)
    return view


def unread(world: World) -> dict[str, Any]:
    """Count what waits for each person, so that the rail can show a dot."""
    counts = {
        str(user_id): sum(world.unread_count(user_id, chat) for chat in world.chats_of(user_id))
        for user_id in world.people
    }
    return {"op": "unread", "people": {user: count for user, count in counts.items() if count}}


def clock(control: ClockControl, *, is_busy: bool) -> dict[str, Any]:
    """Show the simulated time and where each button leads."""
    now = control.now()
    jumps = {name: moment.isoformat() for name, moment in targets(now).items()}
    return {"op": "clock", "now": now.isoformat(), "jumps": jumps, "busy": is_busy}


def _chat(world: World, user_id: int, chat: Chat) -> dict[str, Any]:
    shown = world.messages(chat)
    view: dict[str, Any] = {
        "key": chat.key,
        "kind": chat.kind,
        "id": chat.id,
        "messages": [message_view(world, message) for message in shown[-PAGE_SIZE:]],
        "has_more": len(shown) > PAGE_SIZE,
        "unread": world.unread_count(user_id, chat),
    }
    if chat.kind == "private":
        return view | {"title": world.bot.nickname}
    found = world.groups[chat.id]
    members = [
        {"id": m.user_id, "name": world.name_in(chat, m.user_id), "role": m.role}
        for m in found.members.values()
    ]
    return view | {
        "title": found.name,
        "members": members,
        "bot_muted": world.is_muted(chat.id, world.bot.user_id),
        "whole_muted": found.is_whole_muted,
    }


def _quoted(world: World, chat: Chat, quote: Quote) -> dict[str, Any] | None:
    original = world.message(quote.message_id)
    if original is None or original.chat != chat or original.recalled_by is not None:
        return None
    return {"name": world.name_in(chat, original.sender_id), "text": original.text[:60]}
