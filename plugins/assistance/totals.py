"""How many asked for help and how it stands (帮助汇总): numbers of a unit, never whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Count

from core.actors import Actor
from core.errors import Refusal
from core.periods import Span
from models import AssistanceCase
from models.enums import HelpKind, HelpState
from plugins.identity import queries as identity
from plugins.identity.policy import visible_units


@dataclass(frozen=True, slots=True)
class Totals:
    """The cases opened in a period, by kind and state. ``units`` names what was counted."""

    units: tuple[str, ...]
    counts: Mapping[HelpKind, Mapping[HelpState, int]]

    def of(self, kind: HelpKind | None, *states: HelpState) -> int:
        """Return how many of a kind, or of all, are in one of the states; all without any."""
        kinds = self.counts.values() if kind is None else [self.counts.get(kind, {})]
        return sum(
            count
            for found in kinds
            for state, count in found.items()
            if not states or state in states
        )


async def totals(actor: Actor, unit: str, span: Span) -> Totals:
    """Return the numbers of the days of ``span`` for what the actor sees, or for one unit in it.

    Raises Refusal ``assistance.totals_nothing`` for somebody who sees no unit, and what
    ``identity.unit_by_name`` does.
    """
    scope = visible_units(actor)
    if unit:
        found = [await identity.unit_by_name(scope, unit)]
    else:
        found = [one for one in await identity.units_of(actor) if one.path in scope.paths]
    if not found:
        raise Refusal("assistance.totals_nothing")
    paths, names = tuple(one.path for one in found), tuple(one.name for one in found)
    return Totals(names, await _counted(paths, span))


async def _counted(paths: Sequence[str], span: Span) -> dict[HelpKind, dict[HelpState, int]]:
    inside = Q(
        *(Q(person__home_unit__path__startswith=path) for path in paths),
        *(Q(person__inflow_unit__path__startswith=path) for path in paths),
        join_type=Q.OR,
    )
    rows = await (
        AssistanceCase.filter(
            inside,
            opened_at__gte=span.first_moment,
            opened_at__lt=span.end_moment,
        )
        .annotate(many=Count("id", distinct=True))
        .group_by("kind", "state")
        .values_list("kind", "state", "many")
    )
    counts: dict[HelpKind, dict[HelpState, int]] = {}
    for kind, state, many in rows:
        counts.setdefault(HelpKind(kind), {})[HelpState(state)] = int(many)
    return counts
