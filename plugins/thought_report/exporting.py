"""Files that a secretary takes out (导出): confirmed by a word, made once, sent, then removed.

A confirmed file is a row before it is begun: a process that ends half-way begins again. Making
happens in a thread, one file after the other, so that memory stays bounded.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from core import clock, files
from core.actors import Actor
from core.database import run_tx, transactional
from core.errors import Fault, Refusal
from core.files import Stored
from core.messages import Blob, Chat, ChatKind, Text
from core.periods import Quarter
from models import Account, AuditLog, Delivery, Person, ReportExport
from models.enums import DeliveryState, ExportKind, Priority
from plugins.delivery import service as delivery
from plugins.identity import looks
from plugins.identity.queries import who_is
from plugins.thought_report import export_files, export_reading, service
from plugins.thought_report.export_files import Made, Wanted

EXPORTED = "thought_report.exported"
# What could not be made so often is not begun again: it may be what ends the process.
MOST_TRIES = 3
# A file of somebody's reports that could not be sent within a day is not sent at all.
FILE_LIFE = timedelta(days=1)
# Files are removed once they have left, or after this, whatever became of them.
BLOB_LIFE = timedelta(days=2)
_OPEN = (DeliveryState.DUE, DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.UNKNOWN)

# One at a time: the largest file is what memory has to hold, not the sum of all that are asked for.
_turn = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be taken out, counted, before somebody confirms it.

    ``is_packed`` says that it becomes an archive, asked for or not.
    """

    wanted: Wanted
    name: str
    reports: int
    pages: int
    people: int
    is_packed: bool = False


async def propose(*, actor: Actor, wanted: Wanted) -> Proposed:
    """Count what a file would hold.

    Raises Refusal ``reception.not_allowed`` for a person who is not of the actor's branch, and
    ``thought_report.export_nothing``.
    """
    name = await _name(actor, wanted)
    if wanted.kind is ExportKind.LEDGER:
        rows = await export_reading.ledger(actor, wanted.quarter_or_fault)
        if not rows:
            raise Refusal("thought_report.export_nothing")
        return Proposed(wanted, name, sum(row.version is not None for row in rows), 0, len(rows))
    found = await export_files.sources_of(actor, wanted)
    if not found:
        raise Refusal("thought_report.export_nothing")
    return Proposed(
        wanted,
        name,
        reports=len(found),
        pages=sum(len(source.parts) for source in found),
        people=len({source.person_id for source in found}),
        is_packed=export_files.needs_archive(wanted, found),
    )


async def _name(actor: Actor, wanted: Wanted) -> str:
    if wanted.kind is not ExportKind.PERSON:
        return ""
    person = await Person.filter(export_reading.branch_people(actor), id=wanted.person_id).first()
    if person is None:
        raise Refusal("reception.not_allowed")
    return person.name


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file that was made and sealed, by the name it is sent under."""

    name: str
    stored: Stored


@transactional
async def confirm(*, actor: Actor, wanted: Wanted, key: str, now: datetime) -> str:
    """Owe a file to the account that confirmed it; return its uid, the same for the same ``key``.

    Commits the order, the audit row and a read row for everybody whose report is in it. Raises
    Refusal ``reception.not_allowed``.
    """
    known = await ReportExport.filter(source_key=key).first()
    if known is not None:
        return known.uid
    await _name(actor, wanted)
    order = await ReportExport.create(
        uid=uuid4().hex,
        asked_by_id=actor.person_id or 0,
        account_id=actor.account_id or 0,
        kind=wanted.kind,
        about_id=wanted.person_id,
        quarter=str(wanted.quarter) if wanted.quarter else None,
        as_archive=wanted.as_archive,
        source_key=key,
        confirmed_at=now,
    )
    await _note_looks(actor, wanted, now)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="thought_report.export",
        subject_kind="report_export",
        subject_id=order.id,
        detail={"kind": wanted.kind.value, "about": wanted.person_id, "quarter": order.quarter},
    )
    return order.uid


async def _note_looks(actor: Actor, wanted: Wanted, now: datetime) -> None:
    """Note whose reports are taken out; the list alone holds nothing that anybody wrote."""
    if wanted.kind is ExportKind.LEDGER:
        return
    found = await export_files.sources_of(actor, wanted)
    for person_id, quarter in dict.fromkeys((one.person_id, one.quarter) for one in found):
        await looks.note(
            reader=actor,
            person_id=person_id,
            office=looks.Office.SECRETARY,
            what=looks.at_export(quarter),
            now=now,
        )


async def make(uid: str) -> bool:
    """Make the file of an order and owe it to whoever asked; return whether it was made now.

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
            async for one in _files_of(order, now):
                # One by one: what was sealed before a fault is known and removed.
                kept.append(  # noqa: PERF401  # see above
                    _Kept(one.name, await files.put(one.data, suffix=one.suffix))
                )
            is_owed = await run_tx(partial(_owe, order.id, kept, now))
        except (Fault, Refusal, OSError):
            await service.forget_files([item.stored.blob_id for item in kept])
            raise
        if not is_owed:
            await service.forget_files([item.stored.blob_id for item in kept])
        return is_owed


async def _begin(uid: str) -> ReportExport | None:
    """Count a try; None when the file was made, or tried too often."""
    order = await ReportExport.filter(uid=uid, made_at__isnull=True).select_for_update().first()
    if order is None or order.tries >= MOST_TRIES:
        return None
    order.tries += 1
    await order.save(update_fields=["tries"])
    return order


async def _files_of(order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    """Make the files of an order for the office its asker holds now; none when he holds none."""
    account = await Account.get_or_none(id=order.account_id, person_id=order.asked_by_id)
    if account is None:
        return
    chat = Chat(account.platform, account.self_id, ChatKind.PRIVATE, account.account_id)
    actor = (await who_is(chat, account.account_id, now)).actor
    wanted = Wanted(
        kind=order.kind,
        person_id=order.about_id,
        quarter=Quarter.parse(order.quarter) if order.quarter else None,
        as_archive=order.as_archive,
    )
    async for made in export_files.make(actor, wanted, now):
        yield made


async def _owe(order_id: int, kept: Sequence[_Kept], now: datetime) -> bool:
    order = await ReportExport.filter(id=order_id, made_at__isnull=True).select_for_update().first()
    if order is None:
        return False
    order.made_at, order.blobs = now, [one.stored.blob_id for one in kept]
    await order.save(update_fields=["made_at", "blobs"])
    for number, one in enumerate(kept, 1):
        await delivery.enqueue(
            purpose=EXPORTED,
            occasion=f"{order.uid}:{number}",
            target=f"account:{order.account_id}",
            parts=(Blob(one.stored.kind, one.stored.blob_id, one.name),),
            now=now,
            priority=Priority.NOTICE,
            expires_at=now + FILE_LIFE,
            in_quiet_hours=True,
        )
    if not kept:
        await _say_not_made(order, now)
    return True


async def _say_not_made(order: ReportExport, now: datetime) -> None:
    await delivery.enqueue(
        purpose=EXPORTED,
        occasion=f"{order.uid}:none",
        target=f"account:{order.account_id}",
        parts=(Text(export_files.not_made()),),
        now=now,
        priority=Priority.NOTICE,
        in_quiet_hours=True,
    )


async def make_waiting(*, now: datetime) -> int:
    """Make what was confirmed and is not made yet; return how many. Safe to run twice.

    What was tried too often is given up, and whoever asked hears of it.
    """
    waiting = await ReportExport.filter(made_at__isnull=True).order_by("id")
    made = 0
    for order in waiting:
        if order.tries >= MOST_TRIES:
            await run_tx(partial(_owe, order.id, (), now))
        else:
            made += await make(order.uid)
    return made


async def clear_sent(*, now: datetime) -> int:
    """Remove the files that have left, or that nobody will get any more; return how many orders."""
    rows = await ReportExport.filter(made_at__isnull=False, cleared_at__isnull=True)
    cleared = 0
    for order in rows:
        on_the_way = await Delivery.filter(
            purpose=EXPORTED, occasion__startswith=f"{order.uid}:", state__in=list(_OPEN)
        ).exists()
        if on_the_way and order.made_at is not None and order.made_at > now - BLOB_LIFE:
            continue
        await service.forget_files(order.blobs)
        await run_tx(partial(_cleared, order.id, now))
        cleared += 1
    return cleared


async def _cleared(order_id: int, now: datetime) -> None:
    await ReportExport.filter(id=order_id).update(cleared_at=now, blobs=[])
