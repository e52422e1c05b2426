"""Whom somebody may invite, how far his import reaches, and what he brought in."""

from core.actors import ROLE_WHO, Actor, UnitScope, Who
from models import Account, Person, RosterImport, Unit
from models.enums import UnitKind
from plugins.identity import policy
from plugins.identity import queries as identity
from plugins.identity.queries import PersonFound
from plugins.roster.plans import Reach

# For the console, which is asked by nobody in particular.
EVERYWHERE = UnitScope(("/",))


def inviting_scope(actor: Actor) -> UnitScope:
    """Return the units whose people somebody may give a code.

    A secretary his branch; township and county theirs, since the roster is theirs; the operator
    all of them.
    """
    if Who.OPERATOR in actor.roles:
        return UnitScope(("/",))
    return UnitScope(policy.visible_units(actor).paths)


async def invitable(actor: Actor, name: str) -> tuple[PersonFound, ...]:
    """Return the people of that name whom ``actor`` may invite."""
    return await identity.find_people(inviting_scope(actor), name)


async def unbound(scope: UnitScope) -> tuple[PersonFound, ...]:
    """Return everybody in ``scope`` without an account, by unit and name."""
    bound = await Account.filter(person_id__isnull=False).values_list("person_id", flat=True)
    people = Person.filter(erased_on__isnull=True).order_by("home_unit__path", "id")
    rows = await people.values_list("id", "name", "stage", "home_unit__name", "home_unit__path")
    taken = set(bound)
    return tuple(
        PersonFound(*row) for row in rows if row[0] not in taken and scope.covers(str(row[4]))
    )


def importing_reach(actor: Actor) -> Reach:
    """Return how far somebody's import reaches: the units of his office, never a stranger's.

    Offices are given from above: by township and county, for units below their own; by the operator
    everywhere.
    """
    if Who.OPERATOR in actor.roles:
        return Reach()
    above = {g.unit_path for g in actor.grants if ROLE_WHO[g.role] is Who.TOWNSHIP}
    branch = {g.unit_path for g in actor.grants if ROLE_WHO[g.role] is Who.SECRETARY}
    paths = above | branch
    outermost = sorted(p for p in paths if not any(p.startswith(o) for o in paths - {p}))
    return Reach(UnitScope(tuple(outermost)), tuple(sorted(above)))


async def own_branch(actor: Actor) -> tuple[str, ...]:
    """Return the name of the one branch that somebody is in charge of; empty for more than that."""
    scope = importing_reach(actor).scope
    if scope is None or len(scope.paths) != 1:
        return ()
    unit = await Unit.get_or_none(path=scope.paths[0])
    return () if unit is None or unit.kind is not UnitKind.VILLAGE_BRANCH else (unit.name,)


async def own_import(actor: Actor, uid: str) -> RosterImport | None:
    """Return a table that somebody brought in himself; None for anybody else's."""
    if actor.person_id is None:
        return None
    return await RosterImport.get_or_none(uid=uid, asked_by_id=actor.person_id)


async def unfinished_imports(actor: Actor) -> list[RosterImport]:
    """Return what somebody brought in and neither wrote nor dropped, the newest first."""
    if actor.person_id is None:
        return []
    mine = RosterImport.filter(
        asked_by_id=actor.person_id, applied_at__isnull=True, dropped_at__isnull=True
    )
    return await mine.order_by("-id")


async def last_imports(actor: Actor, most: int) -> list[RosterImport]:
    """Return what somebody brought in last and wrote, the newest first."""
    if actor.person_id is None:
        return []
    mine = RosterImport.filter(asked_by_id=actor.person_id, applied_at__isnull=False)
    return await mine.order_by("-applied_at", "-id").limit(most)
