"""Which plan holds for a group: its own, else that of its unit or a unit above, else config.toml.

Each column is inherited by itself: a village that sets the day keeps the township's series. A stop
or a pause anywhere above holds below.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.config import settings
from core.periods import Span
from models import Group, PlanPause, StudyPlan, Unit
from plugins.study.slots import Plan

# Columns of a plan that stand empty where they are inherited.
COLUMNS = (
    "weekday", "hour", "minute", "pieces", "every_weeks", "series", "form", "skips_holidays",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A group and the plan that holds for it. ``path`` is the tree path of its unit."""

    group: Group
    path: str
    city: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Book:
    """All rows that may concern some groups, by unit and by group."""

    of_units: Mapping[int, StudyPlan]
    of_groups: Mapping[int, StudyPlan]
    pauses: Mapping[int, Sequence[Span]]


async def of_groups(groups: Collection[Group], *, today: date) -> tuple[Planned, ...]:
    """Return the plans of ``groups``, with the pauses that have not ended before ``today``."""
    units = {unit.id: unit for unit in await _units({group.unit_id for group in groups})}
    above = {number: _above(unit.path) for number, unit in units.items()}
    book = await _read({one for line in above.values() for one in line}, groups, today)
    return tuple(
        Planned(
            group,
            units[group.unit_id].path,
            units[group.unit_id].city or "",
            _filled(_layers(group, above[group.unit_id], book), above[group.unit_id], book),
        )
        for group in groups
    )


async def of_unit(unit: Unit, *, today: date) -> Plan:
    """Return the plan that holds for the groups of ``unit`` that have none of their own."""
    above = _above(unit.path)
    book = await _read(set(above), (), today)
    return _filled([_columns(book.of_units.get(one)) for one in above], above, book)


async def _units(ids: Collection[int]) -> list[Unit]:
    return await Unit.filter(id__in=list(ids)) if ids else []


def _above(path: str) -> list[int]:
    """Return the units of a tree path, the unit itself first."""
    return [int(piece) for piece in reversed(path.split("/")) if piece]


async def _read(units: Collection[int], groups: Collection[Group], today: date) -> _Book:
    wanted = list(units)
    plans = await StudyPlan.filter(unit_id__in=wanted, group_id__isnull=True) if wanted else []
    ids = [group.id for group in groups]
    own = await StudyPlan.filter(group_id__in=ids) if ids else []
    pauses: dict[int, list[Span]] = defaultdict(list)
    rows = PlanPause.filter(unit_id__in=wanted, until_on__gte=today).order_by("from_on", "id")
    for row in await rows if wanted else []:
        pauses[row.unit_id].append(Span(row.from_on, row.until_on))
    return _Book(
        {row.unit_id: row for row in plans},
        {row.group_id: row for row in own if row.group_id is not None},
        pauses,
    )


def _columns(row: StudyPlan | None) -> dict[str, Any]:
    """Return what a row sets itself."""
    if row is None:
        return {}
    said = {name: getattr(row, name) for name in COLUMNS}
    return {name: value for name, value in said.items() if value is not None} | {
        "is_stopped": row.is_stopped
    }


def _layers(group: Group, above: Sequence[int], book: _Book) -> list[dict[str, Any]]:
    """Return what is set for ``group``, the nearest first."""
    hours = {
        "weekday": group.digest_weekday,
        "hour": group.digest_hour,
        "minute": group.digest_minute,
    }
    return [
        _columns(book.of_groups.get(group.id)),
        {name: value for name, value in hours.items() if value is not None},
        *(_columns(book.of_units.get(one)) for one in above),
    ]


def _filled(layers: Iterable[dict[str, Any]], above: Sequence[int], book: _Book) -> Plan:
    return _merged(layers, {span for one in above for span in book.pauses.get(one, ())})


def _merged(layers: Iterable[Mapping[str, Any]], pauses: Collection[Span]) -> Plan:
    """Return the plan of ``layers``, the nearest first, above what config.toml says."""
    found: dict[str, Any] = _configured()
    is_stopped = False
    for layer in reversed(list(layers)):
        is_stopped |= bool(layer.get("is_stopped", False))
        found |= layer
    found["series"] = tuple(found.get("series", ()))
    ordered = sorted(pauses, key=lambda span: (span.first, span.last))
    return Plan(**(found | {"is_stopped": is_stopped}), pauses=tuple(ordered))


def _configured() -> dict[str, Any]:
    configured = settings().study
    return {
        "weekday": configured.weekday,
        "hour": configured.hour,
        "minute": configured.minute,
        "pieces": configured.pieces,
        "skips_holidays": configured.skips_holidays,
    }


@dataclass(frozen=True, slots=True)
class Layer:
    """What one unit or group sets itself, by column."""

    name: str
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that decides about one unit or group: its own layer first, then those above."""

    layers: tuple[Layer, ...]
    pauses: tuple[PlanPause, ...]

    @property
    def own(self) -> Mapping[str, Any]:
        """What the unit or group sets itself, a stop only when it is one."""
        return {
            name: value
            for name, value in self.layers[0].columns.items()
            if name != "is_stopped" or value
        }

    def plan(self, changes: Mapping[str, Any] | None = None) -> Plan:
        """Return the plan that holds, or would hold after ``changes`` (None: as above)."""
        own = dict(self.layers[0].columns) | dict(changes or {})
        mine = {name: value for name, value in own.items() if value is not None}
        layers = [mine, *(layer.columns for layer in self.layers[1:])]
        return _merged(layers, {Span(row.from_on, row.until_on) for row in self.pauses})

    @property
    def above(self) -> str:
        """The nearest one above that sets anything; empty when only config.toml does."""
        return next((layer.name for layer in self.layers[1:] if layer.columns), "")


async def outlook(unit: Unit, group: Group | None, *, today: date) -> Outlook:
    """Return what decides about ``unit``, or about one ``group`` of it, from ``today`` on."""
    above = _above(unit.path)
    book = await _read(set(above), (group,) if group else (), today)
    names = {row.id: row.name for row in await _units(above)}
    layers = [Layer(names[one], _columns(book.of_units.get(one))) for one in above]
    if group is not None:
        first, second, *_ = _layers(group, above, book)
        layers.insert(0, Layer(group.name, second | first))
    pauses = PlanPause.filter(unit_id__in=above, until_on__gte=today).prefetch_related("unit")
    return Outlook(tuple(layers), tuple(await pauses.order_by("from_on", "id")))
