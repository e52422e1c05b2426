"""The numbers of 统计, whose they are, and the conditions that the statements share.

The condition of the scope stands in every statement, or that of an area within it, so that nothing
outside is ever counted. The statements themselves are in ``tallies``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from core.actors import LEARNER_STAGES, Stage, UnitScope
from models.mentoring import REACHED_OUTCOMES

_LEARNERS = tuple(stage.value for stage in Stage if stage in LEARNER_STAGES)
# People read in one go for a file: some hundred kilobytes, whatever the file is.
BATCH = 1000
# Home units read in one go for a file: their numbers are larger than those of a person.
UNITS = 300
REACHED = tuple(sorted(outcome.value for outcome in REACHED_OUTCOMES))


@dataclass(frozen=True, slots=True)
class Area:
    """What is looked at inside a scope: one unit's subtree, or the whole scope (no ``path``).

    ``name`` is what the heading says; ``of_villages`` that the units right below are villages.
    """

    name: str
    path: str = ""
    of_villages: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one unit or of many, added up; ``longest_days`` is None without a mentor.

    ``mentored`` people have a mentor; ``logged`` of them have a line in the period, ``reached``
    were talked to. ``handed_in`` and what follows count people and quarters, not versions.
    ``escalated`` people are those about whom an office above the mentor was asked, still unheard.
    ``left_home`` and ``arrived`` count people; ``help_`` cases that were asked and closed in the
    period, and those that are open now.
    """

    stages: Mapping[Stage, int] = field(default_factory=dict)
    expected: int = 0
    handed_in: int = 0
    late: int = 0
    reviewed: int = 0
    returned: int = 0
    mentored: int = 0
    logged: int = 0
    reached: int = 0
    longest_days: int | None = None
    escalated: int = 0
    left_home: int = 0
    arrived: int = 0
    help_asked: int = 0
    help_closed: int = 0
    help_open: int = 0
    pushes: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        # A county adds up thousands of units: looking the fields up every time takes seconds.
        numbers = {name: getattr(self, name) + getattr(other, name) for name in _ADDED}
        days = [days for days in (self.longest_days, other.longest_days) if days is not None]
        stages = self.stages or other.stages
        if self.stages and other.stages:
            kinds = (*self.stages, *other.stages)
            stages = {one: self.stages.get(one, 0) + other.stages.get(one, 0) for one in kinds}
        return Figures(stages=stages, longest_days=max(days, default=None), **numbers)


_ADDED = tuple(item.name for item in fields(Figures) if item.name not in {"stages", "longest_days"})


class Statement:
    """The values of one statement, numbered as they are used."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: object) -> str:
        """Return the placeholder of one value."""
        self.values.append(value)
        return f"${len(self.values)}"

    def each(self, values: Sequence[object]) -> str:
        """Return the placeholders of a list."""
        return ", ".join(self.add(value) for value in values)


@dataclass(frozen=True, slots=True)
class Run:
    """People by their ids, ``after`` one and up to another."""

    after: int
    upto: int

    def condition(self, sql: Statement, column: str) -> str:
        """Return the condition that ``column`` is the id of one of them."""
        return f"{column} > {sql.add(self.after)} AND {column} <= {sql.add(self.upto)}"


@dataclass(frozen=True, slots=True)
class People:
    """Whose rows are counted: by home unit, one by one for a run, or all ``together``.

    ``homes`` are ids of home units that narrow them further.
    """

    scope: UnitScope
    area: Area
    run: Run | None = None
    together: bool = False
    homes: tuple[int, ...] | None = None

    @property
    def key(self) -> str:
        """The column that the numbers are counted by."""
        if self.together:
            return "(p.id * 0)"
        return "p.id" if self.run else "p.home_unit_id"


def people_in(sql: Statement, people: People) -> str:
    """Return the condition that person ``p`` counts: inside the scope, area, run and homes.

    A person belongs to a unit as a home, or as the place that looks after him away from home.
    """
    inside = _in_area(sql, people.scope, people.area)
    if people.homes is not None:
        inside += f" AND p.home_unit_id IN ({sql.each(people.homes)})"
    return f"{inside} AND {people.run.condition(sql, 'p.id')}" if people.run else inside


def _in_area(sql: Statement, scope: UnitScope, area: Area) -> str:
    if not area.path:
        return _lives_in(sql, scope.paths)
    inside = _lives_in(sql, (area.path,))
    # An area within the scope says all; a place away from home narrows the scope.
    return inside if scope.covers(area.path) else f"{_lives_in(sql, scope.paths)} AND {inside}"


def _lives_in(sql: Statement, paths: Sequence[str]) -> str:
    if not paths:
        return "1 = 0"
    likes = " OR ".join(f"path LIKE {sql.add(f'{path}%')}" for path in paths)
    units = f"(SELECT id FROM unit WHERE {likes})"  # noqa: S608  # placeholders only
    return f"(p.home_unit_id IN {units} OR p.inflow_unit_id IN {units})"


def learning(sql: Statement) -> str:
    """Return the condition that ``p`` is on the way and not yet a full member."""
    return f"p.stage IN ({sql.each(_LEARNERS)})"


def with_mentor(sql: Statement, first: date, last: date) -> str:
    """Return the condition that pair ``m`` was in force at some time from ``first`` to ``last``."""
    until = f"(m.until_on IS NULL OR m.until_on >= {sql.add(first)})"
    return f"m.from_on <= {sql.add(last)} AND {until}"


def heard_on(sql: Statement, until: date) -> str:
    """Return the aggregate for the day ``p`` was last talked to; the mentor's first if never."""
    day, outcomes = sql.add(until), sql.each(REACHED)
    return (
        f"MAX(CASE WHEN m.last_contact_on <= {day} THEN m.last_contact_on"  # noqa: S608
        " ELSE COALESCE((SELECT MAX(c.contacted_on) FROM contact c WHERE c.person_id = p.id"
        f" AND c.withdrawn_at IS NULL AND c.outcome IN ({outcomes})"
        f" AND c.contacted_on <= {day}), m.from_on) END)"
    )


def as_day(value: object) -> date:
    """Return a day from an expression's value, which SQLite gives as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def without_help(figures: Figures) -> Figures:
    """Return the numbers without those of help cases."""
    return replace(figures, help_asked=0, help_closed=0, help_open=0)
