"""Who is in charge of study where: the office somebody holds, who else looks, who is told.

Offices over groups are those of the secretary and the commissioner of a branch and of the clerks of
township and county; a liaison officer holds none of them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, Grant, RoleKind, Who
from core.errors import Refusal
from models import Person, Role

OFFICES = frozenset({Who.SECRETARY, Who.TOWNSHIP})
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
    mine = [grant for grant in actor.grants if ROLE_WHO[grant.role] in OFFICES]
    if not mine or actor.person_id is None:
        raise Refusal("study.push_no_unit")
    return min(mine, key=lambda grant: len(grant.unit_path))


def looks_after(actor: Actor, path: str) -> bool:
    """Whether the actor holds an office at or above the unit with tree path ``path``."""
    offices = [grant for grant in actor.grants if ROLE_WHO[grant.role] in OFFICES]
    return any(path.startswith(grant.unit_path) for grant in offices)


async def second_person(actor: Actor, path: str, *, today: date) -> Person | None:
    """Return who is asked to look: the nearest office at or above ``path``, never the actor."""
    rows = await _in_office(_line(path), today)
    others = [row for row in rows if row.person_id != actor.person_id]
    return _nearest(others).person if others else None


async def in_charge(paths: Collection[str], *, today: date) -> Mapping[str, Role]:
    """Return whose matter the material of units is: the township's clerk, else the nearest office.

    A review of the township serves every village of it, so it is asked before they are. Units
    without anybody are left out.
    """
    by_unit: dict[int, list[Role]] = defaultdict(list)
    for row in await _in_office({unit for path in paths for unit in _line(path)}, today):
        by_unit[row.unit_id].append(row)
    found = {path: [row for unit in _line(path) for row in by_unit[unit]] for path in paths}
    return {path: _asked_first(rows) for path, rows in found.items() if rows}


def _asked_first(rows: Sequence[Role]) -> Role:
    return _nearest([row for row in rows if row.kind is RoleKind.TOWNSHIP_CLERK] or rows)


def _line(path: str) -> list[int]:
    return [int(piece) for piece in path.split("/") if piece]


async def _in_office(units: Collection[int], today: date) -> Sequence[Role]:
    return await (
        Role.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            unit_id__in=list(units), kind__in=list(_REVIEWERS), from_on__lte=today,
            person__accounts__bound_at__isnull=False,
        )
        .prefetch_related("unit", "person")
    )  # fmt: skip


def _nearest(rows: Sequence[Role]) -> Role:
    return min(rows, key=lambda row: (-len(row.unit.path), _REVIEWERS.index(row.kind), row.id))
