"""Takes over what a dead process held: what was not written is due again, the rest is unknown."""

from datetime import UTC, datetime

from core.database import transactional
from models.enums import DeliveryState as S
from plugins.delivery import ledger, workers
from plugins.delivery.ledger import FREE
from plugins.delivery.results import LOOK_UNKNOWN
from plugins.identity import statements

# The state as a literal, so that SQLite uses the small index of each (see ledger.py).
_HELD = """
SELECT id, lease_owner, lease_until < $1 AS is_over FROM delivery
WHERE state = '%(state)s' ORDER BY id %(lock)s
"""


@transactional
async def recover(*, now: datetime, owner: str, alone: bool) -> tuple[int, int]:
    """Give back what a dead process held; return how many are due again and how many unknown.

    ``alone`` says that no other process shares the database: then everything held is a dead one's.
    Otherwise a process is dead when its heartbeat stopped, or, if it never had one, when its lease
    ended. Never our own.
    """
    beats = {} if alone or not ledger.is_shared() else await workers.alive()
    held: dict[S, list[int]] = {S.LEASED: [], S.SENDING: []}
    for state, ids in held.items():
        statement = _HELD % {"state": state.value, **ledger.lock()}
        for row in await statements.rows(statement, now.astimezone(UTC)):
            holder = row["lease_owner"]
            if holder != owner and (alone or not beats.get(str(holder), not row["is_over"])):
                ids.append(int(row["id"]))
    due = unknown = 0
    if held[S.LEASED]:
        due = await ledger.move(held[S.LEASED], old=S.LEASED, new=S.DUE, now=now, **FREE)
    if held[S.SENDING]:
        unknown = await ledger.move(
            held[S.SENDING],
            old=S.SENDING,
            new=S.UNKNOWN,
            now=now,
            reason="killed",
            look_at=now + LOOK_UNKNOWN,
            shown=None,
            looks=0,
            **FREE,
        )
    return due, unknown


@transactional
async def drop_own(*, now: datetime, owner: str) -> None:
    """After a defect of ours: give back what we leased, and call what we were sending unknown."""
    leased = await ledger.held(owner=owner, state=S.LEASED)
    sending = await ledger.held(owner=owner, state=S.SENDING)
    if leased:
        await ledger.move(leased, old=S.LEASED, new=S.DUE, owner=owner, now=now, **FREE)
    if sending:
        await ledger.move(
            sending,
            old=S.SENDING,
            new=S.UNKNOWN,
            owner=owner,
            now=now,
            reason="defect",
            look_at=now + LOOK_UNKNOWN,
            shown=None,
            looks=0,
            **FREE,
        )
