"""Who hears that somebody asked for help: those in office for him at home, away, and above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from core.actors import ROLE_WHO, RoleKind, Who
from models import AssistanceCase, Person, Role, Unit
from models.enums import UnitKind

_HOME = (RoleKind.BRANCH_SECRETARY, RoleKind.DEPUTY_SECRETARY)
_AWAY = (RoleKind.LIAISON_OFFICER, RoleKind.BRANCH_SECRETARY)


def _in_force(today: date) -> Q:
    still = Q(until_on__isnull=True) | Q(until_on__gte=today)
    return Q(still, from_on__lte=today, person__accounts__bound_at__isnull=False)


async def helpers(person: Person, today: date) -> tuple[int, ...]:
    """Return who hears of a new case: the branch's secretary, and who looks after people away."""
    home = Q(unit_id=person.home_unit_id, kind__in=list(_HOME))
    away = Q(unit_id=person.inflow_unit_id or 0, kind__in=list(_AWAY))
    rows = Role.filter(_in_force(today), home | away).exclude(person_id=person.id)
    return _ids(await rows.order_by("id"))


async def branch(path: str, today: date) -> tuple[int, ...]:
    """Return who acts as the branch for people of the unit with tree path ``path``."""
    ids = [int(piece) for piece in path.split("/") if piece]
    kinds = [kind for kind in RoleKind if ROLE_WHO.get(kind) is Who.SECRETARY]
    rows = Role.filter(_in_force(today), unit_id__in=ids, kind__in=kinds).order_by("id")
    return _ids(await rows)


async def township(path: str, today: date) -> tuple[int, ...]:
    """Return the clerks of the township above the unit with tree path ``path``."""
    above = [int(piece) for piece in path.split("/") if piece]
    rows = await Role.filter(
        _in_force(today), unit_id__in=above, kind=RoleKind.TOWNSHIP_CLERK
    ).order_by("id")
    return _ids(rows)


@dataclass(frozen=True, slots=True)
class Above:
    """A township and its clerks, who may be asked to look after a case as well."""

    unit: str
    clerks: tuple[int, ...]


async def above(row: AssistanceCase, person: Person, today: date) -> Above | None:
    """Return the township above somebody's branch; None when only the helper himself sits there."""
    ids = [int(piece) for piece in person.home_unit.path.split("/") if piece]
    units = Unit.filter(id__in=ids, kind=UnitKind.TOWNSHIP)
    unit = await units.order_by("id").first()
    if unit is None:
        return None
    rows = Role.filter(_in_force(today), unit_id=unit.id, kind=RoleKind.TOWNSHIP_CLERK)
    clerks = tuple(one for one in _ids(await rows.order_by("id")) if one != row.taken_by_id)
    return Above(unit.name, clerks) if clerks else None


def _ids(rows: Iterable[Role]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(row.person_id for row in rows))
