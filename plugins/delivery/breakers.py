"""The circuit breaker of each of our accounts, in its row: closed, open for a while, trying again.

What opens it is what sends tell, never a heartbeat. Every step is one conditional UPDATE inside the
caller's transaction, together with the alarm, so that several processes never do one twice.

While it is closed, ``breaker_until`` is when the account may be tried out next, or (with the reason
``suspect``) until when one vanished message is remembered.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from core import logs
from core.database import require_tx
from core.messages import SendOutcome, SendResult
from models import BotAccount, Seat
from models.enums import BreakerState
from plugins.alarm import service as alarms
from plugins.delivery import seats as seats_room
from plugins.delivery.tried import Tried
from plugins.identity import statements

log = logs.get("delivery")

# Doubtful sends in a row, in at least two chats, after which an account is left alone: one chat
# alone may be slow (NapCat's time-outs are short for large files, peers.md 2.12).
FAILURES = 3
# Chats in a row that the platform refused without a reason of their own: a frozen account.
REFUSALS = 5
# Confirmed messages that nobody was shown within ten minutes.
VANISHED = 2
SUSPICION = timedelta(minutes=10)
# The rest doubles with each vain trial.
FIRST_REST = timedelta(minutes=10)
LONGEST_REST = timedelta(hours=2)
# How far back sends in a row are looked for.
_ROW = timedelta(hours=1)

SILENT = "silent"
NO_WAY_THROUGH = "no_way_through"
_SUSPECT = "suspect"

_DOUBTFUL = frozenset({"timeout", "ambiguous", "async", "error"})

_UNKNOWN_CHATS = """
SELECT DISTINCT target FROM delivery
WHERE state = 'unknown' AND updated_at >= $2 AND self_id = $1
AND reason IN ('timeout', 'ambiguous', 'async', 'error') LIMIT 2
"""
_REFUSED_CHATS = """
SELECT DISTINCT target FROM delivery
WHERE state = 'rejected' AND reason = 'refused' AND updated_at >= $2 AND self_id = $1 LIMIT 5
"""
_OTHER_DUE = "SELECT 1 FROM delivery WHERE state = 'due' AND self_id = $1 AND target <> $2 LIMIT 1"
_WAITING = "SELECT count(*) AS n FROM delivery WHERE state = 'due' AND self_id = $1"


class Sign(StrEnum):
    """What one send tells about the account that made it."""

    CONFIRMED = "confirmed"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    NOTHING = "nothing"


def sign_of(outcome: SendOutcome) -> Sign:
    """Return what an outcome tells; a refusal with a reason concerns its chat alone."""
    if outcome.result is SendResult.SENT:
        return Sign.CONFIRMED
    if outcome.result is SendResult.UNKNOWN and outcome.reason in _DOUBTFUL:
        return Sign.DOUBTFUL
    if outcome.result is SendResult.REJECTED and outcome.reason == "refused":
        return Sign.REFUSED
    return Sign.NOTHING


def rest_after(trips: int) -> timedelta:
    """Return how long an account rests when its breaker opens for the ``trips``-th time."""
    return min(FIRST_REST * 2.0 ** min(trips - 1, 10), LONGEST_REST)


def voice_of(account: BotAccount) -> str:
    """Return the key of an account as a speaker."""
    return f"{account.platform}:{account.self_id}"


async def account_of(voice: str) -> BotAccount | None:
    """Return the row of a voice."""
    platform, _, self_id = voice.partition(":")
    return await BotAccount.get_or_none(platform=platform, self_id=self_id)


async def ensure(voices: Iterable[str], *, now: datetime) -> None:
    """Have a row for each voice; in the caller's transaction."""
    require_tx()
    rows = [
        BotAccount(platform=platform, self_id=self_id, first_seen_at=now)
        for platform, _, self_id in (voice.partition(":") for voice in voices)
    ]
    if rows:
        await BotAccount.bulk_create(rows, ignore_conflicts=True)


async def is_dead(account: BotAccount, bad: Sequence[Tried], *, now: datetime) -> bool:
    """Whether the row of doubtful and refused sends that ends with ``bad`` is one too many."""
    since = max(account.last_confirmed_at or now - _ROW, now - _ROW)
    signs = {sign_of(item.outcome) for item in bad}
    if Sign.DOUBTFUL in signs and account.failures >= FAILURES:
        return await _are_several(account, bad, since)
    return Sign.REFUSED in signs and await _refused(account, bad, since) >= REFUSALS


async def _are_several(account: BotAccount, bad: Sequence[Tried], since: datetime) -> bool:
    """Whether it happened in two chats, or in the only one there is anything for."""
    voice = voice_of(account)
    chats = {item.row.target for item in bad if sign_of(item.outcome) is Sign.DOUBTFUL}
    rows = await statements.rows(_UNKNOWN_CHATS, voice, since.astimezone(UTC))
    chats |= {str(row["target"]) for row in rows}
    return len(chats) > 1 or not await statements.rows(_OTHER_DUE, voice, next(iter(chats)))


async def _refused(account: BotAccount, bad: Sequence[Tried], since: datetime) -> int:
    """Count chats that refused; those handed to another account stand on its seats."""
    chats = {item.row.target for item in bad if sign_of(item.outcome) is Sign.REFUSED}
    rows = await statements.rows(_REFUSED_CHATS, voice_of(account), since.astimezone(UTC))
    chats |= {str(row["target"]) for row in rows}
    seats = Seat.filter(
        self_id=account.self_id,
        group__platform=account.platform,
        silent_reason="refused",
        silent_until__gte=since + seats_room.REFUSAL,
    )
    numbers = await seats.limit(REFUSALS).values_list("group_id", flat=True)
    return len(chats | {f"group:{number}" for number in numbers})


async def open_(account: BotAccount, reason: str, *, now: datetime) -> bool:
    """Leave an account alone for a while, and owe the operator word of it.

    False when another process was quicker, or nothing is to be changed: it is open already.
    """
    require_tx()
    if account.breaker is BreakerState.OPEN:
        return False
    trips = account.breaker_trips + 1
    still = BotAccount.filter(id=account.id, breaker=account.breaker, breaker_trips=trips - 1)
    changed = await still.update(
        breaker=BreakerState.OPEN,
        breaker_reason=reason,
        breaker_until=now + rest_after(trips),
        breaker_trips=trips,
    )
    if not changed:
        return False
    log.warning("breaker.open", account=account.id, reason=reason, trips=trips)
    voice = voice_of(account)
    detail: dict[str, object] = {"waiting": await waiting(voice)}
    await alarms.raise_alarm(kind=reason, key=key_of(voice), detail=detail, now=now)
    return True


async def close(account: BotAccount, *, now: datetime) -> bool:
    """Let an account speak as before, and tell the operator; False when it may already."""
    require_tx()
    still = BotAccount.filter(id=account.id).exclude(breaker=BreakerState.CLOSED)
    changed = await still.update(
        breaker=BreakerState.CLOSED,
        breaker_reason=None,
        breaker_until=None,
        breaker_trips=0,
        failures=0,
    )
    if not changed:
        return False
    log.info("breaker.closed", account=account.id)
    for kind in (SILENT, NO_WAY_THROUGH):
        await alarms.clear_alarm(kind=kind, key=key_of(voice_of(account)), now=now)
    return True


async def begin_trial(account: BotAccount, *, until: datetime) -> bool:
    """Take the one trial that is due, which may last ``until``; False when it is taken."""
    require_tx()
    still = BotAccount.filter(
        id=account.id, breaker=account.breaker, breaker_until=account.breaker_until
    )
    if account.breaker is BreakerState.CLOSED:
        return bool(await still.update(breaker_until=until, breaker_reason=None))
    return bool(await still.update(breaker=BreakerState.PROBING, breaker_until=until))


async def suspect(account: BotAccount, count: int, *, now: datetime) -> bool:
    """Count confirmed messages that nobody was shown; True when they open the breaker."""
    require_tx()
    is_suspect = (
        account.breaker_reason == _SUSPECT
        and account.breaker_until is not None
        and account.breaker_until > now
    )
    if account.breaker is BreakerState.PROBING or count + is_suspect >= VANISHED:
        return await open_(account, SILENT, now=now)
    still = BotAccount.filter(id=account.id, breaker=BreakerState.CLOSED)
    await still.update(breaker_reason=_SUSPECT, breaker_until=now + SUSPICION)
    return False


async def waiting(voice: str) -> int:
    """Return how many deliveries wait for a voice, whatever their time."""
    (row,) = await statements.rows(_WAITING, voice)
    return int(row["n"])


def key_of(voice: str) -> str:
    """Return under which key alarms about a voice are kept."""
    return f"account:{voice}"
