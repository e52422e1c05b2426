"""How long what came with a table is kept: the table itself, codes, and what stood before."""

from datetime import datetime, timedelta

from core.database import transactional
from models import RosterImport
from plugins.roster import imports

# A table that nobody confirmed goes.
TABLE_LIFE = timedelta(days=1)
# Files with codes go after this, whatever became of them.
CODES_LIFE = timedelta(days=2)
# As long as this an import can be undone; then what stood before is forgotten.
UNDO_LIFE = timedelta(days=30)


async def forget_old(*, now: datetime) -> int:
    """Remove what is too old; return how many files went. Safe to run twice. Commits."""
    old = await _forget(now)
    await imports.forget(old)
    return len(old)


@transactional
async def _forget(now: datetime) -> list[str]:
    gone: list[str] = []
    unfinished = RosterImport.filter(
        received_at__lt=now - TABLE_LIFE, applied_at__isnull=True, dropped_at__isnull=True
    )
    for row in await unfinished.order_by("id"):
        gone += await imports.close(row, now)
    for row in await RosterImport.filter(applied_at__lt=now - CODES_LIFE).order_by("id"):
        if row.codes:
            gone += row.codes
            row.codes = []
            await row.save(update_fields=["codes"])
    done = RosterImport.filter(applied_at__lt=now - UNDO_LIFE, before_sealed__isnull=False)
    await done.update(before_sealed=None)
    return gone
