"""Plans a roster on what is known now, and carries the plan out in the caller's transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.database import require_tx
from core.errors import Refusal
from models import AuditLog
from plugins.identity import codes as identity_codes
from plugins.roster import planning, registry
from plugins.roster.importing import RosterRow
from plugins.roster.plans import Doubt, Known, Plan, Reach
from plugins.roster.registry import Written


async def dry_run(rows: Sequence[RosterRow], *, reach: Reach, doubt: Doubt | None = None) -> Plan:
    """Return what ``rows`` would do, problems and all; nothing is written."""
    known = await registry.load(rows, reach=reach)
    return await _planned(rows, known, reach, doubt)


async def _planned(
    rows: Sequence[RosterRow], known: Known, reach: Reach, doubt: Doubt | None
) -> Plan:
    """Plan in a thread: thousands of rows take a second, in which others are answered."""
    return await asyncio.to_thread(planning.plan, rows, known, reach=reach, doubt=doubt)


def draw_codes(plan: Plan) -> dict[int, str]:
    """Draw a code for everybody who is new, by line of the table."""
    lines = [item.row.line for item in plan.added]
    return dict(zip(lines, identity_codes.draw_many(len(lines)), strict=True))


async def carry_out(
    rows: Sequence[RosterRow],
    *,
    reach: Reach,
    doubt: Doubt | None,
    codes: Mapping[int, str],
    now: datetime,
    actor: int | None,
) -> tuple[Plan, Written]:
    """Write ``rows``, with the codes that were drawn, by line, for those who are new.

    It is planned anew on what the transaction sees. Raises the first problem, Refusal
    ``roster.row_doubtful``, or ``roster.import_changed`` when others are new than were before.
    """
    require_tx()
    known = await registry.load(rows, reach=reach)
    plan = await _planned(rows, known, reach, doubt)
    plan.require_sound()
    if {item.row.line for item in plan.added} != set(codes):
        raise Refusal("roster.import_changed")
    written = await registry.write(plan, known, now=now, actor=actor)
    given = {
        person.id: codes[item.row.line]
        for person, item in zip(written.people, plan.added, strict=True)
    }
    written.made["codes"] = await identity_codes.issue_first(given, issued_by=actor, now=now)
    newest = await AuditLog.all().order_by("-id").first()
    written.made["last_act"] = [newest.id if newest else 0]
    return plan, written
