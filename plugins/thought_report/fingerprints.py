"""The index of clause hashes: made soon after a report is handed in, gone when it is erased.

The newest version of a report is in it, earlier ones are not. No text is kept here, see
docs/overlap.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tortoise.expressions import Q

from core import crypto
from core.database import require_tx, transactional
from models import ReportClause, ReportFingerprint, ReportPart, ThoughtReport
from models.enums import ReportState
from plugins.thought_report import clauses, pages

# One run of the job takes so many: a second or two of work, also when all are to be made anew.
MOST_AT_ONCE = 200

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
    return pages.text_of(part)


def text_of(parts: Sequence[ReportPart]) -> str:
    """Return the readable text of a report, its pages in order."""
    return "\n".join(text for part in parts if (text := text_on(part)))


async def make_waiting(*, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Make the fingerprints that are missing or of another edition; return how many were made.

    A transaction each. Safe to run twice: what is there already is not made again.
    """
    waiting = await _waiting(most)
    for report_id in waiting:
        await _make(report_id=report_id, now=now)
    return len(waiting)


async def _waiting(most: int) -> list[int]:
    """Return the ids of reports to be taken up, the newest first."""
    current = ThoughtReport.exclude(state=ReportState.SUPERSEDED)
    missing = current.filter(fingerprint__id__isnull=True).order_by("-id").limit(most)
    found = [int(str(number)) for number in await missing.values_list("id", flat=True)]
    if len(found) == most:
        return found
    other = Q(edition__lt=edition()) | Q(edition__gt=edition())
    outdated = ReportFingerprint.filter(other).order_by("-report_id").limit(most - len(found))
    return found + [int(str(n)) for n in await outdated.values_list("report_id", flat=True)]


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
