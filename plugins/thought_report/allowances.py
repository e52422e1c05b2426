"""More time for one report (延期), or none owed this time (免交): by a named person, for a reason.

The reason is sealed and read by the branch alone; the author and the mentors hear that it is so.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from core import crypto
from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from core.periods import Cycle
from models import Account, AuditLog, Person, ReportAllowance, ThoughtReport
from models.enums import AllowanceKind, Priority
from models.report import owes_report
from plugins.delivery import service as delivery
from plugins.identity import reach
from plugins.thought_report import cycle as windows
from plugins.thought_report import notices, policy, readers, schedules

ALLOWED = "thought_report.allowance"
TAKEN_BACK = "thought_report.allowance_back"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the actor's branch who is called so."""

    person_id: int
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An allowance in force. ``reason`` is in the words of whoever granted it."""

    uid: str
    author: str
    cycle: Cycle
    kind: AllowanceKind
    until_on: date | None
    granted_by: str
    reason: str


def _place(uid: str) -> str:
    return f"report_allowance.reason:{uid}"


def reason_of(row: ReportAllowance) -> str:
    """Return why an allowance was granted, in the words of whoever did."""
    return crypto.unseal_text(row.reason_sealed, place=_place(row.uid))


async def candidates(actor: Actor, name: str) -> tuple[Candidate, ...]:
    """Return those called ``name`` in the branches for which the actor reads."""
    found = []
    for path in reach.branch_paths(actor):
        rows = await (
            Person.filter(name=name.strip(), home_unit__path__startswith=path)
            .order_by("id")
            .values_list("id", "name", "home_unit__name")
        )
        found += [Candidate(*row) for row in rows]
    return tuple(dict.fromkeys(found))


async def standing(actor: Actor, kind: AllowanceKind, today: date) -> tuple[Standing, ...]:
    """Return what the actor's branches allow now, the oldest first; what is over is left out."""
    paths = reach.branch_paths(actor)
    rows = await (
        ReportAllowance.filter(kind=kind, withdrawn_at__isnull=True)
        .order_by("id")
        .prefetch_related("person__home_unit", "granted_by")
    )
    return tuple(
        _standing(row)
        for row in rows
        if paths and row.person.home_unit.path.startswith(paths) and _is_open(row, today)
    )


def _is_open(row: ReportAllowance, today: date) -> bool:
    last = row.until_on or Cycle.parse(row.quarter).next.last_day
    return last >= today


def _standing(row: ReportAllowance) -> Standing:
    return Standing(
        uid=row.uid,
        author=str(row.person.name),
        cycle=Cycle.parse(row.quarter),
        kind=row.kind,
        until_on=row.until_on,
        granted_by=str(row.granted_by.name),
        reason=reason_of(row),
    )


async def _author(actor: Actor, person_id: int) -> Person:
    """Return the person, locked, if the actor reads for his branch."""
    person = (
        await Person.filter(id=person_id).select_for_update().prefetch_related("home_unit").first()
    )
    paths = reach.branch_paths(actor)
    if person is None or not paths or not person.home_unit.path.startswith(paths):
        raise Refusal("thought_report.allow_unknown")
    return person


@transactional
async def grant(
    *,
    actor: Actor,
    person_id: int,
    kind: AllowanceKind,
    until_on: date | None,
    reason: str,
    now: datetime,
) -> Standing:
    """Allow one person more time, or no report this time; what was allowed before gives way.

    It is for the cycle before while the present one has only just begun and that one is missing,
    else for the present one. Commits the row, the audit row, the messages to author and mentors,
    and takes back reminders that are due; new ones follow the new day. Raises Refusal
    ``thought_report.allow_unknown``, ``.allow_not_owing``, ``.allow_handed_in``, ``.allow_days``,
    ``.reason_long``.
    """
    if len(reason) > policy.MOST_REASON:
        raise Refusal("thought_report.reason_long", most=policy.MOST_REASON)
    person = await _author(actor, person_id)
    today = local_day(now)
    if not owes_report(person.stage):
        raise Refusal("thought_report.allow_not_owing", author=person.name)
    cycle = await _meant(person, today)
    if kind is AllowanceKind.EXTENSION:
        await _check_day(person, cycle, until_on, today)
    await _give_way(person, cycle, actor, now)
    uid = uuid4().hex
    row = await ReportAllowance.create(
        uid=uid,
        person_id=person.id,
        quarter=str(cycle),
        kind=kind,
        until_on=until_on if kind is AllowanceKind.EXTENSION else None,
        reason_sealed=crypto.seal_text(reason, place=_place(uid)),
        granted_by_id=actor.person_id or 0,
        granted_at=now,
    )
    await windows.take_back_reminders(person.id, str(cycle), now=now, reason="allowed")
    await _note("allow", row, actor, now)
    await _tell(person, row, ALLOWED, now)
    return Standing(uid, person.name, cycle, kind, row.until_on, actor.name, reason)


async def _meant(person: Person, today: date) -> Cycle:
    cycle = await schedules.current(person.home_unit_id, today)
    before = await schedules.before(person.home_unit_id, cycle)
    if policy.has_just_begun(cycle, today) and await _is_missing(person, before):
        return before
    if not await _is_missing(person, cycle):
        said = notices.quarter_say(cycle, today)
        raise Refusal("thought_report.allow_handed_in", author=person.name, quarter=said)
    return cycle


async def _is_missing(person: Person, cycle: Cycle) -> bool:
    if person.activist_on is not None and person.activist_on > cycle.last_day:
        return False
    handed_in = ThoughtReport.filter(person_id=person.id, quarter=str(cycle))
    return not await handed_in.exists()


async def _check_day(person: Person, cycle: Cycle, until_on: date | None, today: date) -> None:
    closes_on = (await schedules.window_for(person.home_unit_id, cycle)).closes_on
    earliest = max(closes_on, today)
    latest = closes_on + policy.MOST_EXTENSION
    if until_on is None or not earliest < until_on <= latest:
        said = notices.quarter_say(cycle, today)
        raise Refusal(
            "thought_report.allow_days", quarter=said, closes=closes_on, latest=latest, today=today
        )


async def _give_way(person: Person, cycle: Cycle, actor: Actor, now: datetime) -> None:
    await ReportAllowance.filter(
        person_id=person.id, quarter=str(cycle), withdrawn_at__isnull=True
    ).update(withdrawn_at=now, withdrawn_by_id=actor.person_id)


@transactional
async def take_back(*, actor: Actor, uid: str, now: datetime) -> Standing:
    """Take an allowance back; the report is owed as before, and author and mentors hear of it.

    Commits the row, the audit row and the messages. Raises Refusal ``thought_report.allow_gone``.
    """
    row = await (
        ReportAllowance.filter(uid=uid, withdrawn_at__isnull=True).select_for_update().first()
    )
    if row is None:
        raise Refusal("thought_report.allow_gone")
    person = await _author(actor, row.person_id)
    row.withdrawn_at, row.withdrawn_by_id = now, actor.person_id
    await row.save(update_fields=["withdrawn_at", "withdrawn_by_id"])
    await windows.take_back_reminders(person.id, row.quarter, now=now, reason="taken_back")
    await _note("allow_no_more", row, actor, now)
    await _tell(person, row, TAKEN_BACK, now)
    await row.fetch_related("person", "granted_by")
    return _standing(row)


async def _note(act: str, row: ReportAllowance, actor: Actor, now: datetime) -> None:
    detail: dict[str, Any] = {"kind": row.kind.value, "quarter": row.quarter}
    if row.until_on is not None:
        detail["until"] = row.until_on.isoformat()
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=f"thought_report.{act}",
        subject_kind="person",
        subject_id=row.person_id,
        detail=detail,
    )


async def _tell(person: Person, row: ReportAllowance, purpose: str, now: datetime) -> None:
    """Owe one message to the author, if he is bound, and one to each mentor; never the reason."""
    today = local_day(now)
    quarter = notices.quarter_say(Cycle.parse(row.quarter), today)
    author, mentor = _SAYS[purpose, row.kind]
    fields: dict[str, Any] = {"quarter": quarter, "author": person.name, "today": today}
    if row.until_on is not None:
        fields["until"] = row.until_on
    mentors = [reader.person_id for reader in await readers.mentors_of(person.id, today)]
    # Whoever stands in for a mentor (代班) reads meanwhile, and so he has to know.
    told = [(reader, mentor) for reader in await reach.acting_for(mentors, today)]
    if await Account.filter(person_id=person.id, bound_at__isnull=False).exists():
        told.insert(0, (person.id, author))
    for person_id, key in told:
        await delivery.enqueue(
            purpose=purpose,
            occasion=row.uid,
            target=f"person:{person_id}",
            parts=notices.body((Say(key, **fields),)),
            now=now,
            priority=Priority.NOTICE,
        )


_SAYS = {
    (ALLOWED, AllowanceKind.EXTENSION): (
        "thought_report.told_extended",
        "thought_report.told_mentor_extended",
    ),
    (ALLOWED, AllowanceKind.EXEMPTION): (
        "thought_report.told_exempt",
        "thought_report.told_mentor_exempt",
    ),
    (TAKEN_BACK, AllowanceKind.EXTENSION): (
        "thought_report.told_as_before",
        "thought_report.told_mentor_as_before",
    ),
    (TAKEN_BACK, AllowanceKind.EXEMPTION): (
        "thought_report.told_as_before",
        "thought_report.told_mentor_as_before",
    ),
}
