"""The lists (台账) in numbers, by home unit: for township and county, who see no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Count

from core.actors import Actor, Stage
from core.periods import add_months
from models import Person
from models.enums import MovementState
from models.mentoring import REACHED_OUTCOMES
from plugins.ledgers.queries import ON_THE_LIST, YEAR_MONTHS
from plugins.ledgers.scoping import Area, people_of


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of one home unit, in the order of the columns of its list."""

    unit: str
    counts: tuple[int, ...]


async def activist_tally(actor: Actor, area: Area, today: date) -> tuple[Tally, ...]:
    """Count by home unit: activists, targets, with a mentor, a year over, reports, talked to."""
    listed = Q(stage__in=list(ON_THE_LIST))
    talked = Q(contacts__outcome__in=list(REACHED_OUTCOMES), contacts__withdrawn_at__isnull=True)
    return await _tally(
        actor,
        area,
        Q(stage=Stage.ACTIVIST),
        Q(stage=Stage.DEVELOPMENT_TARGET),
        listed & _mentored(today),
        Q(stage=Stage.ACTIVIST, activist_on__lte=add_months(today, -YEAR_MONTHS)),
        listed
        & Q(
            thought_reports__submitted_at__gte=area.span.first_moment,
            thought_reports__submitted_at__lt=area.span.end_moment,
        ),
        listed & talked & _in_span("contacts__contacted_on", area),
    )


async def contact_tally(actor: Actor, area: Area, today: date) -> tuple[Tally, ...]:
    """Count people by home unit: with a mentor, with a line in the period, talked to in it."""
    logged = Q(contacts__withdrawn_at__isnull=True) & _in_span("contacts__contacted_on", area)
    talked = logged & Q(contacts__outcome__in=list(REACHED_OUTCOMES))
    return await _tally(
        actor, area, _mentored(today), _mentored(today) & logged, _mentored(today) & talked
    )


async def journey_tally(actor: Actor, area: Area, _today: date) -> tuple[Tally, ...]:
    """Count people by home unit: away, with a place that looks after them, left, arrived."""
    left = _in_span("movements__leaves_on", area)
    return await _tally(
        actor,
        area,
        Q(left_on__isnull=False) | Q(inflow_unit_id__isnull=False),
        Q(inflow_unit_id__isnull=False),
        left & ~Q(movements__state=MovementState.CANCELLED),
        left & Q(movements__state=MovementState.ARRIVED),
    )


def _mentored(today: date) -> Q:
    return Q(mentorships__from_on__lte=today) & (
        Q(mentorships__until_on__isnull=True) | Q(mentorships__until_on__gte=today)
    )


def _in_span(column: str, area: Area) -> Q:
    days: dict[str, Any] = {f"{column}__gte": area.span.first, f"{column}__lte": area.span.last}
    return Q(**days)


async def _tally(actor: Actor, area: Area, *columns: Q) -> tuple[Tally, ...]:
    """Count people by home unit, a statement a column; units without anybody are left out."""
    counted: list[dict[int, int]] = []
    for column in columns:
        rows: Sequence[Any] = await (
            Person.filter(people_of(actor, area), column)
            .annotate(people=Count("id", distinct=True))
            .group_by("home_unit_id")
            .values_list("home_unit_id", "people")
        )
        counted.append({int(unit): int(people) for unit, people in rows})
    homes: Sequence[Any] = await (
        Person.filter(people_of(actor, area))
        .distinct()
        .order_by("home_unit__path")
        .values_list("home_unit_id", "home_unit__name", "home_unit__path")
    )
    tallies = (Tally(name, tuple(one.get(unit, 0) for one in counted)) for unit, name, _ in homes)
    return tuple(tally for tally in tallies if any(tally.counts))
