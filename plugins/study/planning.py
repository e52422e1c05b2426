"""Plans the digests of groups: once a minute, those whose hour has come. Safe to run twice.

What is due and what it will say is settled before the transaction, which only writes: Push rows
(their key makes planning repeatable), one body for groups that get the same, the next hour of each.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q

from core.clock import local_day
from core.conversation import Say
from core.database import require_tx, run_tx
from core.messages import OutPart, Text
from core.texts import current
from models import Delivery, Group, Push
from models.enums import DeliveryState, Form, Priority
from plugins.delivery import service as delivery
from plugins.study import forms, library, plans, pushed, slots
from plugins.study.library import Material
from plugins.study.plans import Planned
from plugins.study.pushed import Past
from plugins.study.slots import Plan

PURPOSE = "study.digest"
# A digest is good until the next one: it does not go out later than six days after its hour.
LIFE = timedelta(days=6)
# Groups planned in one transaction: short enough not to hold up a worker's message, and mostly the
# groups of one county, that share their bodies.
BATCH = 400
_MINUTE = timedelta(minutes=1)
# What can still be taken back (plugins.delivery.states).
_NOT_WRITTEN = (DeliveryState.DUE, DeliveryState.LEASED)
# Hours of a month whose messages are used up; a month has five of a week at most.
_LOOKS = 10


@dataclass(frozen=True, slots=True)
class _Body:
    """What groups must have in common to share a message."""

    slot: datetime
    pieces: tuple[Material, ...]
    form: Form
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a batch gets, and when each group is looked at next."""

    targets: Mapping[_Body, Sequence[int]]
    next_at: Mapping[datetime, Sequence[int]]


async def plan_digests(*, now: datetime) -> int:
    """Plan one digest for every group whose hour has come; return how many.

    An hour missed while the bot was down is caught up within its week. Each batch of groups commits
    on its own; the unique key of Push makes running it twice harmless.
    """
    planned = 0
    while True:
        groups = await (
            Group.filter(is_active=True)
            .filter(Q(next_digest_at__lte=now) | Q(next_digest_at__isnull=True))
            .order_by("unit_id", "id")
            .limit(BATCH)
        )
        if not groups:
            return planned
        decided = await _decide(groups, now)
        parts = {body: await parts_of(body.pieces, body.form) for body in decided.targets}
        planned += await run_tx(functools.partial(_write, decided, parts, now))


async def reschedule(groups: Sequence[Group], *, now: datetime) -> int:
    """Set the next hour of ``groups`` anew after a plan or a pause changed, in the transaction.

    What was planned and not sent yet is taken back where no digest may go out today, and ends where
    a pause begins. Returns how many groups had one taken back; their pieces come at the next hour.
    """
    require_tx()
    next_at: dict[datetime, list[int]] = defaultdict(list)
    waiting = await _waiting()
    taken_back = 0
    for start in range(0, len(groups), BATCH):
        batch = await plans.of_groups(groups[start : start + BATCH], today=local_day(now))
        gone = await _without_digest(batch, waiting, now)
        pasts = await pushed.pasts([planned.group.id for planned in batch])
        for planned in batch:
            last = pasts[planned.group.id].last_week
            next_at[slots.next_after(planned.plan, last=last, now=now)].append(planned.group.id)
        taken_back += len(gone)
    await _set_next(next_at)
    return taken_back


async def _waiting() -> Mapping[int, Sequence[str]]:
    """Return the occasions of digests that were planned and not written yet, by group."""
    owed = Delivery.filter(purpose=PURPOSE, state__in=list(_NOT_WRITTEN))
    found: dict[int, list[str]] = defaultdict(list)
    for target, occasion in await owed.values_list("target", "occasion"):
        found[int(str(target).partition(":")[2])].append(str(occasion))
    return found


async def _without_digest(
    batch: Sequence[Planned], waiting: Mapping[int, Sequence[str]], now: datetime
) -> set[int]:
    """Take back the digests of paused groups, end others where a pause begins; return the first."""
    paused: dict[str, list[int]] = defaultdict(list)
    ending: dict[datetime, list[int]] = defaultdict(list)
    for planned in batch:
        number, plan = planned.group.id, planned.plan
        pause = plan.pause_after(now)
        if plan.is_paused(local_day(now)):
            for occasion in waiting.get(number, ()):
                paused[occasion].append(number)
        elif pause is not None and number in waiting:
            ending[pause].append(number)
    gone: set[int] = set()
    for occasion, numbers in paused.items():
        gone |= await _take_back(occasion, numbers, now)
    for pause, numbers in ending.items():
        owed = Delivery.filter(purpose=PURPOSE, state__in=list(_NOT_WRITTEN))
        owed = owed.filter(target__in=_targets(numbers), expires_at__gt=pause)
        await owed.update(expires_at=pause)
    return gone


def _targets(numbers: Sequence[int]) -> list[str]:
    return [f"group:{number}" for number in numbers]


async def _take_back(occasion: str, numbers: Sequence[int], now: datetime) -> set[int]:
    """Cancel one digest of several groups and forget that they had it; return those that did."""
    known = Delivery.filter(
        purpose=PURPOSE, occasion=occasion, target__in=_targets(numbers),
        state__in=list(_NOT_WRITTEN),
    )  # fmt: skip
    before = set(await known.values_list("id", flat=True))
    await delivery.cancel(
        purpose=PURPOSE, occasion=occasion, targets=_targets(numbers), now=now, reason="paused"
    )
    rows = Delivery.filter(id__in=list(before), state=DeliveryState.CANCELLED)
    targets = await rows.values_list("target", flat=True)
    gone = {int(str(target).partition(":")[2]) for target in targets}
    slot = datetime.fromisoformat(occasion)
    had = Push.filter(group_id__in=list(gone), is_ordered=False, slot_at__gte=slot)
    await had.filter(slot_at__lt=slot + _MINUTE).delete()
    return gone


@dataclass(frozen=True, slots=True)
class Coming:
    """The next digest of a plan. ``slot`` is None when none is in sight."""

    slot: datetime | None
    pieces: tuple[Material, ...] = ()
    form: Form = Form.TEXT


async def coming(plan: Plan, *, group: Group | None, city: str, now: datetime) -> Coming:
    """Return what ``group`` would get next by ``plan``, or somebody who had nothing yet.

    A month whose messages are used up on its platform is passed over.
    """
    past = pushed.NOTHING if group is None else (await pushed.pasts([group.id]))[group.id]
    at = now
    for _ in range(_LOOKS):
        slot = slots.next_in_sight(plan, last=past.last_week, now=at)
        if slot is None:
            return Coming(None)
        if group is None or pushed.has_quota(group.platform, past, slot):
            wanted = plan.form or Form.TEXT
            form = wanted if group is None else forms.shown_as(wanted, group.platform)
            return Coming(slot, _choose(plan, city, past, local_day(slot)), form)
        at = slot
    return Coming(None)


async def _decide(groups: Sequence[Group], now: datetime) -> _Decided:
    targets: dict[_Body, list[int]] = defaultdict(list)
    next_at: dict[datetime, list[int]] = defaultdict(list)
    pasts = await pushed.pasts([group.id for group in groups])
    for planned in await plans.of_groups(groups, today=slots.week_of(local_day(now))):
        group, plan = planned.group, planned.plan
        past = pasts[group.id]
        last = past.last_week
        since = group.next_digest_at or group.bound_at
        slot = slots.due(plan, since=since, last=last, now=now)
        pieces: tuple[Material, ...] = ()
        if slot is not None and pushed.has_quota(group.platform, past, slot):
            pieces = _choose(plan, planned.city, past, local_day(slot))
        if slot is not None and pieces:
            ends = min(slot + LIFE, plan.pause_after(now) or slot + LIFE)
            form = forms.shown_as(plan.form or Form.TEXT, group.platform)
            targets[_Body(slot, pieces, form, ends)].append(group.id)
            last = slots.week_of(local_day(slot))
        next_at[slots.next_after(plan, last=last, now=now)].append(group.id)
    return _Decided(targets, next_at)


def _choose(plan: Plan, city: str, past: Past, day: date) -> tuple[Material, ...]:
    """Return the pieces of a digest: what the group has not had, else what it had longest ago."""
    known = list(library.current().public(day, city))
    if plan.series:
        places = {name: place for place, name in enumerate(plan.series)}
        known = [piece for piece in known if piece.series in places]
        known.sort(key=lambda piece: (places[piece.series], piece.order))
    had = past.latest
    fresh = [piece for piece in known if piece.slug not in had]
    again = sorted((piece for piece in known if piece.slug in had), key=lambda p: had[p.slug])
    return tuple([*fresh, *again][: plan.pieces])


async def parts_of(pieces: Sequence[Material], form: Form) -> tuple[OutPart, ...]:
    """Return what a digest is made of; drawing and storing are done before the transaction."""
    if form is Form.TEXT:
        return (Text(digest_text(pieces)),)
    return await forms.parts(pieces, form)


def digest_text(pieces: Sequence[Material]) -> str:
    """Return a digest as a group reads it: one piece (dialogues 3.2), or several in a row."""
    if len(pieces) == 1:
        only = pieces[0]
        return current().render(
            Say("study.digest", title=only.title, push=only.push, count=len(only.quiz))
        )
    texts = [
        current().render(Say("study.plan_piece", place=place, title=piece.title, push=piece.push))
        for place, piece in enumerate(pieces, 1)
    ]
    return current().render(Say("study.plan_several", count=len(pieces), pieces="\n\n".join(texts)))


async def _write(decided: _Decided, parts: Mapping[_Body, Sequence[OutPart]], now: datetime) -> int:
    for body, groups in decided.targets.items():
        await _push(body, groups, parts[body], now)
    await _set_next(decided.next_at)
    return sum(map(len, decided.targets.values()))


async def _push(
    body: _Body, groups: Sequence[int], parts: Sequence[OutPart], now: datetime
) -> None:
    require_tx()
    rows = [
        Push(
            group_id=group,
            slot_at=body.slot + place * pushed.NEXT_PIECE,
            material=piece.slug,
            created_at=now,
        )
        for group in groups
        for place, piece in enumerate(body.pieces)
    ]
    await Push.bulk_create(rows, ignore_conflicts=True)
    await delivery.broadcast(
        purpose=PURPOSE,
        occasion=body.slot.isoformat(),
        targets=[f"group:{group}" for group in groups],
        parts=parts,
        now=now,
        priority=Priority.DIGEST,
        not_before=body.slot,
        expires_at=body.expires_at,
        title=body.pieces[0].title,
    )


async def _set_next(next_at: Mapping[datetime, Sequence[int]]) -> None:
    for moment, groups in next_at.items():
        await Group.filter(id__in=list(groups)).update(next_digest_at=moment)
