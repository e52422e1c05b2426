"""What an import is about: what is known, how far somebody reaches, and what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.actors import RoleKind, UnitScope
from core.errors import Refusal
from models import Mentorship, Person, Role
from plugins.roster.importing import RosterRow
from plugins.roster.units import Node, UnitTree

DAYS = ("applied_on", "talk_on", "activist_on", "target_on", "probation_on")
COLUMNS = ("stage", *DAYS, "city", "left_on")
_PLANNED_ON = ("home_unit_id", "inflow_unit_id", *COLUMNS)


class Doubt(StrEnum):
    """What rows mean that are of a known name and unit, but of other days."""

    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody's import reaches; ``scope`` is None for the console.

    ``appoints`` are the paths of the units below which he may give offices.
    """

    scope: UnitScope | None = None
    appoints: tuple[str, ...] = ()

    def may_appoint(self, node: Node) -> bool:
        """Whether he may change who holds an office in a unit: only below his own."""
        if self.scope is None:
            return True
        above = [one.path for one in node.upward() if one is not node and one.id]
        return any(path.startswith(root) for path in above for root in self.appoints)


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already, of everybody whom a table names."""

    tree: UnitTree
    people: Sequence[Person]
    roles: Mapping[int, Sequence[Role]]
    pairs: Mapping[int, Sequence[Mentorship]]

    def state(self) -> tuple[object, ...]:
        """Return all of it that a plan is made on, as values that can be compared."""
        units = [(node.id, node.name, node.kind, node.path) for node in self.tree.by_id.values()]
        people = [
            (one.id, one.name, *(getattr(one, name) for name in _PLANNED_ON)) for one in self.people
        ]
        roles = [
            (one.id, one.kind, one.unit_id, one.from_on, one.until_on)
            for held in self.roles.values()
            for one in held
        ]
        pairs = [
            (one.id, one.mentor_id, one.from_on, one.until_on)
            for held in self.pairs.values()
            for one in held
        ]
        return units, people, roles, pairs


@dataclass(eq=False, slots=True)
class Placed:
    """One row with where it belongs. ``person`` is None for somebody new.

    ``offices`` and ``mentors`` are what is to be opened, ``ended`` and ``parted`` what is to end.
    """

    row: RosterRow
    unit: Node
    inflow: Node | None
    person: Person | None
    changes: dict[str, object] = field(default_factory=dict)
    offices: list[tuple[RoleKind, Node]] = field(default_factory=list)
    ended: list[Role] = field(default_factory=list)
    mentors: "list[Person | Placed]" = field(default_factory=list)
    parted: list[Mentorship] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether anything is to be written about somebody known."""
        return bool(
            self.changes
            or self.offices
            or self.ended
            or self.mentors
            or self.parted
            or (self.inflow is not None and not self.inflow.id)
        )


@dataclass(slots=True)
class Plan:
    """What a table would do. ``doubtful`` are lines that may be somebody known, or somebody else.

    With a problem, or a doubt that nobody settled, it is not carried out.
    """

    placed: list[Placed]
    tree: UnitTree
    problems: list[Refusal]
    doubtful: list[int]

    @property
    def added(self) -> list[Placed]:
        """Those who are new, in the order of the table."""
        return [item for item in self.placed if item.person is None]

    @property
    def updated(self) -> int:
        """How many known people change."""
        return sum(item.person is not None and item.is_changed for item in self.placed)

    @property
    def unchanged(self) -> int:
        """How many known people stay as they are."""
        return sum(item.person is not None and not item.is_changed for item in self.placed)

    def require_sound(self) -> None:
        """Raise the first problem, or Refusal ``roster.row_doubtful``."""
        if self.problems:
            raise self.problems[0]
        if self.doubtful:
            raise Refusal("roster.row_doubtful", line=self.doubtful[0])
