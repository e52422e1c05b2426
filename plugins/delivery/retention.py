"""Lets go of old receipts: what was sent, refused, expired or taken back a good while ago.

What is ``unknown`` stays until somebody decides, whatever its age.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from core.clock import local_day
from core.config import settings
from core.database import run_tx
from models import Alarm, BudgetUse, Delivery, Message, Unreached
from plugins.delivery import states, workers

# Rows of one transaction: short enough not to hold up a message.
_BATCH = 500
# Budgets count days and months; last month's are of no use.
_BUDGETS_KEPT = timedelta(days=40)


async def prune(*, now: datetime) -> int:
    """Delete old receipts and what belongs to them; return how many receipts.

    ``[delivery] keep_days`` says how old. Commits a batch at a time; running it twice is harmless.
    """
    before = now - timedelta(days=settings().delivery.keep_days)
    gone = await _all(lambda: _receipts(before))
    await _all(lambda: _bodies(before))
    await _all(lambda: _budgets(now))
    await _all(lambda: _settled(before))
    await _all(lambda: _alarms(before))
    await workers.prune()
    return gone


async def _all(batch: Callable[[], Awaitable[int]]) -> int:
    gone = 0
    while removed := await run_tx(batch):
        gone += removed
    return gone


async def _receipts(before: datetime) -> int:
    old = Delivery.filter(state__in=list(states.FINAL), updated_at__lt=before)
    ids = await old.limit(_BATCH).values_list("id", flat=True)
    return await Delivery.filter(id__in=list(ids)).delete() if ids else 0


async def _bodies(before: datetime) -> int:
    old = Message.filter(created_at__lt=before, deliveries__id__isnull=True)
    ids = await old.limit(_BATCH).values_list("id", flat=True)
    return await Message.filter(id__in=list(ids)).delete() if ids else 0


async def _budgets(now: datetime) -> int:
    oldest = local_day(now - _BUDGETS_KEPT)
    months = BudgetUse.filter(budget__startswith="month:", period__lt=f"{oldest:%Y-%m}")
    days = BudgetUse.filter(budget__startswith="at_all:", period__lt=oldest.isoformat())
    return await months.delete() + await days.delete()


async def _settled(before: datetime) -> int:
    return await Unreached.filter(settled_at__lt=before).delete()


async def _alarms(before: datetime) -> int:
    return await Alarm.filter(cleared_at__lt=before).delete()
