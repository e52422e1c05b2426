"""What somebody may see and do is decided by offices, mentees and stage alone."""

import pytest

from core.actors import STRANGER, Actor, Grant, RoleKind, Stage, UnitScope, Who
from core.conversation import Call, Command, Reply, Reveals
from plugins.identity import policy

BRANCH = Grant(RoleKind.BRANCH_SECRETARY, 3, "/1/2/3/")
TOWNSHIP = Grant(RoleKind.TOWNSHIP_CLERK, 2, "/1/2/")
LIAISON = Grant(RoleKind.LIAISON_OFFICER, 6, "/1/6/")


def bound(*grants: Grant, stage: Stage = Stage.FULL_MEMBER, is_mentor: bool = False) -> Actor:
    return Actor(account_id=1, person_id=1, stage=stage, grants=grants, is_mentor=is_mentor)


async def nothing(call: Call) -> Reply:
    return Reply(silent=True)


def command(who: Who, reveals: Reveals = Reveals.NOTHING) -> Command:
    return Command("x.y", ("词",), nothing, "x.y", who=frozenset({who}), reveals=reveals)


@pytest.mark.parametrize(
    ("actor", "scope"),
    [
        (STRANGER, UnitScope(())),
        (bound(stage=Stage.ACTIVIST), UnitScope(())),
        (bound(is_mentor=True), UnitScope(())),
        (bound(BRANCH), UnitScope(("/1/2/3/",))),
        (bound(LIAISON), UnitScope(("/1/6/",))),
        (bound(TOWNSHIP), UnitScope(("/1/2/",), names=False)),
        (bound(TOWNSHIP, BRANCH), UnitScope(("/1/2/",), names=False)),
        (bound(TOWNSHIP, LIAISON), UnitScope(("/1/2/", "/1/6/"), names=False)),
        (bound(Grant(RoleKind.OPERATOR, 1, "/1/")), UnitScope(())),
    ],
)
def test_given_offices_when_the_scope_is_asked_then_it_is_their_subtrees(
    actor: Actor, scope: UnitScope
) -> None:
    assert policy.visible_units(actor) == scope


def test_given_a_clerk_and_secretary_when_names_are_asked_then_only_his_branch_shows() -> None:
    assert policy.named_units(bound(TOWNSHIP, BRANCH)) == UnitScope(("/1/2/3/",))


@pytest.mark.parametrize(
    ("actor", "role"),
    [
        (STRANGER, Who.ANYONE),
        (bound(stage=Stage.ACTIVIST), Who.WORKER),
        (bound(stage=Stage.ACTIVIST, is_mentor=True), Who.MENTOR),
        (bound(BRANCH, is_mentor=True), Who.SECRETARY),
        (bound(BRANCH, TOWNSHIP), Who.TOWNSHIP),
        (bound(LIAISON), Who.INFLOW),
        (bound(), Who.WORKER),
    ],
)
def test_given_several_roles_when_the_menu_is_chosen_then_the_highest_wins(
    actor: Actor, role: Who
) -> None:
    assert policy.menu_role(actor) is role


@pytest.mark.parametrize(
    ("reveals", "allowed"),
    [
        (Reveals.NOTHING, True),
        (Reveals.PUBLIC, True),
        (Reveals.OWN, False),
        (Reveals.TOTALS, False),
    ],
)
def test_given_a_stranger_when_a_command_is_for_anyone_then_only_what_is_public_is_his(
    reveals: Reveals, allowed: bool
) -> None:
    assert policy.may_use(STRANGER, command(Who.ANYONE, reveals)) is allowed
    assert policy.may_use(bound(), command(Who.ANYONE, reveals))


def test_given_a_worker_when_a_command_is_for_secretaries_then_it_is_not_his() -> None:
    assert not policy.may_use(bound(stage=Stage.ACTIVIST), command(Who.SECRETARY))
    assert policy.may_use(bound(BRANCH), command(Who.SECRETARY))
