"""Writes down what evidence says of deliveries: one transaction a batch, conditional moves.

A message found settles a delivery as sent. One that is not there, in a history that reaches back
far enough and has no holes, at two looks, is owed again; or, when the platform had confirmed it,
has vanished and is a matter for a person. Whatever is less certain changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from core import logs
from core.database import transactional
from core.errors import Fault
from core.messages import Chat
from models import BotAccount, Delivery, Message
from models.enums import DeliveryState as S
from plugins.delivery import bodies, fallback, health, ledger, places, sightings
from plugins.delivery.ledger import FREE
from plugins.delivery.sightings import SKEW, Match, Said, Seen, Wanted
from plugins.gateway import outbound
from plugins.gateway.histories import History, NoHistory

log = logs.get("delivery")

# Between two looks at one chat. What an end learns late (a slow server) it knows by then.
AGAIN = timedelta(seconds=60)
# Looks that may be in vain: without a history, or with one that proves nothing.
MOST_LOOKS = 3
# A call that failed is tried again, at growing distances, for about a day.
MOST_FAILURES = 10
_LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one chat: deliveries to judge there, what was seen, and the history.

    ``history`` is None when nobody asked for it; ``is_end_the_same`` says that our account there
    stayed connected since ``up_since``, so that a short history is short because little was said.
    """

    chat: Chat
    ids: tuple[int, ...]
    seen: tuple[Seen, ...]
    history: History | NoHistory | None = None
    up_since: datetime | None = None

    @property
    def voice(self) -> str:
        """The account of ours in this chat."""
        return f"{self.chat.platform}:{self.chat.self_id}"

    @property
    def messages(self) -> tuple[Seen, ...]:
        """All that is known to stand there."""
        told = self.history.own if isinstance(self.history, History) else ()
        return (*self.seen, *(seen_of(own.message_id, own.sent_at, own.parts) for own in told))

    def covers(self, moment: datetime) -> bool:
        """Whether the history would hold what was written at ``moment``, were it there."""
        if not isinstance(self.history, History) or not self.history.is_sound:
            return False
        oldest = self.history.oldest
        if oldest is not None and oldest < moment - SKEW:
            return True
        is_end_the_same = self.up_since is not None and self.up_since <= moment
        return self.history.is_whole and is_end_the_same


def seen_of(message_id: str, sent_at: datetime, parts: Sequence[object]) -> Seen:
    """Return a message of ours as something to compare with."""
    return Seen(message_id, sent_at, sightings.said(parts))  # type: ignore[arg-type]


@dataclass(slots=True)
class Findings:
    """What one batch changed."""

    settled: int = 0
    due: int = 0
    changed: int = 0
    vanished: dict[str, int] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)
    reached: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Batch:
    messages: Mapping[tuple[int, str], tuple[Said, ...]]
    done: Findings
    now: datetime


@transactional
async def apply(
    cases: Sequence[Case], *, facts: Mapping[str, Mapping[str, bool]], now: datetime
) -> Findings:
    """Judge every case, note ``facts`` about our accounts; return what changed.

    A chat into which something is being sent right now is left for the next look.
    """
    done = Findings()
    ids = [number for case in cases for number in case.ids]
    rows = {row.id: row for row in await Delivery.filter(id__in=ids).only(*places.FIELDS)}
    oldest = min((row.written_at for row in rows.values() if row.written_at), default=now)
    around = await places.neighbours([case.chat for case in cases], since=oldest)
    bodies_in_use = {row.message_id for others in around.values() for row in others}
    batch = _Batch(await _messages(bodies_in_use, cases), done, now)
    for case in cases:
        own = [rows[number] for number in case.ids if number in rows]
        if not any(row.state is S.SENDING for row in around[case.chat]):
            await _judge(case, own, around[case.chat], batch)
    for voice, columns in facts.items():
        await _learn(voice, columns, now)
    for voice, count in done.vanished.items():
        await health.vanished(voice, count, now=now)
    for voice in done.proven:
        await health.proven(voice, now=now)
    await fallback.arrived(done.reached, now=now)
    return done


async def confirm(ids: Sequence[int]) -> int:
    """Note that what the platform confirmed was also seen; in the caller's transaction."""
    rows = Delivery.filter(id__in=list(ids), state=S.SENT)
    return await rows.update(shown=True, look_at=None)


async def _judge(
    case: Case, rows: Sequence[Delivery], around: Sequence[Delivery], batch: _Batch
) -> None:
    chosen = {row.id for row in rows}
    others = [row for row in around if row.id not in chosen]
    # What others may have said there has a claim too: those with ids on these, the rest by content.
    taken = {number for row in others for number in _ids(row)}
    wanted = [_wanted(row, case, batch) for row in rows if row.written_at]
    rivals = [_wanted(row, case, batch) for row in others if row.written_at and not _ids(row)]
    found = sightings.assign([*wanted, *rivals], case.messages, taken=taken)
    for row in rows:
        if row.id in found and row.state in {S.SENT, S.UNKNOWN}:
            await _settle(case, row, found[row.id], batch)


def _wanted(row: Delivery, case: Case, batch: _Batch) -> Wanted:
    messages = batch.messages.get((row.message_id, case.chat.platform), ())
    return Wanted(row.id, _written(row), row.state is S.SENT, _ids(row), messages)


def _ids(row: Delivery) -> tuple[str, ...]:
    return tuple(filter(None, (row.platform_message_id or "").split(",")))


async def _settle(case: Case, row: Delivery, match: Match, batch: _Batch) -> None:
    if match.is_whole:
        await _found(case.voice, row, match, batch)
    elif row.look_at is None or row.look_at > batch.now:
        return  # tried or looked at again since the history was asked for
    elif isinstance(case.history, NoHistory):
        await _without(case.history, row, batch.now)
    elif case.history is not None:
        is_absent = not match.ids and not match.is_doubtful and case.covers(_written(row))
        if is_absent and row.shown is False:
            await _absent(case.voice, row, batch)
        else:
            await _vain(row, match, batch.now, is_absent=is_absent)


def _written(row: Delivery) -> datetime:
    if row.written_at is None:
        raise Fault("never written")
    return row.written_at


async def _found(voice: str, row: Delivery, match: Match, batch: _Batch) -> None:
    done = batch.done
    if row.state is S.SENT:
        done.changed += await confirm([row.id])
        return
    moved = await ledger.move(
        [row.id],
        old=S.UNKNOWN,
        new=S.SENT,
        now=batch.now,
        reason="evidence",
        platform_message_id=",".join(match.ids)[:255],
        shown=True,
        look_at=None,
    )
    done.settled += moved
    done.changed += moved
    done.proven.add(voice)
    done.reached.append(row.target)


async def _without(why: NoHistory, row: Delivery, now: datetime) -> None:
    """Look again later, as long as that may help: what cannot be verified stays as it is."""
    looks = row.looks + 1
    most = MOST_FAILURES if why is NoHistory.FAILED else MOST_LOOKS
    is_over = looks >= most or (why is NoHistory.UNSUPPORTED and row.state is S.SENT)
    pause = min(AGAIN * 2 ** min(looks, 10), _LONGEST_PAUSE) if why is NoHistory.FAILED else AGAIN
    await _note(row, looks=looks, look_at=None if is_over else now + pause)


async def _vain(row: Delivery, match: Match, now: datetime, *, is_absent: bool) -> None:
    """Note a look that settled nothing: seen to be absent once, or nothing to be said."""
    looks = row.looks + 1
    is_over = looks >= MOST_LOOKS and not is_absent
    columns: dict[str, object] = {"shown": False} if is_absent else {"shown": None}
    if match.ids and row.state is S.UNKNOWN:
        columns["reason"] = "partial"
    await _note(row, looks=looks, look_at=None if is_over else now + AGAIN, **columns)


async def _note(row: Delivery, **columns: object) -> None:
    await Delivery.filter(id=row.id, state=row.state).update(**columns)


async def _absent(voice: str, row: Delivery, batch: _Batch) -> None:
    done, now = batch.done, batch.now
    if row.state is S.SENT:
        moved = await ledger.move(
            [row.id], old=S.SENT, new=S.UNKNOWN, now=now, reason="vanished", look_at=None
        )
        done.vanished[voice] = done.vanished.get(voice, 0) + moved
        done.changed += moved
    elif row.reason == "partial":
        await _note(row, look_at=None)
    else:
        moved = await ledger.move(
            [row.id],
            old=S.UNKNOWN,
            new=S.DUE,
            now=now,
            reason=None,
            not_before=now,
            self_id=None,
            platform_message_id=None,
            shown=None,
            look_at=None,
            looks=0,
            **FREE,
        )
        done.due += moved
        done.changed += moved


async def _learn(voice: str, columns: Mapping[str, Any], now: datetime) -> None:
    platform, _, self_id = voice.partition(":")
    row = BotAccount.filter(platform=platform, self_id=self_id)
    if not await row.update(**columns):
        await BotAccount.create(platform=platform, self_id=self_id, first_seen_at=now, **columns)


async def _messages(
    ids: set[int], cases: Sequence[Case]
) -> Mapping[tuple[int, str], tuple[Said, ...]]:
    """Return what each body says as messages of each platform; nothing for a broken one."""
    rows = await Message.filter(id__in=list(ids)) if ids else []
    platforms = {case.chat.platform for case in cases}
    return {
        (row.id, platform): _opened(bytes(row.body_sealed), row.uid, platform)
        for row in rows
        for platform in platforms
    }


def _opened(sealed: bytes, uid: str, platform: str) -> tuple[Said, ...]:
    try:
        return _said(sealed, uid, platform)
    except Exception as error:  # noqa: BLE001  # a damaged body must not stop the others
        log.fault("body.broken", error)
        return ()


@lru_cache(maxsize=256)
def _said(sealed: bytes, uid: str, platform: str) -> tuple[Said, ...]:
    body = bodies.unseal(sealed, uid=uid)
    return tuple(sightings.said(run) for run in outbound.messages_of(platform, body.parts))
