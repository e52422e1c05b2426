"""The index of clause hashes: made soon after a report is handed in, gone when it is erased.

The newest version of a report is in it, earlier ones are not. No text is kept here, see
docs/overlap.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core import crypto
from core.database import require_tx, transactional
from models import ReportClause, ReportFingerprint, ReportPart, ThoughtReport
from models.enums import ReportState
from plugins.thought_report import clauses, pages

# One run takes so many: a second or two of work each minute, some more each hour.
MOST_NEW = 200
MOST_MISSING = 2000

_PURPOSE = "report_clause"
_BATCH = 500
_LOWER = 0xFFFFFFFF
# A key ring holds at most 255 keys, numbered from 1 (core.crypto).
_KEY_NUMBERS = 256


def edition() -> int:
    """Return the number of the method and key in use."""
    number, _ = crypto.derived(_PURPOSE)
    return clauses.ALGORITHM * _KEY_NUMBERS + number


def key() -> bytes:
    """Return the key of clause hashes; it is used for nothing else."""
    return crypto.derived(_PURPOSE)[1]


def first_of(number: int) -> int:
    """Return the first id of the range of ``report_clause`` that belongs to a hash."""
    return number & ~_LOWER


def last_of(number: int) -> int:
    """Return the last id of the range of ``report_clause`` that belongs to a hash."""
    return number | _LOWER


def report_of(clause_id: int) -> int:
    """Return the id of the report that an id of ``report_clause`` belongs to."""
    return clause_id & _LOWER


def _ids(hashes: Iterable[int], report_id: int) -> list[int]:
    return sorted({first_of(number) | report_id for number in hashes})


def text_on(part: ReportPart) -> str:
    """Return the text of one page as far as we can read it; a photo or voice has none."""
    return pages.text_of(part) or pages.extract_of(part)


def text_of(parts: Sequence[ReportPart]) -> str:
    """Return the readable text of a report, its pages in order."""
    return "\n".join(text for part in parts if (text := text_on(part)))


async def make_new(*, now: datetime, most: int = MOST_NEW) -> int:
    """Make the fingerprints of reports handed in after the last that has one; return how many.

    A transaction each. Looks at nothing older, so it costs the same with any number of reports.
    """
    last = await ReportFingerprint.all().order_by("-report_id").first()
    fresh = _current().filter(id__gt=last.report_id if last else 0).order_by("id").limit(most)
    return await _make_all(await fresh.values_list("id", flat=True), now)


async def make_missing(*, now: datetime, most: int = MOST_MISSING) -> int:
    """Make every fingerprint that is missing or of another edition; return how many, up to most.

    A transaction each. Goes through all reports (0.4 s for 100,000): meant for once an hour.
    """
    missing = _current().filter(fingerprint__id__isnull=True).order_by("-id").limit(most)
    made = await _make_all(await missing.values_list("id", flat=True), now)
    if made == most:
        return made
    other = Q(edition__lt=edition()) | Q(edition__gt=edition())
    outdated = ReportFingerprint.filter(other).order_by("-report_id").limit(most - made)
    return made + await _make_all(await outdated.values_list("report_id", flat=True), now)


def _current() -> QuerySet[ThoughtReport]:
    return ThoughtReport.exclude(state=ReportState.SUPERSEDED)


async def _make_all(report_ids: Sequence[Any], now: datetime) -> int:
    for report_id in report_ids:
        await _make(report_id=int(report_id), now=now)
    return len(report_ids)


@transactional
async def _make(*, report_id: int, now: datetime) -> None:
    """Make one fingerprint; commits it, and forgets those of earlier versions."""
    report = await ThoughtReport.filter(id=report_id).select_for_update().first()
    if report is None:
        return
    await _delete(
        await ReportFingerprint.filter(
            report__person_id=report.person_id, report__quarter=report.quarter
        )
    )
    if report.state is ReportState.SUPERSEDED:
        return
    text = text_of(await pages.live_pages(report.draft_id))
    hashes = clauses.hashes_of(clauses.clauses_of(text), key=key())
    await ReportFingerprint.create(
        report_id=report.id, edition=edition(), hashes=clauses.packed(hashes), made_at=now
    )
    rows = [ReportClause(id=number) for number in _ids(hashes, report.id)]
    await ReportClause.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


async def forget(report_ids: Sequence[int]) -> None:
    """Delete the fingerprints of reports inside the caller's transaction, before the reports go.

    Locks the reports, so that none is made anew meanwhile.
    """
    require_tx()
    for start in range(0, len(report_ids), _BATCH):
        batch = list(report_ids[start : start + _BATCH])
        await ThoughtReport.filter(id__in=batch).select_for_update().values_list("id")
        await _delete(await ReportFingerprint.filter(report_id__in=batch))


async def _delete(fingerprints: Sequence[ReportFingerprint]) -> None:
    for fingerprint in fingerprints:
        ids = _ids(clauses.unpacked(fingerprint.hashes), fingerprint.report_id)
        for start in range(0, len(ids), _BATCH):
            await ReportClause.filter(id__in=ids[start : start + _BATCH]).delete()
        await fingerprint.delete()
