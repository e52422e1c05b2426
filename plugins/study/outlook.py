"""Which digests are to come in somebody's groups: the plans read ahead, nothing is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.actors import Actor
from core.clock import local_day
from models import Group, PlanPause, Push, Unit
from plugins.study import orders, plans, slots
from plugins.study.plans import Planned


@dataclass(frozen=True, slots=True)
class Coming:
    """An hour at which groups get their digest. ``groups`` are names, the unit's where none is."""

    at: datetime
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """Days, both included, on which a unit and everything below it gets no digest."""

    from_on: date
    until_on: date
    unit: str


async def coming(actor: Actor, *, now: datetime, weeks: int) -> tuple[Coming, ...]:
    """Return the hours of the next ``weeks`` in the groups of the actor's scope, in order.

    As the plans stand now: a pause or a new hour changes what was said here.
    """
    groups = await orders.groups_of(actor)
    if not groups:
        return ()
    last = await _last_pushes([group.id for group in groups])
    names = await _names(groups)
    until = now + timedelta(weeks=weeks)
    hours: dict[datetime, list[str]] = {}
    for planned in await plans.of_groups(groups, today=slots.week_of(local_day(now))):
        for at in _hours(planned, last.get(planned.group.id), now, until):
            hours.setdefault(at, []).append(names[planned.group.id])
    return tuple(Coming(at, tuple(hours[at])) for at in sorted(hours))


def _hours(
    planned: Planned, last: datetime | None, now: datetime, until: datetime
) -> Sequence[datetime]:
    """Return the hours of one group; a digest that is due already is on its way, not to come."""
    found: list[datetime] = []
    week = slots.week_of(local_day(last)) if last else None
    plan, at = planned.plan, now
    while not plan.is_stopped:
        at = slots.next_after(plan, last=week, now=at)
        day = local_day(at)
        # Where no hour is in sight the plan is looked at anew a week later: no digest then.
        if at >= until or slots.slot_of_week(plan, slots.week_of(day)) != at:
            break
        found.append(at)
        week = slots.week_of(day)
    return found


async def paused(actor: Actor, *, first: date, last: date) -> tuple[Paused, ...]:
    """Return the pauses between two days that hold for groups of the actor's scope, in order."""
    units = {group.unit_id for group in await orders.groups_of(actor)}
    paths = await Unit.filter(id__in=list(units)).values_list("path", flat=True)
    line = {int(number) for path in paths for number in str(path).strip("/").split("/")}
    rows = PlanPause.filter(unit_id__in=list(line), from_on__lte=last, until_on__gte=first)
    found = await rows.order_by("from_on", "id").values_list("from_on", "until_on", "unit__name")
    return tuple(Paused(*row) for row in found)


async def _last_pushes(ids: Collection[int]) -> Mapping[int, datetime]:
    rows = (
        await Push.filter(group_id__in=list(ids), is_ordered=False)
        .order_by("slot_at")
        .values_list("group_id", "slot_at")
    )
    return dict(rows)


async def _names(groups: Sequence[Group]) -> Mapping[int, str]:
    ids = [group.id for group in groups]
    rows = await Group.filter(id__in=ids).values_list("id", "name", "unit__name")
    return {int(number): str(name or unit) for number, name, unit in rows}
