"""Writes a roster: people with their days and places, offices, mentors; all of it or nothing.

A person is known by name and home unit; the same table again changes what differs and adds nobody.
An empty cell leaves what is known. Every change leaves an audit row without names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from core.actors import RoleKind, Stage
from core.clock import local_day
from core.config import settings
from core.database import require_tx
from core.errors import Refusal
from core.periods import add_months
from models import AuditLog, Mentorship, Person, Role, Unit
from models.enums import UnitKind
from plugins.roster.importing import RosterRow
from plugins.roster.units import UnitTree

# The first talk within a week of appointment (domain.md 3.2: one rule has the secretary brief the
# mentor within a week and the mentor meet the person within the next).
FIRST_TALK = timedelta(days=7)

_OFFICE_LEVELS = {
    RoleKind.TOWNSHIP_CLERK: UnitKind.TOWNSHIP,
    RoleKind.COUNTY_CLERK: UnitKind.COUNTY,
}
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Counted:
    """What an import did. ``added`` and ``updated`` are people."""

    added: list[Person] = field(default_factory=list)
    updated: int = 0
    unchanged: int = 0
    units: int = 0


@dataclass(slots=True)
class _Placed:
    row: RosterRow
    person: Person
    unit: Unit
    inflow: Unit | None
    is_changed: bool


async def write(rows: Sequence[RosterRow], *, now: datetime, actor: int | None) -> Counted:
    """Write ``rows`` inside the caller's transaction.

    Raises Refusal with the row's ``line``: ``roster.row_unit_twice``, ``row_unit_deep``,
    ``row_person_twice``, ``row_same_person``, ``row_mentor_unknown``, ``row_mentor_twice``,
    ``row_mentor_stage``, ``row_mentor_self``, ``row_office_unit``.
    """
    require_tx()
    tree = await UnitTree.load(now=now)
    counted = Counted()
    placed = [await _place(row, tree, counted, now, actor) for row in rows]
    _refuse_same(placed)
    for item in placed:
        item.is_changed |= await _appoint(item, tree, now)
    for item in placed:
        item.is_changed |= await _assign(item, tree, now)
    counted.units = len(tree.made)
    added = {person.id for person in counted.added}
    old = [item for item in placed if item.person.id not in added]
    counted.updated = sum(item.is_changed for item in old)
    counted.unchanged = len(old) - counted.updated
    await _audit_import(counted, now, actor)
    return counted


async def _place(
    row: RosterRow, tree: UnitTree, counted: Counted, now: datetime, actor: int | None
) -> _Placed:
    unit = await tree.at(row.unit, line=row.line)
    inflow = await tree.away(row.inflow, home=unit, line=row.line) if row.inflow else None
    known = await Person.filter(name=row.name, home_unit_id=unit.id)
    if len(known) > 1:
        raise Refusal("roster.row_person_twice", line=row.line)
    if known:
        changed = await _update(known[0], row, inflow, now, actor)
        return _Placed(row, known[0], unit, inflow, changed)
    person = await Person.create(
        uid=uuid4().hex,
        name=row.name,
        home_unit_id=unit.id,
        inflow_unit_id=None if inflow is None else inflow.id,
        stage=row.stage,
        applied_on=row.applied_on,
        talk_on=row.talk_on,
        activist_on=row.activist_on,
        city=row.city,
        created_at=now,
    )
    counted.added.append(person)
    return _Placed(row, person, unit, inflow, is_changed=True)


async def _update(
    person: Person, row: RosterRow, inflow: Unit | None, now: datetime, actor: int | None
) -> bool:
    wanted = {
        "stage": row.stage,
        "applied_on": row.applied_on,
        "talk_on": row.talk_on,
        "activist_on": row.activist_on,
        "city": row.city,
        "inflow_unit_id": None if inflow is None else inflow.id,
    }
    changes = {
        name: value
        for name, value in wanted.items()
        if value is not None and getattr(person, name) != value
    }
    if not changes:
        return False
    before = person.stage
    await person.update_from_dict(changes).save(update_fields=list(changes))
    detail: dict[str, object] = {"columns": sorted(changes)}
    if before is not row.stage:
        detail |= {"stage_before": before.value, "stage": row.stage.value, "basis": "roster"}
    await _audit("roster.update", person.id, detail, now, actor)
    return True


def _refuse_same(placed: Sequence[_Placed]) -> None:
    """Two paths may be two ways of writing one unit: then one person stands there twice."""
    seen: dict[int, int] = {}
    for item in placed:
        first = seen.setdefault(item.person.id, item.row.line)
        if first != item.row.line:
            raise Refusal("roster.row_same_person", line=item.row.line, first=first)


async def _appoint(item: _Placed, tree: UnitTree, now: datetime) -> bool:
    """Make the offices of a person those of his row; return whether anything changed."""
    if not item.row.offices:
        return False
    today = local_day(now)
    wanted = {(kind, _office_unit(item, tree, kind)) for kind in item.row.offices}
    # The operator's office is given at the console and is none of the roster's business.
    held = await Role.filter(person_id=item.person.id, until_on__isnull=True).exclude(
        kind=RoleKind.OPERATOR
    )
    kept = {(role.kind, role.unit_id) for role in held} & wanted
    for role in held:
        if (role.kind, role.unit_id) not in wanted:
            role.until_on = today - _DAY
            await role.save(update_fields=["until_on"])
    for kind, unit_id in sorted(wanted - kept):
        await _give_office(item.person.id, unit_id, kind, today)
    return wanted != {(role.kind, role.unit_id) for role in held}


def _office_unit(item: _Placed, tree: UnitTree, kind: RoleKind) -> int:
    if kind is RoleKind.LIAISON_OFFICER:
        places = (item.unit, item.inflow)
        unit = next((u for u in places if u and u.kind is UnitKind.LIAISON_OFFICE), None)
    elif kind in _OFFICE_LEVELS:
        unit = tree.above(item.unit, _OFFICE_LEVELS[kind])
    else:
        unit = item.unit
    if unit is None:
        raise Refusal("roster.row_office_unit", line=item.row.line)
    return unit.id


async def _give_office(person_id: int, unit_id: int, kind: RoleKind, today: date) -> None:
    same = Role.filter(person_id=person_id, unit_id=unit_id, kind=kind, from_on=today)
    if not await same.update(until_on=None):
        await Role.create(person_id=person_id, unit_id=unit_id, kind=kind, from_on=today)


async def _assign(item: _Placed, tree: UnitTree, now: datetime) -> bool:
    """Make the mentors of a person those of his row; return whether anything changed."""
    if not item.row.mentors:
        return False
    today = local_day(now)
    wanted = {(await _mentor(item, name, tree)).id for name in item.row.mentors}
    held = await Mentorship.filter(person_id=item.person.id, until_on__isnull=True)
    for mentorship in held:
        if mentorship.mentor_id not in wanted:
            mentorship.until_on = today - _DAY
            await mentorship.save(update_fields=["until_on"])
    for mentor_id in sorted(wanted - {mentorship.mentor_id for mentorship in held}):
        await _give_mentor(item.person.id, mentor_id, today)
    return wanted != {mentorship.mentor_id for mentorship in held}


async def _give_mentor(person_id: int, mentor_id: int, today: date) -> None:
    same = Mentorship.filter(person_id=person_id, mentor_id=mentor_id, from_on=today)
    if await same.update(until_on=None):
        return
    regular = add_months(today, settings().mentoring.cadence_months)
    await Mentorship.create(
        person_id=person_id,
        mentor_id=mentor_id,
        from_on=today,
        next_contact_on=min(regular, today + FIRST_TALK),
    )


async def _mentor(item: _Placed, name: str, tree: UnitTree) -> Person:
    """Return the mentor of that name who is nearest: same unit, same township, anywhere."""
    line = item.row.line
    people = await Person.filter(name=name).prefetch_related("home_unit")
    township = tree.above(item.unit, UnitKind.TOWNSHIP)
    roots = [item.unit.path, "/" if township is None else township.path, "/"]
    for root in roots:
        near = [person for person in people if person.home_unit.path.startswith(root)]
        if len(near) > 1:
            raise Refusal("roster.row_mentor_twice", line=line)
        if near:
            return _fit_mentor(near[0], item)
    raise Refusal("roster.row_mentor_unknown", line=line)


def _fit_mentor(mentor: Person, item: _Placed) -> Person:
    if mentor.id == item.person.id:
        raise Refusal("roster.row_mentor_self", line=item.row.line)
    if mentor.stage is not Stage.FULL_MEMBER:
        raise Refusal("roster.row_mentor_stage", line=item.row.line)
    return mentor


async def _audit_import(counted: Counted, now: datetime, actor: int | None) -> None:
    detail: dict[str, object] = {
        "added": len(counted.added),
        "updated": counted.updated,
        "units": counted.units,
    }
    await _audit("roster.import", None, detail, now, actor)


async def _audit(
    action: str, person_id: int | None, detail: dict[str, object], now: datetime, actor: int | None
) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail=detail,
    )
