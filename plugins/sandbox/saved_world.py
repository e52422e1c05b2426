"""A world written to a JSON file and read back: chats outlive the process that showed them."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from plugins.sandbox.entities import Member, Message, Person, WorldSeed, chat_from_key
from plugins.sandbox.media import MediaStore
from plugins.sandbox.segments import from_json, media_ids, to_json
from plugins.sandbox.world import World

_VERSION = 1


def snapshot(world: World) -> dict[str, Any]:
    """Collect everything but the bytes of media, as plain JSON values."""
    return {
        "version": _VERSION,
        "next_message_id": world.next_message_id,
        "people": [_person_json(person) for person in world.people.values()],
        "friends": sorted(world.friends),
        "groups": [
            {
                "id": found.group_id,
                "is_whole_muted": found.is_whole_muted,
                "members": [_member_json(member) for member in found.members.values()],
            }
            for found in world.groups.values()
        ],
        "messages": [_message_json(message) for message in world.all_messages()],
        "read": [[user, chat.key, seq] for (user, chat), seq in world.read_up_to.items()],
    }


def write(path: Path, data: Mapping[str, Any], pieces: Mapping[str, tuple[str, bytes]]) -> None:
    """Write a snapshot and its media; a reader sees the old file or the new one, never half."""
    folder = _media_folder(path)
    folder.mkdir(parents=True, exist_ok=True)
    names = {media_id: name for media_id, (name, _) in pieces.items()}
    for media_id, (_, content) in pieces.items():
        if not (folder / media_id).exists():
            _replace(folder / media_id, content)
    text = json.dumps({**data, "media": names}, ensure_ascii=False)
    _replace(path, text.encode())


def open_world(
    path: Path | None,
    seed: WorldSeed,
    media: MediaStore,
    *,
    bot_id: int,
    now: Callable[[], datetime],
    first_message_id: int | None,
) -> World:
    """Open the world saved at ``path`` with its media, or begin the seed's."""
    data = load(path) if path else None
    if data is None or path is None:
        return World(seed, bot_id=bot_id, now=now, first_message_id=first_message_id or 1)
    load_media(path, data, media)
    return restore(data, seed, bot_id=bot_id, now=now, first_message_id=first_message_id)


def load(path: Path) -> dict[str, Any] | None:
    """Read a snapshot; None when there is none yet, ValueError when it is another version's."""
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if data.get("version") != _VERSION:
        raise ValueError("the saved world is of another version")
    return data


def restore(
    data: Mapping[str, Any],
    seed: WorldSeed,
    *,
    bot_id: int,
    now: Callable[[], datetime],
    first_message_id: int | None,
) -> World:
    """Make the world anew: people and groups of the seed, with what happened since laid over."""
    first = data["next_message_id"] if first_message_id is None else first_message_id
    world = World(seed, bot_id=bot_id, now=now, first_message_id=first)
    seeded = set(world.people)
    for entry in data["people"]:
        if entry["id"] not in seeded:
            person = Person(entry["id"], entry["name"], entry["note"], entry["featured"])
            world.people[person.user_id] = person
    known = {entry["id"] for entry in data["people"]}
    world.friends = set(data["friends"]) | (world.friends - known)
    for entry in data["groups"]:
        found = world.groups.get(entry["id"])
        if found is not None:
            found.is_whole_muted = entry["is_whole_muted"]
            members = [_member(m) for m in entry["members"]]
            newcomers = {i: m for i, m in found.members.items() if i not in known | {bot_id}}
            found.members = {m.user_id: m for m in members} | newcomers
    messages = [_message(entry) for entry in data["messages"]]
    world.restore([m for m in messages if m.chat.kind == "private" or m.chat.id in world.groups])
    world.read_up_to = {(user, chat_from_key(key)): seq for user, key, seq in data["read"]}
    return world


def load_media(path: Path, data: Mapping[str, Any], media: MediaStore) -> None:
    """Put the saved media back into ``media``; a missing file leaves a gap, not an error."""
    for media_id, name in data.get("media", {}).items():
        file = _media_folder(path) / media_id
        if file.is_file():
            media.restore(media_id, name, file.read_bytes())


def media_in_use(world: World, media: MediaStore) -> dict[str, tuple[str, bytes]]:
    """Collect name and bytes of every medium that a message shows."""
    used: set[str] = set()
    for message in world.all_messages():
        used |= media_ids(message.parts)
    found = (media.find(media_id) for media_id in used)
    return {piece.media_id: (piece.name, piece.content) for piece in found if piece}


def _media_folder(path: Path) -> Path:
    return path.with_name(f"{path.stem}_media")


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _person_json(person: Person) -> dict[str, Any]:
    return {
        "id": person.user_id,
        "name": person.nickname,
        "note": person.note,
        "featured": person.featured,
    }


def _member_json(member: Member) -> dict[str, Any]:
    until = member.muted_until
    return {
        "id": member.user_id,
        "role": member.role,
        "card": member.card,
        "muted_until": until.isoformat() if until else None,
    }


def _member(data: Mapping[str, Any]) -> Member:
    until = data["muted_until"]
    muted_until = datetime.fromisoformat(until) if until else None
    return Member(data["id"], data["role"], data["card"], muted_until)


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "id": message.message_id,
        "seq": message.seq,
        "chat": message.chat.key,
        "sender": message.sender_id,
        "time": message.time.isoformat(),
        "parts": [to_json(part) for part in message.parts],
        "is_shown": message.is_shown,
        "recalled_by": message.recalled_by,
    }


def _message(data: Mapping[str, Any]) -> Message:
    return Message(
        data["id"],
        data["seq"],
        chat_from_key(data["chat"]),
        data["sender"],
        datetime.fromisoformat(data["time"]),
        tuple(from_json(part) for part in data["parts"]),
        data["is_shown"],
        data["recalled_by"],
    )
