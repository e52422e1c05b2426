"""Scoped reads of statistics (统计): figures of an area, its parts, who owes, who was not heard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from core.actors import UnitScope
from core.errors import Refusal
from models import Push, Unit
from models.enums import UnitKind
from plugins.identity import queries as identity
from plugins.identity import statements
from plugins.identity import words as names
from plugins.stats import counts, deadlines, owed, study_hours, tallies
from plugins.stats.counts import Area, Figures, People, Statement
from plugins.stats.periods import Period

# Units of one name are few; a village name may stand under several townships.
_SAME_NAME = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of an area."""

    figures: Figures


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of 统计 shows, and whether there are units, hours and deadlines to look at."""

    figures: Figures
    has_parts: bool
    has_study: bool
    has_deadlines: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One unit right below an area, and its figures."""

    name: str
    path: str
    figures: Figures


async def area_of(scope: UnitScope, word: str) -> Area:
    """Return the unit that ``word`` names; without a word all that the scope covers.

    A place away from home counts when people of the scope live there. Raises Refusal
    ``identity.unit_unknown`` with what can be seen, the same words whether the unit exists or not.
    """
    if not word:
        return await _whole(scope)
    try:
        unit = await identity.unit_by_name(scope, word)
    except Refusal as refusal:
        if refusal.key != "identity.unit_unknown":
            raise
        away = await _place_away(scope, word)
        if away is None:
            raise
        return away
    return _area(unit.name, unit.path, unit.kind)


async def area_at(scope: UnitScope, path: str) -> Area:
    """Return the area with tree path ``path``; Refusal ``identity.unit_unknown`` out of scope."""
    unit = await Unit.get_or_none(path=path)
    if unit is not None and (scope.covers(path) or await _place_away(scope, unit.name)):
        return _area(unit.name, unit.path, unit.kind)
    raise Refusal("identity.unit_unknown", scope=await identity.describe_scope(scope))


def _area(name: str, path: str, kind: UnitKind) -> Area:
    return Area(name, path, of_villages=kind is UnitKind.TOWNSHIP)


async def _whole(scope: UnitScope) -> Area:
    roots = await Unit.filter(path__in=list(scope.paths)).order_by("path")
    if len(roots) == 1:
        return _area(roots[0].name, roots[0].path, roots[0].kind)
    return Area(names.LIST_MARK.join(unit.name for unit in roots))


async def _place_away(scope: UnitScope, word: str) -> Area | None:
    """Return the place called ``word`` that looks after people of the scope away from home."""
    for unit in await Unit.filter(name=word.strip()).limit(_SAME_NAME):
        sql = Statement()
        people = counts.people_in(sql, People(scope, Area(unit.name)))
        found = await statements.rows(
            "SELECT 1 AS one FROM person p"  # noqa: S608  # placeholders only
            f" WHERE p.inflow_unit_id = {sql.add(unit.id)} AND {people} LIMIT 1",
            *sql.values,
        )
        if found:
            return _area(unit.name, unit.path, unit.kind)
    return None


async def overview(scope: UnitScope, area: Area, period: Period, today: date) -> Overview:
    """Return the figures of the whole area, counted together: nine statements."""
    found = await _together(People(scope, area, together=True), period, today)
    return Overview(found + Figures(pushes=await pushes_in(scope, area, period)))


async def _together(people: People, period: Period, today: date) -> Figures:
    cycles = await owed.cycles_of(people, period)
    rows = await tallies.all_rows(people, cycles, period, today)
    return sum((found for _, found in rows), Figures())


async def _has_parts(people: People) -> bool:
    """Whether people of more than one home unit are counted."""
    sql = Statement()
    inside = counts.people_in(sql, people)
    # The sum keeps SQLite from walking through everybody in the order of the units.
    rows = await statements.rows(
        f"SELECT DISTINCT p.home_unit_id + 0 AS home FROM person p WHERE {inside}"  # noqa: S608
        f" AND {counts.learning(sql)} LIMIT 2",
        *sql.values,
    )
    return len(rows) > 1


async def page(scope: UnitScope, area: Area, period: Period, today: date) -> Page:
    """Return the figures of an area and what else there is to look at: eleven statements.

    What was pushed to groups is not among them: the page does not say it.
    """
    people = People(scope, area, together=True)
    return Page(
        await _together(people, period, today),
        has_parts=await _has_parts(people),
        has_study=await study_hours.has_any(people, period),
        has_deadlines=await deadlines.has_any(people, today),
    )


async def pushes_in(scope: UnitScope, area: Area, period: Period) -> int:
    """Return how many pieces the groups of an area got in the period."""
    inside = Q(*(Q(group__unit__path__startswith=path) for path in scope.paths), join_type=Q.OR)
    if not scope.paths:
        return 0
    rows = await (
        Push.filter(inside, group__unit__path__startswith=area.path)
        .filter(slot_at__gte=period.span.first_moment, slot_at__lt=period.span.end_moment)
        .distinct()
        .values_list("material", flat=True)
    )
    return len(rows)


async def parts(scope: UnitScope, area: Area, period: Period, today: date) -> tuple[Part, ...]:
    """Return the figures of the units right below the area that have people, by path."""
    by_home = await tallies.by_home(People(scope, area), period, today)
    below = await units_below(scope, area, by_home)
    found: dict[int, Figures] = {}
    for unit_id, figures in by_home.items():
        child = below.get(unit_id)
        if child is not None:
            found[child.id] = found.get(child.id, Figures()) + figures
    children = {child.id: child for child in below.values()}
    return tuple(
        Part(children[key].name, children[key].path, found[key])
        for key in sorted(found, key=lambda key: children[key].path)
    )


async def units_below(scope: UnitScope, area: Area, homes: Mapping[int, object]) -> dict[int, Unit]:
    """Return for every home unit the unit right below the area in which it lies."""
    if not homes:
        return {}
    depth = area.path.count("/") if area.path else 0
    rows = await Unit.filter(path__startswith=area.path)
    units = {unit.path: unit for unit in rows if scope.covers(unit.path)}
    found = {}
    for unit in units.values():
        steps = unit.path.strip("/").split("/")
        # Without one root the parts are the roots of the scope themselves.
        chains = ("/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps)))
        child = next((p for p in chains if p in units and p.count("/") > depth), None)
        if child is not None and unit.id in homes:
            found[unit.id] = units[child]
    return found
