"""Which of our accounts sits in which bound group, and which of them is silent there just now.

Learnt from notices of the platform, from refused sends, and from the lists of groups that the ends
give. Groups that are not bound here are none of our business: nothing is kept about them.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from core import clock, logs
from core.config import settings
from core.database import require_tx, transactional
from core.messages import ChatKind, SendResult
from models import BotAccount, Group, Seat
from models.enums import BreakerState
from plugins.delivery import bell, seating, targets
from plugins.delivery.targets import TargetKind
from plugins.delivery.tried import Tried
from plugins.gateway import claims, memberships, outbound, signals
from plugins.gateway.signals import AccountChange, Notice, NoticeKind
from plugins.identity import statements

log = logs.get("delivery")

# A mute whose end the platform does not tell, and a refusal that no notice explains.
MUTE = timedelta(hours=12)
REFUSAL = timedelta(minutes=30)

LOOK_EVERY = timedelta(minutes=30)
# An end that could not tell is asked again after this long.
RETRY = timedelta(minutes=5)

_REFUSALS = frozenset({"muted", "removed", "refused"})
_BATCH = 500

_LEFT = """
UPDATE seat SET silent_until = $1, silent_reason = 'away', checked_at = $1
WHERE self_id = $2 AND is_member AND (silent_until IS NULL OR silent_until <= $1)
AND group_id IN (SELECT id FROM chat_group WHERE platform = $3)
"""
_CAME = """
UPDATE seat SET silent_until = $1, silent_reason = 'back', checked_at = $1
WHERE self_id = $2 AND silent_reason = 'away'
AND group_id IN (SELECT id FROM chat_group WHERE platform = $3)
"""
_CHECKED = """
UPDATE seat SET checked_at = $1 WHERE self_id = $2
AND group_id IN (SELECT id FROM chat_group WHERE platform = $3)
"""
# What waits for an account in groups where there is another one is given a voice anew.
_UNROUTE_SHARED = """
UPDATE delivery SET self_id = NULL WHERE state = 'due' AND self_id <> '' AND target IN (
    SELECT 'group:' || mine.group_id FROM seat AS mine
    JOIN seat AS other ON other.group_id = mine.group_id AND other.self_id <> mine.self_id
    WHERE mine.self_id = $1)
"""
_UNROUTE = "UPDATE delivery SET self_id = NULL WHERE state = 'due' AND target = $1"
_COMPANY = """
SELECT g.platform, g.chat_id, s.self_id, s.silent_until FROM seat AS s
JOIN chat_group AS g ON g.id = s.group_id
WHERE s.is_member AND EXISTS (
    SELECT 1 FROM seat AS o WHERE o.group_id = s.group_id AND o.self_id <> s.self_id)
"""

_asked: dict[str, datetime] = {}
_heard: dict[str, int] = {}
_asking = asyncio.Lock()


async def start() -> None:
    """Follow what becomes of our accounts."""
    _asked.clear()
    signals.notices.add(_on_notice)
    signals.accounts.add(_on_change)
    await _tell_claims()


async def stop() -> None:
    """Follow nothing any more."""
    signals.notices.remove(_on_notice)
    signals.accounts.remove(_on_change)


async def _on_notice(notice: Notice) -> None:
    if notice.kind is NoticeKind.FRIEND_ADDED or notice.chat.kind is not ChatKind.GROUP:
        return
    voice = targets.voice(notice.chat)
    _heard[voice] = _heard.get(voice, 0) + 1
    if await note(notice, now=clock.now()):
        await _tell_claims()
        bell.ring()


async def _on_change(change: AccountChange) -> None:
    _asked.pop(f"{change.platform}:{change.self_id}", None)
    await moved(change, now=clock.now())
    bell.ring()


@transactional
async def note(notice: Notice, *, now: datetime) -> bool:
    """Keep what a notice says of one of our accounts; False when the group is not bound."""
    chat = notice.chat
    group = await Group.get_or_none(platform=chat.platform, chat_id=chat.chat_id, is_active=True)
    if group is None:
        return False
    seat = await _seat(group.id, chat.self_id, now)
    match notice.kind:
        case NoticeKind.MUTED:
            until = notice.until or now + MUTE
            if until <= now:
                return False
            _silence(seat, until, "muted")
        case NoticeKind.UNMUTED:
            if seat.silent_until is not None and seat.silent_until > now:
                _silence(seat, now, "unmuted")
        case NoticeKind.REMOVED:
            seat.is_member = False
        case NoticeKind.JOINED if not seat.is_member:
            seat.is_member = True
            _silence(seat, now, "joined")
    await _keep(seat, now)
    return True


@transactional
async def moved(change: AccountChange, *, now: datetime) -> None:
    """Keep that an account came or went: one that came back is not trusted at once."""
    moment = now.astimezone(UTC)
    statement = _CAME if change.is_up else _LEFT
    await statements.rows(statement, moment, change.self_id, change.platform)
    await statements.rows(_UNROUTE_SHARED, change.self_id)


async def refused(item: Tried, *, now: datetime) -> bool:
    """Keep what a refusal says of the account in its group; for the caller's transaction.

    True when nothing was written and another of our accounts can say it there: then it is owed
    again, to be routed anew.
    """
    require_tx()
    target, outcome = targets.parse(item.row.target), item.outcome
    is_ours = target.kind is TargetKind.GROUP and outcome.result is SendResult.REJECTED
    if not is_ours or outcome.reason not in _REFUSALS:
        return False
    seat = await _seat(target.id, item.chat.self_id, now)
    if outcome.reason == "removed":
        seat.is_member = False
    elif seat.silent_until is None or seat.silent_until <= now:
        _silence(seat, now + REFUSAL, outcome.reason)
        claims.company.silence(item.chat, now + REFUSAL)
    await _keep(seat, now)
    group = await Group.get(id=target.id)
    if not group.is_active:
        return False
    return seating.is_replaced(
        item.chat.self_id,
        group.self_id,
        [seating.sitting(row) for row in await Seat.filter(group_id=group.id).values()],
        up=await _well(group.platform),
        now=now,
    )


async def _well(platform: str) -> frozenset[str]:
    """Return our connected accounts whose breaker is closed: the dispatcher may use them now."""
    connected = outbound.connected(platform)
    accounts = BotAccount.filter(platform=platform, self_id__in=connected)
    left_alone = accounts.exclude(breaker=BreakerState.CLOSED)
    return frozenset(connected) - {row.self_id for row in await left_alone}


async def refresh(*, now: datetime) -> None:
    """Ask the ends of connected accounts which groups they are in, each now and then."""
    async with _asking:
        platforms = (name for name, is_on in settings().platforms.items() if is_on)
        voices = [(name, self_id) for name in platforms for self_id in outbound.connected(name)]
        due = [one for one in voices if now >= _asked.get(":".join(one), now)]
        seen = await asyncio.gather(*(_look(*one, now=now) for one in due))
    if due:
        await _tell_claims()
    if any(seen):
        bell.ring()


async def _look(platform: str, self_id: str, *, now: datetime) -> bool:
    voice = f"{platform}:{self_id}"
    before = _heard.get(voice, 0)
    found = await memberships.groups_of(platform, self_id)
    # What was heard while we asked is newer than the answer.
    if found is None or _heard.get(voice, 0) != before:
        _asked[voice] = now + RETRY
        return False
    _asked[voice] = now + LOOK_EVERY
    return await seated(platform, self_id, found, now=now)


@transactional
async def seated(platform: str, self_id: str, found: frozenset[str], *, now: datetime) -> bool:
    """Keep in which bound groups an account is, by what its end says; True when that is news."""
    bound = Group.filter(platform=platform, is_active=True)
    known = {seat.group_id: seat for seat in await Seat.filter(self_id=self_id)}
    missing: list[Seat] = []
    news = 0
    for group_id, chat_id, regular in await bound.values_list("id", "chat_id", "self_id"):
        is_in, seat = chat_id in found, known.get(group_id)
        if seat is not None and seat.is_member is not is_in:
            news += 1
            seat.is_member = is_in
            if is_in:
                _silence(seat, now, "joined")
            await _keep(seat, now)
        elif seat is None and (is_in or regular == self_id):
            missing.append(
                Seat(group_id=group_id, self_id=self_id, is_member=is_in, checked_at=now)
            )
    await Seat.bulk_create(missing, batch_size=_BATCH, ignore_conflicts=True)
    await statements.rows(_CHECKED, now.astimezone(UTC), self_id, platform)
    if not missing and not news:
        return False
    await statements.rows(_UNROUTE_SHARED, self_id)
    log.info("seated", new=len(missing), changed=news)
    return True


def _silence(seat: Seat, until: datetime, reason: str) -> None:
    seat.silent_until, seat.silent_reason = until, reason


async def _seat(group_id: int, self_id: str, now: datetime) -> Seat:
    """Return the seat of an account in a group; a new one when there was none."""
    row = Seat(group_id=group_id, self_id=self_id, checked_at=now)
    await Seat.bulk_create([row], ignore_conflicts=True)
    return await Seat.get(group_id=group_id, self_id=self_id)


async def _keep(seat: Seat, now: datetime) -> None:
    """Write a seat, and have everything due in its group routed anew."""
    seat.checked_at = now
    await seat.save()
    await statements.rows(_UNROUTE, f"group:{seat.group_id}")


async def _tell_claims() -> None:
    """Tell the gateway who of ours sits with whom: the one that may speak answers a command."""
    rows = await statements.rows(_COMPANY)
    claims.company.take(
        (
            str(row["platform"]),
            str(row["chat_id"]),
            str(row["self_id"]),
            seating.moment(row["silent_until"]),
        )
        for row in rows
    )
