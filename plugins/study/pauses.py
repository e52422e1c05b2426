"""Days without digests for a unit and everything below it (推送 停到, 推送 接着)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import daywords
from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.daywords import Ambiguous
from core.errors import Refusal
from core.periods import Span
from models import AuditLog, PlanPause, StudyPlan
from models.enums import PauseKind
from plugins.study import plan_changes, plan_targets, plan_words, rescheduling
from plugins.study.plan_targets import Target
from plugins.study.plans import Outlook

# Whoever wants no digests for longer stops the plan (推送 计划 先不发); days the wrong way round
# would be nearly a year.
LONGEST = timedelta(days=184)
# Days that began no longer ago than this are under way, not next year's.
_BEGUN = timedelta(days=92)
_YEAR = timedelta(days=366)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. ``span`` is None when no day was named."""

    span: Span | None
    kind: PauseKind


@dataclass(frozen=True, slots=True)
class Standing:
    """A pause that has not ended, or a stop without end (``span`` is None, ``pause_id`` 0)."""

    pause_id: int
    target: Target
    span: Span | None
    kind: PauseKind


@dataclass(frozen=True, slots=True)
class Paused:
    """What was done: how many groups it concerns, and how many waiting digests were taken back."""

    target: Target
    groups: int
    taken_back: int


def read(text: str, today: date) -> Line:
    """Return the days and the kind of a pause (农忙 5月20日到6月15日, 到3月1日, 3月1日).

    One day alone is the last one, from today on. Days that have begun begin today. Raises Refusal
    ``study.pause_when`` for days that cannot be told or lie behind, ``study.pause_long``.
    """
    kind = next((kind for pattern, kind in plan_words.KINDS if pattern.search(text)), None)
    bare = text
    for pattern, _ in plan_words.KINDS:
        bare = pattern.sub("", bare)
    bare = "".join(plan_words.PAUSE_FILLERS.sub("", bare).split())
    kind = kind or PauseKind.OTHER
    if not bare:
        return Line(None, kind)
    span = _span(plan_words.UNTIL.sub("", bare), today)
    if span.last - span.first > LONGEST:
        raise Refusal("study.pause_long")
    return Line(span, kind)


def names_day(text: str, today: date) -> bool:
    """Whether a line speaks of a day."""
    return daywords.find_day(text, today, past=False)[0] is not None


def is_meant(text: str, today: date) -> bool:
    """Whether words behind 推送 停 are a reason or days, not the title of a push."""
    bare = text
    for pattern, _ in plan_words.KINDS:
        bare = pattern.sub("", bare)
    return names_day(text, today) or not plan_words.PAUSE_FILLERS.sub("", bare).strip()


def nothing_to_lift(outlook: Outlook) -> Refusal:
    """Return why nothing can be lifted: nothing stands, or somebody above set it."""
    if outlook.pauses:
        first = outlook.pauses[0]
        return Refusal(
            "study.pause_above", unit=first.unit.name, first=first.from_on, last=first.until_on
        )
    return Refusal("study.pause_none")


def _span(text: str, today: date) -> Span:
    first_words, mark, last_words = plan_words.SPAN_MARK.sub(
        plan_words.TO, text, count=1
    ).partition(plan_words.TO)
    if not mark:
        return Span(today, _day(first_words, today))
    span = daywords.parse_span(f"{first_words}{plan_words.TO}{last_words}", today)
    last = daywords.parse_day(last_words, today, past=False)
    if not isinstance(span, Span):
        raise Refusal("study.pause_when")
    # 5月20日到6月15日, said on 1 June, has begun.
    ends_first = isinstance(last, date) and last < span.first
    has_begun = ends_first and span.first - _YEAR >= today - _BEGUN
    return Span(today, last) if has_begun and isinstance(last, date) else span


def _day(words: str, today: date) -> date:
    found = daywords.parse_day(words, today, past=False)
    if found is None or isinstance(found, Ambiguous) or found < today:
        raise Refusal("study.pause_when")
    return found


@transactional
async def pause(*, actor: Actor, target: Target, line: Line, now: datetime) -> Paused:
    """Let the groups of a unit have no digest on some days.

    Raises Refusal ``study.pause_when`` without days, ``study.pause_group`` for one group alone,
    ``study.pause_there`` when they are paused already, ``study.plan_gone`` out of charge. Commits
    the pause, the next hours of the groups, what was taken back of the ledger, an audit row.
    """
    if line.span is None:
        raise Refusal("study.pause_when")
    if target.group is not None:
        raise Refusal("study.pause_group", group=target.name)
    target = await plan_targets.at(actor, target.key)
    await plan_changes.lock(target.unit)
    rows = PlanPause.filter(unit_id=target.unit.id, from_on__lte=line.span.first)
    if await rows.filter(until_on__gte=line.span.last).exists():
        raise Refusal("study.pause_there", unit=target.name)
    row = await PlanPause.create(
        unit=target.unit, from_on=line.span.first, until_on=line.span.last, kind=line.kind,
        entered_by_id=actor.person_id, created_at=now,
    )  # fmt: skip
    groups = await plan_targets.groups_of(target)
    taken_back = await rescheduling.reschedule(groups, now=now)
    await _audit(actor, "study.paused", row.id, target, now)
    return Paused(target, len(groups), taken_back)


async def standing(actor: Actor, *, today: date) -> tuple[Standing, ...]:
    """Return the pauses and stops in the actor's charge that have not ended, the next first."""
    inside = plan_targets.inside(actor, "unit__")
    rows = PlanPause.filter(inside, until_on__gte=today).prefetch_related("unit")
    found = [
        Standing(row.id, Target(row.unit), Span(row.from_on, row.until_on), row.kind)
        for row in await rows.order_by("from_on", "id")
    ]
    stopped = StudyPlan.filter(inside, is_stopped=True).prefetch_related("unit", "group")
    stops = [
        Standing(0, Target(row.unit, row.group), None, PauseKind.OTHER)
        for row in await stopped.order_by("unit__path", "id")
    ]
    return (*found, *stops)


@transactional
async def lift(*, actor: Actor, one: Standing, now: datetime) -> Paused:
    """End a pause or a stop today; one that has not begun is forgotten.

    Raises Refusal ``study.pause_gone`` when it is over, ``study.plan_gone`` out of charge. Commits
    it, the next hours of the groups and an audit row.
    """
    target = await plan_targets.at(actor, one.target.key)
    await plan_changes.lock(target.unit)
    await (_end(one, target, now) if one.span is not None else _start_again(target, actor, now))
    groups = await plan_targets.groups_of(target)
    await rescheduling.reschedule(groups, now=now)
    await _audit(actor, "study.pause_lifted", one.pause_id, target, now)
    return Paused(target, len(groups), 0)


async def _end(one: Standing, target: Target, now: datetime) -> None:
    today = local_day(now)
    row = await PlanPause.get_or_none(id=one.pause_id, unit_id=target.unit.id, until_on__gte=today)
    if row is None:
        raise Refusal("study.pause_gone")
    if row.from_on >= today:
        await row.delete()
        return
    row.until_on = today - _DAY
    await row.save(update_fields=["until_on"])


async def _start_again(target: Target, actor: Actor, now: datetime) -> None:
    rows = StudyPlan.filter(unit_id=target.unit.id, is_stopped=True)
    number = target.group.id if target.group else None
    rows = rows.filter(group_id=number) if number else rows.filter(group_id__isnull=True)
    if not await rows.update(is_stopped=False, changed_by_id=actor.person_id, changed_at=now):
        raise Refusal("study.pause_gone")


async def _audit(actor: Actor, action: str, number: int, target: Target, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="group" if target.group else "unit",
        subject_id=target.group.id if target.group else target.unit.id,
        detail={"pause": number},
    )
