"""Settles by evidence what nobody answered for, and looks whether what was confirmed is there.

Evidence is a message of our own account that its end reports (``message_sent``, on most ends after
a switch) or has in its history. Events are remembered for a while, since they come before the
answer to the call. Nothing is ever repeated because nobody knows: only because it is not there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from core import clock, logs
from core.config import settings
from core.database import transactional
from core.messages import Chat
from models import Delivery
from models.enums import DeliveryState as S
from plugins.delivery import bell, findings, places
from plugins.delivery.findings import Case, Findings
from plugins.delivery.sightings import Buffer
from plugins.gateway import histories, outbound, signals
from plugins.gateway.histories import History, NoHistory
from plugins.gateway.signals import AccountChange, OwnMessage
from plugins.identity import statements

log = logs.get("delivery")

# Deliveries looked at in one go, and chats whose history is asked for.
MOST_ROWS = 1000
MOST_CHATS = 10
# How many messages are asked for: at the first look, and once that did not reach back far enough.
COUNT = 20
FURTHER = 100
# Reports of own messages are read in batches at least so far apart, in seconds.
_BATCH_S = 0.25
# What no account of ours can look at any more is looked at no longer.
_GIVEN_UP = timedelta(days=7)

# The state as a literal, so that SQLite uses the small index of it (see ledger.py).
_UNKNOWN = """
SELECT id FROM delivery WHERE state = 'unknown' AND updated_at >= $1
ORDER BY updated_at DESC LIMIT 500
"""
_RECENT = timedelta(hours=1)


class Watch:
    """What one process knows of its accounts: messages they reported, and what their ends offer."""

    def __init__(self) -> None:
        self._buffer = Buffer()
        self._fresh: set[Chat] = set()
        self._up_since: dict[str, datetime] = {}
        self._reporting: set[str] = set()
        self._facts: dict[str, dict[str, bool]] = {}
        self._known: dict[str, dict[str, bool]] = {}
        self._reader: asyncio.Task[None] | None = None

    # What is told.

    async def heard(self, own: OwnMessage) -> None:
        """Remember a message of ours, and settle soon what it proves."""
        voice = _voice(own.chat)
        self._buffer.add(
            own.chat, findings.seen_of(own.message_id, own.sent_at, own.parts), clock.now()
        )
        self._fresh.add(own.chat)
        self._reporting.add(voice)
        self._learn(voice, reports_own=True)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())

    async def changed(self, change: AccountChange) -> None:
        """Note since when an account is connected; its end may be another one by now."""
        voice = f"{change.platform}:{change.self_id}"
        if change.is_up:
            histories.forget(change.platform, change.self_id)
            self._up_since[voice] = clock.now()
            self._reporting.discard(voice)
        else:
            self._up_since.pop(voice, None)

    async def close(self) -> None:
        """Read no more reports."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        while self._fresh:
            fresh, self._fresh = self._fresh, set()
            try:
                await self._settle_unknown(fresh, clock.now())
            except Exception as error:  # noqa: BLE001  # a later look finds it all the same
                log.fault("evidence.failed", error)
            await asyncio.sleep(_BATCH_S)

    async def _settle_unknown(self, fresh: set[Chat], now: datetime) -> None:
        """Settle unknown deliveries whose message was reported just now."""
        ids = [int(row["id"]) for row in await statements.rows(_UNKNOWN, _utc(now - _RECENT))]
        if not ids:
            return
        rows = await Delivery.filter(id__in=ids).only(*places.FIELDS)
        cases = _cases(rows, await places.of(rows), self._buffer)
        await self._apply([case for case in cases if case.chat in fresh], now)

    # Looking.

    async def look(self, now: datetime) -> int:
        """Judge what is to be looked at by ``now``; return how many deliveries changed."""
        self._buffer.prune(now)
        voices = [
            f"{platform}:{self_id}"
            for platform, is_on in settings().platforms.items()
            if is_on
            for self_id in outbound.connected(platform)
        ]
        if not voices:
            return 0
        rows, changed = await self._due(voices, now), 0
        chats = await places.of(rows)
        rows, confirmed = self._confirmed(rows, chats)
        if confirmed:
            changed += await _confirm(confirmed)
        asked = await self._asked(rows, chats)
        return changed + (await self._apply(asked, now)).changed

    async def _due(self, voices: Sequence[str], now: datetime) -> list[Delivery]:
        """Return what is to be looked at; clear what no longer is."""
        rows = await (
            Delivery.filter(look_at__lte=now, self_id__in=voices)
            .order_by("look_at", "id")
            .limit(MOST_ROWS)
            .only(*places.FIELDS)
        )
        chats = await places.of(rows)
        over = [row.id for row in rows if row.id not in chats or not _is_open(row)]
        await _forget(over, before=now - _GIVEN_UP, voices=voices)
        return [row for row in rows if row.id not in over]

    def _confirmed(
        self, rows: Sequence[Delivery], chats: Mapping[int, Chat]
    ) -> tuple[list[Delivery], list[int]]:
        """Split off what was confirmed and whose messages, by their ids, were reported too."""
        left: list[Delivery] = []
        confirmed: list[int] = []
        seen = {chat: {one.message_id for one in self._buffer.at(chat)} for chat in chats.values()}
        for row in rows:
            ids = set((row.platform_message_id or "").split(",")) - {""}
            is_seen = row.state is S.SENT and bool(ids) and ids <= seen[chats[row.id]]
            (confirmed.append(row.id) if is_seen else left.append(row))
        return left, confirmed

    async def _asked(self, rows: Sequence[Delivery], chats: Mapping[int, Chat]) -> list[Case]:
        """Return the cases of the first chats, each with its history where one is needed."""
        # What nobody knows comes before what was confirmed and is only to be verified.
        rows = sorted(rows, key=lambda row: row.state is not S.UNKNOWN)
        cases = _cases(rows, chats, self._buffer)[:MOST_CHATS]
        looks = {row.id: row.looks for row in rows}
        counts = [FURTHER if any(looks[n] for n in case.ids) else COUNT for case in cases]
        told = await asyncio.gather(
            *(
                histories.recent(case.chat, count=count)
                for case, count in zip(cases, counts, strict=True)
            )
        )
        made = []
        for case, history in zip(cases, told, strict=True):
            self._note_end(case, history)
            up_since = self._up_since.get(case.voice)
            made.append(Case(case.chat, case.ids, case.seen, history, up_since))
        return made

    def _note_end(self, case: Case, history: History | NoHistory) -> None:
        if history is not NoHistory.FAILED:
            self._learn(case.voice, has_history=isinstance(history, History))
        up_since = self._up_since.get(case.voice)
        if not isinstance(history, History) or up_since is None or case.voice in self._reporting:
            return
        # Messages of ours stand there that were said while we listened, and nobody reported one.
        if any(own.sent_at >= up_since for own in history.own):
            self._learn(case.voice, reports_own=False)

    def _learn(self, voice: str, **facts: bool) -> None:
        known = self._known.get(voice, {})
        new = {name: value for name, value in facts.items() if known.get(name) is not value}
        if new:
            self._facts.setdefault(voice, {}).update(new)

    async def _apply(self, cases: Sequence[Case], now: datetime) -> Findings:
        if not cases and not self._facts:
            return Findings()
        facts, self._facts = self._facts, {}
        done = await findings.apply(cases, facts=facts, now=now)
        for voice, columns in facts.items():
            self._known.setdefault(voice, {}).update(columns)
        if done.due:
            bell.ring()
        if done.changed:
            vanished = sum(done.vanished.values())
            log.info("evidence", settled=done.settled, due=done.due, vanished=vanished)
        return done


def _voice(chat: Chat) -> str:
    return f"{chat.platform}:{chat.self_id}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _is_open(row: Delivery) -> bool:
    """Whether there is anything to look for: not what somebody took back meanwhile."""
    is_taken_back = row.recalled is True or row.recall_at is not None
    return row.state is S.UNKNOWN or (row.state is S.SENT and not is_taken_back)


def _cases(rows: Sequence[Delivery], chats: Mapping[int, Chat], buffer: Buffer) -> list[Case]:
    by_chat: dict[Chat, list[int]] = {}
    for row in rows:
        if row.id in chats:
            by_chat.setdefault(chats[row.id], []).append(row.id)
    return [Case(chat, tuple(ids), buffer.at(chat)) for chat, ids in by_chat.items()]


@transactional
async def _confirm(ids: Sequence[int]) -> int:
    return await findings.confirm(ids)


@transactional
async def _forget(ids: Sequence[int], *, before: datetime, voices: Sequence[str]) -> None:
    if ids:
        await Delivery.filter(id__in=list(ids)).update(look_at=None)
    stale = Delivery.filter(look_at__lt=before, self_id__not_in=list(voices))
    await stale.update(look_at=None)


_watch = Watch()


async def start() -> None:
    """Listen to what our accounts report."""
    global _watch
    _watch = Watch()
    signals.own_messages.add(_heard)
    signals.accounts.add(_changed)


async def stop() -> None:
    """Listen no more."""
    signals.own_messages.remove(_heard)
    signals.accounts.remove(_changed)
    await _watch.close()


async def look(*, now: datetime) -> int:
    """Settle what evidence can settle by ``now``; return how many deliveries changed.

    Asks at most ten histories, at once, each for at most ten seconds. Fault inside a transaction.
    """
    return await _watch.look(now)


async def _heard(own: OwnMessage) -> None:
    await _watch.heard(own)


async def _changed(change: AccountChange) -> None:
    await _watch.changed(change)
