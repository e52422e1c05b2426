"""Scoped reads of parcels: one's own, and those of the branch that wait or went without a word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.actors import Actor, RoleKind
from core.clock import local_day
from core.config import settings
from models import Parcel, Role
from plugins.identity.policy import named_units

_OFFICES = (RoleKind.BRANCH_SECRETARY, RoleKind.DEPUTY_SECRETARY)


@dataclass(frozen=True, slots=True)
class ParcelFound:
    """A parcel as its person and the branch see it; there is no address anywhere."""

    parcel_id: int
    name: str
    items: tuple[str, ...]
    asked_on: date
    sent_on: date | None
    is_missing: bool


@dataclass(frozen=True, slots=True)
class BranchParcels:
    """The branch's parcels: to be sent, sent long ago without a word, and the number under way."""

    waiting: tuple[ParcelFound, ...]
    silent: tuple[ParcelFound, ...]
    under_way: int


def found(row: Parcel, name: str = "") -> ParcelFound:
    """Return a row as it is shown."""
    return ParcelFound(
        parcel_id=row.id,
        name=name,
        items=tuple(row.items),
        asked_on=local_day(row.asked_at),
        sent_on=row.sent_on,
        is_missing=row.missing_at is not None,
    )


def open_rows() -> QuerySet[Parcel]:
    """Return the parcels that nobody got and nobody called off."""
    return Parcel.filter(received_at__isnull=True, cancelled_at__isnull=True)


async def own(actor: Actor) -> tuple[ParcelFound, ...]:
    """Return the actor's parcels that have not come, those that were sent first."""
    rows = await open_rows().filter(person_id=actor.person_id or 0).order_by("id")
    return tuple(found(row) for row in sorted(rows, key=lambda row: row.sent_on is None))


async def of_branch(actor: Actor, today: date) -> BranchParcels:
    """Return the parcels of the people whom the actor may see by name."""
    scope = named_units(actor)
    if not scope.paths:
        return BranchParcels((), (), 0)
    inside = Q(
        *(Q(person__home_unit__path__startswith=path) for path in scope.paths),
        *(Q(person__inflow_unit__path__startswith=path) for path in scope.paths),
        join_type=Q.OR,
    )
    rows = await open_rows().filter(inside).order_by("id").prefetch_related("person")
    shown = [found(row, row.person.name) for row in rows]
    waiting = [one for one in shown if one.sent_on is None]
    sent = [one for one in shown if one.sent_on is not None]
    silent = [one for one in sent if one.is_missing or is_silent(one.sent_on, today)]
    return BranchParcels(tuple(waiting), tuple(_longest_first(silent)), len(sent) - len(silent))


def _longest_first(parcels: Iterable[ParcelFound]) -> list[ParcelFound]:
    return sorted(parcels, key=lambda one: (one.sent_on or date.max, one.parcel_id))


def is_silent(sent_on: date | None, today: date) -> bool:
    """Whether a parcel was sent so long ago that its person is asked about it."""
    wait = timedelta(days=settings().study.parcel_days)
    return sent_on is not None and sent_on + wait <= today


async def secretary_of(actor: Actor, unit_id: int, today: date) -> int | None:
    """Return who hears for a unit that somebody wants a parcel, or misses one; not the actor."""
    roles = Role.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        from_on__lte=today,
        unit_id=unit_id,
        kind__in=list(_OFFICES),
        person__accounts__bound_at__isnull=False,
    ).exclude(person_id=actor.person_id)
    role = await roles.order_by("kind", "id").first()
    return None if role is None else role.person_id
