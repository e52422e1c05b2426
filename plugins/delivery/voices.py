"""Our own accounts as speakers: which are connected, and when each may speak next.

The pause is kept in real seconds while we live, and as a moment in ``BotAccount.next_send_at``, in
the same commit as the results, so that a restart is no reason to speak at once.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.config import settings
from core.database import require_tx
from models import BotAccount
from plugins.delivery import pacing
from plugins.delivery.pacing import Pace, Slots
from plugins.delivery.targets import Reach


@dataclass(frozen=True, slots=True)
class Plan:
    """What each connected voice may say within the next second."""

    slots: Mapping[str, Slots]

    def quotas(self) -> dict[str, int]:
        """Return how many deliveries each voice may take, those with none left out."""
        return {voice: len(slots.at) for voice, slots in self.slots.items() if slots.at}


class Voices:
    """Remembers when each voice may speak next."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._next_at: dict[str, float] = {}

    def seconds(self) -> float:
        """Return the present moment in real seconds."""
        return self._seconds()

    async def plan(self, reach: Reach, *, most: int, now: datetime) -> Plan:
        """Return the moments that the connected voices have within the next second."""
        await self._recall(reach, now)
        present = self._seconds()
        pace = _pace()
        names = [f"{platform}:{self_id}" for platform in reach for self_id in reach[platform]]
        return Plan(
            {
                name: pacing.slots(
                    next_at=self._next_at[name],
                    now=present,
                    most=most,
                    pace=pace,
                    between=random.uniform,
                )
                for name in names
            }
        )

    async def _recall(self, reach: Reach, now: datetime) -> None:
        for platform, self_ids in reach.items():
            new = [self_id for self_id in self_ids if f"{platform}:{self_id}" not in self._next_at]
            if not new:
                continue
            rows = await BotAccount.filter(platform=platform, self_id__in=new)
            known = {row.self_id: row.next_send_at for row in rows}
            for self_id in new:
                self._next_at[f"{platform}:{self_id}"] = pacing.resumed(
                    stored=known.get(self_id), clock_now=now, now=self._seconds(), pace=_pace()
                )

    def spend(self, plan: Plan, used: Mapping[str, int]) -> None:
        """Note how many of its slots each voice used; the pause after the last one begins."""
        for voice, count in used.items():
            self._next_at[voice] = plan.slots[voice].used(count).next_at

    async def keep(self, used: Iterable[str], *, now: datetime) -> None:
        """Write down when the voices in ``used`` may speak next; in the caller's transaction."""
        require_tx()
        present = self._seconds()
        for voice in used:
            platform, _, self_id = voice.partition(":")
            next_at = pacing.stored(next_at=self._next_at[voice], now=present, clock_now=now)
            row = BotAccount.filter(platform=platform, self_id=self_id)
            if not await row.update(last_sent_at=now, next_send_at=next_at):
                await BotAccount.create(
                    platform=platform,
                    self_id=self_id,
                    first_seen_at=now,
                    last_sent_at=now,
                    next_send_at=next_at,
                )


def _pace() -> Pace:
    limits = settings().delivery
    return Pace(limits.min_interval_s, limits.max_interval_s)
