"""What a delivery says: outgoing parts and the question they open, sealed in one row.

Labels of options are rendered when the body is made, so that what a number means is what was read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import crypto, texts
from core.conversation import Ask, Option, Takes
from core.messages import OutPart, Text, payload_from_json, payload_to_json


@dataclass(frozen=True, slots=True)
class Body:
    """One body as the dispatcher needs it."""

    parts: tuple[OutPart, ...]
    ask: Ask | None = None


def seal(parts: Sequence[OutPart], ask: Ask | None, *, uid: str) -> bytes:
    """Return the sealed form of a body; options that are not listed yet become its last line."""
    shown = tuple(parts)
    if ask is not None and ask.options and not ask.listed:
        shown = _with_options(shown, ask)
    data = {"parts": payload_to_json(shown), "ask": None if ask is None else _ask_to_json(ask)}
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return crypto.seal(plain.encode(), place=_place(uid))


def unseal(sealed: bytes, *, uid: str) -> Body:
    """Return the body of the message ``uid``; Fault when it was sealed elsewhere or changed."""
    data = json.loads(crypto.unseal(sealed, place=_place(uid)))
    ask = data["ask"]
    return Body(payload_from_json(data["parts"]), None if ask is None else _ask_from_json(ask))


def _place(uid: str) -> str:
    return f"message.body:{uid}"


def _with_options(parts: tuple[OutPart, ...], ask: Ask) -> tuple[OutPart, ...]:
    line = texts.current().options(ask.options)
    if parts and isinstance(parts[-1], Text):
        return (*parts[:-1], Text(f"{parts[-1].text}\n{line}"))
    return (*parts, Text(line))


def _ask_to_json(ask: Ask) -> dict[str, Any]:
    label = texts.current().label
    return {
        "kind": ask.kind,
        "options": [[label(option), option.run, option.value] for option in ask.options],
        "data": dict(ask.data),
        "takes": ask.takes.value,
        "again": ask.again,
    }


def _ask_from_json(data: dict[str, Any]) -> Ask:
    return Ask(
        kind=data["kind"],
        options=tuple(Option(label, run, value) for label, run, value in data["options"]),
        data=data["data"],
        takes=Takes(data["takes"]),
        again=data["again"],
        listed=True,
    )
