"""Finds and plans the units that a roster names: county, township, branch, liaison office.

A plan first, rows only when all of it is right. Somebody with a scope names units of his own, and
what stands above them; what is elsewhere and what is nowhere look the same to him.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import UnitScope
from core.database import require_tx
from core.errors import Fault, Refusal
from models import Unit
from models.enums import UnitKind
from plugins.roster import words

# What stands below what, where a name does not say it.
_BELOW: dict[UnitKind | None, UnitKind] = {
    None: UnitKind.COUNTY,
    UnitKind.COUNTY: UnitKind.TOWNSHIP,
    UnitKind.TOWNSHIP: UnitKind.VILLAGE_BRANCH,
}
_LEVELS = {UnitKind.COUNTY: 0, UnitKind.TOWNSHIP: 1}
# Those who look after people away from home; any branch of the county may name them.
_AWAY = frozenset({UnitKind.LIAISON_OFFICE, UnitKind.MOBILE_PARTY_ORG, UnitKind.JOINT_BRANCH})
_LONGEST_NAME = 64


@dataclass(eq=False, slots=True)
class Node:
    """A unit that is there, or one to be made: then ``id`` is 0 and ``path`` empty until it is."""

    name: str
    kind: UnitKind
    parent: "Node | None"
    id: int = 0
    path: str = ""

    def upward(self) -> Iterator["Node"]:
        """Yield this one and all above it."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    @property
    def names(self) -> tuple[str, ...]:
        """The names from the root down."""
        return tuple(reversed([node.name for node in self.upward()]))


class UnitTree:
    """All units, and those to be made on the way. ``scope`` is None for the console: all of it."""

    def __init__(self, units: Sequence[Unit], *, scope: UnitScope | None = None) -> None:
        self.by_id: dict[int, Node] = {}
        for unit in sorted(units, key=lambda one: one.path):
            parent = self.by_id.get(unit.parent_id or 0)
            self.by_id[unit.id] = Node(unit.name, unit.kind, parent, unit.id, unit.path)
        self._nodes = list(self.by_id.values())
        self._scope = scope
        self.made: list[Node] = []

    @classmethod
    async def load(cls, *, scope: UnitScope | None = None) -> "UnitTree":
        """Read the tree."""
        return cls(await Unit.all().order_by("path"), scope=scope)

    def covers(self, node: Node) -> bool:
        """Whether a unit is of the scope; one to be made is where its parent is."""
        known = next((one for one in node.upward() if one.id), None)
        return self._scope is None or (known is not None and self._scope.covers(known.path))

    def is_above_scope(self, node: Node) -> bool:
        """Whether the scope lies below a unit."""
        roots = () if self._scope is None else self._scope.paths
        return bool(node.id) and any(root.startswith(node.path) for root in roots)

    def at(self, path: Sequence[str], *, line: int) -> Node:
        """Return the unit at ``path``, to be made with all above it where it is missing.

        A path may begin at any unit whose name is there once. Raises Refusal with the row's
        ``line``: ``roster.row_unit_twice``, ``roster.row_unit_deep``, ``roster.row_unit_outside``.
        """
        parent = None if self._is_county(path[0]) else self._start(path[0], line)
        rest = list(path)
        if parent is not None and parent.name == path[0]:
            rest = rest[1:]
        for name in rest:
            parent = self._child(parent, name) or self._make(parent, name, line)
        if parent is None:
            raise Refusal("roster.row_unit", line=line)
        if not self.covers(parent):
            raise Refusal("roster.row_unit_outside", line=line)
        return parent

    def away(self, path: Sequence[str], *, home: Node, line: int) -> Node:
        """Return the unit that looks after people away from home; to be made below the home's top.

        Raises as ``at``, and Refusal ``roster.row_inflow_unknown`` where one's scope makes none.
        """
        if len(path) > 1 or (self._scope is None and self._named(path[0])):
            return self.at(path, line=line)
        top = list(home.upward())[-1]
        near = [node for node in self._named(path[0]) if self._may_look_after(node, top)]
        if len(near) > 1:
            raise Refusal("roster.row_unit_twice", line=line, unit=path[0])
        if near:
            return near[0]
        tops = (UnitKind.COUNTY, UnitKind.TOWNSHIP)
        found = (self.above(home, kind) for kind in tops)
        root = next((node for node in found if node and self.covers(node)), None)
        if root is None and self._scope is not None:
            raise Refusal("roster.row_inflow_unknown", line=line)
        root = root or home
        return self._child(root, path[0]) or self._make(root, path[0], line)

    def _may_look_after(self, node: Node, top: Node) -> bool:
        return self.covers(node) or (node.kind in _AWAY and top in node.upward())

    def above(self, unit: Node, kind: UnitKind) -> Node | None:
        """Return the unit of ``kind`` that is ``unit`` or stands above it."""
        return next((node for node in unit.upward() if node.kind is kind), None)

    def _is_county(self, name: str) -> bool:
        return words.kind_by_name(name) is UnitKind.COUNTY

    def _named(self, name: str) -> list[Node]:
        return [node for node in self._nodes if node.name == name]

    def _start(self, name: str, line: int) -> Node | None:
        """Return the unit with which a path begins: of that name, else the only county or root."""
        same = [n for n in self._named(name) if self.covers(n) or self.is_above_scope(n)]
        own = [node for node in same if self.covers(node)]
        same = own if len(own) == 1 else same
        if len(same) > 1:
            raise Refusal("roster.row_unit_twice", line=line, unit=name)
        if same:
            return same[0]
        if self._scope is not None:
            roots = [node for node in self._nodes if node.path in self._scope.paths]
            if len(roots) != 1:
                raise Refusal("roster.row_unit_outside", line=line)
            return roots[0]
        counties = [node for node in self._nodes if node.kind is UnitKind.COUNTY]
        return counties[0] if len(counties) == 1 else None

    def _child(self, parent: Node | None, name: str) -> Node | None:
        return next((n for n in self._nodes if n.parent is parent and n.name == name), None)

    def _make(self, parent: Node | None, name: str, line: int) -> Node:
        kind = words.kind_by_name(name) or _BELOW.get(None if parent is None else parent.kind)
        if self._scope is not None and not self._may_make(parent, kind):
            raise Refusal("roster.row_unit_outside", line=line)
        if kind is None or len(name) > _LONGEST_NAME:
            raise Refusal("roster.row_unit_deep", line=line)
        node = Node(name, kind, parent)
        self._nodes.append(node)
        self.made.append(node)
        return node

    def _may_make(self, parent: Node | None, kind: UnitKind | None) -> bool:
        """Whether somebody may add a unit of that kind: below one of his own, and lower."""
        if parent is None or kind is None or not self.covers(parent):
            return False
        lowest = len(_LEVELS)
        return _LEVELS.get(kind, lowest) > _LEVELS.get(parent.kind, lowest)

    async def write(self, *, now: datetime) -> None:
        """Make the rows of the units to be made, inside the caller's transaction."""
        require_tx()
        for number, node in enumerate(self.made):
            if node.parent is not None and not node.parent.id:
                raise Fault("a unit before the one above it")
            unit = await Unit.create(
                name=node.name,
                kind=node.kind,
                parent_id=None if node.parent is None else node.parent.id,
                # Needs its own id; any unique text will do until then.
                path=f"new:{number}:{node.name}",
                city=words.city_of(node.name) if node.kind is UnitKind.LIAISON_OFFICE else None,
                created_at=now,
            )
            unit.path = f"{'/' if node.parent is None else node.parent.path}{unit.id}/"
            await unit.save(update_fields=["path"])
            node.id, node.path = unit.id, unit.path
