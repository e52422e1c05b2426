"""Files of reports that a secretary takes out (导出): what they would hold, and the order for them.

Making, sending and removing them is ``plugins.delivery.exports``.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.database import transactional
from core.errors import Fault, Refusal
from core.periods import Quarter
from models import AuditLog, Person, ReportExport
from models.enums import ExportKind
from plugins.delivery import exports
from plugins.delivery.exports import MOST_TRIES, Made, Maker
from plugins.identity import looks
from plugins.thought_report import export_files, export_reading
from plugins.thought_report.export_files import Wanted

__all__ = ["MOST_TRIES", "ExportKind", "Fault", "Quarter", "Wanted"]

EXPORTED = "thought_report.exported"


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


@transactional
async def confirm(*, actor: Actor, wanted: Wanted, key: str, now: datetime) -> str:
    """Owe a file to the account that confirmed it; return its uid, the same for the same ``key``.

    Commits the order, the audit row and a read row for everybody whose report is in it. Raises
    Refusal ``reception.not_allowed``.
    """
    if (known := await exports.known(key)) is not None:
        return known
    await _name(actor, wanted)
    order = await exports.owe(
        actor=actor,
        kind=wanted.kind,
        key=key,
        now=now,
        about_id=wanted.person_id,
        quarter=str(wanted.quarter) if wanted.quarter else None,
        as_archive=wanted.as_archive,
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


async def _files(actor: Actor, order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    wanted = Wanted(
        kind=order.kind,
        person_id=order.about_id,
        quarter=Quarter.parse(order.quarter) if order.quarter else None,
        as_archive=order.as_archive,
    )
    async for made in export_files.make(actor, wanted, now, work=order.uid):
        yield made


MAKER = Maker(
    kinds=frozenset({ExportKind.PERSON, ExportKind.CYCLE, ExportKind.LEDGER}),
    purpose=EXPORTED,
    files=_files,
    not_made=export_files.not_made,
)


async def make(uid: str) -> bool:
    """Make the file of an order and owe it to whoever asked; return whether it was made now."""
    return await exports.make(uid, MAKER)


async def make_waiting(*, now: datetime) -> int:
    """Make what was confirmed and is not made yet; return how many. Safe to run twice."""
    return await exports.make_waiting(MAKER, now=now)


async def clear_sent(*, now: datetime) -> int:
    """Remove the files that have left, or that nobody will get any more; return how many orders."""
    return await exports.clear_sent(MAKER, now=now)
