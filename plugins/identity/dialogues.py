"""What is open between one account and the bot in one chat: a numbered question, a draft.

One row a slot. Its body is sealed: what the question is about may be personal. Every function is
one statement and works inside a transaction as well as without one.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core import crypto, texts
from core.conversation import QUESTION_LIFE, Ask, Open, OpenDraft, Option, Slot, Takes
from core.errors import Fault
from core.messages import Chat
from plugins.identity import statements

# A question nobody answered for so long is forgotten; its numbers went stale long ago.
KEPT = timedelta(days=180)

_UPSERT = """
INSERT INTO dialogue (platform, account_id, chat_key, slot, kind, body_sealed, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (platform, account_id, chat_key, slot) DO UPDATE
SET kind = excluded.kind, body_sealed = excluded.body_sealed, asked_at = excluded.asked_at
RETURNING id"""
_CLOSE = """
DELETE FROM dialogue WHERE platform = $1 AND account_id = $2 AND chat_key = $3 AND slot = $4
RETURNING id"""
_FORGET = "DELETE FROM dialogue WHERE platform = $1 AND account_id = $2 RETURNING id"
_OF_ACCOUNT = """
SELECT id, chat_key, body_sealed FROM dialogue
WHERE platform = $1 AND account_id = $2 AND slot = $3"""
_CLOSE_ONE = "DELETE FROM dialogue WHERE id = $1 RETURNING id"
_PRUNE = "DELETE FROM dialogue WHERE slot = $1 AND asked_at < $2 RETURNING id"


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered option as it was shown: its words, and what choosing it does."""

    label: str
    run: str | None
    value: Any

    def as_option(self) -> Option:
        """Return the option as if it were asked again."""
        return Option(self.label, self.run, self.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """An open question or draft as it stands in its row."""

    kind: str
    data: Mapping[str, Any]
    asked_at: datetime
    options: tuple[Choice, ...] = ()
    takes: Takes = Takes.NUMBER
    again: str = ""

    def as_open(self) -> Open:
        """Return what a handler may see of it."""
        return Open(self.kind, self.data, self.asked_at)

    def is_stale(self, now: datetime) -> bool:
        """Whether a number no longer answers it (dialogues.md 2.1, point 4)."""
        return now - self.asked_at > QUESTION_LIFE


def chat_key(chat: Chat) -> str:
    """Return the key of a chat: ``private``, or ``group:<id>``."""
    return "private" if chat.is_private else f"group:{chat.chat_id}"


def standing_of(ask: Ask, now: datetime) -> Standing:
    """Return how a question stands once it is asked: its labels become words."""
    choices = tuple(
        Choice(texts.current().label(option), option.run, option.value) for option in ask.options
    )
    return Standing(ask.kind, ask.data, now, choices, ask.takes, ask.again)


async def open_question(chat: Chat, account_id: str, ask: Ask, now: datetime) -> None:
    """Open a question in a chat; it replaces the one that was open there."""
    await _write(chat, account_id, Slot.QUESTION, standing_of(ask, now))


async def open_draft(chat: Chat, account_id: str, draft: OpenDraft, now: datetime) -> None:
    """Open a draft in a chat: free text, pictures and files go to it from now on."""
    await _write(chat, account_id, Slot.DRAFT, Standing(draft.kind, draft.data, now))


async def close(chat: Chat, account_id: str, slots: Collection[Slot]) -> None:
    """End the question or the draft that is open in a chat, or both."""
    for slot in slots:
        await statements.rows(_CLOSE, chat.platform, account_id, chat_key(chat), slot.value)


async def forget(platform: str, account_id: str) -> None:
    """End everything that is open with an account, in every chat."""
    await statements.rows(_FORGET, platform, account_id)


async def close_naming(platform: str, account_id: str, name: str) -> None:
    """End the questions of an account that say ``name``: whoever it is has everything erased."""
    for row in await statements.rows(_OF_ACCOUNT, platform, account_id, Slot.QUESTION.value):
        place = _place(platform, account_id, row["chat_key"], Slot.QUESTION)
        try:
            plain = crypto.unseal_text(bytes(row["body_sealed"]), place=place)
        except Fault:
            continue  # nobody can read it any more, see queries.who_is
        if name in plain:
            await statements.rows(_CLOSE_ONE, row["id"])


async def prune(now: datetime) -> int:
    """Forget questions that nobody answered for half a year; return how many."""
    return len(await statements.rows(_PRUNE, Slot.QUESTION.value, (now - KEPT).astimezone(UTC)))


async def _write(chat: Chat, account_id: str, slot: Slot, standing: Standing) -> None:
    key = chat_key(chat)
    # A question lost in a power cut is asked again; a draft would take pages for idle talk.
    run = statements.quick_rows if slot is Slot.QUESTION else statements.rows
    await run(
        _UPSERT,
        chat.platform,
        account_id,
        key,
        slot.value,
        standing.kind,
        crypto.seal(_packed(standing), place=_place(chat.platform, account_id, key, slot)),
        standing.asked_at.astimezone(UTC),
    )


def opened(chat: Chat, account_id: str, slot: Slot, kind: str, body: bytes) -> Standing:
    """Return what a row of ``dialogue`` holds; Fault when it was moved or changed."""
    place = _place(chat.platform, account_id, chat_key(chat), slot)
    data = json.loads(crypto.unseal(bytes(body), place=place))
    return Standing(
        kind=kind,
        data=data["data"],
        asked_at=datetime.fromisoformat(data["at"]),
        options=tuple(Choice(*option) for option in data["options"]),
        takes=Takes(data["takes"]),
        again=data["again"],
    )


def _place(platform: str, account_id: str, key: str, slot: Slot) -> str:
    return f"dialogue.body:{platform}:{account_id}:{key}:{slot.value}"


def _packed(standing: Standing) -> bytes:
    try:
        return json.dumps(
            {
                "data": dict(standing.data),
                "at": standing.asked_at.isoformat(),
                "options": [[item.label, item.run, item.value] for item in standing.options],
                "takes": standing.takes.value,
                "again": standing.again,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
    except TypeError:
        raise Fault(f"dialogue {standing.kind} holds what is no JSON") from None
