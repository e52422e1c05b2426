"""Whom somebody may invite, and who has no account yet."""

from core.actors import Actor, UnitScope, Who
from models import Account, Person
from plugins.identity import policy
from plugins.identity import queries as identity
from plugins.identity.queries import PersonFound

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
