"""Several processes on one PostgreSQL: who is alive, and who speaks for which account.

A heartbeat is the database's own time, so that a clock set wrong, or one that jumps, makes nobody
look dead. One process at a time speaks for an account that is connected to several: its pauses are
then one process's business, and only the claim has to be exclusive.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from core import logs
from core.config import settings
from models import BotAccount, Worker
from plugins.delivery import ledger
from plugins.identity import statements

log = logs.get("delivery")

BEAT_S = 10.0
# Six heartbeats missed: it is dead, or so stuck that it must not be waited for.
DEAD_S = 60
# The right to speak is renewed every BEAT_S; another process may have it after this long.
SPEAKER_S = 30

_BEAT = """
INSERT INTO worker (owner, parts, started_at, beat_at)
VALUES ($1, $2, clock_timestamp(), clock_timestamp())
ON CONFLICT (owner) DO UPDATE SET beat_at = clock_timestamp() RETURNING id
"""
_ALIVE = f"""
SELECT owner, beat_at > clock_timestamp() - interval '{DEAD_S} seconds' AS is_alive FROM worker
"""  # noqa: S608  # a constant
_SPEAK = f"""
UPDATE bot_account SET speaker = $1,
    speaker_until = clock_timestamp() + interval '{SPEAKER_S} seconds'
WHERE platform = $2 AND self_id = $3
    AND (speaker IS NULL OR speaker = $1 OR speaker_until < clock_timestamp())
RETURNING id
"""  # noqa: S608  # a constant
_FORGET = """
DELETE FROM worker WHERE beat_at < clock_timestamp() - interval '1 day' RETURNING id
"""


async def beat(owner: str) -> None:
    """Say that ``owner`` is alive."""
    parts = ",".join(sorted(part.value for part in settings().process.parts))
    await statements.rows(_BEAT, owner, parts)


async def alive() -> dict[str, bool]:
    """Return all owners with a heartbeat, and whether they are alive."""
    return {str(row["owner"]): bool(row["is_alive"]) for row in await statements.rows(_ALIVE)}


async def prune() -> int:
    """Forget the dead of yesterday; return how many."""
    return len(await statements.rows(_FORGET)) if ledger.is_shared() else 0


class Heart:
    """The heartbeat of this process, as a task of its own: a long send must not look like death."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to beat; nothing on SQLite, where nobody shares."""
        if ledger.is_shared():
            await beat(self._owner)
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await beat(self._owner)
            except Exception as error:  # noqa: BLE001  # the next one may come through
                log.fault("beat.failed", error)

    async def stop(self) -> None:
        """Beat no more; others need not wait for us."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if ledger.is_shared():
            await Worker.filter(owner=self._owner).delete()
            await BotAccount.filter(speaker=self._owner).update(speaker=None)


class Speakers:
    """For which of the connected accounts this process may speak."""

    def __init__(self, owner: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self._owner = owner
        self._seconds = seconds
        self._until: dict[tuple[str, str], float] = {}

    async def those_of(
        self, platform: str, self_ids: Sequence[str], *, now: datetime
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the accounts that are ours to speak for, and those that became it just now."""
        if not ledger.is_shared():
            return tuple(self_ids), ()
        held, fresh = [], []
        for self_id in self_ids:
            key, present = (platform, self_id), self._seconds()
            had = self._until.get(key, 0.0) > present
            if had and self._until[key] - present > SPEAKER_S - BEAT_S:
                held.append(self_id)
            elif await self._take(platform, self_id, now):
                # Counted from before the question, so that we never believe it longer than others.
                self._until[key] = present + SPEAKER_S
                held.append(self_id)
                if not had:
                    fresh.append(self_id)
            else:
                self._until.pop(key, None)
        return tuple(held), tuple(fresh)

    async def _take(self, platform: str, self_id: str, now: datetime) -> bool:
        row = BotAccount(platform=platform, self_id=self_id, first_seen_at=now)
        await BotAccount.bulk_create([row], ignore_conflicts=True)
        return bool(await statements.rows(_SPEAK, self._owner, platform, self_id))
