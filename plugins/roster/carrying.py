"""Plans a roster on what is known now, and carries the plan out in the caller's transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.database import MANY_ROWS, count_anew, require_tx
from core.errors import Refusal
from models import AuditLog
from plugins.identity import codes as identity_codes
from plugins.roster import planning, registry
from plugins.roster.importing import RosterRow
from plugins.roster.plans import Doubt, Known, Plan, Reach
from plugins.roster.registry import Written

_TOUCHED = ("unit", "person", "role", "mentorship", "invitation", "audit_log")


async def dry_run(rows: Sequence[RosterRow], *, reach: Reach, doubt: Doubt | None = None) -> Plan:
    """Return what ``rows`` would do, problems and all; nothing is written."""
    known = await registry.load(rows, reach=reach)
    return await _planned(rows, known, reach, doubt)


async def _planned(
    rows: Sequence[RosterRow], known: Known, reach: Reach, doubt: Doubt | None
) -> Plan:
    """Plan in a thread: thousands of rows take a second, in which others are answered."""
    return await asyncio.to_thread(planning.plan, rows, known, reach=reach, doubt=doubt)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table ready to be written: all that can be done before anybody has to wait for it.

    ``codes`` are drawn for those who are new, by line of the table; ``hashes`` is what is kept of
    them. ``known`` is what the plan was made on.
    """

    rows: Sequence[RosterRow]
    reach: Reach
    doubt: Doubt | None
    known: Known
    plan: Plan
    codes: Mapping[int, str]
    hashes: Mapping[int, str]


async def prepare(rows: Sequence[RosterRow], *, reach: Reach, doubt: Doubt | None) -> Prepared:
    """Plan a table and draw its codes; nothing is written. Not inside a transaction.

    Raises the first problem, or Refusal ``roster.row_doubtful``.
    """
    known = await registry.load(rows, reach=reach)
    plan = await _planned(rows, known, reach, doubt)
    plan.require_sound()
    lines = [item.row.line for item in plan.added]
    drawn = identity_codes.draw_many(len(lines))
    hashes = await asyncio.to_thread(identity_codes.hashes_of, drawn)
    codes = dict(zip(lines, drawn, strict=True))
    kept = dict(zip(lines, hashes, strict=True))
    return Prepared(rows, reach, doubt, known, plan, codes, kept)


async def carry_out(ready: Prepared, *, now: datetime, actor: int | None) -> tuple[Plan, Written]:
    """Write a table that was prepared, in the caller's transaction.

    Others wait meanwhile (SQLite has one connection), so nothing is worked out here: what was known
    is looked at again, and only when it has changed the table is planned anew on it. Raises then
    the first problem, Refusal ``roster.row_doubtful``, or ``roster.import_changed`` when others are
    new than were before.
    """
    require_tx()
    plan, known = ready.plan, await registry.load(ready.rows, reach=ready.reach)
    if known.state() == ready.known.state():
        known = ready.known
    else:
        plan = await _planned(ready.rows, known, ready.reach, ready.doubt)
        plan.require_sound()
    if {item.row.line for item in plan.added} != set(ready.codes):
        raise Refusal("roster.import_changed")
    written = await registry.write(plan, known, now=now, actor=actor)
    given = {
        person.id: ready.hashes[item.row.line]
        for person, item in zip(written.people, plan.added, strict=True)
    }
    written.made["codes"] = await identity_codes.issue_first(given, issued_by=actor, now=now)
    newest = await AuditLog.all().order_by("-id").first()
    written.made["last_act"] = [newest.id if newest else 0]
    return plan, written


async def settle_in(plan: Plan) -> None:
    """Let the database count anew after many rows came; after the commit."""
    if len(plan.placed) > MANY_ROWS:
        await count_anew(*_TOUCHED)
