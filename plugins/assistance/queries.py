"""Scoped reads of help cases (求助): one's own, those to be taken, those one has in hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q

from core import crypto
from core.actors import Actor, RoleKind, Who
from models import AssistanceCase, Person, Role
from models.assistance import OPEN_HELP
from models.enums import HelpKind, HelpState
from plugins.assistance import policy
from plugins.identity.policy import named_units

_HOME = (RoleKind.BRANCH_SECRETARY, RoleKind.DEPUTY_SECRETARY)
_AWAY = (RoleKind.LIAISON_OFFICER, RoleKind.BRANCH_SECRETARY)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a list shows it: whose and what kind, never the words."""

    case_id: int
    person_id: int
    name: str
    kind: HelpKind
    opened_at: datetime


def words_place(uid: str) -> str:
    """Return the place under which the words of case ``uid`` are sealed."""
    return f"assistance.words:{uid}"


def open_words(row: AssistanceCase) -> str:
    """Return the words of a case; only for the asker and whoever took it."""
    return crypto.unseal_text(row.words_sealed, place=words_place(row.uid))


def _in_force(today: date) -> Q:
    still = Q(until_on__isnull=True) | Q(until_on__gte=today)
    return Q(still, from_on__lte=today, person__accounts__bound_at__isnull=False)


async def helpers(person: Person, today: date) -> tuple[int, ...]:
    """Return who hears of a new case: the branch's secretary, and who looks after people away."""
    home = Q(unit_id=person.home_unit_id, kind__in=list(_HOME))
    away = Q(unit_id=person.inflow_unit_id or 0, kind__in=list(_AWAY))
    rows = await Role.filter(_in_force(today), home | away).exclude(person_id=person.id)
    return _ids(rows)


async def township(path: str, today: date) -> tuple[int, ...]:
    """Return the clerks of the township above the unit with tree path ``path``."""
    above = [int(piece) for piece in path.split("/") if piece]
    rows = await Role.filter(
        _in_force(today), unit_id__in=above, kind=RoleKind.TOWNSHIP_CLERK
    ).order_by("id")
    return _ids(rows)


def _ids(rows: Iterable[Role]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(row.person_id for row in rows))


async def newest(person_id: int) -> AssistanceCase | None:
    """Return the newest case of somebody that is not over."""
    mine = AssistanceCase.filter(person_id=person_id, state__in=list(OPEN_HELP))
    return await mine.order_by("-id").first()


async def to_take(actor: Actor, now: datetime) -> tuple[Case, ...]:
    """Return the cases that the actor may take: of his people, or left over in his township."""
    scope = named_units(actor)
    mine = [Q(person__home_unit__path__startswith=path) for path in scope.paths]
    mine += [Q(person__inflow_unit__path__startswith=path) for path in scope.paths]
    rows = await _listed(Q(*mine, join_type=Q.OR)) if mine else ()
    left = [
        Q(person__home_unit__path__startswith=grant.unit_path)
        for grant in actor.grants
        if grant.role is RoleKind.TOWNSHIP_CLERK
    ]
    over = await _listed(Q(*left, join_type=Q.OR)) if left else ()
    late = (one for one in over if policy.taken_by(one.opened_at) <= now)
    found = {one.case_id: one for one in (*rows, *late) if one.person_id != actor.person_id}
    return tuple(found[number] for number in sorted(found))


async def _listed(where: Q) -> tuple[Case, ...]:
    rows = await (
        AssistanceCase.filter(where, state=HelpState.OPEN).order_by("id").prefetch_related("person")
    )
    return tuple(_case(row) for row in rows)


async def in_hand(actor: Actor) -> tuple[Case, ...]:
    """Return the cases that the actor took and that he has not said are done."""
    rows = await (
        AssistanceCase.filter(taken_by_id=actor.person_id or 0, state=HelpState.TAKEN)
        .order_by("id")
        .prefetch_related("person")
    )
    return tuple(_case(row) for row in rows)


def _case(row: AssistanceCase) -> Case:
    return Case(row.id, row.person_id, row.person.name, row.kind, row.opened_at)


def may_help(actor: Actor) -> bool:
    """Whether somebody may take cases at all."""
    return not actor.roles.isdisjoint({Who.SECRETARY, Who.INFLOW, Who.TOWNSHIP})
