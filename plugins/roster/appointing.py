"""Plans offices and mentors of the people of a roster. Pure; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.actors import RoleKind, Stage
from core.errors import Refusal
from models import Mentorship, Person
from models.enums import UnitKind
from plugins.roster.importing import Mentor
from plugins.roster.plans import Known, Placed, Plan, Reach
from plugins.roster.units import Node, UnitTree

_OFFICE_LEVELS = {
    RoleKind.TOWNSHIP_CLERK: UnitKind.TOWNSHIP,
    RoleKind.COUNTY_CLERK: UnitKind.COUNTY,
}


def plan_offices(made: Plan, known: Known, reach: Reach) -> None:
    """Plan who holds which office afterwards; rows that do not fit become problems."""
    for item in made.placed:
        try:
            _appoint(item, known, reach)
        except Refusal as problem:
            made.problems.append(problem)


def _appoint(item: Placed, known: Known, reach: Reach) -> None:
    """Plan that the offices of a person become those of his row."""
    if not item.row.offices:
        return
    wanted = [(kind, _office_unit(item, known.tree, kind)) for kind in item.row.offices]
    roles = known.roles.get(item.person.id, ()) if item.person else ()
    # The operator's office is given at the console and is none of the roster's business.
    held = [r for r in roles if r.until_on is None and r.kind is not RoleKind.OPERATOR]
    places = {(kind, node.id) for kind, node in wanted}
    item.ended = [role for role in held if (role.kind, role.unit_id) not in places]
    kept = {(role.kind, role.unit_id) for role in held}
    item.offices = [(kind, node) for kind, node in wanted if (kind, node.id) not in kept]
    touched = [node for _, node in item.offices]
    touched += [known.tree.by_id[role.unit_id] for role in item.ended]
    if not all(reach.may_appoint(node) for node in touched):
        raise Refusal("roster.row_office_not_yours", line=item.row.line)


def office_unit(tree: UnitTree, unit: Node, inflow: Node | None, kind: RoleKind) -> Node | None:
    """Return the unit in which somebody of that home has an office of that kind."""
    if kind is RoleKind.LIAISON_OFFICER:
        return next((u for u in (unit, inflow) if u and u.kind is UnitKind.LIAISON_OFFICE), None)
    if kind in _OFFICE_LEVELS:
        return tree.above(unit, _OFFICE_LEVELS[kind])
    return unit


def _office_unit(item: Placed, tree: UnitTree, kind: RoleKind) -> Node:
    unit = office_unit(tree, item.unit, item.inflow, kind)
    if unit is None:
        raise Refusal("roster.row_office_unit", line=item.row.line)
    return unit


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody who may be the mentor that a row names, as he will be after the import."""

    who: Person | Placed
    node: Node
    stage: Stage


def plan_mentors(made: Plan, known: Known) -> None:
    """Plan who mentors whom afterwards; rows that do not fit become problems."""
    by_name: dict[str, list[_Candidate]] = {}
    after = {item.person.id: item.row.stage for item in made.placed if item.person}
    for person in known.people:
        node = known.tree.by_id[person.home_unit_id]
        stage = after.get(person.id, person.stage)
        by_name.setdefault(person.name, []).append(_Candidate(person, node, stage))
    for item in made.added:
        candidate = _Candidate(item, item.unit, item.row.stage)
        by_name.setdefault(item.row.name, []).append(candidate)
    for item in made.placed:
        try:
            _assign(item, known, by_name)
        except Refusal as problem:
            made.problems.append(problem)


def _assign(item: Placed, known: Known, by_name: Mapping[str, Sequence[_Candidate]]) -> None:
    """Plan that the mentors of a person become those of his row."""
    if not item.row.mentors:
        return
    pairs = known.pairs.get(item.person.id, ()) if item.person else ()
    held = {pair.mentor_id: pair for pair in pairs if pair.until_on is None}
    wanted = []
    for mentor in item.row.mentors:
        found = _mentor(item, mentor, by_name.get(mentor[0], ()), known.tree, held)
        if found not in wanted:
            wanted.append(found)
    ids = {one.id for one in wanted if isinstance(one, Person)}
    item.parted = [pair for mentor_id, pair in held.items() if mentor_id not in ids]
    item.mentors = [o for o in wanted if isinstance(o, Placed) or o.id not in held]


def _mentor(
    item: Placed,
    mentor: Mentor,
    candidates: Sequence[_Candidate],
    tree: UnitTree,
    held: Mapping[int, Mentorship],
) -> Person | Placed:
    """Return the mentor of that name who is nearest: same unit, same township, anywhere."""
    line, unit = item.row.line, mentor[1]
    township = tree.above(item.unit, UnitKind.TOWNSHIP)
    for root in (item.unit, township, None):
        found = [
            one
            for one in candidates
            if (root is None or root in one.node.upward())
            and (not unit or one.node.names[-len(unit) :] == unit)
            and _may_be_named(one, tree, held)
        ]
        if len(found) > 1:
            raise Refusal("roster.row_mentor_twice", line=line)
        if found:
            return _fit(found[0], item)
    raise Refusal("roster.row_mentor_unknown", line=line)


def _may_be_named(one: _Candidate, tree: UnitTree, held: Mapping[int, Mentorship]) -> bool:
    """Whether somebody may know of a mentor: his own people, those above, those who are it now."""
    is_held = isinstance(one.who, Person) and one.who.id in held
    return is_held or tree.covers(one.node) or tree.is_above_scope(one.node)


def _fit(one: _Candidate, item: Placed) -> Person | Placed:
    itself = item if item.person is None else item.person
    if one.who is itself or (isinstance(one.who, Person) and one.who == item.person):
        raise Refusal("roster.row_mentor_self", line=item.row.line)
    if one.stage is not Stage.FULL_MEMBER:
        raise Refusal("roster.row_mentor_stage", line=item.row.line)
    return one.who
