"""Lets go of old receipts: what was sent, refused, expired or taken back three months ago.

What is ``unknown`` stays until somebody decides, whatever its age.
"""

from datetime import datetime, timedelta

from core.database import run_tx
from models import Delivery, Message
from plugins.delivery import states

# Receipts answer "did it go out"; nobody asks after a quarter (brief of the room, 2026-11-23).
KEPT = timedelta(days=90)
# Rows of one transaction: short enough not to hold up a message.
_BATCH = 500


async def prune(*, now: datetime) -> int:
    """Delete old receipts and the bodies nobody needs any more; return how many receipts.

    Commits a batch at a time; running it twice is harmless.
    """
    gone = 0
    while removed := await run_tx(lambda: _receipts(now)):
        gone += removed
    while await run_tx(lambda: _bodies(now)):
        pass
    return gone


async def _receipts(now: datetime) -> int:
    old = Delivery.filter(state__in=list(states.FINAL), updated_at__lt=now - KEPT)
    ids = await old.limit(_BATCH).values_list("id", flat=True)
    return await Delivery.filter(id__in=list(ids)).delete() if ids else 0


async def _bodies(now: datetime) -> int:
    old = Message.filter(created_at__lt=now - KEPT, deliveries__id__isnull=True)
    ids = await old.limit(_BATCH).values_list("id", flat=True)
    return await Message.filter(id__in=list(ids)).delete() if ids else 0
