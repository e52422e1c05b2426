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
from core.messages import Chat
from models import BotAccount
from plugins.delivery import ledger, pacing
from plugins.delivery.pacing import Pace, Slots
from plugins.delivery.targets import Reach

# How long an answer to "is the line long" is good for, in seconds.
_LINE_KEPT_S = 5.0
_MOST_GROUPS = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What each connected voice may say within the next second."""

    slots: Mapping[str, Slots]

    def quotas(self) -> dict[str, int]:
        """Return how many deliveries each voice may take, those with none left out."""
        return {voice: len(slots.at) for voice, slots in self.slots.items() if slots.at}


class Voices:
    """Remembers when each voice may speak next, and when each group may be spoken to."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._next_at: dict[str, float] = {}
        self._up_at: dict[str, float] = {}
        self._long_lines: dict[str, tuple[float, bool]] = {}
        self._groups: dict[tuple[str, str], float] = {}

    def seconds(self) -> float:
        """Return the present moment in real seconds."""
        return self._seconds()

    async def plan(self, reach: Reach, *, most: int, now: datetime) -> Plan:
        """Return the moments that the connected voices have within the next second."""
        self._note_up(reach)
        await self._recall(reach, now)
        present = self._seconds()
        return Plan(
            {
                voice: pacing.slots(
                    next_at=self._next_at[voice],
                    now=present,
                    most=most,
                    pace=await self._pace(voice, now),
                    between=random.uniform,
                )
                for voice in names(reach)
            }
        )

    def _note_up(self, reach: Reach) -> None:
        """Begin the warm-up of voices that were not there a moment ago."""
        here = set(names(reach))
        self._up_at = {voice: at for voice, at in self._up_at.items() if voice in here}
        for voice in here - self._up_at.keys():
            self._up_at[voice] = self._seconds()

    async def _pace(self, voice: str, now: datetime) -> Pace:
        limits = settings().delivery
        if limits.max_interval_s == 0:
            return Pace(0.0, 0.0)
        factor = 1.0
        if self._seconds() - self._up_at[voice] < limits.warm_up_s:
            factor = limits.warm_up_factor
        if await self._has_long_line(voice, now):
            factor = max(factor, limits.large_push_factor)
        return pacing.pace(limits, platform=voice.partition(":")[0], factor=factor)

    async def _has_long_line(self, voice: str, now: datetime) -> bool:
        """Whether more wait for ``voice`` than a push that is let out at the usual pace."""
        asked_at, is_long = self._long_lines.get(voice, (-_LINE_KEPT_S, False))
        if self._seconds() - asked_at >= _LINE_KEPT_S:
            most = settings().delivery.large_push + 1
            is_long = await ledger.backlog(voice, now=now, most=most) == most
            self._long_lines[voice] = (self._seconds(), is_long)
        return is_long

    async def _recall(self, reach: Reach, now: datetime) -> None:
        for platform, self_ids in reach.items():
            new = [self_id for self_id in self_ids if f"{platform}:{self_id}" not in self._next_at]
            if not new:
                continue
            rows = await BotAccount.filter(platform=platform, self_id__in=new)
            known = {row.self_id: row.next_send_at for row in rows}
            for self_id in new:
                voice = f"{platform}:{self_id}"
                self._next_at[voice] = pacing.resumed(
                    stored=known.get(self_id),
                    clock_now=now,
                    now=self._seconds(),
                    pace=await self._pace(voice, now),
                )

    def forget(self, voice: str) -> None:
        """Read anew from its row when ``voice`` may speak: another process spoke meanwhile."""
        self._next_at.pop(voice, None)

    def spend(self, plan: Plan, used: Mapping[str, int]) -> None:
        """Note how many of its slots each voice used; the pause after the last one begins."""
        for voice, count in used.items():
            self._next_at[voice] = plan.slots[voice].used(count).next_at

    def group_wait_s(self, chat: Chat) -> float:
        """Return for how many seconds a group is to be left alone; 0 when it may be spoken to."""
        if chat.is_private or settings().delivery.max_interval_s == 0:
            return 0.0
        free_at = self._groups.get((chat.platform, chat.chat_id), 0.0)
        return max(0.0, free_at - self._seconds())

    def note_group(self, chat: Chat, at: float) -> None:
        """Begin the pause of a group that is spoken to at ``at``."""
        if chat.is_private:
            return
        present = self._seconds()
        if len(self._groups) >= _MOST_GROUPS:
            self._groups = {key: free for key, free in self._groups.items() if free > present}
        gap = settings().delivery.group_gap_s
        self._groups[chat.platform, chat.chat_id] = max(at, present) + gap

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


def names(reach: Reach) -> list[str]:
    """Return the keys of all voices in ``reach``."""
    return [f"{platform}:{self_id}" for platform in reach for self_id in reach[platform]]
