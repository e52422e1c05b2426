"""What a roster would do: who is new, what changes, who mentors whom. Pure; nothing is written.

A person is known by name, home unit and days; the same table again changes what differs and adds
nobody. An empty cell leaves what is known. Every row that does not fit is a problem with its line.
"""

from collections.abc import Sequence
from datetime import date

from core.errors import Refusal
from models import Person
from plugins.roster import appointing, importing
from plugins.roster.importing import RosterRow
from plugins.roster.plans import COLUMNS, DAYS, Doubt, Known, Placed, Plan, Reach
from plugins.roster.units import Node, UnitTree


def plan(
    rows: Sequence[RosterRow],
    known: Known,
    *,
    reach: Reach,
    doubt: Doubt | None = None,
) -> Plan:
    """Plan what ``rows`` would do.

    The problems are ``roster.row_unit_twice``, ``row_unit_deep``, ``row_unit_outside``,
    ``row_inflow_unknown``, ``row_person_twice``, ``row_same_person``, ``row_mentor_unknown``,
    ``row_mentor_twice``, ``row_mentor_stage``, ``row_mentor_self``, ``row_office_unit``,
    ``row_office_not_yours``.
    """
    made = Plan([], known.tree, [], [])
    units = _units(rows, known.tree, made)
    people = _Matching(known.people, units)
    for row, (unit, inflow) in units:
        try:
            person = people.of(row, unit, doubt)
        except Refusal as problem:
            made.problems.append(problem)
            continue
        except _Doubtful:
            made.doubtful.append(row.line)
            person = None
        made.placed.append(Placed(row, unit, inflow, person, _changes(person, row, inflow)))
    _refuse_same(made)
    appointing.plan_offices(made, known, reach)
    appointing.plan_mentors(made, known)
    made.problems.sort(key=lambda problem: int(str(problem.fields["line"])))
    return made


_Located = list[tuple[RosterRow, tuple[Node, Node | None]]]


def _units(rows: Sequence[RosterRow], tree: UnitTree, made: Plan) -> _Located:
    found: _Located = []
    for row in rows:
        try:
            unit = tree.at(row.unit, line=row.line)
            inflow = tree.away(row.inflow, home=unit, line=row.line) if row.inflow else None
        except Refusal as problem:
            made.problems.append(problem)
        else:
            found.append((row, (unit, inflow)))
    return found


class _Doubtful(Exception):
    """A row of a known name and unit whose days are all others."""


class _Matching:
    """Finds the known person of a row; one whose days fit exactly is taken before all others."""

    def __init__(self, people: Sequence[Person], located: _Located) -> None:
        self._known: dict[tuple[str, int], list[Person]] = {}
        for person in people:
            self._known.setdefault((person.name, person.home_unit_id), []).append(person)
        self._exact: dict[int, Person] = {}
        for row, (unit, _) in located:
            same = [one for one in self._named(row, unit) if _shared(one, row)]
            if len(same) == 1:
                self._exact[row.line] = same[0]

    def _named(self, row: RosterRow, unit: Node) -> list[Person]:
        return self._known.get((row.name, unit.id), []) if unit.id else []

    def of(self, row: RosterRow, unit: Node, doubt: Doubt | None) -> Person | None:
        """Return who it is, None for somebody new; Refusal or ``_Doubtful`` where it is unclear."""
        if row.line in self._exact:
            return self._exact[row.line]
        taken = {person.id for person in self._exact.values()}
        known = [one for one in self._named(row, unit) if one.id not in taken]
        if len(known) > 1:
            raise Refusal("roster.row_person_twice", line=row.line)
        if not known or not _differs(known[0], row) or doubt is Doubt.SAME:
            return known[0] if known else None
        if doubt is Doubt.OTHER:
            return None
        raise _Doubtful


def _pairs_of_days(person: Person, row: RosterRow) -> list[tuple[date, date]]:
    days = ((getattr(person, name), getattr(row, name)) for name in DAYS)
    return [(old, new) for old, new in days if old is not None and new is not None]


def _shared(person: Person, row: RosterRow) -> bool:
    return any(old == new for old, new in _pairs_of_days(person, row))


def _differs(person: Person, row: RosterRow) -> bool:
    days = _pairs_of_days(person, row)
    return bool(days) and all(old != new for old, new in days)


def _changes(person: Person | None, row: RosterRow, inflow: Node | None) -> dict[str, object]:
    wanted: dict[str, object] = {name: getattr(row, name) for name in COLUMNS}
    if inflow is not None and inflow.id:
        wanted["inflow_unit_id"] = inflow.id
    return {
        name: value
        for name, value in wanted.items()
        if value is not None and (person is None or getattr(person, name) != value)
    }


def _refuse_same(made: Plan) -> None:
    """Two paths may be two ways of writing one unit: then one person stands there twice."""
    seen: dict[object, list[Placed]] = {}
    for item in made.placed:
        place = item.person.id if item.person else (item.row.name, item.unit)
        same = seen.setdefault(place, [])
        both = next((o for o in same if o.person or not importing.are_two(item.row, o.row)), None)
        if both is not None:
            fields = {"line": item.row.line, "first": both.row.line}
            made.problems.append(Refusal("roster.row_same_person", **fields))
        same.append(item)
