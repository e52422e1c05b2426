"""Whose rows an actor may take out: the scope of every other read, narrowed to a unit and days."""

from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from core.actors import LEARNER_STAGES, Actor, UnitScope
from core.errors import Refusal
from core.periods import Span
from models import Person, Unit
from plugins.identity import queries as identity
from plugins.identity import reach
from plugins.identity.policy import visible_units

# Units of one name are few; a village name may stand under several townships.
_SAME_NAME = 20


@dataclass(frozen=True, slots=True)
class Area:
    """What a list is about: people of a scope, of one ``unit_id`` of it if named, in some days."""

    scope: UnitScope
    name: str
    span: Span
    unit_id: int | None = None
    path: str = ""

    @property
    def names(self) -> bool:
        """Whether names may be shown, or only totals."""
        return self.scope.names


async def area_named(actor: Actor, word: str, span: Span) -> Area:
    """Return the unit that ``word`` names within the actor's scope, or all of it without a word.

    A place away from home counts when people of the scope live there. Raises Refusal
    ``identity.unit_unknown``, the same words whether the unit exists or not.
    """
    scope = visible_units(actor)
    if not word:
        return Area(scope, await _whole_name(scope), span)
    try:
        found = await identity.unit_by_name(scope, word)
    except Refusal as refusal:
        away = await _place_away(scope, word) if refusal.key == "identity.unit_unknown" else None
        if away is None:
            raise
        return Area(scope, away.name, span, away.id, away.path)
    return Area(scope, found.name, span, found.unit_id, found.path)


async def area_at(actor: Actor, unit_id: int | None, span: Span) -> Area:
    """Return an area that was confirmed before, in the actor's scope of now."""
    scope = visible_units(actor)
    unit = None if unit_id is None else await Unit.get_or_none(id=unit_id)
    if unit is None:
        return Area(scope if unit_id is None else UnitScope(()), await _whole_name(scope), span)
    return Area(scope, unit.name, span, unit.id, unit.path)


async def _whole_name(scope: UnitScope) -> str:
    rows = await Unit.filter(path__in=list(scope.paths)).order_by("path")
    return rows[0].name if len(rows) == 1 else ""


async def _place_away(scope: UnitScope, word: str) -> Unit | None:
    for unit in await Unit.filter(name=word.strip()).order_by("id").limit(_SAME_NAME):
        inside = _lives_in(scope.paths, "")
        if await Person.filter(inside, inflow_unit_id=unit.id).exists():
            return unit
    return None


def people_of(actor: Actor, area: Area, prefix: str = "") -> Q:
    """Return the condition that a person is one of the area, learns, and is not the actor himself.

    A person belongs to a unit as a home, or as the place that looks after him away from home.
    ``prefix`` leads to the person (``person__``).
    """
    narrow = (_lives_in((area.path,), prefix),) if area.unit_id is not None else ()
    return Q(_lives_in(area.scope.paths, prefix), *narrow, _is_learner(actor, prefix))


def branch_people(actor: Actor, path: str = "", prefix: str = "") -> Q:
    """Return the condition that a person's home is a branch the actor acts for; never himself.

    Forms are papers of the home branch alone; ``path`` narrows it to a unit.
    """
    homes = [_is(f"{prefix}home_unit__path__startswith", one) for one in reach.branch_paths(actor)]
    inside = Q(*homes, join_type=Q.OR) if homes else _is(f"{prefix}id", 0)
    narrow = _is(f"{prefix}home_unit__path__startswith", path or "/")
    return Q(inside, narrow, _is_learner(actor, prefix))


def _is(column: str, value: object) -> Q:
    """Return the condition on a column whose name is put together."""
    condition: dict[str, Any] = {column: value}
    return Q(**condition)


def _is_learner(actor: Actor, prefix: str) -> Q:
    return Q(
        ~_is(f"{prefix}id", actor.person_id or 0),
        _is(f"{prefix}stage__in", list(LEARNER_STAGES)),
        _is(f"{prefix}erased_on__isnull", True),
    )


def _lives_in(paths: tuple[str, ...], prefix: str) -> Q:
    if not paths:
        return _is(f"{prefix}id", 0)
    homes = [_is(f"{prefix}home_unit__path__startswith", path) for path in paths]
    away = [_is(f"{prefix}inflow_unit__path__startswith", path) for path in paths]
    return Q(*homes, *away, join_type=Q.OR)
