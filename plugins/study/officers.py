"""Who is in charge of study where: the office somebody holds, who else looks, who is told.

Offices over groups are those of the secretary and the commissioner of a branch and of the clerks of
township and county; a liaison officer holds none of them.
"""

from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, Grant, RoleKind, Who
from core.errors import Refusal
from models import Person, Role

_OFFICES = frozenset({Who.SECRETARY, Who.TOWNSHIP})
# Whose look is asked for first in one unit.
_REVIEWERS = (
    RoleKind.ORGANIZATION_COMMISSIONER,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.BRANCH_SECRETARY,
    RoleKind.TOWNSHIP_CLERK,
    RoleKind.COUNTY_CLERK,
)


def office(actor: Actor) -> Grant:
    """Return the actor's highest office over groups; Refusal ``study.push_no_unit`` without one."""
    mine = [grant for grant in actor.grants if ROLE_WHO[grant.role] in _OFFICES]
    if not mine or actor.person_id is None:
        raise Refusal("study.push_no_unit")
    return min(mine, key=lambda grant: len(grant.unit_path))


def looks_after(actor: Actor, path: str) -> bool:
    """Whether the actor holds an office at or above the unit with tree path ``path``."""
    offices = [grant for grant in actor.grants if ROLE_WHO[grant.role] in _OFFICES]
    return any(path.startswith(grant.unit_path) for grant in offices)


async def second_person(actor: Actor, path: str, *, today: date) -> Person | None:
    """Return who is asked to look: the nearest office at or above ``path``, never the actor."""
    rows = await _in_office(path, today)
    others = [row for row in rows if row.person_id != actor.person_id]
    return _nearest(others).person if others else None


async def in_charge(path: str, *, today: date) -> Role | None:
    """Return whose matter the material of a unit is: the township's clerk, else the nearest office.

    A review of the township serves every village of it, so it is asked before they are.
    """
    rows = await _in_office(path, today)
    clerks = [row for row in rows if row.kind is RoleKind.TOWNSHIP_CLERK]
    return _nearest(clerks or rows) if rows else None


async def _in_office(path: str, today: date) -> Sequence[Role]:
    above = [int(piece) for piece in path.split("/") if piece]
    return await (
        Role.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            unit_id__in=above, kind__in=list(_REVIEWERS), from_on__lte=today,
            person__accounts__bound_at__isnull=False,
        )
        .prefetch_related("unit", "person")
    )  # fmt: skip


def _nearest(rows: Sequence[Role]) -> Role:
    return min(rows, key=lambda row: (-len(row.unit.path), _REVIEWERS.index(row.kind), row.id))
