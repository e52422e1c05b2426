"""Reads what is known of the people of a roster, and writes what was planned: all of it or nothing.

Every change leaves an audit row without names. What stood before is returned, so that an import can
be undone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from core.actors import RoleKind
from core.clock import local_day
from core.config import settings
from core.database import require_tx
from core.periods import add_months
from models import AuditLog, Mentorship, Person, Role
from models.rows import plain_value
from plugins.roster.importing import RosterRow
from plugins.roster.plans import Known, Placed, Plan, Reach
from plugins.roster.units import UnitTree

# The first talk within a week of appointment (domain.md 3.2: one rule has the secretary brief the
# mentor within a week and the mentor meet the person within the next).
FIRST_TALK = timedelta(days=7)
_DAY = timedelta(days=1)
# Values asked for by one statement; SQLite takes 32,766 parameters.
_BATCH = 500

_T = TypeVar("_T")


@dataclass(slots=True)
class Written:
    """What an import made and changed. ``people`` are the new ones, in the order of the table.

    ``made`` are ids of rows by kind, ``before`` what stood there, ``after`` what was written over
    it: columns by person, and offices and pairs whose last day changed.
    """

    people: list[Person] = field(default_factory=list)
    made: dict[str, list[int]] = field(default_factory=dict)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    after: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, kind: str, row_id: int, old: Any, new: Any) -> None:
        """Note what stood in a row before."""
        self.before.setdefault(kind, {})[str(row_id)] = old
        self.after.setdefault(kind, {})[str(row_id)] = new


def in_batches(values: Collection[_T]) -> Iterator[list[_T]]:
    """Yield ``values`` in pieces that one statement takes."""
    listed = list(values)
    for start in range(0, len(listed), _BATCH):
        yield listed[start : start + _BATCH]


async def load(rows: Sequence[RosterRow], *, reach: Reach) -> Known:
    """Read the tree, and everybody whom ``rows`` name as person or mentor."""
    tree = await UnitTree.load(scope=reach.scope)
    names = dict.fromkeys(row.name for row in rows)
    names |= dict.fromkeys(mentor[0] for row in rows for mentor in row.mentors)
    people: list[Person] = []
    for some in in_batches(names):
        people += await Person.filter(name__in=some, erased_on__isnull=True).order_by("id")
    ids = [person.id for person in people]
    roles: dict[int, list[Role]] = {}
    pairs: dict[int, list[Mentorship]] = {}
    for few in in_batches(ids):
        for role in await Role.filter(person_id__in=few).order_by("id"):
            roles.setdefault(role.person_id, []).append(role)
        for pair in await Mentorship.filter(person_id__in=few).order_by("id"):
            pairs.setdefault(pair.person_id, []).append(pair)
    return Known(tree, people, roles, pairs)


def rows_of(plan: Plan, now: datetime) -> list[Person]:
    """Return rows of the new people, in the order of the table; nothing is written.

    Made beforehand: thousands of them take longer to make than to write. Units that are not there
    yet are filled in by ``write``.
    """
    return [
        Person(
            uid=uuid4().hex,
            name=item.row.name,
            home_unit_id=item.unit.id,
            created_at=now,
            **item.changes,
        )
        for item in plan.added
    ]


async def write(
    plan: Plan, known: Known, rows: Sequence[Person], *, now: datetime, actor: int | None
) -> Written:
    """Write a sound plan, and ``rows_of`` it, inside the caller's transaction.

    Return what was made and changed.
    """
    require_tx()
    written = Written()
    await plan.tree.write(now=now)
    written.made["units"] = [node.id for node in plan.tree.made]
    ids = await _add(plan, rows, written)
    audits = [
        _audit("roster.update", item.person.id, detail, now, actor)
        for item in plan.placed
        if item.person is not None and (detail := await _update(item.person, item, written))
    ]
    await _give_offices(plan, ids, known, written, now)
    await _give_mentors(plan, ids, known, written, now)
    counts: dict[str, object] = {"added": len(written.people), "updated": plan.updated}
    counts["units"] = len(written.made["units"])
    audits.append(_audit("roster.import", None, counts, now, actor))
    await AuditLog.bulk_create(audits, batch_size=_BATCH)
    return written


async def _add(plan: Plan, rows: Sequence[Person], written: Written) -> dict[Placed, int]:
    """Write the new people; return the id of everybody in the plan."""
    ids = {item: item.person.id for item in plan.placed if item.person is not None}
    new = {row.uid: item for row, item in zip(rows, plan.added, strict=True)}
    for row in rows:
        item = new[row.uid]
        row.home_unit_id = item.unit.id
        row.inflow_unit_id = item.inflow.id if item.inflow else None
    await Person.bulk_create(rows, batch_size=_BATCH)
    for some in in_batches(new):
        found: Sequence[Any] = await Person.filter(uid__in=some).values_list("uid", "id")
        ids |= {new[uid]: int(number) for uid, number in found}
    by_id = {ids[new[row.uid]]: row for row in rows}
    for number, row in by_id.items():
        row.id = number
    written.people = list(by_id.values())
    written.made["people"] = list(by_id)
    return ids


def _late_inflow(item: Placed) -> dict[str, object]:
    """Return the column of a unit that was only made now."""
    made_now = item.inflow is not None and "inflow_unit_id" not in item.changes
    if item.inflow is None or not made_now:
        return {}
    return {"inflow_unit_id": item.inflow.id}


async def _update(person: Person, item: Placed, written: Written) -> dict[str, object]:
    """Write what changes in a known person; return what the audit row says of it."""
    late = _late_inflow(item)
    changes = item.changes | (late if late.get("inflow_unit_id") != person.inflow_unit_id else {})
    if not changes:
        return {}
    detail: dict[str, object] = {"columns": sorted(changes)}
    if "stage" in changes:
        before, after = person.stage.value, item.row.stage.value
        detail |= {"stage_before": before, "stage": after, "basis": "roster"}
    old = {name: plain_value(getattr(person, name)) for name in changes}
    new = {name: plain_value(value) for name, value in changes.items()}
    written.note("people", person.id, old, new)
    await Person.filter(id=person.id).update(**changes)
    return detail


async def _give_offices(
    plan: Plan, ids: Mapping[Placed, int], known: Known, written: Written, now: datetime
) -> None:
    today = local_day(now)
    await _end(Role, [role for item in plan.placed for role in item.ended], written, today)
    new: list[Role] = []
    for item in plan.placed:
        roles = known.roles.get(ids[item], ())
        for kind, node in item.offices:
            same = (r for r in roles if (r.kind, r.unit_id, r.from_on) == (kind, node.id, today))
            await _open(next(same, None), new, _role(ids[item], node.id, kind, today), written)
    await Role.bulk_create(new, batch_size=_BATCH)
    written.made["roles"] = await _ids_of(Role, new, today)


def _role(person_id: int, unit_id: int, kind: RoleKind, today: date) -> Role:
    return Role(person_id=person_id, unit_id=unit_id, kind=kind, from_on=today)


async def _give_mentors(
    plan: Plan, ids: Mapping[Placed, int], known: Known, written: Written, now: datetime
) -> None:
    today = local_day(now)
    await _end(Mentorship, [pair for item in plan.placed for pair in item.parted], written, today)
    regular = add_months(today, settings().mentoring.cadence_months)
    new: list[Mentorship] = []
    for item in plan.placed:
        pairs = known.pairs.get(ids[item], ())
        for mentor in item.mentors:
            mentor_id = mentor.id if isinstance(mentor, Person) else ids[mentor]
            fresh = Mentorship(
                person_id=ids[item],
                mentor_id=mentor_id,
                from_on=today,
                next_contact_on=min(regular, today + FIRST_TALK),
            )
            same = (p for p in pairs if (p.mentor_id, p.from_on) == (mentor_id, today))
            await _open(next(same, None), new, fresh, written)
    await Mentorship.bulk_create(new, batch_size=_BATCH)
    written.made["pairs"] = await _ids_of(Mentorship, new, today)


_Lasting = TypeVar("_Lasting", Role, Mentorship)


async def _end(
    model: type[_Lasting], rows: Sequence[_Lasting], written: Written, today: date
) -> None:
    for some in in_batches(rows):
        await model.filter(id__in=[row.id for row in some]).update(until_on=today - _DAY)
    for row in rows:
        written.note(_kind_of(row), row.id, None, (today - _DAY).isoformat())


async def _open(
    old: _Lasting | None, new: list[_Lasting], fresh: _Lasting, written: Written
) -> None:
    """Let a row of today that was ended go on; else add ``fresh`` to those to be made."""
    if old is None:
        new.append(fresh)
        return
    written.note(_kind_of(old), old.id, plain_value(old.until_on), None)
    await type(old).filter(id=old.id).update(until_on=None)


def _kind_of(row: Role | Mentorship) -> str:
    return "roles" if isinstance(row, Role) else "pairs"


async def _ids_of(model: type[_Lasting], new: Sequence[_Lasting], today: date) -> list[int]:
    """Return the ids of rows that were just made; every one of them begins today."""
    people = dict.fromkeys(row.person_id for row in new)
    keys = {_key(row) for row in new}
    found: list[int] = []
    for some in in_batches(people):
        rows = await model.filter(person_id__in=some, from_on=today).order_by("id")
        found += [row.id for row in rows if _key(row) in keys]
    return found


def _key(row: Role | Mentorship) -> tuple[object, ...]:
    if isinstance(row, Role):
        return row.person_id, row.unit_id, row.kind
    return row.person_id, row.mentor_id


def _audit(
    action: str, person_id: int | None, detail: dict[str, Any], now: datetime, actor: int | None
) -> AuditLog:
    return AuditLog(
        at=now,
        actor_id=actor,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail=detail,
    )
