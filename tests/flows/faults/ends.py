"""The people's end of the storm: their clock, their account, and what they remember."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.clock import at_local
from plugins.sandbox.entities import group, private
from plugins.sandbox.room import Sandbox
from plugins.sandbox.segments import Text

BEGINNING = at_local(date(2026, 11, 23), 10)


class Hand:
    """The one clock of the people's end; the houses are told."""

    def __init__(self) -> None:
        self.moment = BEGINNING

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    async def jump(self, to: datetime) -> None:
        self.moment = to


class End(Sandbox):
    """A simulated account that knows when it was called to send."""

    called_at: list[float]

    @property
    def is_busy(self) -> bool:
        """Whether a call is being carried out."""
        return bool(self.end._calls)

    async def _answer(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        if action.startswith("send_"):
            self.called_at.append(time.monotonic())
        return await super()._answer(action, params)


def chat_before(end: End, hand: Hand) -> None:
    """Let everybody have said something an hour ago: histories reach back further than we do."""
    hand.moment -= timedelta(hours=1)
    for number in end.world.people:
        end.world.post(private(number), number, (Text("好"),))
    for number in end.world.groups:
        end.world.post(group(number), end.world.owner_of(number), (Text("早"),))
    hand.moment += timedelta(hours=1)


def forgive(end: End) -> None:
    """Undo every mute, removal and lost friendship."""
    for number in end.world.groups:
        end.join(number)
        end.mute(number, duration=timedelta())
    for number in end.world.people:
        end.befriend(number)
