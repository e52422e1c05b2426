"""Sealed files that no row names go in the night, a day after they were written."""

from datetime import datetime, timedelta

from core import logs, pictures, strays
from core.database import transactional
from models import AuditLog
from models.filed import naming_columns

log = logs.get("privacy")

# A file is written just before the row that names it; what is as old as this has lost its row.
AGE = timedelta(days=1)


async def sweep(*, now: datetime) -> int:
    """Remove stray files; return how many. Commits one audit row, and none for none.

    Running it twice is harmless. Fault, with nothing removed, when a body cannot be opened.
    """
    kept = await pictures.kept_ids()
    gone = await strays.sweep(naming_columns(), before=now - AGE, kept=kept)
    if gone:
        await _note(gone, now)
        log.info("strays.removed", count=gone)
    return gone


@transactional
async def _note(count: int, now: datetime) -> None:
    await AuditLog.create(
        at=now, action="files.swept", subject_kind="file", detail={"count": count}
    )
