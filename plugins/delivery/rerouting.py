"""What is owed to a person's old account goes to the new one; who leaves is owed nothing."""

from collections.abc import Sequence
from datetime import datetime

from core.database import require_tx
from models import Delivery
from models.enums import DeliveryState as S
from plugins.delivery import bell, ledger

REASON = "account_changed"
LEFT = "account_gone"


async def to_new_account(*, person_id: int, old: Sequence[int], new: int, now: datetime) -> int:
    """Owe to account ``new`` what is owed to ``old`` ones; return how many moved.

    What is claimed but not written yet is taken back from whoever claimed it, so that it is looked
    up anew where the person is. What the new account is owed already is cancelled. Inside the
    caller's transaction; running it again is harmless.
    """
    require_tx()
    targets = [f"account:{number}" for number in old]
    mine = Delivery.filter(target__in=[*targets, f"person:{person_id}"])
    claimed = await mine.filter(state=S.LEASED).values_list("id", flat=True)
    await ledger.move(
        [int(str(number)) for number in claimed], old=S.LEASED, new=S.DUE, now=now, **ledger.FREE
    )
    await mine.filter(state=S.DUE).update(self_id=None)
    moved = 0
    for row in await Delivery.filter(target__in=targets, state=S.DUE).order_by("id"):
        moved += await _move(row, f"account:{new}", now)
    bell.ring()
    return moved


async def _move(row: Delivery, target: str, now: datetime) -> int:
    same = Delivery.filter(purpose=row.purpose, occasion=row.occasion, target=target)
    if await same.exists():
        await ledger.move([row.id], old=S.DUE, new=S.CANCELLED, now=now, reason=REASON)
        return 0
    return await Delivery.filter(id=row.id, state=S.DUE).update(target=target, updated_at=now)


async def nothing_more(*, person_id: int, now: datetime) -> int:
    """Cancel what is still owed to somebody who leaves, as a person; return how many.

    Inside the caller's transaction. What his accounts are owed ends when they are taken off him.
    """
    return await _cancel([f"person:{person_id}"], now)


async def nothing_more_to(accounts: Sequence[int], now: datetime) -> int:
    """Cancel what is still owed to accounts that are taken off their person; return how many.

    Inside the caller's transaction.
    """
    return await _cancel([f"account:{number}" for number in accounts], now)


async def _cancel(targets: Sequence[str], now: datetime) -> int:
    require_tx()
    gone = 0
    for state in (S.DUE, S.LEASED):
        rows = Delivery.filter(target__in=list(targets), state=state)
        ids = [int(str(number)) for number in await rows.values_list("id", flat=True)]
        gone += await ledger.move(
            ids, old=state, new=S.CANCELLED, now=now, reason=LEFT, **ledger.FREE
        )
    return gone
