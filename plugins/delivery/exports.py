"""Files that somebody takes out (导出): confirmed by a word, made once, sent, then removed.

A confirmed file is a row before it is begun: a process that ends half-way begins again. Making
happens in a thread, one file after the other, so that memory stays bounded. What is in a file is
the business of the room whose ``Maker`` makes it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import uuid4

from core import clock, files, logs, progress
from core.actors import Actor
from core.database import require_tx, run_tx
from core.errors import Fault, Refusal
from core.files import Stored
from core.messages import Blob, Chat, ChatKind, Text
from models import Account, Delivery, ReportExport
from models.enums import DeliveryState, ExportKind, Priority
from plugins.delivery import service
from plugins.identity.queries import who_is

log = logs.get("exports")

# What could not be made so often is not begun again: it may be what ends the process.
MOST_TRIES = 3
# A file about somebody that could not be sent within a day is not sent at all.
FILE_LIFE = timedelta(days=1)
# Files are removed once they have left, or after this, whatever became of them.
BLOB_LIFE = timedelta(days=2)
# What was asked for on a page is fetched there, by the one who asked, and is removed after this.
FETCHED = "page:"
FETCH_LIFE = timedelta(hours=1)
# Whoever waits longer hears that it is being made (a chat that is silent looks broken).
PROGRESS_AFTER_S = 2.0
_OPEN = (DeliveryState.DUE, DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.UNKNOWN)

# One at a time: the largest file is what memory has to hold, not the sum of all that are asked for.
_turn = asyncio.Lock()
_making: set[asyncio.Task[bool]] = set()


@dataclass(frozen=True, slots=True)
class Made:
    """One file, ready to be sealed. ``name`` is what it is called in the chat."""

    name: str
    suffix: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Maker:
    """How one room makes its kinds of file.

    ``files`` makes those of an order one by one for the office that its asker holds now, none when
    there is nothing for it; ``not_made`` is what is said then. ``purpose`` names the deliveries.
    """

    kinds: frozenset[ExportKind]
    purpose: str
    files: Callable[[Actor, ReportExport, datetime], AsyncIterator[Made]]
    not_made: Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file that was made and sealed, by the name it is sent under."""

    name: str
    stored: Stored


async def owe(
    *,
    actor: Actor,
    kind: ExportKind,
    key: str,
    now: datetime,
    about_id: int | None = None,
    quarter: str | None = None,
    as_archive: bool = False,
    unit_id: int | None = None,
    days: tuple[date, date] | None = None,
) -> ReportExport:
    """Owe a file to the account that confirmed it, in the caller's transaction; return its row."""
    require_tx()
    return await ReportExport.create(
        uid=uuid4().hex,
        asked_by_id=actor.person_id or 0,
        account_id=actor.account_id or 0,
        kind=kind,
        about_id=about_id,
        quarter=quarter,
        as_archive=as_archive,
        unit_id=unit_id,
        first_on=days[0] if days else None,
        last_on=days[1] if days else None,
        source_key=key,
        confirmed_at=now,
    )


async def known(key: str) -> str | None:
    """Return the uid of the order that the message ``key`` made before; None for a new one."""
    row = await ReportExport.filter(source_key=key).first()
    return None if row is None else row.uid


async def begin(uid: str, maker: Maker) -> bool:
    """Begin to make a file; return whether it was ready before the asker grew impatient."""
    task = asyncio.create_task(make(uid, maker))
    _making.add(task)
    task.add_done_callback(_ended)
    done, _ = await asyncio.wait({task}, timeout=PROGRESS_AFTER_S)
    return bool(done) and task.exception() is None


def _ended(task: asyncio.Task[bool]) -> None:
    """Log what went wrong; the order stands, and the clock begins it again."""
    _making.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.fault("not_made", error)


async def make(uid: str, maker: Maker) -> bool:
    """Make the files of an order and owe them to whoever asked; return whether it was made now.

    Waits for its turn. What was made before is not made again; files that nobody is to get are
    removed.
    """
    async with _turn:
        order = await run_tx(partial(_begin, uid))
        if order is None:
            return False
        now = clock.now()
        kept: list[_Kept] = []
        try:
            async for one in _files_of(order, maker, now):
                # One by one: what was sealed before a fault is known and removed.
                kept.append(  # noqa: PERF401  # see above
                    _Kept(one.name, await files.put(one.data, suffix=one.suffix))
                )
            is_owed = await run_tx(partial(_owe, order.id, kept, maker, now))
        except (Fault, Refusal, OSError):
            await _forget([item.stored.blob_id for item in kept])
            raise
        finally:
            progress.over(uid)
        if not is_owed:
            await _forget([item.stored.blob_id for item in kept])
        return is_owed


async def _forget(blob_ids: Sequence[str]) -> None:
    for blob_id in blob_ids:
        await files.delete(blob_id)


async def _begin(uid: str) -> ReportExport | None:
    """Count a try; None when the file was made, or tried too often."""
    order = await ReportExport.filter(uid=uid, made_at__isnull=True).select_for_update().first()
    if order is None or order.tries >= MOST_TRIES:
        return None
    order.tries += 1
    await order.save(update_fields=["tries"])
    return order


async def _files_of(order: ReportExport, maker: Maker, now: datetime) -> AsyncIterator[Made]:
    """Make the files of an order for the office its asker holds now; none when he holds none."""
    account = await Account.get_or_none(id=order.account_id, person_id=order.asked_by_id)
    if account is None:
        return
    chat = Chat(account.platform, account.self_id, ChatKind.PRIVATE, account.account_id)
    actor = (await who_is(chat, account.account_id, now)).actor
    async for made in maker.files(actor, order, now):
        yield made


async def _owe(order_id: int, kept: Sequence[_Kept], maker: Maker, now: datetime) -> bool:
    order = await ReportExport.filter(id=order_id, made_at__isnull=True).select_for_update().first()
    if order is None:
        return False
    order.made_at, order.blobs = now, [one.stored.blob_id for one in kept]
    await order.save(update_fields=["made_at", "blobs"])
    if order.source_key.startswith(FETCHED):
        return True
    for number, one in enumerate(kept, 1):
        await service.enqueue(
            purpose=maker.purpose,
            occasion=f"{order.uid}:{number}",
            target=f"account:{order.account_id}",
            parts=(Blob(one.stored.kind, one.stored.blob_id, one.name),),
            now=now,
            priority=Priority.NOTICE,
            expires_at=now + FILE_LIFE,
            in_quiet_hours=True,
        )
    if not kept:
        await _say_not_made(order, maker, now)
    return True


async def _say_not_made(order: ReportExport, maker: Maker, now: datetime) -> None:
    await service.enqueue(
        purpose=maker.purpose,
        occasion=f"{order.uid}:none",
        target=f"account:{order.account_id}",
        parts=(Text(maker.not_made()),),
        now=now,
        priority=Priority.NOTICE,
        in_quiet_hours=True,
    )


async def make_waiting(maker: Maker, *, now: datetime) -> int:
    """Make what was confirmed and is not made yet; return how many. Safe to run twice.

    What was tried too often is given up, and whoever asked hears of it.
    """
    waiting = await ReportExport.filter(made_at__isnull=True, kind__in=list(maker.kinds)).order_by(
        "id"
    )
    made = 0
    for order in waiting:
        if order.tries >= MOST_TRIES:
            await run_tx(partial(_owe, order.id, (), maker, now))
        else:
            made += await make(order.uid, maker)
    return made


async def clear_sent(maker: Maker, *, now: datetime) -> int:
    """Remove the files that have left, or that nobody will get any more; return how many orders."""
    rows = await ReportExport.filter(
        made_at__isnull=False, cleared_at__isnull=True, kind__in=list(maker.kinds)
    ).order_by("id")
    cleared = 0
    for order in rows:
        if not await _is_waited_for(order, maker, now):
            await _forget(order.blobs)
            await run_tx(partial(_cleared, order.id, now))
            cleared += 1
    return cleared


async def _is_waited_for(order: ReportExport, maker: Maker, now: datetime) -> bool:
    """Whether somebody may still get the files of an order."""
    made_at = order.made_at or now
    if order.source_key.startswith(FETCHED):
        return made_at > now - FETCH_LIFE
    on_the_way = await Delivery.filter(
        purpose=maker.purpose, occasion__startswith=f"{order.uid}:", state__in=list(_OPEN)
    ).exists()
    return on_the_way and made_at > now - BLOB_LIFE


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as the one who gave it on a page sees it; no ``files`` yet while it is being made.

    ``is_over`` says that nothing came of it, or that its files are gone.
    """

    uid: str
    number: int
    kind: ExportKind
    confirmed_at: datetime
    files: tuple[str, ...]
    is_over: bool


async def fetchable(actor: Actor, maker: Maker, *, now: datetime) -> tuple[Ordered, ...]:
    """Return what somebody ordered on a page within the last hour, the newest first."""
    rows = await ReportExport.filter(
        asked_by_id=actor.person_id or 0,
        source_key__startswith=FETCHED,
        kind__in=list(maker.kinds),
        confirmed_at__gt=now - FETCH_LIFE,
    ).order_by("-id")
    return tuple(
        Ordered(
            uid=row.uid,
            number=row.id,
            kind=row.kind,
            confirmed_at=row.confirmed_at,
            files=tuple(row.blobs),
            is_over=row.made_at is not None and not row.blobs,
        )
        for row in rows
    )


async def _cleared(order_id: int, now: datetime) -> None:
    await ReportExport.filter(id=order_id).update(cleared_at=now, blobs=[])
