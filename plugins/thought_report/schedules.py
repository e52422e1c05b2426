"""Which cycle a unit collects, and when: by its own schedule, one from above, or the usual one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.actors import ROLE_WHO, Actor, Who
from core.clock import local_day
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from core.periods import LENGTHS, Cycle
from models import AuditLog, ReportCycle, ReportSchedule, Unit
from plugins.thought_report import policy
from plugins.thought_report.policy import USUAL, Schedule, Window


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: a schedule of the unit's own, or that of the unit above (None)."""

    schedule: Schedule | None


@dataclass(frozen=True, slots=True)
class Arranged:
    """How a unit collects. ``later`` holds from ``later_on``; None when nothing is to change."""

    unit_id: int
    unit: str
    schedule: Schedule
    window: Window
    later: Schedule | None = None
    later_on: date | None = None


def usual_window(cycle: Cycle, schedule: Schedule = USUAL) -> Window:
    """Return the window of a cycle by ``schedule`` and config.toml."""
    offset = settings().thought_report.opens_month_offset
    return policy.window_of(cycle, offset=offset, schedule=schedule)


async def in_force(paths: Sequence[str], day: date) -> dict[str, Schedule]:
    """Return the schedule of each unit (by tree path) on ``day``, its own or an inherited one."""
    rows: Sequence[tuple[Any, ...]] = await (
        ReportSchedule.filter(from_on__lte=day)
        .order_by("from_on", "id")
        .values_list("unit__path", "months", "opens_before", "closes_after")
    )
    newest = {str(path): (months, before, after) for path, months, before, after in rows}
    return {path: _nearest(path, newest) for path in paths}


def _nearest(path: str, newest: dict[str, tuple[int | None, int | None, int]]) -> Schedule:
    for own in _upwards(path):
        months, before, after = newest.get(own, (None, None, 0))
        if months is not None:
            return Schedule(months, before, after)
    return USUAL


def _upwards(path: str) -> list[str]:
    """Return the tree paths from ``/1/4/9/`` up: itself, ``/1/4/``, ``/1/``."""
    places = [place for place, sign in enumerate(path) if sign == "/"][1:]
    return [path[: place + 1] for place in reversed(places)]


async def schedule_of(unit_id: int, day: date) -> Schedule:
    """Return the schedule of one unit on ``day``."""
    path = (await Unit.get(id=unit_id)).path
    return (await in_force((path,), day))[path]


async def current(unit_id: int, today: date) -> Cycle:
    """Return the cycle of a unit that is under way."""
    return Cycle.of(today, (await schedule_of(unit_id, today)).months)


async def before(unit_id: int, cycle: Cycle) -> Cycle:
    """Return the cycle of a unit before ``cycle``, as long as it was then."""
    day = cycle.first_day - timedelta(days=1)
    return await current(unit_id, day)


async def collects(unit_id: int, cycle: Cycle) -> bool:
    """Whether reports for ``cycle`` are, were or will be collected in a unit."""
    if (await schedule_of(unit_id, cycle.first_day)).months == cycle.months:
        return True
    return await ReportCycle.filter(unit_id=unit_id, quarter=str(cycle)).exists()


async def window_for(unit_id: int, cycle: Cycle) -> Window:
    """Return when a unit collects ``cycle``: as it was opened, else as it will be."""
    opened = await ReportCycle.filter(unit_id=unit_id, quarter=str(cycle)).first()
    if opened is not None:
        return Window(cycle, opened.opens_on, opened.closes_on)
    schedule = await schedule_of(unit_id, cycle.first_day)
    return usual_window(cycle, schedule if schedule.months == cycle.months else USUAL)


def settable_paths(actor: Actor) -> tuple[str, ...]:
    """Return the tree paths under which the actor may say how often reports are collected."""
    return tuple(
        grant.unit_path
        for grant in actor.grants
        if ROLE_WHO[grant.role] in {Who.SECRETARY, Who.TOWNSHIP}
    )


async def arranged(actor: Actor, today: date) -> tuple[Arranged, ...]:
    """Return how the units in which the actor holds an office collect."""
    ids = {grant.unit_id for grant in actor.grants if grant.unit_path in settable_paths(actor)}
    return tuple(
        [await _arranged(unit, today) for unit in await Unit.filter(id__in=ids).order_by("path")]
    )


async def _arranged(unit: Unit, today: date) -> Arranged:
    schedule = await schedule_of(unit.id, today)
    window = await window_for(unit.id, Cycle.of(today, schedule.months))
    coming = await (
        ReportSchedule.filter(unit__path__in=_upwards(unit.path), from_on__gt=today)
        .order_by("from_on")
        .first()
    )
    if coming is None:
        return Arranged(unit.id, unit.name, schedule, window)
    later = await schedule_of(unit.id, coming.from_on)
    if later == schedule:
        return Arranged(unit.id, unit.name, schedule, window)
    return Arranged(unit.id, unit.name, schedule, window, later, coming.from_on)


@transactional
async def arrange(*, actor: Actor, unit_id: int, wish: Wish, now: datetime) -> Arranged:
    """Let a unit and those below it collect otherwise, from the next cycle on.

    Commits the schedule and an audit row. Raises Refusal ``thought_report.arrange_not_yours``,
    ``thought_report.arrange_days``.
    """
    unit = await Unit.filter(id=unit_id).first()
    if unit is None or not unit.path.startswith(settable_paths(actor)):
        raise Refusal("thought_report.arrange_not_yours")
    today = local_day(now)
    old = await schedule_of(unit.id, today)
    new = await _wanted(unit, wish, today)
    from_on = policy.changes_on(today, old, new)
    own = wish.schedule
    row = await ReportSchedule.create(
        unit_id=unit.id,
        months=None if own is None else own.months,
        opens_before=None if own is None else own.opens_before,
        closes_after=0 if own is None else own.closes_after,
        from_on=from_on,
        set_by_id=actor.person_id or 0,
        set_at=now,
    )
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="thought_report.arrange",
        subject_kind="unit",
        subject_id=unit.id,
        detail={"schedule": row.id, "months": row.months, "from": from_on.isoformat()},
    )
    window = await window_for(unit.id, Cycle.of(today, old.months))
    return Arranged(unit.id, unit.name, old, window, new, from_on)


async def _wanted(unit: Unit, wish: Wish, today: date) -> Schedule:
    if wish.schedule is None:
        return USUAL if unit.parent_id is None else await schedule_of(unit.parent_id, today)
    days = wish.schedule.months * 30
    too_early = (wish.schedule.opens_before or 0) > days
    too_late = wish.schedule.closes_after > min(days, policy.MOST_DAYS_AFTER)
    if wish.schedule.months not in LENGTHS or too_early or too_late:
        raise Refusal("thought_report.arrange_days", most=min(days, policy.MOST_DAYS_AFTER))
    return wish.schedule
