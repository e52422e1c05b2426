"""Looks after what nobody would notice: accounts off line, muted everywhere, rows that wait long.

Everything is a row: when an account was connected last, and the alarms. Several processes may look
at the same time; each one keeps up what is connected to it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from core.clock import at_local, local_day
from core.config import settings
from core.database import run_tx
from models import BotAccount, Seat
from models.enums import BreakerState
from plugins.alarm import service as alarms
from plugins.delivery import breakers, quiet
from plugins.delivery.targets import Reach
from plugins.identity import statements

# How often it is looked, and how fresh ``last_up_at`` is kept.
EVERY = timedelta(seconds=30)
UP_EVERY = timedelta(seconds=60)
# An account that spoke within a month and is not there for five minutes is missed.
KNOWN = timedelta(days=30)
OFFLINE = timedelta(minutes=5)
# A due message that waits so long in waking hours, while nothing goes out, is stuck.
WAITED = timedelta(minutes=30)
# Groups in which an account is muted at once: many, and few again.
MANY_MUTED = 5
FEW_MUTED = 2

_LEDGER = "ledger"

# The voices for which something is due, one step of the index each, however much is due.
_VOICES = """
WITH RECURSIVE voice(name) AS (
    SELECT min(self_id) FROM delivery WHERE state = 'due'
    UNION ALL
    SELECT (SELECT min(self_id) FROM delivery WHERE state = 'due' AND self_id > voice.name)
    FROM voice WHERE voice.name IS NOT NULL
)
SELECT name FROM voice WHERE name IS NOT NULL
"""
_OLDEST = """
SELECT count(*) AS n, min(not_before) AS oldest FROM delivery
WHERE state = 'due' AND self_id = $1 AND NOT is_held AND not_before <= $2
"""
_OLDEST_UNROUTED = """
SELECT count(*) AS n, min(not_before) AS oldest FROM delivery
WHERE state = 'due' AND self_id IS NULL AND NOT is_held AND not_before <= $1
"""


class Watch:
    """What one process watches. After a start everybody is given time to connect."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._looked_at: datetime | None = None
        self._up_since: dict[str, datetime] = {}

    async def look(self, reach: Reach, *, now: datetime) -> None:
        """Keep up who is connected, and raise and clear the alarms. Commits."""
        self._since = self._since or now
        here = {f"{name}:{self_id}" for name, self_ids in reach.items() for self_id in self_ids}
        self._up_since = {voice: self._up_since.get(voice, now) for voice in here}
        await _keep_up(reach, now)
        if self._looked_at is not None and abs(now - self._looked_at) < EVERY:
            return
        self._looked_at = now
        accounts = {breakers.voice_of(row): row for row in await BotAccount.all()}
        standing = await alarms.open_alarms()
        await _watch_lines(accounts, here, standing, since=self._since, now=now)
        await _watch_mutes(accounts, standing, now)
        if here and not quiet.is_quiet(now):
            awake = max(_woke(now), min(self._up_since.values()))
            await _watch_rows(accounts, self._up_since, standing, awake=awake, now=now)


async def _keep_up(reach: Reach, now: datetime) -> None:
    """Note that the connected accounts are connected, once a minute each."""
    for platform, self_ids in reach.items():
        rows = BotAccount.filter(platform=platform, self_id__in=list(self_ids))
        known = {row.self_id: row.last_up_at for row in await rows}
        stale = [s for s in self_ids if (up := known.get(s)) is None or now - up >= UP_EVERY]
        new = [f"{platform}:{self_id}" for self_id in stale if self_id not in known]
        if new:
            await run_tx(partial(breakers.ensure, new, now=now))
        if stale:
            await BotAccount.filter(platform=platform, self_id__in=stale).update(last_up_at=now)


async def _watch_lines(
    accounts: Mapping[str, BotAccount],
    here: Collection[str],
    standing: Collection[tuple[str, str]],
    *,
    since: datetime,
    now: datetime,
) -> None:
    for voice, account in accounts.items():
        key = breakers.key_of(voice)
        if voice in here:
            if ("offline", key) in standing:
                await run_tx(partial(alarms.clear_alarm, kind="offline", key=key, now=now))
        elif ("offline", key) not in standing and _is_missed(account, since=since, now=now):
            detail: dict[str, object] = {
                "since": (account.last_up_at or since).isoformat(),
                "waiting": await breakers.waiting(voice),
            }
            raising = partial(alarms.raise_alarm, kind="offline", key=key, detail=detail, now=now)
            await run_tx(raising)


def _is_known(account: BotAccount, now: datetime) -> bool:
    """Whether an account is one of those that speak, on a platform that is on."""
    spoke = [at for at in (account.last_sent_at, account.last_confirmed_at) if at is not None]
    is_on = settings().platforms.get(account.platform, False)
    return is_on and bool(spoke) and now - max(spoke) <= KNOWN


def _is_missed(account: BotAccount, *, since: datetime, now: datetime) -> bool:
    return _is_known(account, now) and now - max(account.last_up_at or since, since) >= OFFLINE


async def _watch_mutes(
    accounts: Mapping[str, BotAccount], standing: Collection[tuple[str, str]], now: datetime
) -> None:
    rows = Seat.filter(silent_reason="muted", silent_until__gt=now, is_member=True)
    muted = Counter(
        f"{platform}:{self_id}"
        for platform, self_id in await rows.values_list("group__platform", "self_id")
    )
    for voice in accounts:
        key, groups = breakers.key_of(voice), muted[voice]
        if groups >= MANY_MUTED and ("muted", key) not in standing:
            detail: dict[str, object] = {"groups": groups}
            await run_tx(partial(alarms.raise_alarm, kind="muted", key=key, detail=detail, now=now))
        elif groups <= FEW_MUTED and ("muted", key) in standing:
            await run_tx(partial(alarms.clear_alarm, kind="muted", key=key, now=now))


def _woke(now: datetime) -> datetime:
    """Return the last end of quiet hours; long ago when there are none."""
    hours = settings().quiet_hours
    if hours.start == hours.end:
        return datetime.min.replace(tzinfo=UTC)
    today = at_local(local_day(now), hours.end.hour, hours.end.minute)
    if today <= now:
        return today
    return at_local(local_day(now) - timedelta(days=1), hours.end.hour, hours.end.minute)


async def _watch_rows(
    accounts: Mapping[str, BotAccount],
    up_since: Mapping[str, datetime],
    standing: Collection[tuple[str, str]],
    *,
    awake: datetime,
    now: datetime,
) -> None:
    border = now - WAITED
    if awake > border:
        return
    count, oldest = 0, None
    for voice in [None, *await _voices()]:
        account = accounts.get(voice or "")
        is_back = up_since.get(voice or "", border) > border
        if is_back or (account is not None and _is_accounted_for(account, border, now)):
            continue
        waiting, since = await _stuck(voice, border)
        count += waiting
        oldest = min(filter(None, (oldest, since)), default=None)
    is_open = ("waiting", _LEDGER) in standing
    if oldest is not None and not is_open:
        detail: dict[str, object] = {"since": max(oldest, awake).isoformat(), "waiting": count}
        await run_tx(
            partial(alarms.raise_alarm, kind="waiting", key=_LEDGER, detail=detail, now=now)
        )
    elif oldest is None and is_open:
        await run_tx(partial(alarms.clear_alarm, kind="waiting", key=_LEDGER, now=now))


def _is_accounted_for(account: BotAccount, border: datetime, now: datetime) -> bool:
    """Whether it is known why rows of an account wait: it is being told, or its line moves on."""
    if account.breaker is not BreakerState.CLOSED:
        return True
    # Connected to whatever process: they must not contradict each other.
    is_up = account.last_up_at is not None and now - account.last_up_at <= 2 * UP_EVERY
    if not is_up and _is_known(account, now):
        return True
    return account.last_confirmed_at is not None and account.last_confirmed_at > border


async def _voices() -> list[str]:
    return [str(row["name"]) for row in await statements.rows(_VOICES)]


async def _stuck(voice: str | None, border: datetime) -> tuple[int, datetime | None]:
    """Count what a voice (None: no voice yet) has owed since before ``border``, with the oldest."""
    moment = border.astimezone(UTC)
    if voice is None:
        (row,) = await statements.rows(_OLDEST_UNROUTED, moment)
    else:
        (row,) = await statements.rows(_OLDEST, voice, moment)
    oldest = row["oldest"]
    if oldest is None:
        return 0, None
    found = datetime.fromisoformat(oldest) if isinstance(oldest, str) else oldest
    return int(row["n"]), found if found.tzinfo is not None else found.replace(tzinfo=UTC)
