"""What became of pushes, for those who answer for the groups: counts, and what nobody knows.

Group names are shown to everybody in charge of the group; a person's name only where names may be.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from core.actors import Actor, UnitScope, Who
from models import Delivery, Group, Person
from models.enums import DeliveryState as S
from plugins.delivery.targets import TargetKind, parse
from plugins.identity import policy

# A refusal older than a week is nobody's matter any more: the next push went out meanwhile.
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Open:
    """A delivery that waits for a person: unsure, or refused. ``name`` is its target's."""

    delivery_id: int
    name: str
    is_group: bool
    is_unsure: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one push to groups has come."""

    purpose: str
    occasion: str
    counts: Mapping[S, int]
    refused: tuple[Open, ...]

    @property
    def total(self) -> int:
        """All groups it was meant for."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those it has still to go to."""
        return sum(self.counts.get(state, 0) for state in (S.DUE, S.LEASED, S.SENDING))

    @property
    def dropped(self) -> int:
        """Those it will not go to any more: too late, or taken back."""
        return sum(self.counts.get(state, 0) for state in (S.EXPIRED, S.CANCELLED))


def scope_of(actor: Actor) -> UnitScope:
    """Return the units for whose groups somebody answers; the operator's are all of them."""
    if Who.OPERATOR in actor.roles:
        return UnitScope(("/",), names=False)
    return policy.visible_units(actor)


async def newest_progress(actor: Actor) -> Progress | None:
    """Return how far the newest push to groups in somebody's scope has come."""
    groups = await _groups(scope_of(actor))
    newest = await Delivery.filter(target__in=list(groups)).order_by("-id").first()
    if newest is None:
        return None
    return await _progress(groups, newest.purpose, newest.occasion)


async def progress(actor: Actor, *, purpose: str, occasion: str) -> Progress:
    """Return how far one push has come among the groups in somebody's scope."""
    return await _progress(await _groups(scope_of(actor)), purpose, occasion)


async def _progress(groups: Mapping[str, str], purpose: str, occasion: str) -> Progress:
    rows = Delivery.filter(purpose=purpose, occasion=occasion, target__in=list(groups))
    found = await rows.order_by("id").only("id", "target", "state", "reason")
    refused = tuple(_open(row, groups[row.target]) for row in found if row.state is S.REJECTED)
    return Progress(purpose, occasion, Counter(row.state for row in found), refused)


async def open_items(actor: Actor, *, now: datetime) -> tuple[Open, ...]:
    """Return what waits for somebody's word: all that is unsure, and groups that refused lately."""
    scope = scope_of(actor)
    names = dict(await _groups(scope))
    refused = Q(state=S.REJECTED, updated_at__gte=now - RECENT, target__in=list(names))
    unsure = await Delivery.filter(state=S.UNKNOWN).values_list("target", flat=True)
    people = [str(target) for target in unsure if str(target).startswith("person:")]
    names.update(await _people(scope, people))
    rows = await Delivery.filter(refused | Q(state=S.UNKNOWN, target__in=list(names))).order_by(
        "id"
    )
    return tuple(_open(row, names[row.target]) for row in rows)


def _open(row: Delivery, name: str) -> Open:
    is_group = parse(row.target).kind is TargetKind.GROUP
    return Open(row.id, name, is_group, row.state is S.UNKNOWN, row.reason)


async def _groups(scope: UnitScope) -> dict[str, str]:
    """Return the groups of a scope: target → name."""
    if not scope.paths:
        return {}
    inside = Q(*(Q(unit__path__startswith=path) for path in scope.paths), join_type=Q.OR)
    rows = await Group.filter(inside).values_list("id", "name", "unit__name")
    return {f"group:{number}": str(name or unit) for number, name, unit in rows}


async def _people(scope: UnitScope, targets: list[str]) -> dict[str, str]:
    """Return those of ``targets`` whom the scope may name: target → name."""
    if not scope.names or not scope.paths or not targets:
        return {}
    fields = ("home_unit__path__startswith", "inflow_unit__path__startswith")
    near = Q(*(Q(**{field: path}) for path in scope.paths for field in fields), join_type=Q.OR)
    ids = [parse(target).id for target in targets]
    rows = await Person.filter(near, id__in=ids).values_list("id", "name")
    return {f"person:{number}": str(name) for number, name in rows}
