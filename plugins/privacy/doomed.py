"""Files that are to go: noted in the transaction that deletes their rows, removed after it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from core import files
from core.database import require_tx, run_tx
from models import DoomedFile

_BATCH = 200


async def doom(blob_ids: Iterable[str], now: datetime) -> None:
    """Note files to be removed, inside the caller's transaction; noting one twice is harmless."""
    require_tx()
    wanted = list(dict.fromkeys(blob_ids))
    known: set[object] = set()
    for start in range(0, len(wanted), _BATCH):
        rows = DoomedFile.filter(blob_id__in=wanted[start : start + _BATCH])
        known |= set(await rows.values_list("blob_id", flat=True))
    fresh = [DoomedFile(blob_id=one, doomed_at=now) for one in wanted if one not in known]
    await DoomedFile.bulk_create(fresh, batch_size=_BATCH)


async def purge() -> int:
    """Remove every noted file, then its note; return how many. Not inside a transaction.

    Killed in between it is done again: a file that is gone is no error.
    """
    gone = 0
    while rows := await DoomedFile.all().order_by("id").limit(_BATCH):
        for row in rows:
            await files.delete(row.blob_id)
        await run_tx(partial(_forget, [row.id for row in rows]))
        gone += len(rows)
    return gone


async def _forget(ids: Sequence[int]) -> None:
    await DoomedFile.filter(id__in=list(ids)).delete()
