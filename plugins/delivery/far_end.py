"""What the dispatcher asks of the gateway."""

from collections.abc import Sequence
from typing import Protocol

from core.messages import Chat, OutPart, SendOutcome


class FarEnd(Protocol):
    """Where messages go: the gateway's ``outbound``."""

    def can_reach(self, platform: str, /) -> tuple[str, ...]:
        """Return our accounts on ``platform`` that are connected now."""
        ...

    async def send(self, chat: Chat, parts: Sequence[OutPart], /) -> SendOutcome:
        """Say ``parts`` in ``chat`` and return what is known afterwards."""
        ...
