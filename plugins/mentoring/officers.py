"""Who holds an office for which there is a list on Monday, as the actor he is in the chat."""

from collections import defaultdict
from datetime import date

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, Grant, RoleKind, Who
from models import Person, Role

# Those to whom branches and townships bring things; the operator's list is the alarm room's.
_LISTED = frozenset({Who.SECRETARY, Who.TOWNSHIP, Who.INFLOW})
_KINDS = [kind for kind in RoleKind if ROLE_WHO[kind] in _LISTED]


async def officers(today: date, person_id: int | None = None) -> dict[int, Actor]:
    """Return everybody in office with an account, or the one asked for; two statements.

    ``is_mentor`` is set for all: whoever has no mentees has nothing due as a mentor.
    """
    rows = Role.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        from_on__lte=today,
        kind__in=_KINDS,
        person__accounts__bound_at__isnull=False,
    )
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    grants: dict[int, list[Grant]] = defaultdict(list)
    for row in await rows.distinct().order_by("id").prefetch_related("unit"):
        grants[row.person_id].append(Grant(row.kind, row.unit_id, row.unit.path))
    names = dict(await Person.filter(id__in=list(grants)).values_list("id", "name"))
    return {
        number: Actor(person_id=number, name=str(names[number]), is_mentor=True, grants=tuple(held))
        for number, held in grants.items()
    }
