"""What a plan is, or would be after a change: everything that 推送 计划 shows before it holds."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from core.clock import local_day
from core.config import settings
from core.errors import Refusal
from models import Group
from plugins.study import library, plan_changes, plan_targets, planning, plans, shelves
from plugins.study.plan_lines import Changes
from plugins.study.plan_targets import Target
from plugins.study.planning import Coming
from plugins.study.plans import Outlook
from plugins.study.slots import Plan

# Among so many groups of a unit one is looked for whose next digest can be shown.
_LOOKED_AT = 200
_HOURS = frozenset({"weekday", "hour", "minute"})


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan with its changes, not yet held. ``example`` is the group whose digest is shown.

    ``quotas`` are groups and messages a month, where a platform counts. ``seen`` is the mark that
    shows whether somebody else was quicker.
    """

    target: Target
    outlook: Outlook
    plan: Plan
    coming: Coming
    groups: int
    example: Group | None
    quotas: tuple[tuple[int, int], ...]
    seen: str
    exceptions: tuple[str, ...] = ()
    changes: Changes = field(default_factory=dict)


async def look(target: Target, *, now: datetime, changes: Changes | None = None) -> Preview:
    """Return the plan of ``target`` as it would be after ``changes``, and its next digest.

    Raises Refusal ``study.plan_same`` when nothing would change, ``study.plan_at_night`` when the
    hour lies in quiet hours.
    """
    today = local_day(now)
    outlook = await plans.outlook(target.unit, target.group, today=today)
    wanted = plan_changes.typed(changes or {})
    plan = outlook.plan(wanted)
    if changes:
        await _require_sense(target, outlook, changes, today)
    groups = await plan_targets.groups_of(target)
    example = await _example(groups, outlook.plan(), today)
    unit = target.unit
    if example is not None and example.unit_id != unit.id:
        await example.fetch_related("unit")
        unit = example.unit
    shelf = (await shelves.of_all_units(today)).of(unit.path)
    return Preview(
        target=target,
        outlook=outlook,
        plan=plan,
        coming=await planning.coming(
            plan, group=example, shelf=shelf, city=unit.city or "", now=now
        ),
        groups=len(groups),
        example=example,
        quotas=_quotas(groups),
        seen=await plan_changes.mark(target),
        exceptions=tuple(await plan_targets.exceptions(target)),
        changes=dict(changes or {}),
    )


async def _require_sense(target: Target, outlook: Outlook, changes: Changes, today: date) -> None:
    after = {
        name: value
        for name, value in (dict(outlook.own) | plan_changes.typed(changes)).items()
        if value is not None and (value or name != "is_stopped")
    }
    if after == outlook.own:
        raise Refusal("study.plan_same", name=target.name)
    if not _HOURS.isdisjoint(changes):
        plan = outlook.plan(plan_changes.typed(changes))
        await plan_changes.require_day(target, plan, today=today)


async def _example(groups: list[Group], plan: Plan, today: date) -> Group | None:
    """Return the first group for which just this plan holds."""
    found = await plans.of_groups(groups[:_LOOKED_AT], today=today)
    return next((one.group for one in found if one.plan == plan), None)


def _quotas(groups: list[Group]) -> tuple[tuple[int, int], ...]:
    most = settings().delivery.per_month
    counted = Counter(group.platform for group in groups if group.platform in most)
    return tuple((count, most[platform]) for platform, count in counted.items())


def series(today: date) -> tuple[str, ...]:
    """Return the names of the series of which something may be pushed on ``today``."""
    return tuple(sorted({piece.series for piece in library.current().public(today)}))
