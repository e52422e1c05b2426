"""The paper chain (原件): who handed in the signed original, when, and into whose hand.

The chat copy is a working copy; the handwritten original is what goes into the file (domain notes
3.1). Each use case is one transaction with its audit row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from tortoise.expressions import Q

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import Account, AuditLog, Delivery, Person, ReportOriginal, ThoughtReport
from models.enums import DeliveryState, Priority, ReportState
from plugins.delivery import service as delivery
from plugins.identity import reach
from plugins.identity.reach import Reached
from plugins.thought_report import archive, notices, trail

TOLD = "thought_report.original"
CHECK = "thought_report.original_stands"
# An entry may be taken back within a day (dialogues 2.4).
UNDO_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A report whose original has not come in. ``on`` is the day it was handed in here."""

    person_id: int
    name: str
    quarter: Quarter
    on: date


@dataclass(frozen=True, slots=True)
class Received:
    """Originals as they were entered, or taken back when ``stands`` is false."""

    name: str
    quarters: tuple[Quarter, ...]
    on: date
    stands: bool = True


async def outstanding(actor: Actor, today: date) -> tuple[Outstanding, ...]:
    """Return whose originals are outstanding among the actor's own people and branch, by time."""
    rows: Sequence[Any] = await (
        ThoughtReport.filter(_within(actor, today))
        .exclude(state__in=[ReportState.SUPERSEDED, ReportState.RETURNED])
        .exclude(person_id=actor.person_id or 0)
        .order_by("id")
        .distinct()
        .prefetch_related("person")
    )
    return await _without_original(rows)


def _within(actor: Actor, day: date) -> Q:
    mentees = Q(
        Q(person__mentorships__until_on__isnull=True) | Q(person__mentorships__until_on__gte=day),
        person__mentorships__mentor_id=actor.person_id or 0,
        person__mentorships__from_on__lte=day,
    )
    branch = [Q(person__home_unit__path__startswith=path) for path in reach.branch_paths(actor)]
    return Q(mentees, *branch, join_type="OR")


async def _without_original(rows: Sequence[Any]) -> tuple[Outstanding, ...]:
    people = sorted({row.person_id for row in rows})
    standing: Sequence[Any] = await ReportOriginal.filter(
        person_id__in=people, standing_key__isnull=False
    ).values_list("standing_key", flat=True)
    known = set(standing)
    return tuple(
        Outstanding(
            person_id=row.person_id,
            name=row.person.name,
            quarter=Quarter.parse(row.quarter),
            on=local_day(row.submitted_at),
        )
        for row in sorted(rows, key=lambda row: (Quarter.parse(row.quarter), row.id))
        if standing_key(row.person_id, row.quarter) not in known
    )


async def outstanding_of(person_id: int) -> tuple[Quarter, ...]:
    """Return the quarters of which a person's original is outstanding, the oldest first."""
    rows: Sequence[Any] = await (
        ThoughtReport.filter(person_id=person_id)
        .exclude(state=ReportState.SUPERSEDED)
        .order_by("id")
        .prefetch_related("person")
    )
    return tuple(item.quarter for item in await _without_original(rows))


def standing_key(person_id: int, quarter: Quarter | str) -> str:
    """Return the key that one original of a person's quarter holds while it stands."""
    return f"{person_id}:{quarter}"


@transactional
async def receive(
    *,
    actor: Actor,
    person_id: int,
    quarters: Sequence[Quarter],
    on: date,
    key: str,
    now: datetime,
) -> Received:
    """Note that originals came into the actor's hand on a day, and tell their author once.

    The same ``key`` writes nothing twice. Commits rows, audit and the author's message. Raises
    Refusal ``reception.not_allowed`` out of reach, ``thought_report.original_there``.
    """
    reached = await archive.reached(actor, person_id, local_day(now))
    await Person.filter(id=person_id).select_for_update().get()
    mine = await ReportOriginal.filter(source_key=key, person_id=person_id).order_by("quarter")
    if not mine:
        await _refuse_known(reached, quarters, local_day(now))
        mine = [
            await _write(reached, quarter, on, actor=actor, key=key, now=now)
            for quarter in quarters
        ]
        await _tell(actor, mine, on, now)
    return Received(
        reached.name, tuple(Quarter.parse(row.quarter) for row in mine), mine[0].received_on
    )


async def _refuse_known(person: Reached, quarters: Sequence[Quarter], today: date) -> None:
    for quarter in quarters:
        known = await trail.original_of(person.person_id, quarter)
        if known is not None:
            raise Refusal(
                "thought_report.original_there",
                name=person.name,
                quarter=notices.quarter_say(quarter, today),
                on=known.on,
                receiver=known.receiver,
                today=today,
            )


async def _write(
    person: Reached, quarter: Quarter, on: date, *, actor: Actor, key: str, now: datetime
) -> ReportOriginal:
    row = await ReportOriginal.create(
        uid=uuid4().hex,
        person_id=person.person_id,
        quarter=str(quarter),
        received_on=on,
        received_by_id=actor.person_id or 0,
        standing_key=standing_key(person.person_id, quarter),
        source_key=key,
        entered_at=now,
    )
    await _audit(actor, "original_received", row, key, now)
    return row


async def _audit(actor: Actor, act: str, row: ReportOriginal, key: str, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=f"thought_report.{act}",
        subject_kind="report_original",
        subject_id=row.id,
        detail={"key": key, "quarter": row.quarter},
    )


async def _tell(actor: Actor, rows: Sequence[ReportOriginal], on: date, now: datetime) -> None:
    """Owe the author one sentence; nothing of an original that he heard of before."""
    fresh = [row for row in rows if not await _was_told(row)]
    person_id = rows[0].person_id
    bound = await Account.filter(person_id=person_id, bound_at__isnull=False).exists()
    if not fresh or not bound:
        return
    quarters = [Quarter.parse(row.quarter) for row in fresh]
    say = notices.original_received(quarters, actor.name, on, local_day(now))
    await delivery.enqueue(
        purpose=TOLD,
        occasion=fresh[0].uid,
        target=f"person:{person_id}",
        parts=notices.body((say,)),
        now=now,
        priority=Priority.NOTICE,
        check=CHECK,
        reference={"originals": [row.uid for row in fresh]},
    )


async def _was_told(row: ReportOriginal) -> bool:
    before: Sequence[Any] = await ReportOriginal.filter(
        person_id=row.person_id, quarter=row.quarter, id__lt=row.id
    ).values_list("uid", flat=True)
    told = Delivery.filter(purpose=TOLD, occasion__in=list(before), state=DeliveryState.SENT)
    return bool(before) and await told.exists()


async def original_stands(reference: dict[str, Any]) -> bool:
    """Whether an original that the author is about to hear of was not taken back. Reads only."""
    return await ReportOriginal.filter(
        uid__in=list(reference["originals"]), standing_key__isnull=False
    ).exists()


async def last_entry(actor: Actor) -> datetime | None:
    """Return when the actor last entered an original; None when he never did."""
    row = await _last(actor)
    return None if row is None else row.entered_at


async def _last(actor: Actor) -> ReportOriginal | None:
    return await ReportOriginal.filter(received_by_id=actor.person_id or 0).order_by("-id").first()


@transactional
async def take_back(*, actor: Actor, key: str, now: datetime) -> Received:
    """Take the actor's last entry back, or put it back when it is taken; once for each ``key``.

    Raises Refusal ``thought_report.original_none``, ``.original_too_late`` after a day, and
    ``.original_there`` when somebody else has entered the same one meanwhile.
    """
    last = await _last(actor)
    if last is None:
        raise Refusal("thought_report.original_none")
    rows = await ReportOriginal.filter(source_key=last.source_key).order_by("quarter", "id")
    author = await Person.filter(id=last.person_id).select_for_update().get()
    if not await _is_done(last, key):
        if now - last.entered_at > UNDO_LIFE:
            raise Refusal("thought_report.original_too_late")
        for row in rows:
            await _turn(actor, row, author, key, now)
    stands = rows[-1].standing_key is not None
    quarters = tuple(Quarter.parse(row.quarter) for row in rows)
    return Received(author.name, quarters, last.received_on, stands=stands)


async def _is_done(row: ReportOriginal, key: str) -> bool:
    """Whether the same message has acted on this entry already."""
    acts = await AuditLog.filter(subject_kind="report_original", subject_id=row.id)
    return any(act.detail.get("key") == key for act in acts)


async def _turn(actor: Actor, row: ReportOriginal, author: Person, key: str, now: datetime) -> None:
    today = local_day(now)
    if row.standing_key is None:
        reached = await archive.reached(actor, author.id, today)
        await _refuse_known(reached, [Quarter.parse(row.quarter)], today)
        row.standing_key, row.withdrawn_at = standing_key(author.id, row.quarter), None
    else:
        row.standing_key, row.withdrawn_at = None, now
    await row.save(update_fields=["standing_key", "withdrawn_at"])
    act = "original_withdrawn" if row.standing_key is None else "original_restored"
    await _audit(actor, act, row, key, now)
