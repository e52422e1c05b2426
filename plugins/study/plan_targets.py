"""Which unit or group somebody means by a plan or a pause, inside the subtree in his charge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from core.actors import ROLE_WHO, Actor, UnitScope
from core.errors import Refusal
from models import Group, StudyPlan, Unit
from plugins.identity import queries as identity
from plugins.identity.words import bare_name
from plugins.study import officers, plan_words


@dataclass(frozen=True, slots=True)
class Target:
    """A unit and everything below it, or one group of it."""

    unit: Unit
    group: Group | None = None

    @property
    def name(self) -> str:
        """How people call it."""
        return self.unit.name if self.group is None else self.group.name

    @property
    def key(self) -> Mapping[str, Any]:
        """What a question remembers of it; JSON."""
        return {"unit": self.unit.id, "group": self.group.id if self.group else None}


def scope_of(actor: Actor) -> UnitScope:
    """Return the subtrees whose plans somebody sets: those of his offices over groups."""
    mine = {grant.unit_path for grant in actor.grants if ROLE_WHO[grant.role] in officers.OFFICES}
    outermost = {path for path in mine if not any(path.startswith(o) for o in mine - {path})}
    return UnitScope(tuple(sorted(outermost)))


async def own(actor: Actor) -> Target:
    """Return the unit of the actor's highest office; Refusal ``study.push_no_unit``."""
    return Target(await Unit.get(id=officers.office(actor).unit_id))


async def at(actor: Actor, key: Mapping[str, Any]) -> Target:
    """Return what a question was about; Refusal ``study.plan_gone`` when it is not in charge now.

    Asked anew every time: an office may have ended, a group may have changed hands meanwhile.
    """
    unit = await Unit.get_or_none(id=key.get("unit") or 0)
    if unit is None or not scope_of(actor).covers(unit.path):
        raise Refusal("study.plan_gone")
    if key.get("group") is None:
        return Target(unit)
    group = await Group.get_or_none(id=key["group"], unit_id=unit.id, is_active=True)
    if group is None:
        raise Refusal("study.plan_gone")
    return Target(unit, group)


async def find(actor: Actor, text: str) -> tuple[Target, str]:
    """Return whom ``text`` names, and the rest of it; without a name the actor's own unit.

    Raises Refusal ``study.push_no_unit``, and ``identity.unit_unknown`` for what looks like a name
    but is none in charge: the same words whether it exists or not.
    """
    mine = await own(actor)
    targets = await _named(actor)
    first, _, rest = text.strip().partition(" ")
    fitting = [one for one in targets if bare_name(one.name) == bare_name(first)]
    if not fitting and first:
        inside = [one for one in targets if one.name and one.name in text]
        longest = max((len(one.name) for one in inside), default=0)
        fitting = [one for one in inside if len(one.name) == longest]
        rest = text.replace(fitting[0].name, " ", 1) if fitting else text
    if len(fitting) > 1:
        return _only_unit(fitting), rest
    if fitting:
        return fitting[0], rest
    if first.endswith(plan_words.PLACE_END):
        scope = await identity.describe_scope(scope_of(actor))
        raise Refusal("identity.unit_unknown", scope=scope)
    return mine, text


def _only_unit(fitting: list[Target]) -> Target:
    """Return the one unit among things of one name; two units of one name cannot be told apart."""
    units = [one for one in fitting if one.group is None]
    if len(units) != 1:
        names = plan_words.LIST_MARK.join(f"{one.unit.name} {one.name}" for one in fitting)
        raise Refusal("study.plan_two", names=names)
    return units[0]


async def _named(actor: Actor) -> list[Target]:
    """Return every unit and every named group in charge."""
    units = await Unit.filter(inside(actor)).order_by("path")
    return [*map(Target, units), *await _groups(actor)]


async def _groups(actor: Actor) -> list[Target]:
    rows = await (
        Group.filter(inside(actor, "unit__"), is_active=True)
        .exclude(name="")
        .order_by("unit__path", "id")
        .prefetch_related("unit")
    )
    return [Target(row.unit, row) for row in rows]


def inside(actor: Actor, prefix: str = "") -> Q:
    """Return the condition that a row lies in the actor's charge; ``prefix`` leads to its unit."""
    paths = scope_of(actor).paths
    if not paths:
        raise Refusal("study.push_no_unit")
    return Q(*(Q(**{f"{prefix}path__startswith": path}) for path in paths), join_type=Q.OR)


async def groups_of(target: Target) -> list[Group]:
    """Return the groups for which a plan of ``target`` may hold, by unit."""
    if target.group is not None:
        return [target.group]
    below = Group.filter(unit__path__startswith=target.unit.path, is_active=True)
    return await below.order_by("unit__path", "id")


async def others(actor: Actor, target: Target) -> list[Target]:
    """Return all in charge but ``target``, those with a plan of their own first."""
    units = await Unit.filter(inside(actor)).order_by("path")
    found = [one for one in (*map(Target, units), *await _groups(actor)) if one.key != target.key]
    rows = StudyPlan.filter(unit_id__in=[one.unit.id for one in found])
    own_plans = set(await rows.values_list("unit_id", "group_id"))
    return sorted(found, key=lambda one: (one.unit.id, one.key["group"]) not in own_plans)


async def exceptions(target: Target) -> list[str]:
    """Return the names of the units and groups below ``target`` that have plans of their own."""
    if target.group is not None:
        return []
    rows = await (
        StudyPlan.filter(unit__path__startswith=target.unit.path)
        .order_by("unit__path", "id")
        .prefetch_related("unit", "group")
    )
    return [
        (row.group.name if row.group else "") or row.unit.name
        for row in rows
        if row.group_id is not None or row.unit_id != target.unit.id
    ]
