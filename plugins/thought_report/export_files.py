"""Makes the files that are taken out (导出), one at a time: read, build in a thread, hand over."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import files, parcels, spreadsheets
from core.actors import Actor
from core.errors import Fault
from core.parcels import Packed
from core.periods import Quarter
from core.progress import Stretch
from models import ReportPart
from models.enums import ExportKind, PartKind
from plugins.delivery.exports import Made
from plugins.thought_report import (
    documents,
    export_labels,
    export_reading,
    pages,
)
from plugins.thought_report.documents import Leaf, Sheaf
from plugins.thought_report.export_reading import Slice, Source

_PICTURES = frozenset({"jpg", "jpeg", "png"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants taken out. ``as_archive`` wants the files as they came in, with a list.

    A list of a quarter needs ``quarter``, a person's reports ``person_id``.
    """

    kind: ExportKind
    person_id: int | None = None
    quarter: Quarter | None = None
    as_archive: bool = False

    @property
    def quarter_or_fault(self) -> Quarter:
        """The quarter; Fault when none was named."""
        if self.quarter is None:
            raise Fault("a list without its quarter")
        return self.quarter


async def sources_of(actor: Actor, wanted: Wanted) -> tuple[Source, ...]:
    """Return the reports that go into a file; earlier versions only into an archive of a person."""
    if wanted.kind is ExportKind.PERSON and wanted.person_id is None:
        raise Fault("a person's reports without a person")
    return await export_reading.sources(
        actor,
        person_id=wanted.person_id,
        quarter=wanted.quarter,
        all_versions=wanted.as_archive and wanted.kind is ExportKind.PERSON,
    )


def needs_archive(wanted: Wanted, found: Sequence[Source]) -> bool:
    """Whether Word alone cannot hold it: several people, files, or voices."""
    others = any(
        part.kind in {PartKind.FILE, PartKind.VOICE} for source in found for part in source.parts
    )
    return wanted.as_archive or wanted.kind is ExportKind.CYCLE or others


async def make(
    actor: Actor, wanted: Wanted, now: datetime, *, work: str = ""
) -> AsyncIterator[Made]:
    """Make the files one after the other; none when nothing is there for the actor's office.

    ``work`` is the order of which it is noted how far it has come, report by report.
    """
    mark = export_labels.mark(actor.name, now)
    if wanted.kind is ExportKind.LEDGER:
        rows = await export_reading.ledger(actor, wanted.quarter_or_fault)
        if rows:
            head, lines = export_labels.head(), export_labels.lines(rows)
            sheet = export_labels.quarter(wanted.quarter_or_fault)
            data = await asyncio.to_thread(spreadsheets.build, sheet, mark, head, lines)
            yield Made(export_labels.ledger_name(wanted.quarter_or_fault), "xlsx", data)
        return
    found = await sources_of(actor, wanted)
    as_archive = needs_archive(wanted, found)
    volumes = list(export_reading.volumes(found))
    for number, volume in enumerate(volumes, 1):
        title = _title(wanted, found, number if len(volumes) > 1 else 0)
        stretch = Stretch(work, sum(map(len, volumes[: number - 1])), sum(map(len, volumes)))
        if as_archive:
            data = await _archive(volume, title, mark, actor, now, stretch)
            yield Made(f"{parcels.safe_name(title)}.zip", "zip", data)
        else:
            sheaves = [await _sheaf(one) for one in volume]
            data = await asyncio.to_thread(documents.build, title, mark, sheaves)
            yield Made(f"{parcels.safe_name(title)}.docx", "docx", data)


def _title(wanted: Wanted, found: Sequence[Source], number: int) -> str:
    if wanted.kind is ExportKind.PERSON:
        return export_labels.person_title(found[0].name, number)
    return export_labels.cycle_title(wanted.quarter_or_fault, number)


async def _content(part: ReportPart) -> bytes:
    if part.blob_id is None:
        return pages.text_of(part).encode()
    return await files.read(part.blob_id)


async def _sheaf(one: Slice) -> Sheaf:
    leaves = [await _leaf(part, number) for number, part in enumerate(one.parts, one.first)]
    title = export_labels.report_title(one.source, is_continued=one.first > 1)
    return Sheaf(title, export_labels.trail(one.source), tuple(leaves))


async def _leaf(part: ReportPart, number: int) -> Leaf:
    heading = export_labels.page(number)
    if part.blob_id is None:
        return Leaf(heading, text=pages.text_of(part))
    note = export_labels.beside(part.kind)
    if part.kind is PartKind.IMAGE and part.suffix in _PICTURES:
        return Leaf(heading, picture=await files.read(part.blob_id), note=note)
    return Leaf(heading, note=note)


async def _archive(  # noqa: PLR0917  # all of one parcel
    volume: Sequence[Slice], title: str, mark: str, actor: Actor, now: datetime, stretch: Stretch
) -> bytes:
    packed: list[Packed] = []
    for number, one in enumerate(volume, 1):
        stretch.note(number - 1)
        packed += await _packed(one, number, mark)
    head = {"title": title, "made_at": now.isoformat(), "made_by": actor.name, "mark": mark}
    return await asyncio.to_thread(lambda: parcels.pack(packed, head=head, at=now))


async def _packed(one: Slice, number: int, mark: str) -> list[Packed]:
    source = one.source
    folder = f"{number:03d}_{parcels.safe_name(source.name)}"
    stem = f"{folder}/{source.quarter}_v{source.version}"
    about = {
        "person": source.name,
        "unit": source.unit,
        "quarter": str(source.quarter),
        "version": source.version,
    }
    sheaf = await _sheaf(one)
    word = await asyncio.to_thread(documents.build, sheaf.title, mark, [sheaf])
    # By its first and last page: a page may be a Word file of its own.
    pages_of = f"{one.first:02d}-{one.first + len(one.parts) - 1:02d}"
    found = [Packed(f"{stem}_p{pages_of}.docx", word, {**about, "kind": "document"})]
    for page, part in enumerate(one.parts, one.first):
        suffix = parcels.safe_name(part.suffix) if part.blob_id else "txt"
        found.append(
            Packed(
                f"{stem}_p{page:02d}.{suffix}",
                await _content(part),
                {**about, "kind": part.kind.value, "page": page},
            )
        )
    return found


def not_made() -> str:
    """Return what is said when a file could not be made."""
    return export_labels.not_made()
