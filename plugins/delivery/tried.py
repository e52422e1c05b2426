"""One delivery that was tried: what the dispatcher knows before it is written down."""

from dataclasses import dataclass
from datetime import datetime

from core.messages import Chat, SendOutcome
from models import Delivery


@dataclass(frozen=True, slots=True)
class Tried:
    """One delivery that was tried, and what is known about it now.

    ``asked_at`` is when its question was opened, None when it asks nothing.
    """

    row: Delivery
    chat: Chat
    asked_at: datetime | None
    outcome: SendOutcome
