"""Every send of the bot on its way into the world: faults, refusals, and the truth about each."""

from collections.abc import Sequence
from dataclasses import dataclass

from plugins.sandbox.entities import Chat, Message, NotPermitted, Refusal
from plugins.sandbox.failures import ActionError, LinkCut, Unanswered, refused, timed_out
from plugins.sandbox.faults import Drawn, Fault, Faults, Injected
from plugins.sandbox.segments import Part, plain_text
from plugins.sandbox.world import World

_REFUSALS = {
    Fault.REFUSE_MUTED: Refusal.MUTED,
    Fault.REFUSE_NOT_FRIEND: Refusal.NOT_FRIEND,
    Fault.REFUSE_REMOVED: Refusal.REMOVED,
    Fault.REFUSE_AT_ALL: Refusal.AT_ALL_USED_UP,
}


@dataclass(slots=True)
class Send:
    """The truth about one send call: what it carried, what was done to it, whether people saw it.

    ``message_id`` is set once the message stands in the world; ``is_shown`` tells whether anybody
    sees it. ``answer`` is "ok", "failed", or "none" for a call that was never answered.
    """

    number: int
    chat: Chat
    text: str
    fault: Fault | None = None
    message_id: int | None = None
    is_shown: bool = False
    answer: str = "none"


class Sending:
    """Puts the bot's messages into the world, through the faults."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.ledger: list[Send] = []
        self.is_frozen = False
        self._world = world
        self._faults = faults

    async def send(self, chat: Chat, parts: Sequence[Part]) -> Message:
        """Deliver ``parts`` as the bot; ActionError, Unanswered or LinkCut when that fails."""
        record = Send(len(self.ledger) + 1, chat, plain_text(parts))
        self.ledger.append(record)
        drawn = self._faults.draw_for_send(chat)
        try:
            message = await self._deliver(record, parts, drawn)
        except ActionError:
            record.answer = "failed"
            raise
        record.answer = "ok"
        return message

    async def _deliver(self, record: Send, parts: Sequence[Part], drawn: Drawn | None) -> Message:
        fault = drawn.fault if drawn else None
        record.fault = fault
        if drawn is not None and fault is Fault.DELAY:
            self._note(record)
            await self._faults.sleep(drawn.seconds)
        elif fault is not None:
            self._fail_before(record, fault)
        if self.is_frozen:
            raise timed_out()
        try:
            message = self._world.post(
                record.chat,
                self._world.bot.user_id,
                parts,
                is_shown=fault is not Fault.DROP,
            )
        except NotPermitted as error:
            record.fault = fault if fault is Fault.DELAY else None
            raise refused(error.refusal) from error
        record.message_id, record.is_shown = message.message_id, message.is_shown
        await self._fail_after(record, drawn)
        return message

    def _fail_before(self, record: Send, fault: Fault) -> None:
        if fault in _REFUSALS:
            self._note(record)
            raise refused(_REFUSALS[fault])
        match fault:
            case Fault.LOSE:
                self._note(record)
                raise Unanswered
            case Fault.TIMEOUT_LOST:
                self._note(record)
                raise timed_out()
            case Fault.CUT_BEFORE:
                self._note(record)
                raise LinkCut

    async def _fail_after(self, record: Send, drawn: Drawn | None) -> None:
        if drawn is None or drawn.fault is Fault.DELAY:
            return
        self._note(record)
        match drawn.fault:
            case Fault.NO_ANSWER:
                raise Unanswered
            case Fault.TIMEOUT_SENT:
                raise timed_out()
            case Fault.CUT_AFTER:
                raise LinkCut
            case Fault.DELAY_ANSWER:
                await self._faults.sleep(drawn.seconds)

    def _note(self, record: Send) -> None:
        if record.fault is not None:
            injected = Injected(record.fault, record.chat, record.number, record.message_id)
            self._faults.record(injected)
