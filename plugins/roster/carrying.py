"""Plans a roster on what is known now, and carries the plan out in the caller's transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.database import MANY_ROWS, count_anew, require_tx
from core.errors import Refusal
from models import AuditLog, Person
from plugins.identity import codes as identity_codes
from plugins.identity.codes import Drawn
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

    ``known`` is what the plan was made on. ``people`` and ``drawn`` are the rows of those who are
    new and of their codes, in the order of the table; ``codes`` are the same codes by line.
    """

    rows: Sequence[RosterRow]
    reach: Reach
    doubt: Doubt | None
    known: Known
    plan: Plan
    people: Sequence[Person]
    drawn: Drawn
    codes: Mapping[int, str]


async def prepare(
    rows: Sequence[RosterRow],
    *,
    reach: Reach,
    doubt: Doubt | None,
    now: datetime,
    actor: int | None,
) -> Prepared:
    """Plan a table and draw its codes; nothing is written. Not inside a transaction.

    Raises the first problem, or Refusal ``roster.row_doubtful``.
    """
    known = await registry.load(rows, reach=reach)
    plan = await _planned(rows, known, reach, doubt)
    plan.require_sound()
    lines = [item.row.line for item in plan.added]
    draw = partial(identity_codes.draw_first, len(lines), issued_by=actor, now=now)
    drawn = await asyncio.to_thread(draw)
    people = await asyncio.to_thread(registry.rows_of, plan, now)
    codes = dict(zip(lines, drawn.codes, strict=True))
    return Prepared(rows, reach, doubt, known, plan, people, drawn, codes)


async def carry_out(ready: Prepared, *, now: datetime, actor: int | None) -> tuple[Plan, Written]:
    """Write a table that was prepared, in the caller's transaction.

    Others wait meanwhile (SQLite has one connection), so nothing is worked out here: what was known
    is looked at again, and only when it has changed the table is planned anew on it. Raises then
    the first problem, Refusal ``roster.row_doubtful``, or ``roster.import_changed`` when others are
    new than were before.
    """
    require_tx()
    plan, people = ready.plan, ready.people
    known = await registry.load(ready.rows, reach=ready.reach)
    if known.state() == ready.known.state():
        known = ready.known
    else:
        plan = await _planned(ready.rows, known, ready.reach, ready.doubt)
        plan.require_sound()
        people = registry.rows_of(plan, now)
    if {item.row.line for item in plan.added} != set(ready.codes):
        raise Refusal("roster.import_changed")
    written = await registry.write(plan, known, people, now=now, actor=actor)
    # The codes stand by line in the files that are made already.
    line_of = dict(zip(ready.codes, range(len(ready.codes)), strict=True))
    given = sorted(
        (line_of[item.row.line], person.id)
        for item, person in zip(plan.added, written.people, strict=True)
    )
    ids = [person_id for _, person_id in given]
    written.made["codes"] = await identity_codes.issue_first(ready.drawn, ids)
    newest = await AuditLog.all().order_by("-id").first()
    written.made["last_act"] = [newest.id if newest else 0]
    return plan, written


async def settle_in(plan: Plan) -> None:
    """Let the database count anew after many rows came; after the commit."""
    if len(plan.placed) > MANY_ROWS:
        await count_anew(*_TOUCHED)
