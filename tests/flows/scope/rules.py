"""Which word of whom an asker may read, by the script book and DESIGN 2: row after row."""

from core.actors import RoleKind
from tests.flows.scope import tokens
from tests.flows.scope.worlds import ME, Case, Level

_OF_UNITS = frozenset({tokens.UNIT, tokens.GROUP, tokens.PIECE, tokens.PUSH})
_TOTALS = frozenset({Level.TOWNSHIP, Level.COUNTY})


def may_read(case: Case, kind: str, number: int) -> bool:
    """Whether the asker may read the word of that kind of that person or unit."""
    if kind in _OF_UNITS:
        return number in case.units
    if number == ME:
        return case.level is not Level.STRANGER
    if number not in case.near:
        return False
    rule = _RULES.get(kind)
    return rule(case, number) if rule else _named(case, number)


def _named(case: Case, number: int) -> bool:
    """Totals have no names, but of those in office, of one's own people, and of cases left over."""
    is_office = number >= len(case.world.people)
    if case.level not in _TOTALS or is_office or number not in case.mine:
        return True
    return number in case.mentees or _helps(case, number)


def _branch(case: Case, number: int) -> bool:
    """People whose branch the asker answers for."""
    home = case.world.path(case.homes[number][0])
    return case.level is Level.SECRETARY and home.startswith(case.world.path(case.seat))


def _reads(case: Case, number: int) -> bool:
    return number in case.mentees | case.stood_for or _branch(case, number)


def _heard_before(case: Case, number: int) -> bool:
    """What was said before is not for who only stands in (dialogues 3.11)."""
    return number in case.mentees or _branch(case, number)


def _helps(case: Case, number: int) -> bool:
    """Those who act on help: the branch at home and away; the township what nobody took."""
    path = case.world.path(case.seat)
    if case.level in {Level.SECRETARY, Level.INFLOW}:
        return any(case.world.path(place).startswith(path) for place in case.homes[number])
    home = case.world.path(case.homes[number][0])
    return (RoleKind.TOWNSHIP_CLERK, case.seat) in case.world.grants and home.startswith(path)


def _decides(case: Case, number: int) -> bool:
    """Corrections are for the branch; every unit here has a secretary, so nobody above is asked."""
    home = case.world.path(case.homes[number][0])
    is_branch = case.level in {Level.SECRETARY, Level.INFLOW}
    return is_branch and home.startswith(case.world.path(case.seat))


_RULES = {
    tokens.REPORT: _reads,
    tokens.RETURNED: _reads,
    tokens.REASON: _reads,
    tokens.NOTE: _heard_before,
    tokens.HELP: _helps,
    tokens.CORRECTION: _decides,
    tokens.EMPLOYER: _branch,
}
