"""Asks the offices above when nobody was heard (上报): one step a level, stopped by an answer.

A mentor's own step is his weekly list. Rows and what is owed for them commit together; what is said
is in ``escalation_notices``.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core import clock
from core.actors import Actor
from core.clock import local_day
from core.config import settings
from core.database import require_tx, transactional
from core.errors import Refusal
from core.periods import add_months
from core.workdays import is_workday
from models import AuditLog, Escalation, Mentorship
from models.enums import EscalationEnd, EscalationLevel
from plugins.identity import statements
from plugins.mentoring import escalation_notices as notices
from plugins.mentoring import ladder, silence
from plugins.mentoring.ladder import Asked, Offices, Rung
from plugins.mentoring.silence import Silence

Key = tuple[int, date]


@transactional
async def climb(*, now: datetime) -> int:
    """End what is over and ask the offices whose day has come; return how many were asked for.

    People of one office asked on one day stand in one message. Whoever the branch is told of apart
    this morning (``tell_long``) stands there alone. Repeating it asks nobody twice.
    """
    today = local_day(now)
    people = await silence.load(today)
    rows = await _rows_of(people, today)
    await _settle(people, rows, now)
    offices = await Offices.load(today)
    due: dict[tuple[EscalationLevel, int], list[tuple[Silence, Rung]]] = {}
    for one in people:
        if not one.is_over_due(today):
            continue
        rungs = offices.ladder(one)
        rung = ladder.next_rung(one, rows.get(_key(one), ()), rungs, today)
        if rung is not None:
            due.setdefault((rung.level, rung.unit_id), []).append((one, rung))
    for asked in due.values():
        rung, found = asked[0][1], [one for one, _ in asked]
        ids = dict(zip([one.person_id for one in found], await _ask(found, rung, now), strict=True))
        named = [one for one in found if not _is_told_apart(one, rung, rows, today)]
        if not named:
            continue
        after = ladder.following(rung, offices.ladder(named[0]))
        tried = await notices.tries(named)
        mine = [ids[one.person_id] for one in named]
        await notices.owe_step(named, rung, after, ids=mine, tried=tried, now=now)
    return sum(len(asked) for asked in due.values())


def _is_told_apart(
    one: Silence, rung: Rung, rows: Mapping[Key, Sequence[Asked]], today: date
) -> bool:
    told = any(row.level is EscalationLevel.LONG for row in rows.get(_key(one), ()))
    is_branch = rung.level is EscalationLevel.SECRETARY
    return is_branch and not told and ladder.is_long(one, today, since=_long_since(today))


def _long_since(today: date) -> date:
    return add_months(today, -settings().mentoring.long_months)


@transactional
async def tell_long(*, now: datetime) -> int:
    """Tell the branch, once in a silence, who was not heard for half a year; return how many."""
    today = local_day(now)
    if not is_workday(today):
        return 0
    since = _long_since(today)
    people = [one for one in await silence.load(today) if ladder.is_long(one, today, since=since)]
    rows, offices = await _rows_of(people, today), await Offices.load(today)
    due: dict[int, list[tuple[Silence, Rung]]] = {}
    for one in people:
        told = [row for row in rows.get(_key(one), ()) if row.level is EscalationLevel.LONG]
        rung = offices.rung(EscalationLevel.LONG, one.path, days=0, but=())
        if not told and rung is not None:
            due.setdefault(rung.unit_id, []).append((one, rung))
    for asked in due.values():
        rung, found = asked[0][1], [one for one, _ in asked]
        ids = await _ask(found, rung, now)
        await notices.owe_long(found, rung, ids=[*ids, *_of_today(found, rows, today)], now=now)
    return sum(len(asked) for asked in due.values())


def _of_today(
    people: Sequence[Silence], rows: Mapping[Key, Sequence[Asked]], today: date
) -> list[int]:
    """Return the steps to the branch that stand in today's list apart: one answer takes both on."""
    return [
        row.id
        for one in people
        for row in rows.get(_key(one), ())
        if row.level is EscalationLevel.SECRETARY and row.asked_on == today
    ]


def _key(one: Silence) -> Key:
    return one.carrier.pair_id, one.since


# What was asked in silences that go on. Whoever was heard since has a later ``last_contact_on``;
# what is left over is told apart by the key.
_ASKED = (
    "SELECT e.id, e.mentorship_id, e.since, e.level, e.asked_at, e.acknowledged_at, e.end_reason"
    " FROM escalation e JOIN mentorship m ON m.id = e.mentorship_id"
    " WHERE (m.until_on IS NULL OR m.until_on >= $1)"
    " AND (m.last_contact_on IS NULL OR e.since >= m.last_contact_on) ORDER BY e.id"
)


async def _rows_of(people: Sequence[Silence], today: date) -> dict[Key, list[Asked]]:
    """Return what was asked in the silences of ``people``, by silence; one statement."""
    current = {_key(one) for one in people}
    found: dict[Key, list[Asked]] = {}
    for row in await statements.rows(_ASKED, today):
        key = (int(row["mentorship_id"]), silence.as_day(row["since"]))
        if key in current:
            found.setdefault(key, []).append(_asked(row))
    return found


def _asked(row: Mapping[str, Any]) -> Asked:
    reason = row["end_reason"]
    asked_at = row["asked_at"]
    moment = asked_at if isinstance(asked_at, datetime) else datetime.fromisoformat(asked_at)
    return Asked(
        id=int(row["id"]),
        level=EscalationLevel(row["level"]),
        asked_on=local_day(moment),
        is_acknowledged=row["acknowledged_at"] is not None,
        end_reason=None if reason is None else EscalationEnd(reason),
    )


async def _ask(people: Sequence[Silence], rung: Rung, now: datetime) -> list[int]:
    """Write one row a person; return their ids in the same order."""
    require_tx()
    ids = []
    for one in people:
        row = await Escalation.create(
            mentorship_id=one.carrier.pair_id,
            person_id=one.person_id,
            unit_id=rung.unit_id,
            level=rung.level,
            since=one.since,
            asked_at=now,
        )
        ids.append(row.id)
        await _audit("asked", row, None, now)
    return ids


async def _settle(people: Sequence[Silence], rows: dict[Key, list[Asked]], now: datetime) -> None:
    """End the rows whose silence is over; a contact taken back opens them again, asking nobody."""
    current = {_key(one) for one in people}
    heard = {one.person_id: one.heard_on for one in people}
    open_rows = await Escalation.filter(ended_at__isnull=True).order_by("id")
    over = [row for row in open_rows if (row.mentorship_id, row.since) not in current]
    ended_pairs = await _ended_pairs({row.mentorship_id for row in over}, local_day(now))
    for row in over:
        reason = EscalationEnd.OVER
        if row.mentorship_id in ended_pairs:
            reason = EscalationEnd.HANDED_OVER
        elif (day := heard.get(row.person_id)) is not None and day > row.since:
            reason = EscalationEnd.CONTACT
        await Escalation.filter(id=row.id).update(ended_at=now, end_reason=reason)
    for key in current & rows.keys():
        again = [row.id for row in rows[key] if row.end_reason is EscalationEnd.CONTACT]
        if again:
            await Escalation.filter(id__in=again).update(ended_at=None, end_reason=None)


async def _ended_pairs(pairs: Collection[int], today: date) -> set[int]:
    if not pairs:
        return set()
    ended = Mentorship.filter(id__in=list(pairs), until_on__lt=today)
    rows: Sequence[Any] = await ended.values_list("id", flat=True)
    return {int(row) for row in rows}


async def end_for_pair(*, pair_id: int, now: datetime) -> None:
    """End what is open about a pair that was handed over; joins the caller's transaction."""
    require_tx()
    await Escalation.filter(mentorship_id=pair_id, ended_at__isnull=True).update(
        ended_at=now, end_reason=EscalationEnd.HANDED_OVER
    )


async def waits(reference: dict[str, Any]) -> bool:
    """Whether somebody named in a notice that is about to go out still needs it."""
    return bool(await still_silent([int(one) for one in reference["ids"]]))


async def still_silent(ids: Sequence[int]) -> list[Escalation]:
    """Return those of the rows that are neither answered nor over; who paused waits for nobody."""
    today = clock.local_day(clock.now())
    rows = await Escalation.filter(
        id__in=list(ids), ended_at__isnull=True, acknowledged_at__isnull=True
    )
    people = await silence.load(today, [row.person_id for row in rows])
    current = {_key(one) for one in people if not one.is_paused(today)}
    return [row for row in rows if (row.mentorship_id, row.since) in current]


@transactional
async def acknowledge(*, actor: Actor, ids: Sequence[int] | None, now: datetime) -> int:
    """Take it on: whatever was asked of the actor in one message stops here; return how many.

    Without ``ids`` the newest message that waits for him is meant, 0 when there is none. Raises
    Refusal ``mentoring.escalation_over`` when ``ids`` were given and none waits for him any more.
    """
    rows = await _open_for(actor)
    if ids is None:
        newest = rows[0] if rows else None
        mine = [row for row in rows if newest and _same_message(row, newest)]
        whose = {row.person_id for row in mine}
        mine += [
            row
            for row in rows
            if newest and row not in mine and row.person_id in whose and _same_morning(row, newest)
        ]
    else:
        mine = [row for row in rows if row.id in ids]
        if not mine:
            raise Refusal("mentoring.escalation_over")
    for row in mine:
        await Escalation.filter(id=row.id).update(
            acknowledged_at=now, acknowledged_by_id=actor.person_id
        )
        await _audit("acknowledged", row, actor, now)
    return len(mine)


def _same_morning(row: Escalation, other: Escalation) -> bool:
    return (row.unit_id, row.asked_at) == (other.unit_id, other.asked_at)


def _same_message(row: Escalation, other: Escalation) -> bool:
    return (row.level, row.unit_id, row.asked_at) == (other.level, other.unit_id, other.asked_at)


async def _open_for(actor: Actor) -> list[Escalation]:
    """Return what waits for an answer of the actor's offices, the newest message first."""
    rows = await Escalation.filter(
        unit_id__in=[grant.unit_id for grant in actor.grants],
        ended_at__isnull=True,
        acknowledged_at__isnull=True,
    ).order_by("-asked_at", "-id")
    return [row for row in rows if ladder.holds(actor, row.level, row.unit_id)]


@transactional
async def ask_inflow(*, actor: Actor, ids: Sequence[int], now: datetime) -> str:
    """Ask the place away from home to look for somebody, and take the matter on; return its name.

    Raises Refusal ``mentoring.escalation_over`` and ``mentoring.no_inflow``.
    """
    rows = [
        row
        for row in await Escalation.filter(id__in=list(ids), ended_at__isnull=True)
        if ladder.holds(actor, row.level, row.unit_id)
    ]
    if not rows:
        raise Refusal("mentoring.escalation_over")
    today = local_day(now)
    people = await silence.load(today, [row.person_id for row in rows])
    place = await notices.owe_inflow(people, asker=actor.name, now=now)
    for row in rows:
        if row.acknowledged_at is None:
            await Escalation.filter(id=row.id).update(
                acknowledged_at=now, acknowledged_by_id=actor.person_id
            )
        await _audit("inflow_asked", row, actor, now)
    return place


async def _audit(act: str, row: Escalation, actor: Actor | None, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=None if actor is None else actor.person_id,
        action=f"escalation.{act}",
        subject_kind="person",
        subject_id=row.person_id,
        detail={"level": row.level.value, "unit": row.unit_id},
    )
