"""Talks to the room as the router does: one message, one call, one answer; what is open is rows."""

import re
from itertools import count

from core.clock import FrozenClock
from core.conversation import Call, Command, Reply, Say
from core.errors import Refusal
from core.messages import Blob, Chat, ChatKind, InPart, Media, Text
from core.texts import current
from models import Delivery, Message
from models.enums import DeliveryState
from plugins.delivery import bodies
from plugins.identity import dialogues
from plugins.identity.queries import Known, who_is
from plugins.thought_report.commands import COMMANDS, CONTINUATIONS, DRAFT_WORDS

_HANDLERS = {continuation.kind: continuation.handler for continuation in CONTINUATIONS}
_numbers = count(1)


def _command(said: str) -> tuple[Command, str] | None:
    word, _, rest = said.partition(" ")
    for command in COMMANDS:
        known = (*command.words, *command.aliases)
        if said in known:
            return command, ""
        if word in known and rest:
            return command, rest
    for command in COMMANDS:
        if command.pattern and re.fullmatch(command.pattern, said):
            return command, said
    return None


class Talk:
    """One account in its private chat."""

    def __init__(self, account_id: str, clock: FrozenClock) -> None:
        self.chat = Chat("onebot11", "1", ChatKind.PRIVATE, account_id)
        self.account_id = account_id
        self.clock = clock
        self.blobs: tuple[Blob, ...] = ()
        self.reply = Reply()

    async def says(self, said: str = "", *media: Media, key: str = "") -> str:
        """Send one message; return the answer, empty for silence."""
        now = self.clock.now()
        known = await who_is(self.chat, self.account_id, now)
        parts: tuple[InPart, ...] = (*((Text(said),) if said else ()), *media)
        call = Call(
            actor=known.actor,
            chat=self.chat,
            sender_id=self.account_id,
            now=now,
            words=said,
            parts=parts,
            message_key=key or f"key{next(_numbers)}",
            question=known.question.as_open() if known.question else None,
            draft=known.draft.as_open() if known.draft else None,
        )
        try:
            reply = await self._answer(call, known)
        except Refusal as refusal:
            reply = Reply(says=(Say(refusal.key, **refusal.fields),))
        await self._keep(reply)
        self.reply, self.blobs = reply, reply.blobs
        return self._words(reply)

    async def _answer(self, call: Call, known: Known) -> Reply:
        said = call.words
        if known.draft is not None and said in (*DRAFT_WORDS[known.draft.kind], "取消"):
            return await _HANDLERS[known.draft.kind](call)
        if found := _command(said):
            return await found[0].handler(_with_words(call, found[1]))
        if said.isdecimal() and known.question is not None:
            value = known.question.options[int(said) - 1].value
            return await _HANDLERS[known.question.kind](_with_choice(call, value))
        if known.question is not None and known.question.takes == "text":
            return await _HANDLERS[known.question.kind](call)
        if known.draft is None:
            return Reply(silent=True)
        return await _HANDLERS[known.draft.kind](call)

    async def _keep(self, reply: Reply) -> None:
        now = self.clock.now()
        await dialogues.close(self.chat, self.account_id, reply.close)
        if reply.ask is not None:
            await dialogues.open_question(self.chat, self.account_id, reply.ask, now)
        if reply.draft is not None:
            await dialogues.open_draft(self.chat, self.account_id, reply.draft, now)

    def _words(self, reply: Reply) -> str:
        if reply.silent:
            return ""
        lines = [current().render(say) for say in reply.says]
        if reply.ask is not None and reply.ask.options and not reply.ask.listed:
            lines.append(current().options(reply.ask.options))
        return "\n".join(lines)


def _with_words(call: Call, words: str) -> Call:
    return Call(**{**_fields(call), "words": words})


def _with_choice(call: Call, choice: object) -> Call:
    return Call(**{**_fields(call), "choice": choice})


def _fields(call: Call) -> dict[str, object]:
    return {name: getattr(call, name) for name in Call.__dataclass_fields__}


async def owed(purpose: str, *, state: DeliveryState = DeliveryState.DUE) -> list[str]:
    """Return the words of what is owed for a purpose, in order."""
    rows = await Delivery.filter(purpose=purpose, state=state).order_by("id")
    return [await words_of(row) for row in rows]


async def words_of(delivery: Delivery) -> str:
    """Return the words of one delivery."""
    message = await Message.get(id=delivery.message_id)
    body = bodies.unseal(message.body_sealed, uid=message.uid)
    return "\n".join(part.text for part in body.parts if isinstance(part, Text))
