"""Gives a reply: keeps what it opens or closes, then sends it straight back.

Rows are committed before the words are sent, so that a quick answer finds its question. Answers do
not go through the ledger: asking again gives the same answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import logs, texts
from core.conversation import Ask, Reply, Slot
from core.messages import Chat, SendOutcome, SendResult, Text
from plugins.identity import dialogues
from plugins.identity.dialogues import Standing
from plugins.identity.queries import Known
from plugins.reception.desk import Desk

log = logs.get("reception")

# The same question asked again so soon is left as it stands: one write less for 帮助, 帮助, 帮助.
SAME_QUESTION = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a reply goes: an account in a chat, and what was open with it there."""

    chat: Chat
    account_id: str
    known: Known


async def keep(to: Addressee, reply: Reply, now: datetime) -> None:
    """Write what a reply opens and delete what it closes."""
    opened = {Slot.QUESTION: reply.ask, Slot.DRAFT: reply.draft}
    standing = {Slot.QUESTION: to.known.question, Slot.DRAFT: to.known.draft}
    ended = [s for s in reply.close if opened[s] is None and standing[s] is not None]
    if ended:
        await dialogues.close(to.chat, to.account_id, ended)
    if reply.ask is not None and not _stands(to.known.question, reply.ask, now):
        await dialogues.open_question(to.chat, to.account_id, reply.ask, now)
    if reply.draft is not None:
        await dialogues.open_draft(to.chat, to.account_id, reply.draft, now)


def _stands(question: Standing | None, ask: Ask, now: datetime) -> bool:
    if question is None or now - question.asked_at > SAME_QUESTION:
        return False
    return question == dialogues.standing_of(ask, question.asked_at)


def words(reply: Reply) -> str:
    """Return the words of a reply: a sentence a line, numbered options as the last one."""
    known = texts.current()
    lines = [known.render(say) for say in reply.says]
    if reply.ask is not None and reply.ask.options and not reply.ask.listed:
        lines.append(known.options(reply.ask.options))
    return "\n".join(lines)


async def send(desk: Desk, chat: Chat, reply: Reply) -> SendOutcome | None:
    """Send files first, then the words; return what became of the first part, None for silence."""
    if reply.silent:
        return None
    first: SendOutcome | None = None
    said = words(reply)
    for part in (*reply.blobs, *((Text(said),) if said else ())):
        outcome = await desk.send(chat, (part,))
        first = first or outcome
        if outcome.result is not SendResult.SENT:
            log.warning("answer_not_sent", result=outcome.result.value, reason=outcome.reason)
    return first
