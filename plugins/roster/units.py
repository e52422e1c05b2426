"""Finds and makes the units that a roster names: county, township, branch, liaison office."""

from collections.abc import Sequence
from datetime import datetime

from core.database import require_tx
from core.errors import Refusal
from models import Unit
from models.enums import UnitKind
from plugins.roster import words

# What stands below what, where a name does not say it.
_BELOW: dict[UnitKind | None, UnitKind] = {
    None: UnitKind.COUNTY,
    UnitKind.COUNTY: UnitKind.TOWNSHIP,
    UnitKind.TOWNSHIP: UnitKind.VILLAGE_BRANCH,
}


class UnitTree:
    """All units, and those that were made on the way. Lives inside one transaction."""

    def __init__(self, units: Sequence[Unit], *, now: datetime) -> None:
        self._by_id = {unit.id: unit for unit in units}
        self._now = now
        self.made: list[Unit] = []

    @classmethod
    async def load(cls, *, now: datetime) -> "UnitTree":
        """Read the tree inside the caller's transaction."""
        require_tx()
        return cls(await Unit.all().order_by("path"), now=now)

    async def at(self, path: Sequence[str], *, line: int) -> Unit:
        """Return the unit at ``path``, made with all above it where it is missing.

        A path may begin at any unit whose name is there once. Raises Refusal with the row's
        ``line``: ``roster.row_unit_twice``, ``roster.row_unit_deep``.
        """
        parent = None if self._is_county(path[0]) else self._start(path[0], line)
        rest = list(path)
        if parent is not None and parent.name == path[0]:
            rest = rest[1:]
        for name in rest:
            parent = self._child(parent, name) or await self._make(parent, name, line)
        if parent is None:
            raise Refusal("roster.row_unit", line=line)
        return parent

    async def away(self, path: Sequence[str], *, home: Unit, line: int) -> Unit:
        """Return the unit that looks after people away from home; made below the home's county."""
        start = self._named(path[0])
        if start or len(path) > 1:
            return await self.at(path, line=line)
        root = self.above(home, UnitKind.COUNTY) or self.above(home, UnitKind.TOWNSHIP) or home
        return self._child(root, path[0]) or await self._make(root, path[0], line)

    def above(self, unit: Unit, kind: UnitKind) -> Unit | None:
        """Return the unit of ``kind`` that is ``unit`` or stands above it."""
        found: Unit | None = unit
        while found is not None and found.kind is not kind:
            found = self._by_id.get(found.parent_id or 0)
        return found

    def _is_county(self, name: str) -> bool:
        return words.kind_by_name(name) is UnitKind.COUNTY

    def _named(self, name: str) -> list[Unit]:
        return [unit for unit in self._by_id.values() if unit.name == name]

    def _start(self, name: str, line: int) -> Unit | None:
        """Return the unit with which a path begins: of that name, else the only county."""
        same = self._named(name)
        if len(same) > 1:
            raise Refusal("roster.row_unit_twice", line=line, unit=name)
        if same:
            return same[0]
        counties = [unit for unit in self._by_id.values() if unit.kind is UnitKind.COUNTY]
        return counties[0] if len(counties) == 1 else None

    def _child(self, parent: Unit | None, name: str) -> Unit | None:
        wanted = None if parent is None else parent.id
        inside = (u for u in self._by_id.values() if u.parent_id == wanted and u.name == name)
        return next(inside, None)

    async def _make(self, parent: Unit | None, name: str, line: int) -> Unit:
        kind = words.kind_by_name(name) or _BELOW.get(None if parent is None else parent.kind)
        if kind is None or len(name) > 64:  # noqa: PLR2004  # the column
            raise Refusal("roster.row_unit_deep", line=line)
        unit = await Unit.create(
            name=name,
            kind=kind,
            parent_id=None if parent is None else parent.id,
            # Needs its own id; any unique text will do until then.
            path=f"new:{line}:{len(self.made)}:{name}",
            city=words.city_of(name) if kind is UnitKind.LIAISON_OFFICE else None,
            created_at=self._now,
        )
        unit.path = f"{'/' if parent is None else parent.path}{unit.id}/"
        await unit.save(update_fields=["path"])
        self._by_id[unit.id] = unit
        self.made.append(unit)
        return unit
