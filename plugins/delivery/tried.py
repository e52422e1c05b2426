"""One delivery that was tried: what the dispatcher knows before it is written down."""

from dataclasses import dataclass
from datetime import datetime

from core.messages import Chat, SendOutcome
from plugins.delivery.claims import Claimed


@dataclass(frozen=True, slots=True)
class Tried:
    """One delivery that was tried, and what is known about it now.

    ``asked_at`` is when its question was opened, None when it asks nothing.
    """

    row: Claimed
    chat: Chat
    asked_at: datetime | None
    outcome: SendOutcome

    @property
    def platform_ids(self) -> tuple[str, ...]:
        """Under which ids the platform knows it: one a message that a long body became."""
        first = self.outcome.message_id
        return () if first is None else (first, *self.outcome.further_ids)
