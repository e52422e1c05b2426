"""Sets the plan of a unit or a group, and gives it back to the one above (推送 计划)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from core.actors import Actor
from core.clock import at_local
from core.config import settings
from core.database import require_tx, transactional
from core.errors import Refusal
from models import AuditLog, Group, StudyPlan, Unit
from models.enums import Form
from plugins.delivery import pacing, quiet
from plugins.study import plan_targets, rescheduling
from plugins.study.plan_lines import INHERITED, Changes
from plugins.study.plan_targets import Target
from plugins.study.slots import Plan

# Columns in which older groups keep an hour of their own (Group).
_GROUP_HOURS = ("weekday", "hour", "minute")
_DAY_MINUTES = 24 * 60


def typed(changes: Changes) -> dict[str, Any]:
    """Return changes as columns hold them: a form is a word in JSON."""
    form = changes.get("form")
    return dict(changes) | ({"form": Form(form)} if form is not None else {})


async def mark(target: Target) -> str:
    """Return by what is told whether somebody else changed the plan meanwhile."""
    row = await _row(target)
    return row.changed_at.isoformat() if row is not None else ""


async def _row(target: Target) -> StudyPlan | None:
    number = target.group.id if target.group else None
    rows = StudyPlan.filter(unit_id=target.unit.id)
    rows = rows.filter(group_id=number) if number else rows.filter(group_id__isnull=True)
    return await rows.order_by("id").first()


async def require_day(target: Target, plan: Plan, *, today: date) -> None:
    """Refuse an hour in the quiet hours of the unit: ``study.plan_at_night`` with both ends."""
    hours = settings().quiet_hours
    spans = [(hours.start, hours.end)]
    nearest = next(
        (one for one in await quiet.of_units() if target.unit.path.startswith(one.path)), None
    )
    if nearest is not None:
        spans.append((_time(nearest.start), _time(nearest.end)))
    for start, end in spans:
        if pacing.is_quiet(time(plan.hour, plan.minute), start=start, end=end):
            raise Refusal(
                "study.plan_at_night",
                start=at_local(today, start.hour, start.minute),
                end=at_local(today, end.hour, end.minute),
            )


def _time(minutes: int) -> time:
    return time(*divmod(minutes % _DAY_MINUTES, 60))


@transactional
async def change(
    *, actor: Actor, key: Mapping[str, Any], changes: Changes, seen: str, now: datetime
) -> Target:
    """Set ``changes`` in the plan of the unit or group ``key``; None gives a column back.

    ``seen`` is the mark of what the actor looked at. Raises Refusal ``study.plan_gone`` out of
    charge, ``study.plan_changed`` when somebody was quicker. Commits plan, the next hours of the
    groups concerned, and an audit row; doing it twice changes nothing more.
    """
    target = await plan_targets.at(actor, key)
    await lock(target.unit)
    if await mark(target) != seen:
        raise Refusal("study.plan_changed", name=target.name)
    await _set(target, changes, actor, now)
    if target.group is not None:
        await _clear_hours(target.group, changes)
    await rescheduling.reschedule(await plan_targets.groups_of(target), now=now)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="study.plan_changed",
        subject_kind="group" if target.group else "unit",
        subject_id=target.group.id if target.group else target.unit.id,
        detail={"columns": sorted(changes)},
    )
    return target


async def lock(unit: Unit) -> None:
    """Let nobody else change plan or pauses of ``unit`` until the transaction ends.

    A unit's own plan has no group, and NULL is never unique: without this two people at once could
    leave two. (SQLite has one writer and drops the lock.)
    """
    require_tx()
    await Unit.filter(id=unit.id).select_for_update().first()


async def _set(target: Target, changes: Changes, actor: Actor, now: datetime) -> None:
    row = await _row(target) or StudyPlan(unit=target.unit, group=target.group)
    for column, value in typed(changes).items():
        setattr(row, column, value)
    is_empty = not row.is_stopped and all(getattr(row, name) is None for name in INHERITED)
    if is_empty:
        if row.id is not None:
            await row.delete()
        return
    row.changed_by_id, row.changed_at = actor.person_id, now
    await row.save()


async def _clear_hours(group: Group, changes: Changes) -> None:
    """Forget the hour that older groups keep themselves, once a plan says one."""
    stale = [name for name in _GROUP_HOURS if name in changes]
    if stale:
        await Group.filter(id=group.id).update(**{f"digest_{name}": None for name in stale})
