"""Plans the digests of groups: once a minute, those whose hour has come. Safe to run twice.

What is due and what it will say is settled before the transaction, which only writes: Push rows
(their key makes planning repeatable), one body for groups that get the same, the next hour of each.
"""

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q

from core.clock import local_day
from core.conversation import Say
from core.database import require_tx, run_tx
from core.messages import Blob, OutPart, Text
from core.texts import current
from models import Group, Push
from models.enums import Form, Priority
from plugins.delivery import service as delivery
from plugins.study import forms, library, plans, pushed, review_notices, shelves, slots
from plugins.study.library import Library, Material
from plugins.study.pushed import Past
from plugins.study.review_notices import Notice
from plugins.study.shelves import UnitShelves
from plugins.study.slots import Plan

PURPOSE = "study.digest"
# A digest is good until the next one: it does not go out later than six days after its hour.
LIFE = timedelta(days=6)
# Groups planned in one transaction: short enough not to hold up a worker's message, and mostly the
# groups of one county, that share their bodies.
BATCH = 400
# Hours of a month whose messages are used up; a month has five of a week at most.
_LOOKS = 10


@dataclass(frozen=True, slots=True)
class _Body:
    """What groups must have in common to share a message."""

    slot: datetime
    pieces: tuple[Material, ...]
    form: Form
    expires_at: datetime
    voices: tuple[tuple[str, Blob], ...] = ()


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a batch gets, and when each group is looked at next.

    ``unread`` are paths of units whose digest of an hour stays away: nobody has read a piece.
    """

    targets: Mapping[_Body, Sequence[int]]
    next_at: Mapping[datetime, Sequence[int]]
    unread: Mapping[datetime, Collection[str]]


async def plan_digests(*, now: datetime) -> int:
    """Plan one digest for every group whose hour has come; return how many.

    An hour missed while the bot was down is caught up within its week. Each batch of groups commits
    on its own; the unique key of Push makes running it twice harmless. Reviews are read once.
    """
    planned, known = 0, None
    while True:
        groups = await (
            Group.filter(is_active=True)
            .filter(Q(next_digest_at__lte=now) | Q(next_digest_at__isnull=True))
            .order_by("unit_id", "id")
            .limit(BATCH)
        )
        if not groups:
            return planned
        known = known or await shelves.of_all_units(local_day(now))
        decided = await _decide(groups, known, now)
        parts = {
            body: await parts_of(body.pieces, body.form, voices=dict(body.voices))
            for body in decided.targets
        }
        notices = {
            slot: await review_notices.due(paths, known, local_day(slot))
            for slot, paths in decided.unread.items()
        }
        planned += await run_tx(functools.partial(_write, decided, parts, notices, now))


@dataclass(frozen=True, slots=True)
class Coming:
    """The next digest of a plan. ``slot`` is None when none is in sight."""

    slot: datetime | None
    pieces: tuple[Material, ...] = ()
    form: Form = Form.TEXT


async def coming(
    plan: Plan, *, group: Group | None, shelf: Library, city: str, now: datetime
) -> Coming:
    """Return what ``group`` would get next by ``plan``, or somebody who had nothing yet.

    ``shelf`` is what may go out to its unit.
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
            return Coming(slot, _choose(shelf, plan, city, past, local_day(slot)), form)
        at = slot
    return Coming(None)


async def _decide(groups: Sequence[Group], known: UnitShelves, now: datetime) -> _Decided:
    targets: dict[_Body, list[int]] = defaultdict(list)
    next_at: dict[datetime, list[int]] = defaultdict(list)
    unread: dict[datetime, set[str]] = defaultdict(set)
    pasts = await pushed.pasts([group.id for group in groups])
    for planned in await plans.of_groups(groups, today=slots.week_of(local_day(now))):
        group, plan = planned.group, planned.plan
        past = pasts[group.id]
        last = past.last_week
        since = group.next_digest_at or group.bound_at
        slot = slots.due(plan, since=since, last=last, now=now)
        pieces: tuple[Material, ...] = ()
        if slot is not None and pushed.has_quota(group.platform, past, slot):
            shelf = known.of(planned.path)
            pieces = _choose(shelf, plan, planned.city, past, local_day(slot))
            if not pieces and _choose(library.current(), plan, planned.city, past, local_day(slot)):
                unread[slot].add(planned.path)
        if slot is not None and pieces:
            pause = plan.pause_after(now) or slot + LIFE
            ends = min(slot + LIFE, pause, *(piece.ends_at for piece in pieces))
            form = forms.shown_as(plan.form or Form.TEXT, group.platform)
            voices = _voices(known, planned.path, pieces) if form is Form.VOICE else ()
            targets[_Body(slot, pieces, form, ends, voices)].append(group.id)
            last = slots.week_of(local_day(slot))
        next_at[slots.next_after(plan, last=last, now=now)].append(group.id)
    return _Decided(targets, next_at, unread)


def _choose(shelf: Library, plan: Plan, city: str, past: Past, day: date) -> tuple[Material, ...]:
    """Return the pieces of a digest: what the group has not had, else what it had longest ago."""
    known = list(shelf.public(day, city))
    if plan.series:
        places = {name: place for place, name in enumerate(plan.series)}
        known = [piece for piece in known if piece.series in places]
        known.sort(key=lambda piece: (places[piece.series], piece.order))
    had = past.latest
    fresh = [piece for piece in known if piece.slug not in had]
    again = sorted((piece for piece in known if piece.slug in had), key=lambda p: had[p.slug])
    return tuple([*fresh, *again][: plan.pieces])


def _voices(
    known: UnitShelves, path: str, pieces: Sequence[Material]
) -> tuple[tuple[str, Blob], ...]:
    found = ((piece.slug, known.voice(path, piece.slug)) for piece in pieces)
    return tuple((slug, blob) for slug, blob in found if blob is not None)


async def parts_of(
    pieces: Sequence[Material], form: Form, *, voices: Mapping[str, Blob] | None = None
) -> tuple[OutPart, ...]:
    """Return what a digest is made of; drawing and storing are done before the transaction."""
    if form is Form.TEXT:
        return (Text(digest_text(pieces)),)
    return await forms.parts(pieces, form, voices=voices)


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


async def _write(
    decided: _Decided,
    parts: Mapping[_Body, Sequence[OutPart]],
    notices: Mapping[datetime, Sequence[Notice]],
    now: datetime,
) -> int:
    for body, groups in decided.targets.items():
        await _push(body, groups, parts[body], now)
    for slot, told in notices.items():
        await review_notices.owe(told, slot, now)
    await set_next(decided.next_at)
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


async def set_next(next_at: Mapping[datetime, Sequence[int]]) -> None:
    """Set when groups are looked at next, in the transaction; ids of groups by moment."""
    for moment, groups in next_at.items():
        await Group.filter(id__in=list(groups)).update(next_digest_at=moment)
