"""The roster as a file (花名册): people of one's branch or township, as an import reads it.

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
# The branch, and the township committee: activists are filed there by name (domain notes 1.3, 4).
_BY_NAME = frozenset(RoleKind) - {RoleKind.COUNTY_CLERK, RoleKind.LIAISON_OFFICER}
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


async def _people(actor: Actor, today: date) -> QuerySet[Person]:
    """Return whom somebody may have by name (docs/adr/0022): the people of his branch or township.

    A county has those in office below it, whom it appoints; for the operator it is everybody.
    """
    rows = Person.filter(erased_on__isnull=True).order_by("home_unit__path", "name", "id")
    if queries.importing_reach(actor).scope is None:
        return rows
    by_name = [g.unit_path for g in actor.grants if g.role in _BY_NAME]
    above = [g.unit_path for g in actor.grants if g.role is RoleKind.COUNTY_CLERK]
    inside = [Q(home_unit__path__startswith=path) for path in by_name]
    if above:
        held = Q(*(Q(unit__path__startswith=path) for path in above), join_type=Q.OR)
        in_force = Q(Q(until_on__isnull=True) | Q(until_on__gte=today), from_on__lte=today)
        ids = await Role.filter(held, in_force).distinct().values_list("person_id", flat=True)
        inside.append(Q(id__in=list(ids)))
    return rows.filter(Q(*inside, join_type=Q.OR)) if inside else rows.filter(id__in=[])


def is_of_officers(actor: Actor) -> bool:
    """Whether somebody's roster holds those in office alone."""
    everywhere = queries.importing_reach(actor).scope is None
    return not everywhere and not any(g.role in _BY_NAME for g in actor.grants)


async def propose(actor: Actor, today: date) -> int:
    """Return how many people a roster would hold.

    Raises Refusal ``reception.not_allowed``, ``roster.export_nothing``.
    """
    imports.require_officer(actor)
    count = await (await _people(actor, today)).count()
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
    people = await _people(actor, local_day(now))
    ids = [int(str(number)) for number in await people.values_list("id", flat=True)]
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
    people = await _people(actor, local_day(now))
    total = await people.count()
    pieces = -(-total // (MOST_ROWS - 2))
    for number in range(pieces):
        some = await people.offset(number * (MOST_ROWS - 2)).limit(MOST_ROWS - 2)
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
