"""Writes a table that was confirmed, once: its rows, the codes of new people, and their files.

A confirmed table is owed from then on: a process that ends half-way begins again. What is written
is planned anew inside the one transaction that writes it.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core import clock, crypto, files, logs, progress
from core.actors import Actor
from core.clock import local_day
from core.database import require_tx, run_tx, transactional
from core.errors import Fault, Refusal
from core.messages import Blob, Chat, ChatKind, MediaKind, Text
from core.progress import Stretch
from core.texts import render
from models import Account, RosterImport
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.identity.queries import who_is
from plugins.roster import carrying, code_files, importing, imports, queries, service, tables
from plugins.roster.carrying import Prepared
from plugins.roster.plans import Plan, Reach
from plugins.roster.registry import Written
from plugins.roster.service import ImportResult

log = logs.get("roster")

CODES = "roster.codes"
TOLD = "roster.imported"
# What could not be written so often is not begun again: it may be what ends the process.
MOST_TRIES = 3
# Whoever waits longer hears that it is being done.
PROGRESS_AFTER_S = 2.0
# Codes that could not be sent within a day are not sent at all.
FILE_LIFE = timedelta(days=1)
# One at a time: the largest table is what memory has to hold.
_turn = asyncio.Lock()
_working: set[asyncio.Task[ImportResult | None]] = set()


@dataclass(frozen=True, slots=True)
class _Files:
    """The sealed files with codes: a table, and slips to cut."""

    blobs: tuple[Blob, ...] = ()

    @property
    def ids(self) -> list[str]:
        return [blob.blob_id for blob in self.blobs]


async def confirm(*, actor: Actor, uid: str, now: datetime) -> None:
    """Owe the import of a table; confirming it again changes nothing. Commits.

    Raises Refusal ``reception.not_allowed``, ``roster.import_gone``.
    """
    row = await imports.open_row(actor, uid)
    await _confirm(row.id, now)


@transactional
async def _confirm(row_id: int, now: datetime) -> None:
    await RosterImport.filter(id=row_id, confirmed_at__isnull=True).update(confirmed_at=now)


async def begin(uid: str) -> ImportResult | None:
    """Begin to write a table; return what it did, None when that takes longer than two seconds.

    Then its owner is told when it is done. Raises the refusal for which nothing was written.
    """
    task = asyncio.create_task(carry_out(uid))
    _working.add(task)
    done, _ = await asyncio.wait({task}, timeout=PROGRESS_AFTER_S)
    if done:
        _working.discard(task)
        return task.result()
    follow = asyncio.create_task(_tell(uid, task))
    _working.add(follow)
    follow.add_done_callback(_working.discard)
    return None


async def _tell(uid: str, task: "asyncio.Task[ImportResult | None]") -> ImportResult | None:
    """Tell its owner, later, what an import did or why it did not."""
    try:
        result = await task
        if result is not None:
            await run_tx(partial(_owe_words, uid, said(result)))
    except Refusal as refusal:
        await run_tx(partial(_owe_words, uid, render(refusal.key, **refusal.fields)))
    except Exception as error:  # noqa: BLE001  # the order stands, and the clock begins it again
        log.fault("import_not_done", error)
    finally:
        _working.discard(task)
    return None


def said(result: ImportResult) -> str:
    """Return in words what an import did."""
    return render(
        "roster.imported",
        added=result.added,
        updated=result.updated,
        unchanged=result.unchanged,
        units=result.units,
    )


async def _owe_words(uid: str, words: str) -> None:
    row = await RosterImport.get(uid=uid)
    if row.account_id is None or not row.columns["sends"]:
        return
    await delivery.enqueue(
        purpose=TOLD,
        occasion=uid,
        target=f"account:{row.account_id}",
        parts=(Text(words),),
        now=clock.now(),
        priority=Priority.NOTICE,
        in_quiet_hours=True,
    )


async def carry_out(uid: str) -> ImportResult | None:
    """Write a confirmed table; None when it was written before, or tried too often.

    Waits for its turn. A refusal opens the table again, so that it can be mended: nothing is
    written then. Commits rows, codes, what stood before, and the files that are owed.
    """
    async with _turn:
        row = await run_tx(partial(_begin, uid))
        if row is None or row.table_blob is None:
            return None
        now = clock.now()
        try:
            return await _carried_out(row, now)
        except Refusal:
            await run_tx(partial(_reopen, row.id))
            raise
        finally:
            progress.over(uid)


async def _begin(uid: str) -> RosterImport | None:
    row = await RosterImport.filter(
        uid=uid, confirmed_at__isnull=False, applied_at__isnull=True, dropped_at__isnull=True
    ).first()
    if row is None or row.tries >= MOST_TRIES:
        return None
    row.tries += 1
    await row.save(update_fields=["tries"])
    return row


async def _reopen(row_id: int) -> None:
    await RosterImport.filter(id=row_id).update(confirmed_at=None, tries=0)


async def _carried_out(row: RosterImport, now: datetime) -> ImportResult:
    settled = imports.settled_in(row)
    reach = await _reach_of(row, now)
    brought = tables.from_bytes(await files.read(row.table_blob or ""))
    read = await asyncio.to_thread(
        importing.people, brought, settled.columns, today=local_day(now), fixed=settled.fixed
    )
    read.require_sound()
    ready = await carrying.prepare(
        read.rows, reach=reach, doubt=settled.doubt, now=now, actor=row.asked_by_id
    )
    result, rows = service.result_of(ready.plan, ready.codes), len(read.rows)
    made = await _files_for(result, now, Stretch(row.uid, rows - len(result.invited), rows))
    try:
        await run_tx(partial(_write, row, ready, made, now))
    except Exception:
        await imports.forget(made.ids)
        raise
    await imports.forget(imports.files_of(row))
    await carrying.settle_in(ready.plan)
    return result


async def _reach_of(row: RosterImport, now: datetime) -> Reach:
    """Return how far the importer reaches now; Refusal when the office is not his any more."""
    account = await Account.get_or_none(id=row.account_id, person_id=row.asked_by_id)
    if account is None:
        raise Refusal("roster.import_gone")
    chat = Chat(account.platform, account.self_id, ChatKind.PRIVATE, account.account_id)
    actor = (await who_is(chat, account.account_id, now)).actor
    imports.require_officer(actor)
    return queries.importing_reach(actor)


async def _files_for(result: ImportResult, now: datetime, stretch: Stretch) -> _Files:
    """Make and seal the files with codes: a table, and slips to cut."""
    if not result.invited:
        return _Files()
    made = await asyncio.to_thread(code_files.build, result.invited, now, stretch)
    stretch.note(len(result.invited))
    blobs = []
    for name, data in made:
        stored = await files.put(data, suffix=name.rpartition(".")[2])
        blobs.append(Blob(MediaKind.FILE, stored.blob_id, name))
    return _Files(tuple(blobs))


async def _write(row: RosterImport, ready: Prepared, made: _Files, now: datetime) -> None:
    require_tx()
    fresh = await RosterImport.filter(id=row.id, applied_at__isnull=True).first()
    if fresh is None:
        raise Fault("a table was written twice")
    plan, written = await carrying.carry_out(ready, now=now, actor=row.asked_by_id)
    keep(fresh, plan, written, now)
    fresh.table_blob, fresh.codes = None, made.ids
    await fresh.save()
    if row.columns["sends"] and row.account_id is not None:
        await _owe_files(row, made.blobs, now)


def keep(row: RosterImport, plan: Plan, written: Written, now: datetime) -> None:
    """Note in a row what its import did and made, and what stood there before."""
    row.applied_at, row.made = now, written.made
    row.counts = {"added": len(plan.added), "updated": plan.updated}
    row.counts |= {"unchanged": plan.unchanged, "units": len(plan.tree.made)}
    packed = json.dumps({"before": written.before, "after": written.after})
    row.before_sealed = crypto.seal_text(packed, place=place_of(row.uid))


def place_of(uid: str) -> str:
    """Return the place to which what stood before is sealed."""
    return f"roster_import.before:{uid}"


async def _owe_files(row: RosterImport, blobs: Sequence[Blob], now: datetime) -> None:
    for number, blob in enumerate(blobs, 1):
        await delivery.enqueue(
            purpose=CODES,
            occasion=f"{row.uid}:{number}",
            target=f"account:{row.account_id}",
            parts=(blob,),
            now=now,
            priority=Priority.NOTICE,
            expires_at=now + FILE_LIFE,
            in_quiet_hours=True,
        )


async def carry_out_waiting() -> int:
    """Write what was confirmed and is not written yet; return how many. Safe to run twice."""
    waiting = RosterImport.filter(
        confirmed_at__isnull=False, applied_at__isnull=True, dropped_at__isnull=True
    )
    done = 0
    for row in await waiting.order_by("id"):
        try:
            result = await carry_out(row.uid)
        except Refusal as refusal:
            await run_tx(partial(_owe_words, row.uid, render(refusal.key, **refusal.fields)))
            continue
        if result is not None:
            await run_tx(partial(_owe_words, row.uid, said(result)))
            done += 1
    return done
