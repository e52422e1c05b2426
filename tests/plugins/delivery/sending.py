"""What the tests of the dispatcher share: answers of the far end, and a sender run dry."""

from core.messages import Chat, ChatKind, SendOutcome, SendResult
from plugins.delivery.dispatcher import Dispatcher
from tests.plugins.delivery.conftest import (
    SELF,
)  # fmt: skip

PRIVATE = Chat("onebot11", SELF, ChatKind.PRIVATE, "20001")
NOT_SENT = SendOutcome(SendResult.NOT_SENT, reason="busy")
OFFLINE = SendOutcome(SendResult.NOT_SENT, reason="offline")
MUTED = SendOutcome(SendResult.REJECTED, reason="muted")
LOST = SendOutcome(SendResult.UNKNOWN, reason="timeout")


async def drain(sender: Dispatcher) -> None:
    while await sender.step():
        pass
