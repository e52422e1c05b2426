"""The roster as a file (花名册): everybody at home in one's units, as an import reads it back.

Confirmed, made, sent and removed by ``plugins.delivery.exports``.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core import spreadsheets
from core.actors import ROLE_WHO, Actor, RoleKind, Who
from core.clock import local, local_day
from core.database import transactional
from core.errors import Refusal
from core.progress import Stretch
from core.texts import render
from models import AuditLog, Mentorship, Person, ReportExport, Role
from models.enums import ExportKind
from plugins.delivery import exports
from plugins.delivery.exports import Made, Maker
from plugins.identity import looks
from plugins.roster import appointing, imports, queries, words
from plugins.roster.registry import in_batches
from plugins.roster.tables import MOST_ROWS
from plugins.roster.units import Node, UnitTree

EXPORTED = "roster.exported"
_DAYS = ("applied_on", "talk_on", "activist_on", "target_on", "probation_on")
HEAD = (
    words.NAME, words.UNIT, words.STAGE, words.APPLIED, words.TALKED, words.ACTIVIST, words.TARGET,
    words.PROBATION, words.MENTORS, words.OFFICES, words.CITY, words.LEFT, words.INFLOW,
)  # fmt: skip


@dataclass(slots=True)
class _Beside:
    """What stands beside people in other tables, by person."""

    tree: UnitTree
    mentors: dict[int, list[Person]] = field(default_factory=dict)
    roles: dict[int, list[Role]] = field(default_factory=dict)


def _people(actor: Actor) -> QuerySet[Person]:
    """Return everybody at home in the units of somebody's office."""
    scope = queries.importing_reach(actor).scope
    rows = Person.filter(erased_on__isnull=True)
    if scope is not None:
        inside = Q(*(Q(home_unit__path__startswith=path) for path in scope.paths), join_type=Q.OR)
        rows = rows.filter(inside) if scope.paths else rows.filter(id__in=[])
    return rows.order_by("home_unit__path", "name", "id")


async def propose(actor: Actor) -> int:
    """Return how many people a roster would hold.

    Raises Refusal ``reception.not_allowed``, ``roster.export_nothing``.
    """
    imports.require_officer(actor)
    count = await _people(actor).count()
    if not count:
        raise Refusal("roster.export_nothing")
    return count


@transactional
async def confirm(*, actor: Actor, key: str, now: datetime) -> str:
    """Owe the roster to whoever confirmed it; return its uid, the same for the same ``key``.

    Commits the order, the audit row, and a read row for everybody who is in it.
    """
    imports.require_officer(actor)
    if (known := await exports.known(key)) is not None:
        return known
    order = await exports.owe(actor=actor, kind=ExportKind.ROSTER, key=key, now=now)
    ids = [int(str(number)) for number in await _people(actor).values_list("id", flat=True)]
    office = looks.Office.SECRETARY if _is_secretary(actor) else looks.Office.TOWNSHIP
    await looks.note_many(reader=actor, person_ids=ids, office=office, what=looks.ROSTER, now=now)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="roster.export",
        subject_kind="report_export",
        subject_id=order.id,
        detail={"kind": ExportKind.ROSTER.value, "people": len(ids)},
    )
    return order.uid


def _is_secretary(actor: Actor) -> bool:
    kinds = {ROLE_WHO[grant.role] for grant in actor.grants}
    return Who.SECRETARY in kinds and Who.TOWNSHIP not in kinds


async def _files(actor: Actor, order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    """Make the roster, in pieces that an import takes in one go."""
    if not imports.is_officer(actor):
        return
    mark = render("roster.export_mark", name=actor.name, at=f"{local(now):%Y-%m-%d %H:%M}")
    total = await _people(actor).count()
    pieces = -(-total // (MOST_ROWS - 2))
    for number in range(pieces):
        some = await _people(actor).offset(number * (MOST_ROWS - 2)).limit(MOST_ROWS - 2)
        stretch = Stretch(order.uid, number * (MOST_ROWS - 2), total)
        data = await sheet(some, mark=mark, today=local_day(now), stretch=stretch)
        ending = f"-{number + 1}" if pieces > 1 else ""
        yield Made(f"{words.ROSTER_FILE}{ending}.xlsx", "xlsx", data)


async def sheet(
    people: Sequence[Person], *, mark: str, today: date, stretch: Stretch | None = None
) -> bytes:
    """Return an .xlsx of people, a row each, in the columns that an import knows."""
    beside = _Beside(await UnitTree.load())
    done = 0
    for some in in_batches([person.id for person in people]):
        if stretch is not None:
            stretch.note(done)
        await _read_beside(some, beside, today)
        done += len(some)
    lines = [_line(person, beside) for person in people]
    return await asyncio.to_thread(spreadsheets.build, words.ROSTER_FILE, mark, HEAD, lines)


async def _read_beside(ids: Sequence[int], beside: _Beside, today: date) -> None:
    now = Q(until_on__isnull=True) | Q(until_on__gte=today)
    pairs = Mentorship.filter(now, person_id__in=ids).order_by("id").prefetch_related("mentor")
    for pair in await pairs:
        beside.mentors.setdefault(pair.person_id, []).append(pair.mentor)
    for role in await Role.filter(now, person_id__in=ids).order_by("id"):
        beside.roles.setdefault(role.person_id, []).append(role)


def _line(person: Person, beside: _Beside) -> tuple[str, ...]:
    units = beside.tree.by_id
    unit = units[person.home_unit_id]
    inflow = units.get(person.inflow_unit_id or 0)
    days = [getattr(person, name) for name in _DAYS]
    mentors = [_mentor(one, unit, units) for one in beside.mentors.get(person.id, ())]
    return (
        person.name,
        words.PATH_MARK.join(unit.names),
        words.STAGE_NAMES[person.stage],
        *(_day(day) for day in days),
        words.LIST_MARK.join(mentors),
        words.LIST_MARK.join(_offices(beside.roles.get(person.id, ()), unit, inflow, beside.tree)),
        person.city or "",
        _day(person.left_on),
        words.PATH_MARK.join(inflow.names) if inflow else "",
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _mentor(mentor: Person, unit: Node, units: Mapping[int, Node]) -> str:
    home = units[mentor.home_unit_id]
    if home is unit:
        return mentor.name
    return words.mentor_of(mentor.name, home.names)


def _offices(roles: Sequence[Role], unit: Node, inflow: Node | None, tree: UnitTree) -> list[str]:
    """Return the offices by name; none of them where one is not where the name would put it."""
    held = [role for role in roles if role.kind is not RoleKind.OPERATOR]
    for role in held:
        place = appointing.office_unit(tree, unit, inflow, role.kind)
        if place is None or place.id != role.unit_id:
            return []
    return [words.OFFICE_NAMES[role.kind] for role in held]


def _not_made() -> str:
    return render("roster.export_not_made")


MAKER = Maker(
    kinds=frozenset({ExportKind.ROSTER}), purpose=EXPORTED, files=_files, not_made=_not_made
)
