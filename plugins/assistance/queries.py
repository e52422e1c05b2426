"""Scoped reads of help cases (求助): one's own, those to be taken, those one has in hand."""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q

from core import crypto
from core.actors import Actor, RoleKind, Who
from models import AssistanceCase, Person
from models.assistance import OPEN_HELP
from models.enums import HelpKind, HelpState
from plugins.assistance import policy, speaking, who_helps
from plugins.identity.policy import named_units


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
    return f"assistance_case.words:{uid}"


def open_words(row: AssistanceCase) -> str:
    """Return the words of a case; only for the asker and whoever took it."""
    return crypto.unseal_text(row.words_sealed, place=words_place(row.uid))


def reason_place(uid: str) -> str:
    """Return the place under which it is sealed why case ``uid`` was taken back for somebody."""
    return f"assistance_case.withdrawn_reason:{uid}"


def open_reason(row: AssistanceCase) -> str:
    """Return why a case was taken back for somebody; empty when nobody did."""
    if row.withdrawn_reason_sealed is None:
        return ""
    return crypto.unseal_text(row.withdrawn_reason_sealed, place=reason_place(row.uid))


async def newest(actor: Actor) -> AssistanceCase | None:
    """Return the actor's newest case that is not over."""
    mine = AssistanceCase.filter(person_id=actor.person_id or 0, state__in=list(OPEN_HELP))
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
    return tuple(case(row) for row in rows)


async def in_hand(actor: Actor) -> tuple[Case, ...]:
    """Return the cases that the actor took and that he has not said are done."""
    rows = await (
        AssistanceCase.filter(taken_by_id=actor.person_id or 0, state=HelpState.TAKEN)
        .order_by("id")
        .prefetch_related("person")
    )
    return tuple(case(row) for row in rows)


def case(row: AssistanceCase) -> Case:
    """Return a row with its person at hand as a list shows it."""
    return Case(row.id, row.person_id, row.person.name, row.kind, row.opened_at)


def may_help(actor: Actor) -> bool:
    """Whether somebody may take cases at all."""
    return not actor.roles.isdisjoint({Who.SECRETARY, Who.INFLOW, Who.TOWNSHIP})


async def township_above(actor: Actor, case_id: int, today: date) -> str | None:
    """Return the name of the township that the actor may ask to look after a case as well."""
    row = await AssistanceCase.get(id=case_id)
    if actor.person_id not in await speaking.speakers(row, today):
        return None
    person = await Person.get(id=row.person_id).prefetch_related("home_unit")
    found = await who_helps.above(row, person, today)
    return found.unit if found else None


async def is_own(actor: Actor, case_id: int) -> bool:
    """Whether a case is the actor's own, not one that he asked for somebody else."""
    return await AssistanceCase.filter(id=case_id, person_id=actor.person_id or 0).exists()
