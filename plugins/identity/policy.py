"""What somebody may see and do. Pure: no tables, no clock."""

from collections.abc import Collection

from core.actors import Actor, RoleKind, UnitScope, Who
from core.conversation import Command, Reveals

_TOTALS = frozenset({RoleKind.TOWNSHIP_CLERK, RoleKind.COUNTY_CLERK})
_NAMES = frozenset(
    {
        RoleKind.BRANCH_SECRETARY,
        RoleKind.DEPUTY_SECRETARY,
        RoleKind.ORGANIZATION_COMMISSIONER,
        RoleKind.LIAISON_OFFICER,
    }
)
_PUBLIC = frozenset({Reveals.NOTHING, Reveals.PUBLIC})

# Whose menu somebody with several roles gets first (dialogues.md 2.5).
MENU_ORDER = (Who.TOWNSHIP, Who.SECRETARY, Who.MENTOR, Who.INFLOW, Who.OPERATOR, Who.WORKER)


def visible_units(actor: Actor) -> UnitScope:
    """Return everything somebody may see, the highest office deciding about names.

    Township and county see their subtree as totals; a secretary his branch and what is below it, a
    liaison officer his office, both with names. Everybody else sees no unit at all.
    """
    above = _paths(actor, _TOTALS)
    if above:
        return UnitScope(_outermost({*above, *_paths(actor, _NAMES)}), names=False)
    return named_units(actor)


def named_units(actor: Actor) -> UnitScope:
    """Return the units whose people somebody may see by name.

    A person belongs to a scope by the home unit or by the unit that looks after him away from home:
    a liaison office is nobody's home, so its officer meets exactly those who came to him.
    """
    return UnitScope(_outermost(_paths(actor, _NAMES)), names=True)


def may(actor: Actor, who: Collection[Who]) -> bool:
    """Whether somebody is one of those for whom a command is."""
    return not actor.roles.isdisjoint(who)


def may_use(actor: Actor, command: Command) -> bool:
    """Whether somebody may use a command; a stranger only what is public and for anyone."""
    if not may(actor, command.who):
        return False
    return actor.is_bound or command.reveals in _PUBLIC


def menu_role(actor: Actor) -> Who:
    """Return the role whose menu somebody gets: the highest one, ``ANYONE`` for a stranger.

    A bound person without any office, mentee or stage of a learner gets the worker's menu.
    """
    if not actor.is_bound:
        return Who.ANYONE
    roles = actor.roles
    return next((role for role in MENU_ORDER if role in roles), Who.WORKER)


def _paths(actor: Actor, kinds: frozenset[RoleKind]) -> set[str]:
    return {grant.unit_path for grant in actor.grants if grant.role in kinds}


def _outermost(paths: set[str]) -> tuple[str, ...]:
    """Drop what lies inside another path of the set."""
    return tuple(
        sorted(path for path in paths if not any(path.startswith(o) for o in paths - {path}))
    )
